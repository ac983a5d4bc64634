"""Channels as calls, offers and visits: which id is whose, and what a message means for it.

Pure bookkeeping: messages in, domain events out. It sends nothing.
"""

from __future__ import annotations

from typing import assert_never

import structlog

from ivr.adapters.ari import messages as ari
from ivr.domain import events as on
from ivr.domain.ids import AgentId, CallId, OfferId, PlaybackId, VisitId

log = structlog.get_logger(__name__)

# Q.850 causes as Asterisk maps SIP answers to them (hangup_sip2cause in its chan_pjsip).
_USER_BUSY = 17
_NO_ANSWER = 19
_REJECTED = 21
_NORMAL = 16

_Event = on.Event
PlaybackEnd = on.PlaybackFinished | on.WhisperFinished


class Legs:
    """The channels and playbacks that belong to us."""

    def __init__(self) -> None:
        self.calls: set[CallId] = set()
        self.visits: set[VisitId] = set()
        self._offers: dict[OfferId, bool] = {}
        """Our agents' legs; True once answered."""
        self._ending: set[OfferId] = set()
        """Agents' legs that are being ended by us."""
        self._playbacks: dict[PlaybackId, PlaybackEnd] = {}
        """What is to be told at their ends."""

    def followed(self) -> frozenset[str]:
        """Return the ids of all channels whose end we want to know of."""
        return frozenset((*self.calls, *self.visits, *self._offers, *self._ending))

    def needed(self) -> frozenset[str]:
        """Return the ids of the channels that somebody still needs."""
        return frozenset((*self.calls, *self._offers))

    def expect_offer(self, offer: OfferId) -> None:
        """An agent's leg of this id is about to be made; harmless where it is there."""
        self._offers.setdefault(offer, False)

    def drop_offer(self, offer: OfferId) -> None:
        """The agent's leg is being ended by us: its end only means that the line is free."""
        self._forget_whispers(offer)
        if self._offers.pop(offer, None) is not None:
            self._ending.add(offer)

    def no_offer(self, offer: OfferId) -> None:
        """The agent's leg was never made."""
        self._offers.pop(offer, None)

    def drop_call(self, call: CallId) -> None:
        """The caller's call is over, or being ended by us."""
        self.calls.discard(call)
        for playback, end in list(self._playbacks.items()):
            if isinstance(end, on.PlaybackFinished) and end.call == call:
                del self._playbacks[playback]

    def expect_playback(self, playback: PlaybackId, end: PlaybackEnd) -> bool:
        """A playback of this id is about to start; False where it did: the command is a repeat."""
        return self._playbacks.setdefault(playback, end) is end

    def playback_over(self, playback: PlaybackId) -> PlaybackEnd | None:
        """The playback ended; None where that was known."""
        return self._playbacks.pop(playback, None)

    def translate(self, message: ari.Message) -> _Event | None:
        """Say what ``message`` means for the service; None where it means nothing."""
        match message:
            case ari.StasisStart(channel, args):
                return self._entered(channel, args)
            case ari.StasisEnd(channel):
                return self._left(channel)
            case ari.ChannelDestroyed(channel, cause, tech_cause):
                return self._destroyed(channel, cause, tech_cause)
            case ari.ChannelDtmfReceived(channel, digit):
                return self._pressed(channel, digit)
            case ari.PlaybackFinished():
                return self._played(message)
            case ari.RecordingFinished() | ari.RecordingFailed() | ari.EndpointStateChange():
                return None
            case ari.UserEvent() | ari.ApplicationReplaced() | ari.RestResponse():
                return None
            case _:
                assert_never(message)

    def _entered(self, channel: str, args: tuple[str, ...]) -> _Event | None:
        match args:
            case ("caller", dialled, *more):
                original, last, caller = (*more, "", "", "")[:3]
                self.calls.add(CallId(channel))
                diverted = tuple(n for n in dict.fromkeys((original, last)) if n)
                return on.CallArrived(CallId(channel), dialled, caller or None, diverted)
            case ("agent", *_) if OfferId(channel) in self._offers:
                self._offers[OfferId(channel)] = True
                return on.OfferAnswered(OfferId(channel))
            case ("feature", code, agent):
                self.visits.add(VisitId(channel))
                return on.FeatureCodeDialled(VisitId(channel), AgentId(agent), code)
            case _:
                log.warning("unknown_channel_entered", channel=channel, kind=args[:1])
                return None

    def _left(self, channel: str) -> _Event | None:
        """Callers and answered agents' legs end here; others are heard of when destroyed."""
        if CallId(channel) in self.calls:
            self.drop_call(CallId(channel))
            return on.CallerHungUp(CallId(channel))
        if self._offers.get(OfferId(channel)):
            self._forget_whispers(OfferId(channel))
            del self._offers[OfferId(channel)]
            return on.AgentHungUp(OfferId(channel))
        return None

    def _destroyed(self, channel: str, cause: int, tech_cause: int) -> _Event | None:
        offer, visit = OfferId(channel), VisitId(channel)
        if self._offers.get(offer) is False:
            del self._offers[offer]
            return on.OfferFailed(offer, failure_cause(cause, tech_cause))
        if offer in self._ending:
            self._ending.discard(offer)
            return on.LegEnded(offer)
        if visit in self.visits:
            self.visits.discard(visit)
            return on.LegEnded(visit)
        return self._left(channel)

    def _played(self, message: ari.PlaybackFinished) -> _Event | None:
        if message.failed:
            log.warning("playback_failed", media=message.media)
        return self.playback_over(PlaybackId(message.playback))

    def _forget_whispers(self, offer: OfferId) -> None:
        for playback, end in list(self._playbacks.items()):
            if isinstance(end, on.WhisperFinished) and end.offer == offer:
                del self._playbacks[playback]

    def _pressed(self, channel: str, digit: str) -> _Event | None:
        if CallId(channel) in self.calls:
            return on.CallerPressed(CallId(channel), digit)
        if OfferId(channel) in self._offers:
            return on.AgentPressed(OfferId(channel), digit)
        return None


def talk_bridge(offer: OfferId) -> str:
    """Return the id of the bridge in which the offer becomes a talk; new for every offer."""
    return f"{offer}-b"


def failure_cause(cause: int, sip_status: int) -> on.FailureCause:
    """Say why an agent's leg was not answered, from Q.850 ``cause`` and the SIP status.

    No cause: nobody saw the leg end, because Asterisk or the connection to it was away.

    486 and 603 are what phones send for "reject" (and when busy with another call); 480 for "do
    not disturb" or an absent user.
    """
    if cause == 0:
        return on.FailureCause.FAULT
    if sip_status in (486, 600, 603) or cause in (_USER_BUSY, _REJECTED):
        return on.FailureCause.REJECTED
    if sip_status == 480 or cause in (_NO_ANSWER, _NORMAL):  # noqa: PLR2004 - SIP
        return on.FailureCause.NO_ANSWER
    return on.FailureCause.UNREACHABLE
