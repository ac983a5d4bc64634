"""Calls and offers while they live. Only the engine changes them; nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ivr.domain.announcement import Announcement
from ivr.domain.callback import CallbackSource
from ivr.domain.calls import CallResult, Outcome
from ivr.domain.commands import Supervision
from ivr.domain.events import FailureCause
from ivr.domain.ids import (
    E164,
    AgentId,
    CallbackId,
    CallId,
    DepartmentId,
    LegId,
    OfferId,
    PlaybackId,
    RecordingId,
    Target,
    VisitId,
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.known import KnownCallback
from ivr.domain.speech import Sound, SoundName, Utterance
from ivr.domain.waiting import Place


class Phase(StrEnum):
    """Where a caller is."""

    GREETING = "greeting"
    MENU = "menu"
    """Chooses a department by key."""
    WAITING = "waiting"
    TALKING = "talking"
    CONSULTING = "consulting"
    """On hold, while the agent rings or asks somebody, or after the agent left in doing so."""
    HANDED_OVER = "handed_over"
    """Talks with a third party, without an agent."""
    CLOSED = "closed"
    """Hears that the service is closed and may ask for a callback."""
    WAY_OUT = "way_out"
    """Can't wait, or can't wait any longer: may ask for a callback, or is put through elsewhere."""
    KEEPING = "keeping"
    """Wants to hang up and keep the place; only its commit is awaited."""
    AWAY = "away"
    """Keeps the place without waiting on the line; is phoned when it is the caller's turn."""
    RETURNING = "returning"
    """Returns a missed call, and is being put through to the caseworker."""
    LEAVING = "leaving"
    """Hears the last words; the outcome is known."""
    GONE = "gone"
    """Hung up while a callback, or an addition to one, was on its way; its commit is awaited."""


WAITING: Final = Phase.WAITING
TALKING: Final = Phase.TALKING
KEEPING: Final = Phase.KEEPING
AWAY: Final = Phase.AWAY
GONE: Final = Phase.GONE
"""Looked up once, for each call, or each event of one, asks for them; see ``agents.READY``."""
QUEUEING = frozenset({WAITING, AWAY})
"""Those who stand in the queue have one of these."""


class Step(StrEnum):
    """How far a callback request in a call is."""

    KNOWN = "known"
    """The caller hears that there is a request already."""
    NUMBER = "number"
    """A number is keyed in."""
    CONFIRM = "confirm"
    """The caller hears the number."""
    MESSAGE = "message"
    """The caller is asked for a message."""
    RECORDING = "recording"
    """A message is being spoken."""
    STORING = "storing"
    ADDING = "adding"
    """There is a request already; that the caller has called again is being stored with it."""


@dataclass(slots=True)
class CallbackDialog:
    """A callback request under way in a call.

    Whoever has requested one before is told. A number is keyed in where none is known, and read
    back; then perhaps a message is spoken; then it is stored.
    """

    callback: CallbackId
    source: CallbackSource
    tries_left: int
    step: Step = Step.NUMBER
    known: KnownCallback | None = None
    """The request there is already."""
    question: SoundName = "callback-key-number"
    """What asks for a number."""
    keyed: str = ""
    number: E164 | None = None
    """Whom to call back, once it is known."""
    confirmed: bool = False
    """The caller has heard the number."""
    message: RecordingId | None = None
    """The message that was spoken."""
    due_at: datetime | None = None
    """By when the caller will be phoned, once it is being stored."""

    @property
    def stands(self) -> bool:
        """Whether the caller can leave it alone: it will be stored."""
        return self.step in (Step.RECORDING, Step.STORING, Step.ADDING)


@dataclass(frozen=True, slots=True)
class Exit:
    """Why a caller can't wait, and the number to be put through to; None: a callback is offered."""

    reason: Sound
    number: E164 | None = None


