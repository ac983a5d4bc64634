"""Facts, in the past tense: the only input of the engine.

Whatever the outside can cause is an event, also what went wrong; the engine never sees an
exception. Late and repeated events are normal.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from ivr.domain.agents import Presence
from ivr.domain.announcement import Announcement
from ivr.domain.calls import CallResult
from ivr.domain.commands import Supervision
from ivr.domain.county import County
from ivr.domain.fact import fact
from ivr.domain.ids import (
    E164,
    AgentId,
    AnnouncementId,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
    LegId,
    OfferId,
    PlaybackId,
    RecordingId,
    VisitId,
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.known import KnownCallback


@fact
class CallArrived:
    """A caller's channel entered; the texts are raw, as the carrier sent them."""

    call: CallId
    dialled: str
    caller: str | None = None
    diverted_from: tuple[str, ...] = ()
    arrived_at: datetime | None = None
    """When that was, where it was not just now: found by a run of the program that does not
    remember the call. Such a caller has waited since then."""


@fact
class SwitchWasAway:
    """For a while nothing was heard of the switch; what was missed is told after this.

    Also at the start of a run. Callers may have come meanwhile whom nobody greeted.
    """


@fact
class CallerHungUp:
    """The caller's channel is gone."""

    call: CallId


@fact
class CallerLost:
    """The caller's channel is gone because the switch ended: nobody hung up."""

    call: CallId


@fact
class CallerTakenOver:
    """The caller is being served without this program, in Asterisk's own queue.

    That queue tells of the rest; here the call is over without a record. Of a caller who keeps
    the place and is away it means nothing.
    """

    call: CallId


@fact
class CallerPressed:
    """The caller pressed one key."""

    call: CallId
    key: str


@fact
class PlaybackFinished:
    """A prompt ended, was stopped or could not be played."""

    call: CallId
    playback: PlaybackId
    failed: bool = False
    """It broke off; perhaps because whoever heard it is hanging up."""


class FailureCause(StrEnum):
    """Why an offer, or dialling somebody else, came to nothing."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    """In another call; agents' telephones also say so where the agent presses "reject"."""
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    """No phone registered, or the phone does not react."""
    FAULT = "fault"
    """Nobody's fault among agents: the switch refused or is away."""


@fact
class OfferAnswered:
    """The agent picked up."""

    offer: OfferId


@fact
class OfferFailed:
    """The agent's leg ended without an answer."""

    offer: OfferId
    cause: FailureCause


@fact
class CallConnected:
    """Caller and agent hear each other."""

    offer: OfferId


@fact
class ConnectFailed:
    """The answered offer could not be joined with its caller."""

    offer: OfferId


@fact
class AgentHungUp:
    """The agent's leg, answered before, is gone."""

    offer: OfferId


@fact
class LegEnded:
    """A leg at an agent's phone that was no offer any more is gone: the line is free again."""

    leg: OfferId | VisitId | LegId


@fact
class AgentPressed:
    """The agent pressed one key in a call."""

    offer: OfferId
    key: str


@fact
class PresenceChosen:
    """An agent, or somebody for the agent, chose a presence."""

    agent: AgentId
    presence: Presence
    reason: str = ""


@fact
class WrapUpEnded:
    """An agent is done with the last call before the time is over."""

    agent: AgentId


@fact
class FeatureCodeDialled:
    """An agent called a feature code; ``visit`` is that call."""

    visit: VisitId
    agent: AgentId
    code: str


@fact
class WrapUpExtended:
    """An agent needs more time after the last call."""

    agent: AgentId


@fact
class LastCallChosen:
    """An agent, or somebody for the agent, wants to log out after the next call."""

    agent: AgentId


@fact
class ResultGiven:
    """An agent, or somebody for the agent, says what came of the agent's latest call."""

    agent: AgentId
    result: CallResult


@fact
class PhoneBusy:
    """The agent's phone has a call that is none of ours."""

    agent: AgentId


@fact
class PhoneFree:
    """The agent's phone has no call any more that is none of ours."""

    agent: AgentId


@fact
class PhoneReachable:
    """The agent's phone is registered."""

    agent: AgentId


@fact
class PhoneUnreachable:
    """The agent's phone is not, or no longer, registered."""

    agent: AgentId


@fact
class CallbackStored:
    """The promise is committed."""

    callback: CallbackId
    call: CallId


@fact
class CallbackNotStored:
    """The promise could not be committed; it must not be spoken."""

    callback: CallbackId
    call: CallId


@fact
class CallbackAddedTo:
    """It is committed with the callback that the caller has called again."""

    callback: CallbackId
    call: CallId


@fact
class CallbackNotAddedTo:
    """It could not be committed; ``over``: because the callback is closed, or gone."""

    callback: CallbackId
    call: CallId
    over: bool = False


