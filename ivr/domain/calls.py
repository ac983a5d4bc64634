"""A call as it is remembered: one visit of a caller, from arrival to its one outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from ivr.domain.fact import fact
from ivr.domain.ids import E164, AgentId, CallId, DepartmentId


class Outcome(StrEnum):
    """How a call ended. Decided in one place, once.

    ``failed``: for no reason of the caller's. The number is not ours, or the switch ended, also in
    the middle of a talk: then the call was answered all the same, and its record says so.
    """

    COMPLETED = "completed"
    ABANDONED = "abandoned"
    CALLBACK = "callback"
    CLOSED = "closed"
    OVERFLOWED = "overflowed"
    FAILED = "failed"


class CallResult(StrEnum):
    """What the agent says about a call that was answered: what came of the caller's matter."""

    SETTLED = "settled"
    CALLBACK = "callback"
    TRANSFERRED = "transferred"
    REFERRED = "referred"
    """The caller was told who else is responsible."""
    NO_MATTER = "no_matter"
    """A wrong number, a prank, nobody there."""


ONLY_GONE = frozenset({Outcome.ABANDONED, Outcome.FAILED})
"""What a call is to the program that only sees the caller gone. The fallback queue may know better:
it may have taken the caller over, and served the caller before the program was back."""


PERSONAL = frozenset({"caller_number", "agent", "transferred_to"})
"""The fields of a record that tell who it was; who only counts calls never gets them."""


@fact
class CallRecord:
    """A finished call. ``queued_at`` is None where the caller never entered the queue."""

    id: CallId
    outcome: Outcome
    dialled: str
    department: DepartmentId | None
    caller_number: E164 | None
    arrived_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime
    agent: AgentId | None
    offers: int
    language: str = ""
    """The language the caller was spoken to in, at last."""
    transferred_to: str = ""
    """Whom the caller was put through to; empty where the caller was not."""
    by_fallback: bool = False
    """Served by Asterisk's own queue while the program was away; its times are whole seconds."""
    result: CallResult | None = None
    """What the agent says came of it; None: nothing was said."""

    @property
    def waited_seconds(self) -> float | None:
        """From entering the queue to the agent's answer or the caller's leaving."""
        if self.queued_at is None:
            return None
        return ((self.answered_at or self.ended_at) - self.queued_at).total_seconds()

    @property
    def talked_seconds(self) -> float | None:
        """From the agent's answer to the end."""
        return (self.ended_at - self.answered_at).total_seconds() if self.answered_at else None


def impersonal(record: CallRecord) -> CallRecord:
    """Return ``record`` as it may be counted and passed on: without what is ``PERSONAL``."""
    return replace(record, caller_number=None, agent=None, transferred_to="")
