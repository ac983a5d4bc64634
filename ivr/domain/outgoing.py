"""Outgoing calls: with one of them a caseworker keeps the promise of a callback.

The caseworker's telephone rings first, then the citizen's. Such a call is none of the queue's: it
has no place, no agent and no outcome, and no figure counts it. Only the engine changes it while it
lives; nothing here decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ivr.domain.callback import AttemptResult
from ivr.domain.ids import E164, CallbackId, CallId, CaseworkerId, DepartmentId, LegId, PlaybackId


class OutgoingPhase(StrEnum):
    """How far an outgoing call is."""

    CASEWORKER = "caseworker"
    """The caseworker's telephone rings."""
    ANNOUNCING = "announcing"
    """The caseworker hears what the call is about."""
    CITIZEN = "citizen"
    """The citizen's telephone rings, and the caseworker waits."""
    TALKING = "talking"
    LEAVING = "leaving"
    """The caseworker hears that the citizen was not reached."""


class OutgoingResult(StrEnum):
    """What came of an outgoing call."""

    REACHED = "reached"
    BUSY = "busy"
    NOT_REACHED = "not_reached"
    GIVEN_UP = "given_up"
    """The caseworker hung up before the citizen's telephone rang."""
    CASEWORKER_NOT_REACHED = "caseworker_not_reached"
    """The caseworker did not pick up; the citizen's telephone never rang."""
    NOT_CALLED = "not_called"
    """One of the two was in a call with us already; nobody's telephone rang."""
    FAILED = "failed"
    """The switch was away or had no way out."""

    @property
    def attempt(self) -> AttemptResult | None:
        """What goes into the callback's ledger; None where the citizen was not phoned."""
        return _ATTEMPTS.get(self)


_ATTEMPTS = {
    OutgoingResult.REACHED: AttemptResult.REACHED,
    OutgoingResult.BUSY: AttemptResult.BUSY,
    OutgoingResult.NOT_REACHED: AttemptResult.NOT_REACHED,
}

PHONED = frozenset(_ATTEMPTS)
"""The results of calls in which the citizen's telephone rang."""


@dataclass(slots=True)
class OutgoingCall:
    """One call for one callback, while it lives."""

    id: CallId
    callback: CallbackId
    department: DepartmentId
    label: str
    """The department's name."""
    caseworker: CaseworkerId
    phone: E164
    """The caseworker's."""
    number: E164
    """The citizen's."""
    language: str
    """What the caseworker is spoken to in."""
    asked_at: datetime
    phase: OutgoingPhase = OutgoingPhase.CASEWORKER
    parties: list[LegId] = field(default_factory=list)
    """Whoever's telephone rings, or who takes part besides the caseworker."""
    legs: int = 0
    """How many telephones were dialled."""
    adopted: LegId | None = None
    """The caseworker's leg, once the caseworker has picked up."""
    playback: PlaybackId | None = None
    playbacks: int = 0
    talking_since: datetime | None = None
    result: OutgoingResult | None = None
    """Once it is known, while the caseworker is told."""


@dataclass(frozen=True, slots=True)
class OutgoingView:
    """An outgoing call that is going on, as shown to people; never changes."""

    id: CallId
    callback: CallbackId
    department: DepartmentId
    label: str
    caseworker: CaseworkerId
    phase: OutgoingPhase
    asked_at: datetime
    talking_since: datetime | None
    phone: E164 = field(repr=False)
    number: E164 = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """An outgoing call as it is remembered; no number is in it.

    ``result`` is None while it is going on, or where the program was killed meanwhile.
    """

    id: CallId
    callback: CallbackId
    department: DepartmentId
    caseworker: CaseworkerId
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None = None
    result: OutgoingResult | None = None
    talked_seconds: float = 0.0
