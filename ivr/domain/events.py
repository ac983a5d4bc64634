"""Facts, in the past tense: the only input of the engine.

Whatever the outside can cause is an event, also what went wrong; the engine never sees an
exception. Late and repeated events are normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.agents import Presence
from ivr.domain.ids import AgentId, CallbackId, CallId, OfferId, PlaybackId, VisitId


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller's channel entered; the texts are raw, as the carrier sent them."""

    call: CallId
    dialled: str
    caller: str | None = None
    diverted_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller's channel is gone."""

    call: CallId


@dataclass(frozen=True, slots=True)
class CallerPressed:
    """The caller pressed one key."""

    call: CallId
    key: str


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """A prompt ended, was stopped or could not be played."""

    call: CallId
    playback: PlaybackId


class FailureCause(StrEnum):
    """Why an offer came to nothing."""

    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    """No phone registered, or the phone does not react."""
    FAULT = "fault"
    """Nobody's fault among agents: the switch refused or is away."""


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """The agent picked up."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """The agent's leg ended without an answer."""

    offer: OfferId
    cause: FailureCause


@dataclass(frozen=True, slots=True)
class CallConnected:
    """Caller and agent hear each other."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class ConnectFailed:
    """The answered offer could not be joined with its caller."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class AgentHungUp:
    """The agent's leg, answered before, is gone."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class LegEnded:
    """A leg at an agent's phone that was no offer any more is gone: the line is free again."""

    leg: OfferId | VisitId


@dataclass(frozen=True, slots=True)
class AgentPressed:
    """The agent pressed one key in a call."""

    offer: OfferId
    key: str


@dataclass(frozen=True, slots=True)
class PresenceChosen:
    """An agent, or somebody for the agent, chose a presence."""

    agent: AgentId
    presence: Presence
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """An agent is done with the last call before the time is over."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class FeatureCodeDialled:
    """An agent called a feature code; ``visit`` is that call."""

    visit: VisitId
    agent: AgentId
    code: str


@dataclass(frozen=True, slots=True)
class PhoneReachable:
    """The agent's phone is registered."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class PhoneUnreachable:
    """The agent's phone is not, or no longer, registered."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class CallbackStored:
    """The promise is committed."""

    callback: CallbackId
    call: CallId


@dataclass(frozen=True, slots=True)
class CallbackNotStored:
    """The promise could not be committed; it must not be spoken."""

    callback: CallbackId
    call: CallId


Event = (
    CallArrived
    | CallerHungUp
    | CallerPressed
    | PlaybackFinished
    | OfferAnswered
    | OfferFailed
    | CallConnected
    | ConnectFailed
    | AgentHungUp
    | LegEnded
    | AgentPressed
    | PresenceChosen
    | WrapUpEnded
    | FeatureCodeDialled
    | PhoneReachable
    | PhoneUnreachable
    | CallbackStored
    | CallbackNotStored
)
