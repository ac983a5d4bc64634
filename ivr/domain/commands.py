"""Intentions, in the imperative: the only output of the engine.

Commands of one call are carried out in order, those of different calls side by side. A command
that fails comes back as an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.callback import Callback
from ivr.domain.calls import CallRecord
from ivr.domain.ids import E164, AgentId, CallId, OfferId, PlaybackId, VisitId
from ivr.domain.speech import Utterance


@dataclass(frozen=True, slots=True)
class AnswerCall:
    """Pick up the caller's call."""

    call: CallId


@dataclass(frozen=True, slots=True)
class StartMusic:
    """Let the waiting caller hear music."""

    call: CallId


@dataclass(frozen=True, slots=True)
class StopMusic:
    """End the caller's music."""

    call: CallId


@dataclass(frozen=True, slots=True)
class Play:
    """Say something to the caller; ends with PlaybackFinished."""

    call: CallId
    playback: PlaybackId
    utterance: Utterance
    language: str


@dataclass(frozen=True, slots=True)
class PlayToBoth:
    """Say something to the caller and the agent of ``offer``; ends with PlaybackFinished."""

    call: CallId
    offer: OfferId
    playback: PlaybackId
    utterance: Utterance
    language: str


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """End a prompt early."""

    call: CallId
    playback: PlaybackId


@dataclass(frozen=True, slots=True)
class OfferCall:
    """Ring one agent for one call; ``label`` and ``caller`` are what the phone shows."""

    call: CallId
    offer: OfferId
    agent: AgentId
    label: str
    caller: E164 | None


class Withdrawal(StrEnum):
    """Why an offer is taken back; decides whether the phone shows a missed call."""

    CALLER_GONE = "caller_gone"
    NO_ANSWER = "no_answer"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """Stop ringing the agent, or end the agent's leg before it was joined."""

    call: CallId
    offer: OfferId
    why: Withdrawal


@dataclass(frozen=True, slots=True)
class ConnectCall:
    """Join caller and agent; ends with CallConnected or ConnectFailed."""

    call: CallId
    offer: OfferId


@dataclass(frozen=True, slots=True)
class ReleaseAgent:
    """End the agent's leg after the talk."""

    call: CallId
    offer: OfferId


@dataclass(frozen=True, slots=True)
class HangUpCall:
    """End the caller's call."""

    call: CallId


@dataclass(frozen=True, slots=True)
class SpeakAndHangUp:
    """Answer an agent's feature code with a few words."""

    visit: VisitId
    utterance: Utterance
    language: str


@dataclass(frozen=True, slots=True)
class StoreCallback:
    """Commit the promise; ends with CallbackStored or CallbackNotStored."""

    callback: Callback


@dataclass(frozen=True, slots=True)
class RecordCall:
    """Remember a finished call."""

    record: CallRecord


SwitchCommand = (
    AnswerCall
    | StartMusic
    | StopMusic
    | Play
    | PlayToBoth
    | StopPlaying
    | OfferCall
    | WithdrawOffer
    | ConnectCall
    | ReleaseAgent
    | HangUpCall
    | SpeakAndHangUp
)
Command = SwitchCommand | StoreCallback | RecordCall
