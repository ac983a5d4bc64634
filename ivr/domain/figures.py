"""What is counted of finished calls, and the formulas over it.

One set of formulas for whoever shows figures. Pure; where the counts come from is the store's
business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SERVICE_LEVELS = (20, 30)
"""Seconds within which a call should be answered; each is a service level."""

SHORT_ABANDON = 5
"""Who leaves within so many seconds of waiting did not want to wait; seldom anybody's fault."""


FORMULAS = {
    "arrived": "finished calls that arrived today",
    "offered": "calls that entered the queue",
    "answered": "calls connected with an agent",
    "abandoned": "callers who left while waiting; one who chose a callback is none",
    "abandoned_at_once": f"of them, those who left within {SHORT_ABANDON} seconds",
    "callbacks": "calls that ended in a request for a callback",
    "by_fallback": "of all these, calls that the fallback queue served while the program was away",
    "asa_seconds": (
        "waits of answered calls / answered calls; a wait begins when the caller enters the queue,"
        " after the greeting"
    ),
    "longest_wait_seconds": "the longest wait, answered or not",
    "service_levels": (
        f"answered within the seconds / (offered - abandoned within {SHORT_ABANDON} seconds)"
    ),
}
"""What each figure counts, in words."""


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Counts of finished calls. A wait begins when the caller enters the queue.

    ``offered`` entered the queue; ``answered`` were connected with an agent; ``abandoned`` left
    while waiting, ``abandoned_at_once`` of them within ``SHORT_ABANDON`` seconds. ``callbacks``
    ended in a request for one, ``by_fallback`` were served while the program was away.
    ``answered_within`` counts by seconds.
    """

    arrived: int = 0
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    abandoned_at_once: int = 0
    callbacks: int = 0
    by_fallback: int = 0
    answered_wait_seconds: float = 0.0
    """The waits of all answered calls together."""
    longest_wait_seconds: float = 0.0
    answered_within: Mapping[int, int] = field(default_factory=dict)

    @property
    def asa_seconds(self) -> float | None:
        """Average speed of answer; None where nothing was answered."""
        return self.answered_wait_seconds / self.answered if self.answered else None

    def service_level(self, seconds: int) -> float | None:
        """Answered within ``seconds`` / (offered - abandoned at once); None where nothing was."""
        return _share(self.answered_within[seconds], self.offered - self.abandoned_at_once)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
