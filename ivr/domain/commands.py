"""Intentions, in the imperative: the only output of the engine.

Commands of one call are carried out in order, those of different calls side by side. A command
that fails comes back as an event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.callback import Callback
from ivr.domain.calls import CallRecord, CallResult
from ivr.domain.fact import fact
from ivr.domain.ids import (
    E164,
    AgentId,
    CallbackId,
    CallId,
    CaseworkerId,
    LegId,
    OfferId,
    PlaybackId,
    RecordingId,
    Target,
    VisitId,
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.outgoing import OutgoingResult
from ivr.domain.speech import Utterance


@fact
class AnswerCall:
    """Pick up the caller's call."""

    call: CallId


@fact
class StartMusic:
    """Let the waiting caller hear music."""

    call: CallId


@fact
class StopMusic:
    """End the caller's music."""

    call: CallId


@fact
class StartRinging:
    """Let whoever is on the line hear that somebody's telephone rings."""

    call: CallId


@fact
class StopRinging:
    """End the ringing tone."""

    call: CallId


@fact
class Play:
    """Say something to the caller; ends with PlaybackFinished."""

    call: CallId
    playback: PlaybackId
    utterance: Utterance
    language: str


@fact
class PlayToBoth:
    """Say something to the caller and the agent of ``offer``; ends with PlaybackFinished."""

    call: CallId
    offer: OfferId
    playback: PlaybackId
    utterance: Utterance
    language: str


@fact
class StopPlaying:
    """End a prompt early."""

    call: CallId
    playback: PlaybackId


@fact
class OfferCall:
    """Ring one agent for one call; ``label`` and ``caller`` are what the phone shows.

    Asterisk's own limit, ``ring_time``, is only a safety net behind the engine's.
    """

    call: CallId
    offer: OfferId
    agent: AgentId
    label: str
    caller: E164 | None
    ring_time: timedelta
    phoned_back: bool = False
    """The caller kept the place, and is phoned when the agent has answered."""


class Withdrawal(StrEnum):
    """Why an offer is taken back; decides whether the phone shows a missed call."""

    CALLER_GONE = "caller_gone"
    NO_ANSWER = "no_answer"
    ELSEWHERE = "elsewhere"


@fact
class WithdrawOffer:
    """Stop ringing the agent, or end the agent's leg before it was joined."""

    call: CallId
    offer: OfferId
    why: Withdrawal


@fact
class ConnectCall:
    """Join caller and agent; ends with CallConnected or ConnectFailed."""

    call: CallId
    offer: OfferId


@fact
class ReleaseAgent:
    """End the agent's leg after the talk."""

    call: CallId
    offer: OfferId


@fact
class HangUpCall:
    """End the caller's call."""

    call: CallId


@fact
class PlayToAgent:
    """Say something to the agent of an answered offer alone; ends with WhisperFinished."""

    call: CallId
    offer: OfferId
    utterance: Utterance
    language: str


# -- third parties: whom a caller is put through to, a caller who is phoned back, a supervisor ----


@fact
class DialParty:
    """Ring a number, or an agent's phone; ends with PartyAnswered or PartyFailed.

    ``shown`` is the number the party sees. Asterisk's own limit, ``ring_time``, is only a safety
    net behind the engine's. ``kept`` is the place of a caller who is phoned back: whoever finds the
    leg without us has to know who that is.
    """

    call: CallId
    leg: LegId
    to: Target
    shown: E164
    label: str
    ring_time: timedelta
    kept: KeptPlace | None = None


@fact
class EndParty:
    """Stop ringing the party, or end its leg."""

    call: CallId
    leg: LegId


@fact
class HoldCaller:
    """Let the caller hear music while the agent rings somebody, and the agent the ringing."""

    call: CallId
    offer: OfferId


@fact
class ReturnToCaller:
    """Join caller and agent again after a consultation."""

    call: CallId
    offer: OfferId


@fact
class Consult:
    """Join the agent and the party; the caller goes on hearing music."""

    call: CallId
    offer: OfferId
    leg: LegId


@fact
class ConsultByVisit:
    """Join the party with the agent's second call, and answer that; the caller is on hold there."""

    call: CallId
    visit: VisitId
    leg: LegId


@fact
class EndVisit:
    """End an agent's second call."""

    call: CallId
    visit: VisitId


@fact
class JoinThree:
    """Let caller, agent and party hear each other."""

    call: CallId
    offer: OfferId
    leg: LegId


