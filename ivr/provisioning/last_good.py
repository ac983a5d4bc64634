"""The county to start with, also where somebody is editing its files just then.

What was in force before is better than no telephones: the caller hands in what earlier runs went
by. Reads the admin's files and writes none. What was refused is told apart from the reading: at a
start the log is not set up before the files were read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from ivr.domain.county import County
from ivr.domain.errors import ConfigError
from ivr.provisioning.county import Configuration, configuration_of, load_county

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beginning:
    """``refused`` says why the files as they are now were not taken; None: they were."""

    configuration: Configuration
    refused: ConfigError | None = None


def begin_with(
    folder: Path,
    earlier: Iterable[Mapping[str, str]],
    check: Callable[[County], None] = lambda _county: None,
) -> Beginning:
    """Take the files in ``folder``, or else the first of ``earlier`` texts that can be used.

    ``check`` raises ConfigError for a county that can't be used on this machine. Raises
    ConfigError with all that is wrong in ``folder`` where nothing earlier can be used either.
    """
    try:
        configuration = load_county(folder)
        check(configuration.county)
    except ConfigError as refused:
        for texts in earlier:
            with suppress(ConfigError):
                configuration = configuration_of(texts)
                check(configuration.county)
                return Beginning(configuration, refused)
        raise
    return Beginning(configuration)


def tell_refused(refused: ConfigError | None) -> None:
    """Log that the files are not in force, where they are not, and what to do about it."""
    if refused is not None:
        log.error(
            "configuration_not_used",
            problems=refused.message.splitlines(),
            instead="the files that were in force before",
            remedy="mend them: `ivr check` tells everything; then `ivr apply`",
        )
