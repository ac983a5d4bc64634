"""Lines Asterisk wrote, in memory; the place outlives whoever reads."""

from __future__ import annotations

from ivr.application.ports.standby import LogPlace, PlacedLine
from ivr.domain.errors import Unavailable


class FakeFallbackLog:
    """``lines`` is the file; ``kept`` where to begin after a restart."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.kept: LogPlace | None = None
        self.down = False
        self.place: LogPlace | None = None

    def more(self) -> list[PlacedLine]:
        self._check_up()
        start = self.place.offset if self.place else 0
        if start == len(self.lines):
            return []
        self.place = LogPlace(1, len(self.lines))
        return [
            PlacedLine(text, LogPlace(1, number))
            for number, text in enumerate(self.lines[start:], start=start)
        ]

    def remember(self, place: LogPlace) -> None:
        self._check_up()
        self.kept = place

    def restarted(self) -> FakeFallbackLog:
        """Return what another run of the program finds."""
        after = FakeFallbackLog()
        after.lines, after.place = self.lines, self.kept
        after.kept = self.kept
        return after

    def _check_up(self) -> None:
        if self.down:
            raise Unavailable("Asterisk's queue_log can't be read.", code="queue_log_not_usable")
