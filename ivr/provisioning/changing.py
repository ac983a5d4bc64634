"""The county for a program that nobody tells of changes: read again when the files change.

Whoever asks gets what the files say now. Files that are wrong, or half written, change nothing: the
county of before stays, and it is said once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog

from ivr.domain.county import County
from ivr.domain.errors import ConfigError
from ivr.provisioning.county import load_county
from ivr.provisioning.files import file_names
from ivr.provisioning.last_good import begin_with

log = structlog.get_logger(__name__)

_Stamp = tuple[tuple[int, int] | None, ...]


class ChangingCounty:
    """Call it to get the county."""

    def __init__(self, folder: Path, earlier: Iterable[Mapping[str, str]] = ()) -> None:
        """Read the files in ``folder``, or take ``earlier`` texts of them that can be used.

        Raises ConfigError with all that is wrong where there are none.
        """
        self._folder = folder
        self._stamp = self._look()
        beginning = begin_with(folder, earlier)
        self._county = beginning.configuration.county
        self.refused = beginning.refused
        """Why the files were not taken at first; None: they were."""

    def __call__(self) -> County:
        """Return what the files say, as of the last time they were right."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            self._read()
        return self._county

    def _read(self) -> None:
        try:
            self._county = load_county(self._folder).county
        except ConfigError as error:
            log.error("configuration_not_used", problems=error.message.splitlines())
        else:
            log.info("configuration_read", county=self._county.name)

    def _look(self) -> _Stamp:
        """Return time and size of each file; None where it is not there."""
        return tuple(_stamp(self._folder / name) for name in file_names())


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
