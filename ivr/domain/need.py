"""What a caller needs now: who of the agents may be offered the call.

A caller needs somebody for the department, who speaks the language, at a level. The longer the
caller waits, the less is needed (``rules.Widening``), never the more. Which of several suitable
agents it is, :mod:`ivr.domain.choosing` says.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from ivr.domain.county import AgentProfile
from ivr.domain.ids import DepartmentId
from ivr.domain.live import LiveCall
from ivr.domain.rules import Widening

NO_SKILL = 1000
"""Worse than any level: the agent answers for the caller only because nobody else does."""


class Need(NamedTuple):
    """What an agent must have; None: it does not matter. ``level`` is the worst that will do.

    A tuple, because one is made for every waiting caller each time somebody is idle.
    """

    department: DepartmentId | None
    language: str | None
    level: int | None

    def met_by(self, profile: AgentProfile) -> bool:
        """Whether the agent may be offered the call."""
        worst = 1
        if self.department is not None:
            worst = profile.skills.get(self.department, NO_SKILL)
        if self.language is not None:
            worst = max(worst, profile.languages.get(self.language, NO_SKILL))
        return worst < NO_SKILL and (self.level is None or worst <= self.level)


def need_of(call: LiveCall, widening: Widening, now: datetime) -> Need:
    """Say what the caller needs at ``now``; who has not entered the queue yet needs the most.

    After the last of ``widening.levels`` every level will do.
    """
    if not widening:
        return Need(call.department, call.language, None)
    waited = now - call.queued_at if call.queued_at is not None else timedelta(0)
    passed = sum(after <= waited for after in widening.levels) if widening.levels else 0
    return Need(
        None if _over(widening.everyone, waited) else call.department,
        None if _over(widening.language, waited) else call.language,
        None if passed == len(widening.levels) else passed + 1,
    )


def need_at_last(call: LiveCall, widening: Widening) -> Need:
    """Say what the caller needs who has waited long enough: whoever meets not even this, never."""
    return widest(call.department, call.language, widening)


def widest(department: DepartmentId | None, language: str, widening: Widening) -> Need:
    """Say what is needed at last by whoever calls ``department`` and speaks ``language``."""
    return Need(
        None if widening.everyone is not None else department,
        None if widening.language is not None else language,
        None,
    )


def widens_at(call: LiveCall, widening: Widening, now: datetime) -> datetime | None:
    """Return when the need of a caller in the queue widens next; None: no more."""
    if call.queued_at is None:
        raise AssertionError(f"call {call.id} is in the queue without having entered it")
    if not widening:
        return None
    steps = (*widening.levels, widening.language, widening.everyone)
    moments = (call.queued_at + after for after in steps if after is not None)
    return min((moment for moment in moments if moment > now), default=None)


def level_for(call: LiveCall, profile: AgentProfile) -> int:
    """Return how well the agent suits the caller: the worse of department and language."""
    department = 1
    if call.department is not None:
        department = profile.skills.get(call.department, NO_SKILL)
    return max(department, profile.languages.get(call.language, NO_SKILL))


def _over(after: timedelta | None, waited: timedelta) -> bool:
    return after is not None and after <= waited
