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

THREE_MINUTES = 180
"""Three quarters of a county's calls are over sooner."""

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

REPORT_FORMULAS = {
    **FORMULAS,
    "arrived": "finished calls that arrived in the time",
    "closed": "calls outside the opening hours",
    "overflowed": "calls that the queue could not take or keep",
    "failed": "calls that ended for no reason of the caller's",
    "abandoned_share": "abandoned / offered",
    "median_wait_seconds": "half of the answered calls waited no longer",
    "p90_wait_seconds": "nine of ten answered calls waited no longer",
    **{
        name.format(seconds=seconds): formula.format(seconds=seconds)
        for seconds in SERVICE_LEVELS
        for name, formula in (
            (
                "service_level_{seconds}",
                f"answered within {{seconds}} s / (offered - abandoned within {SHORT_ABANDON} s)",
            ),
            (
                "service_level_{seconds}_of_answered",
                "Asterisk's first: answered within {seconds} s / answered",
            ),
            (
                "service_level_{seconds}_with_abandoned",
                "Asterisk's second: both within {seconds} s / (answered + abandoned)",
            ),
        )
    },
    "mean_talk_seconds": "from the answer to the end, put through or not / answered calls",
    "median_talk_seconds": "half of the answered calls took no longer",
    "p90_talk_seconds": "nine of ten answered calls took no longer",
    "three_minute_share": "answered calls that took less than three minutes / answered",
    "with_result": "calls of which the agent said, or what was done says, what came of them",
    "first_contact_share": "calls with the result settled / calls with a result",
    "callbacks_requested": "callbacks requested in the time that the database still has",
    "callbacks_open": "of them, those to be done",
    "callbacks_overdue": "of them, those that should have been done by now",
    "callbacks_late": "of those done, the ones done after they were due",
    "median_acknowledge_seconds": "from request to taking: half of those taken took no longer",
    "p90_acknowledge_seconds": "nine of ten of those taken took no longer",
    "median_close_seconds": "from request to end: half of those ended took no longer",
    "p90_close_seconds": "nine of ten of those ended took no longer",
    "d115_within_30": (
        "115: 75 % of the calls from Monday to Friday answered within 30 seconds; counted as the"
        " service level"
    ),
    "d115_settled": (
        "115: 65 % of the calls from Monday to Friday settled in the first call; counted as the"
        " first-contact share, judged where half of the answered calls have a result"
    ),
    "d115_called_back": (
        "115: an answer within 24 hours of service time; callbacks in which the citizen was"
        " reached, or that were ended, by then / (those + all others whose 24 hours are over);"
        " without those withdrawn or asked for twice"
    ),
}
"""The same of a report, which has more of them."""

TARGETS_115 = {"d115_within_30": 0.75, "d115_settled": 0.65, "d115_called_back": 1.0}
"""What the public-service number 115 promises."""


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Counts of finished calls. A wait begins when the caller enters the queue.

    ``offered`` entered the queue; ``answered`` were connected with an agent; ``abandoned`` left
    while waiting, ``abandoned_at_once`` of them within ``SHORT_ABANDON`` seconds. ``callbacks``
    ended in a request for one, ``by_fallback`` were served while the program was away.
    ``answered_within`` and ``abandoned_within`` count by seconds.
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
    abandoned_within: Mapping[int, int] = field(default_factory=dict)

    @property
    def asa_seconds(self) -> float | None:
        """Average speed of answer; None where nothing was answered."""
        return self.answered_wait_seconds / self.answered if self.answered else None

    def service_level(self, seconds: int) -> float | None:
        """Answered within ``seconds`` / (offered - abandoned at once); None where nothing was."""
        return share(self.answered_within[seconds], self.offered - self.abandoned_at_once)

    def service_level_of_answered(self, seconds: int) -> float | None:
        """The first of Asterisk's two: answered within ``seconds`` / answered."""
        return share(self.answered_within[seconds], self.answered)

    def service_level_with_abandoned(self, seconds: int) -> float | None:
        """Asterisk's second: who left within ``seconds`` counts as served in time."""
        in_time = self.answered_within[seconds] + self.abandoned_within[seconds]
        return share(in_time, self.answered + self.abandoned)


def share(part: int, whole: int) -> float | None:
    """Return the part of the whole; None where there is no whole."""
    return part / whole if whole else None
