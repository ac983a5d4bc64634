"""The machine's time of day."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_SLOWLY = 0.5

_FARTHEST = timedelta(hours=1)
"""A clock that was farther ahead was wrong: nobody is to wait until it would have been right."""


def _utc() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    """Implements the port ``Clock``: never earlier than the time before, whatever NTP does.

    When the machine's clock is set back, this one goes on at half the speed until it is right
    again. If it stood still, so would every timer of the service.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = _utc,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        not_before: datetime | None = None,
    ) -> None:
        """``wall`` may jump, ``monotonic`` (seconds) may not.

        ``not_before`` is what another of these said in an earlier run of the program.
        """
        self._wall = wall
        self._monotonic = monotonic
        self._latest = wall()
        if not_before is not None and not_before - self._latest < _FARTHEST:
            self._latest = max(self._latest, not_before)
        self._read_at = monotonic()

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        read_at = self._monotonic()
        slowly = timedelta(seconds=(read_at - self._read_at) * _SLOWLY)
        self._latest = max(self._wall(), self._latest + slowly)
        self._read_at = read_at
        return self._latest
