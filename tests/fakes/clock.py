"""A clock that stands still until told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Starts on a Monday morning in November; never goes back."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        assert by >= timedelta(0)
        self._now += by