@fact
class HandOver:
    """Join caller and party without the agent; a failure comes back as PartyFailed."""

    call: CallId
    leg: LegId


class TransferProgress(StrEnum):
    """What a phone that asked for a transfer is told of it."""

    ANSWERED = "answered"
    FAILED = "failed"
    REFUSED = "refused"


@fact
class ReportTransfer:
    """Tell the agent's phone what became of the transfer it asked for (REFER)."""

    call: CallId
    offer: OfferId
    progress: TransferProgress


@fact
class AdoptCaller:
    """From now on the leg is the caller.

    That is a caller who kept a place and was reached, or a caseworker who phones back.
    """

    call: CallId
    leg: LegId


class Supervision(StrEnum):
    """What a supervisor does with a talk."""

    LISTEN = "listen"
    WHISPER = "whisper"
    """The agent hears the supervisor, the caller does not."""
    BARGE = "barge"
    """Both hear the supervisor."""


@fact
class KeyPressedBy:
    """Who wants by key to take part in another way: ``by``, with the phone of ``phone``.

    Nobody has written that down yet.
    """

    by: str
    phone: AgentId
    agent: AgentId
    """With whom the caller talks."""


@fact
class Supervise:
    """Let the party take part in the talk as ``how`` says; again, to change that."""

    call: CallId
    offer: OfferId
    leg: LegId
    how: Supervision
    keyed: KeyPressedBy | None = None
    """Who is to be written down before this is carried out; None: that is done."""


# -- spoken messages -------------------------------------------------------------------------------


@fact
class RecordMessage:
    """Beep and record what the caller says; ends with MessageRecorded.

    The caller ends it with ``#``, by silence, or by hanging up.
    """

    call: CallId
    recording: RecordingId
    longest: timedelta
    silence: timedelta


@fact
class DiscardMessage:
    """Delete a recording that nobody will need."""

    call: CallId
    recording: RecordingId


@fact
class SpeakAndHangUp:
    """Answer an agent's feature code with a few words."""

    visit: VisitId
    utterance: Utterance
    language: str


@fact
class StoreCallback:
    """Commit the promise; ends with CallbackStored or CallbackNotStored."""

    callback: Callback


@fact
class AddToCallback:
    """Commit with a callback that its caller has called again.

    ``agent`` is who says so; None: the caller did. Ends with CallbackAddedTo or
    CallbackNotAddedTo.
    """

    call: CallId
    callback: CallbackId
    agent: AgentId | None = None


@fact
class NoteReached:
    """Commit with a callback that its caller, who has called back, talks with its owner.

    Nothing waits for it.
    """

    call: CallId
    callback: CallbackId


@fact
class RecordCall:
    """Remember a finished call."""

    record: CallRecord


@fact
class NoteResult:
    """Remember what the agent says came of a finished call, where the call was the agent's."""

    call: CallId
    agent: AgentId
    result: CallResult


@fact
class NoteOutgoingCall:
    """Remember what came of an outgoing call, and note the attempt where it was one."""

    call: CallId
    callback: CallbackId
    caseworker: CaseworkerId
    result: OutgoingResult
    ended_at: datetime
    talked_seconds: float


@fact
class KeepPlace:
    """Commit a kept place, or its change; the first time ends with PlaceStored or PlaceNotStored.

    Nothing waits for the commit of a change.
    """

    kept: KeptPlace


@fact
class ReleasePlace:
    """The kept place is used up: the caller was reached, or has a callback."""

    call: CallId


TalkCommand = AnswerCall | HangUpCall | OfferCall | WithdrawOffer | ConnectCall | ReleaseAgent
"""A caller and the agents who are rung."""
SoundCommand = (
    StartMusic
    | StopMusic
    | StartRinging
    | StopRinging
    | Play
    | PlayToBoth
    | PlayToAgent
    | StopPlaying
    | SpeakAndHangUp
)
"""What people hear."""
RecordingCommand = RecordMessage | DiscardMessage
PartyCommand = (
    DialParty
    | EndParty
    | HoldCaller
    | ReturnToCaller
    | Consult
    | ConsultByVisit
    | EndVisit
    | JoinThree
    | HandOver
    | ReportTransfer
    | AdoptCaller
)
"""Third parties."""
SwitchCommand = TalkCommand | SoundCommand | RecordingCommand | PartyCommand | Supervise
StoreCommand = StoreCallback | AddToCallback | NoteReached | KeepPlace | ReleasePlace
Command = SwitchCommand | StoreCommand | RecordCall | NoteResult | NoteOutgoingCall
