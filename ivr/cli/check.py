"""``ivr check``: everything that is wrong with the configuration, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer

from ivr.cli.language import _
from ivr.cli.output import print_json, problem_count, problem_json, problem_text
from ivr.domain.errors import ConfigError, Problem
from ivr.provisioning.asterisk import check_templates
from ivr.provisioning.county import Configuration, load_county
from ivr.provisioning.credentials import check_secrets
from ivr.provisioning.deliveries import check_deliveries
from ivr.provisioning.prompts import missing_prompts
from ivr.provisioning.prompts_wanted import WantedPrompts
from ivr.provisioning.settings import Settings, load_settings
from ivr.provisioning.year_ahead import check_year

WRONG_CONFIGURATION = 2

app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "Tell everything that is wrong with the configuration, at once: county, departments, "
        "hours, agents, queue, trunk, passwords, prompts; and every hour of the year ahead in "
        "which nobody would get a department's callbacks. Nothing is changed."
    ),
    epilog=_("Examples: `ivr check` · `IVR_CONFIG=/etc/ivr ivr check --json`"),
)
def check(
    *,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print the problems as JSON."))] = False,
) -> None:
    """Print all problems, or a summary of what is configured."""
    problems, configuration = find_problems()
    if as_json:
        print_json([problem_json(problem) for problem in problems])
    elif problems or configuration is None:
        for problem in problems:
            typer.echo(problem_text(problem))
        typer.echo(problem_count(len(problems)))
    else:
        typer.echo(_summary(configuration))
    if problems:
        raise typer.Exit(WRONG_CONFIGURATION)


def find_problems() -> tuple[list[Problem], Configuration | None]:
    """Return every problem, and the configuration where its files have none."""
    try:
        settings = load_settings()
    except ConfigError as error:
        # Without the settings nobody knows where the other files are.
        return list(error.problems), None
    problems: list[Problem] = []
    configuration = None
    try:
        configuration = load_county(settings.config)
    except ConfigError as error:
        problems += error.problems
    for find in _further_checks(settings, configuration):
        problems += find()
    return _by_file(problems), configuration


def _by_file(problems: list[Problem]) -> list[Problem]:
    """One file after the other, each where its first problem is; the admin edits them so."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda problem: files.index(problem.file))


def _further_checks(
    settings: Settings, configuration: Configuration | None
) -> Iterable[Callable[[], Iterable[Problem]]]:
    """The checks of what lies beside the county's files."""
    yield lambda: check_secrets(settings)
    if configuration is not None:
        county = configuration.county
        today = datetime.now(UTC).astimezone(county.hours.zone).date()
        yield lambda: check_year(county, today)
        yield lambda: check_deliveries(county, settings)
        yield lambda: check_templates(configuration, settings, today)
        wanted = WantedPrompts.of(county)
        yield lambda: missing_prompts(settings.prompts, settings.sounds, wanted)


def _summary(configuration: Configuration) -> str:
    county = configuration.county
    return _(
        "{county}: {departments} departments, {numbers} numbers, {agents} agents. "
        "Everything is in order."
    ).format(
        county=county.name,
        departments=len(county.departments),
        numbers=1 + sum(len(department.dids) for department in county.departments.values()),
        agents=len(county.agents),
    )
