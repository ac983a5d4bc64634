"""How long to wait before trying again: longer each time, never all at the same moment.

Only computes; whoever uses it does the waiting.
"""

from __future__ import annotations

import random
from collections.abc import Callable

_chance = random.SystemRandom().random


class Backoff:
    """Waiting times in seconds, growing from ``first`` to ``longest``, each cut by chance.

    Each is ``grows`` times the one before: with 2 about as long as all before together, with 1.1 a
    tenth of that.

    The chance (``jitter`` gives 0 to 1) takes up to half off, so that many programs that lost
    the same broker do not all come back at once.
    """

    def __init__(
        self,
        first: float,
        longest: float,
        *,
        grows: float = 2.0,
        jitter: Callable[[], float] = _chance,
    ) -> None:
        self._first = first
        self._longest = longest
        self._grows = grows
        self._jitter = jitter
        self._next = first

    def next(self) -> float:
        """Return the seconds to wait now; the next time will be longer."""
        seconds = self._next
        self._next = min(self._longest, seconds * self._grows)
        return seconds * (1 - self._jitter() / 2)

    def reset(self) -> None:
        """It worked: start again with the shortest wait."""
        self._next = self._first
