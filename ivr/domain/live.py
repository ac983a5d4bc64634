"""Calls and offers while they live. Only the engine changes them; nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.callback import CallbackSource
from ivr.domain.calls import Outcome
from ivr.domain.ids import E164, AgentId, CallbackId, CallId, DepartmentId, OfferId, PlaybackId
from ivr.domain.waiting import Place


class Phase(StrEnum):
    """Where a caller is."""

    GREETING = "greeting"
    WAITING = "waiting"
    TALKING = "talking"
    CLOSED = "closed"
    """Hears that the service is closed and may ask for a callback."""
    LEAVING = "leaving"
    """Hears the last words; the outcome is known."""
    GONE = "gone"
    """Hung up while a callback was being stored; only its commit is awaited."""


@dataclass(slots=True)
class CallbackDialog:
    """A callback request under way in a call: keying in a number, then being stored."""

    source: CallbackSource
    tries_left: int
    keyed: str = ""
    storing: CallbackId | None = None
    number: E164 | None = None
    """The number being stored."""


@dataclass(slots=True)
class LiveCall:
    """One visit of a caller, until its outcome."""

    id: CallId
    dialled: str
    department: DepartmentId | None
    caller: E164 | None
    arrived_at: datetime
    phase: Phase = Phase.GREETING
    place: Place | None = None
    answered_at: datetime | None = None
    agent: AgentId | None = None
    offer: OfferId | None = None
    offers: int = 0
    playback: PlaybackId | None = None
    playbacks: int = 0
    dialog: CallbackDialog | None = None
    callbacks: int = 0
    promised: bool = False
    """A callback is committed."""
    ends_as: Outcome | None = None
    """The outcome once the last words are spoken."""


@dataclass(slots=True)
class Offer:
    """Ringing one agent for one call, then the talk that came of it."""

    id: OfferId
    call: CallId
    agent: AgentId
    answered_at: datetime | None = None
    connected: bool = False
    keys: str = ""


@dataclass(frozen=True, slots=True)
class CallView:
    """A live call as shown to people; never changes."""

    id: CallId
    phase: Phase
    department: DepartmentId | None
    label: str
    caller_number: E164 | None
    arrived_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    agent: AgentId | None