@dataclass(slots=True)
class Consultation:
    """An agent rings or asks somebody besides the caller, or puts the caller through.

    A call has a consultation or a callback request under way, never both.
    """

    leg: LegId
    visit: VisitId | None = None
    """The agent's second call, where the agent consults with that."""
    blind: bool = False
    """The caller is handed over as soon as the party answers."""
    reports: bool = False
    """The agent's phone asked for it and wants to be told what becomes of it (REFER)."""
    all_three: bool = False
    """All three hear each other."""


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
    announcements: list[Announcement] = field(default_factory=list)
    """Those to be heard before anything else; the first is being said."""
    readings: int = 0
    """How often the menu was read out."""
    past_menu: bool = False
    """The caller chose, or will not choose any more."""
    closed_words: Utterance = ()
    """What the closed service says, in the phase ``CLOSED``."""
    queued_at: datetime | None = None
    """When the caller entered the queue, the first time."""
    place: Place | None = None
    """Where the caller stands in it; kept while the caller is elsewhere."""
    entry: Place | None = None
    """Since when the caller will have waited, and the number among equals, where that was fixed on
    the way into the queue."""
    entered_as: int = 0
    """How many stood in the queue then, the caller included."""
    regained: bool = False
    """The place is that of an earlier call which was lost while waiting."""
    taken_over: bool = False
    """The caller is served elsewhere, from where the call is told of: it leaves no record."""
    answered_at: datetime | None = None
    agent: AgentId | None = None
    result: CallResult | None = None
    """What this agent said came of it."""
    left_at: datetime | None = None
    """When the talk with the agent ended, or a caller who could not wait any longer was told."""
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
    consultation: Consultation | None = None
    transferred_to: str = ""
    """Whom the caller was handed over to: an agent's id or a number."""
    unannounced: bool = False
    """The caller was handed over without a word between the agent and whom it was to."""
    playback: PlaybackId | None = None
    playbacks: int = 0
    dialog: CallbackDialog | None = None
    callbacks: int = 0
    promised: bool = False
    """A callback is committed."""
    known: tuple[KnownCallback, ...] = ()
    """Open callbacks of the caller's number, as they were when the call arrived."""
    added: bool = False
    """It is committed with one of them that the caller has called again."""
    returning: KnownCallback | None = None
    """The callback whose owner the caller is, or was, put through to."""
    deserted: bool = False
    """Nobody who could serve the caller was there at the last look."""
    shown_out: Sound | None = None
    """Why the caller could not wait, or not any longer."""
    exit: Exit | None = None
    """Set in the phase ``way_out``."""
    on_line: bool = True
    """Whether the caller can be spoken to."""
    may_keep_place: bool = True
    """False once that was not possible."""
    kept: KeptPlace | None = None
    """The promise to phone back, as stored, until it is kept."""
    rests_until: datetime | None = None
    """The caller was not reached, and is not phoned before this."""
    adopted: LegId | None = None
    """The leg by which the caller was phoned back."""
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
    RETURNED_CALL = "returned_call"
    """The caller returns a missed call and is put through to the caseworker."""
    SUPERVISION = "supervision"
    CASEWORKER = "caseworker"
    """Keeps a callback, and is connected with the citizen."""
    CITIZEN = "citizen"
    """Is phoned back by a caseworker."""


@dataclass(slots=True)
class Party:
    """A third party's leg, from dialling to its end."""

    id: LegId
    call: CallId
    purpose: Purpose
    to: Target
    answered: bool = False
    cause: FailureCause = FailureCause.NO_ANSWER
    """Why it came to nothing, once it did."""
    how: Supervision = Supervision.LISTEN
    """What a supervisor does."""
    by: str = ""
    """Who asked for a supervisor's leg."""


class Phoning(StrEnum):
    """How it goes with phoning back the caller an agent waits for."""

    RINGING = "ringing"
    IN_VAIN = "in_vain"
    """The caller was not reached, and the agent does not know yet."""
    TOLD = "told"
    """The agent hears that the caller was not reached."""


@dataclass(slots=True)
class Offer:
    """Ringing one agent for one call, then the talk that came of it."""

    id: OfferId
    call: CallId
    agent: AgentId
    answered_at: datetime | None = None
    whispering: bool = False
    """The agent hears what the call is about."""
    phoning: Phoning | None = None
    """The agent waits while the caller is phoned back."""
    announcing: bool = False
    """The caller hears that somebody answers."""
    joining: bool = False
    """Caller and agent are being joined, or were."""
    connected: bool = False
    keys: str = ""
    """What may become a code."""
    target: str | None = None
    """The number being keyed in for a transfer; None: none is."""


@dataclass(frozen=True, slots=True)
class CallView:
    """A live call as shown to people; never changes."""

    id: CallId
    phase: Phase
    department: DepartmentId | None
    label: str
    language: str
    caller_number: E164 | None
    arrived_at: datetime
    queued_at: datetime | None
    position: int | None
    """Among those who wait, from 1."""
    answered_at: datetime | None
    agent: AgentId | None
    party: str = ""
    """Whom the caller is being connected, or talks, with besides an agent; id or number."""
    estimate: timedelta | None = None
    """How long the caller will probably still wait; None where nobody can say."""
    known: tuple[KnownCallback, ...] = ()
    """Open callbacks of the caller's number, the one the call is about first."""
    supervisors: tuple[LegId, ...] = ()
    """Supervisors who take part, or whose phones ring for it."""
