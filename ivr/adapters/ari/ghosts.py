"""Connections of dead programs: Asterisk may take one for another program that takes over.

When a frozen Asterisk goes on it carries out every connection that was asked for meanwhile, in any
order, also those of programs that were killed; only then it finds out who is there. Whoever has
just connected may be replaced by nobody. It decides, and does nothing.

And where two connect in the same moment, Asterisk may take each for the other: then it replaces
neither, and with the end of either one's socket it ends the application of the other. So two living
programs would deafen each other for ever, each by coming back.
"""

from __future__ import annotations

from ivr.application.backoff import Backoff

YOUNG_SECONDS = 5.0
"""Who is replaced later than that after connecting is replaced by somebody."""
ONCE_IN_SECONDS = 60.0
"""So often it is believed at most: two living programs would throw each other out for ever."""
GONE_SECONDS = 1.0
"""By then Asterisk has noticed that nobody is there."""
_OUT_OF_STEP_SECONDS = 10.0
"""The longest pause. Half of it, the shortest, is longer than it takes to notice that one is deaf:
so the other comes back while nobody is connected, and stays.
"""


class Ghosts:
    """Remembers when we connected, and when a ghost was believed in. Monotonic seconds."""

    def __init__(self) -> None:
        """There was none."""
        self._connected_at = float("-inf")
        self._seen_at = float("-inf")
        self._deaf_at = float("-inf")
        self._free_at = float("-inf")
        self._pauses = Backoff(_OUT_OF_STEP_SECONDS, _OUT_OF_STEP_SECONDS)

    def connected(self, now: float) -> None:
        """Take note of a connection of ours."""
        self._connected_at = now

    def replaced(self, now: float) -> bool:
        """Say whether nobody may be there who replaces us."""
        young = now - self._connected_at < YOUNG_SECONDS
        if not young or now - self._seen_at < ONCE_IN_SECONDS:
            return False
        self._seen_at = now
        self._free_at = now + GONE_SECONDS
        return True

    def heard_nothing(self, now: float) -> None:
        """Take note that Asterisk tells us nothing, although we are connected."""
        again = now - self._deaf_at < ONCE_IN_SECONDS
        self._deaf_at = now
        if again:
            self._free_at = now + self._pauses.next()

    def pause(self, now: float) -> float:
        """Return for how many seconds nothing must be tried, that it may vanish."""
        return max(0.0, self._free_at - now)
