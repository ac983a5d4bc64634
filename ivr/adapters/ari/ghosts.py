"""Connections of dead programs: Asterisk may take one for another program that takes over.

When a frozen Asterisk goes on it carries out every connection that was asked for meanwhile, in any
order, also those of programs that were killed; only then it finds out who is there. Whoever has
just connected may be replaced by nobody. It decides, and does nothing.
"""

from __future__ import annotations

YOUNG_SECONDS = 5.0
"""Who is replaced later than that after connecting is replaced by somebody."""
ONCE_IN_SECONDS = 60.0
"""So often it is believed at most: two living programs would throw each other out for ever."""
GONE_SECONDS = 1.0
"""By then Asterisk has noticed that nobody is there."""


class Ghosts:
    """Remembers when we connected, and when a ghost was believed in. Monotonic seconds."""

    def __init__(self) -> None:
        """There was none."""
        self._connected_at = float("-inf")
        self._seen_at = float("-inf")

    def connected(self, now: float) -> None:
        """Take note of a connection of ours."""
        self._connected_at = now

    def replaced(self, now: float) -> bool:
        """Say whether nobody may be there who replaces us."""
        young = now - self._connected_at < YOUNG_SECONDS
        if not young or now - self._seen_at < ONCE_IN_SECONDS:
            return False
        self._seen_at = now
        return True

    def pause(self, now: float) -> float:
        """Return for how many seconds nothing must be tried, that it may vanish."""
        return max(0.0, self._seen_at + GONE_SECONDS - now)
