"""Calls and offers while they live. Only the engine changes them; nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ivr.domain.callback import CallbackSource
from ivr.domain.calls import Outcome
from ivr.domain.ids import (
    E164,
    AgentId,
    CallbackId,
    CallId,
    DepartmentId,
    LegId,
    OfferId,
    PlaybackId,
)
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
    language: str
    phase: Phase = Phase.GREETING
    queued_at: datetime | None = None
    """When the caller entered the queue, the first time."""
    place: Place | None = None
    """Where the caller stands in it; kept while the caller is elsewhere."""
    answered_at: datetime | None = None
    agent: AgentId | None = None
    ringing: list[OfferId] = field(default_factory=list)
    """The offers that ring, earliest first."""
    offer: OfferId | None = None
    """The offer that was answered; the talk."""
    offers: int = 0
    """How many offers there were."""
    parties: list[LegId] = field(default_factory=list)
    """Third parties that ring or take part."""
    legs: int = 0
    """How many third parties there were."""
    playback: PlaybackId | None = None
    playbacks: int = 0
    dialog: CallbackDialog | None = None
    callbacks: int = 0
    promised: bool = False
    """A callback is committed."""
    ends_as: Outcome | None = None
    """The outcome once the last words are spoken."""


class Purpose(StrEnum):
    """Why a third party is dialled."""

    CONSULTATION = "consultation"
    """An agent wants to consult somebody, or to put the caller through."""
    OVERFLOW = "overflow"
    """The caller can't be served here and is put through elsewhere."""
    PHONING_BACK = "phoning_back"
    """The caller kept the place and it is the caller's turn."""
    SUPERVISION = "supervision"


@dataclass(slots=True)
class Party:
    """A third party's leg, from dialling to its end."""

    id: LegId
    call: CallId
    purpose: Purpose
    answered: bool = False


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
