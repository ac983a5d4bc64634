"""Whether every caseworker can be told by the ways they want: the files against this machine.

Knows the county as it is after all other checks, and the settings.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.domain.county import Caseworker, County
from ivr.domain.delivery import Delivery
from ivr.domain.errors import ConfigError, Problem
from ivr.provisioning.settings import Settings
from ivr.provisioning.wording import Wording

_FILE = "departments.toml"


def check_deliveries(county: County, settings: Settings) -> tuple[Problem, ...]:
    """Find caseworkers whom a message would never reach."""
    return tuple(
        problem
        for department in county.departments.values()
        for caseworker in department.caseworkers
        for problem in _problems(
            f"department[{department.id}].caseworkers[{caseworker.id}]", caseworker, settings
        )
    )


def refuse_undeliverable(county: County, settings: Settings) -> None:
    """Raise ConfigError where a message would never reach a caseworker."""
    problems = check_deliveries(county, settings)
    if problems:
        raise ConfigError(problems)


def _problems(key: str, caseworker: Caseworker, settings: Settings) -> Iterator[Problem]:
    wanted = caseworker.deliveries
    if Delivery.MAIL in wanted and not settings.smtp_url:
        yield _impossible(key, Delivery.MAIL, Wording("IVR_SMTP_URL in the environment"))
    if Delivery.WEBHOOK in wanted and not settings.webhook_url:
        yield _impossible(key, Delivery.WEBHOOK, Wording("IVR_WEBHOOK_URL in the environment"))


def _impossible(key: str, way: Delivery, allowed: str) -> Problem:
    wrong = Wording("is not set up on this machine")
    return Problem(_FILE, f"{key}.deliveries", way.value, wrong, allowed)