@fact
class CallerRecognised:
    """The number a call came from has open callbacks; told when they were looked up, if ever.

    The one that was tried in vain last comes first.
    """

    call: CallId
    callbacks: tuple[KnownCallback, ...]


@fact
class WhisperFinished:
    """What was said to the agent alone ended, was stopped or could not be played."""

    offer: OfferId


@fact
class PartyAnswered:
    """A third party picked up."""

    leg: LegId


@fact
class PartyFailed:
    """A third party's leg ended without an answer, or could not be joined."""

    leg: LegId
    cause: FailureCause


@fact
class PartyHungUp:
    """A third party's leg, answered before, is gone."""

    leg: LegId


@fact
class PartyPressed:
    """A third party pressed one key."""

    leg: LegId
    key: str


@fact
class TransferRequested:
    """The agent's phone asked for a transfer (REFER).

    ``number`` is whom to, as the phone sent it. ``consultation`` is the agent's second call where
    the phone wants the caller joined with whoever is there.
    """

    offer: OfferId
    number: str
    consultation: VisitId | None = None


@fact
class NumberDialled:
    """An agent called somebody; ``visit`` is that call, ringing."""

    visit: VisitId
    agent: AgentId
    number: str


@fact
class MessageRecorded:
    """The caller's spoken message ended; zero seconds: there is none."""

    call: CallId
    recording: RecordingId
    seconds: float


@fact
class PlaceStored:
    """The kept place is committed."""

    call: CallId


@fact
class PlaceNotStored:
    """The kept place could not be committed; it must not be promised."""

    call: CallId


@fact
class PlaceRestored:
    """A place kept in an earlier run of the program is still to be honoured."""

    kept: KeptPlace


@fact
class CallBackWished:
    """A caseworker is to be connected with the citizen of a callback, by an outgoing call.

    It may be made: the numbers are allowed, and it is counted.
    """

    call: CallId
    """The id of that call; new for every wish."""
    callback: CallbackId
    department: DepartmentId
    caseworker: CaseworkerId
    phone: E164
    """The caseworker's."""
    number: E164
    """The citizen's."""
    language: str
    """What the caseworker is spoken to in."""


@fact
class AnnouncementMade:
    """Callers are to hear an announcement; one of the same id is replaced."""

    announcement: Announcement


@fact
class AnnouncementWithdrawn:
    """Callers are no longer to hear it."""

    announcement: AnnouncementId


@fact
class CountyChanged:
    """The admin's files say something else now."""

    county: County


@fact
class CallerMovedUp:
    """A supervisor wants a waiting caller served next."""

    call: CallId


@fact
class CallerTakenOut:
    """A supervisor wants a caller out of the queue."""

    call: CallId


@fact
class SupervisionRequested:
    """A supervisor wants to take part in a talk with the phone of ``agent``; again, to change how.

    ``leg`` is the id of the supervisor's leg.
    """

    call: CallId
    leg: LegId
    agent: AgentId
    how: Supervision
    by: str
    """Who wants it; written down already."""


OfCall = (
    CallerHungUp
    | CallerLost
    | CallerTakenOver
    | CallerPressed
    | CallerRecognised
    | PlaybackFinished
    | MessageRecorded
    | CallbackStored
    | CallbackNotStored
    | CallbackAddedTo
    | CallbackNotAddedTo
    | CallerMovedUp
    | CallerTakenOut
    | PlaceStored
    | PlaceNotStored
)
"""What happens to a call; of one that is not there any more it changes nothing."""
AboutCallback = CallbackStored | CallbackNotStored | CallbackAddedTo | CallbackNotAddedTo
"""What the store says to what a call wants of a callback."""
OfOffer = (
    OfferAnswered
    | OfferFailed
    | CallConnected
    | ConnectFailed
    | AgentHungUp
    | AgentPressed
    | WhisperFinished
    | TransferRequested
)
"""What happens to an agent's offer, or in the talk it became."""
OfParty = PartyAnswered | PartyFailed | PartyHungUp | PartyPressed
"""What a third party does."""
OfAgent = (
    PresenceChosen
    | WrapUpEnded
    | WrapUpExtended
    | LastCallChosen
    | ResultGiven
    | PhoneReachable
    | PhoneUnreachable
    | PhoneBusy
    | PhoneFree
)
"""What an agent wants, or what happens to an agent's telephone."""
OfItsOwn = (
    CallArrived
    | SwitchWasAway
    | LegEnded
    | FeatureCodeDialled
    | NumberDialled
    | PlaceRestored
    | CallBackWished
    | AnnouncementMade
    | AnnouncementWithdrawn
    | CountyChanged
    | SupervisionRequested
)
"""What is of no such family."""
Event = OfCall | OfOffer | OfParty | OfAgent | OfItsOwn
