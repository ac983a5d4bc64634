"""This machine's files: the admin's, and Asterisk's that are made from them.

Implements the port ``Site``. Nothing here talks to Asterisk.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import PurePath

from ivr.application.ports.site import FileContents, SiteFile, SitePlan
from ivr.domain.errors import ConfigError, Unavailable
from ivr.domain.ids import AgentId
from ivr.provisioning.asterisk import (
    Change,
    ChangeKind,
    changes,
    prepare_instance,
    present,
    render,
    write,
)
from ivr.provisioning.asterisk_modules import RELOADED_BY
from ivr.provisioning.county import load_county
from ivr.provisioning.credentials import Secrets, load_secrets, look_at_secrets
from ivr.provisioning.deliveries import check_deliveries
from ivr.provisioning.settings import Settings
from ivr.provisioning.wording import Wording
from ivr.provisioning.year_ahead import check_year


class FileSite:
    """The folders that ``settings`` name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._etc = settings.asterisk / "etc"

    def look(self) -> SitePlan:
        """Check the admin's files and compare; nothing is changed.

        Raises ConfigError with all that is wrong.
        """
        return self._plan(look_at_secrets)

    def plan(self) -> SitePlan:
        """The same, to be carried out: who is new gets a password. Raises ConfigError."""
        return self._plan(load_secrets)

    def _plan(self, secrets_of: Callable[[Settings, Iterable[AgentId]], Secrets]) -> SitePlan:
        configuration = load_county(self._settings.config)
        county = configuration.county
        today = datetime.now(UTC).astimezone(county.hours.zone).date()
        unkeepable = (*check_deliveries(county, self._settings), *check_year(county, today))
        if unkeepable:
            raise ConfigError(unkeepable)
        secrets = secrets_of(self._settings, county.agents)
        content = render(configuration, self._settings, secrets, today)
        found = changes(content, self._etc)
        names = [_main_file(change.name) for change in found]
        return SitePlan(
            county=county,
            files=tuple(
                SiteFile(change.name, change.kind.value, difference(change)) for change in found
            ),
            modules=_unique(RELOADED_BY[name] for name in names if name in RELOADED_BY),
            restart=_unique(name for name in names if name not in RELOADED_BY),
            content=content,
        )

    def write(self, content: FileContents) -> FileContents:
        """Let Asterisk's files hold ``content`` and return what they held before.

        Raises Unavailable; then all is as before.
        """
        before = {
            str(path.relative_to(self._etc)): path.read_bytes() for path in present(self._etc)
        }
        try:
            self._put(content)
        except OSError as error:
            with suppress(OSError):
                self._put(before)
            reason = Wording(
                "{file} can't be written: {reason}", file=error.filename, reason=error.strerror
            )
            raise Unavailable(reason, code="not_written") from error
        return before

    def _put(self, content: FileContents) -> None:
        prepare_instance(self._settings)
        write(content, self._etc)


def difference(change: Change) -> str | None:
    """Write a change as a unified diff; None where the file may hold passwords."""
    if change.secret:
        return None
    lines = difflib.unified_diff(
        change.before.decode(errors="replace").splitlines(keepends=True),
        change.after.decode(errors="replace").splitlines(keepends=True),
        "/dev/null" if change.kind is ChangeKind.ADDED else f"a/{change.name}",
        "/dev/null" if change.kind is ChangeKind.REMOVED else f"b/{change.name}",
    )
    return "".join(lines)


def _main_file(name: str) -> str:
    """The file Asterisk reads: the admin's own lines are included in ours."""
    return PurePath(name).name


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
