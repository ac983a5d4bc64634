"""Lines of queue_log in memory, one file that is added to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from ivr.domain.errors import Unavailable

_AT, _CALLER = 0, 6


class FakeQueueLogs:
    """``lines`` are those that tell who called: ``epoch|call|ivr|NONE|ENTERQUEUE||caller|1``."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.read_only = False

    def outdated(self, before: datetime) -> int:
        return len(self._open(lambda f: int(f[_AT]) < before.timestamp()))

    def purge(self, before: datetime) -> int:
        return self._mask(lambda f: int(f[_AT]) < before.timestamp())

    def lines_of(self, spellings: Collection[str]) -> list[str]:
        return [self.lines[place] for place in self._open(lambda f: f[_CALLER] in spellings)]

    def mask(self, spellings: Collection[str]) -> int:
        return self._mask(lambda f: f[_CALLER] in spellings)

    def _mask(self, wanted: Callable[[list[str]], bool]) -> int:
        if self.read_only:
            raise Unavailable("A file of queue_log can't be used.", code="queue_log_not_usable")
        found = self._open(wanted)
        for place in found:
            fields = self.lines[place].split("|")
            fields[_CALLER] = "x" * len(fields[_CALLER])
            self.lines[place] = "|".join(fields)
        return len(found)

    def _open(self, wanted: Callable[[list[str]], bool]) -> list[int]:
        """The places of lines whose numbers can be read."""
        split = [line.split("|") for line in self.lines]
        return [
            place
            for place, fields in enumerate(split)
            if fields[_CALLER].strip("x") and wanted(fields)
        ]
