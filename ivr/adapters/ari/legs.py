"""Channels as calls, offers, visits and third parties: which id is whose, what a message means.

Pure bookkeeping: messages in, domain events out. It sends nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

import structlog

from ivr.adapters.ari import messages as ari
from ivr.adapters.ari.causes import failure_cause
from ivr.domain import events as on
from ivr.domain.ids import AgentId, CallId, LegId, OfferId, PlaybackId, VisitId
from ivr.domain.live import LiveCall, Phase
from ivr.domain.memory import Memory
from ivr.domain.outgoing import OutgoingCall

log = structlog.get_logger(__name__)

_Event = on.Event
PlaybackEnd = on.PlaybackFinished | on.WhisperFinished


class Legs:
    """The channels and playbacks that belong to us."""

    def __init__(self) -> None:
        self._calls: dict[str, CallId] = {}
        """Calls by the channel of their caller."""
        self._adopted: dict[CallId, LegId] = {}
        """Calls whose caller was phoned back, and is at another channel than the call's."""
        self._leaving: set[str] = set()
        """Callers' channels that are being ended by us."""
        self._visits: dict[VisitId, bool] = {}
        """Agents' own calls; True where Asterisk tells us of their very end."""
        self._dialled: set[VisitId] = set()
        """Those of them that are for a number."""
        self._offers: dict[OfferId, bool] = {}
        """Our agents' legs; True once answered."""
        self._parties: dict[LegId, bool] = {}
        """Third parties' legs; True once answered."""
        self._ending: set[OfferId | VisitId | LegId] = set()
        """Agents' and third parties' legs that are being ended by us."""
        self._referrers: dict[OfferId, VisitId] = {}
        """Where a transfer was asked for in the agent's other call than the offer's."""
        self._playbacks: dict[PlaybackId, PlaybackEnd] = {}
        """What is to be told at their ends."""

    def take_over(self, memory: Memory) -> None:
        """Go on with the channels of an earlier run of the program."""
        for call in memory.calls:
            if call.on_line and call.phase is not Phase.GONE:
                self._caller_is_at(call.id, call.adopted)
            else:
                self._leaving.add(call.adopted or call.id)
        for outgoing in memory.outgoing:
            if outgoing.adopted is not None:
                self._caller_is_at(outgoing.id, outgoing.adopted)
        self._leaving.update(memory.ended)
        self._offers.update((each.id, each.answered_at is not None) for each in memory.offers)
        self._parties.update((each.id, each.answered) for each in memory.parties)
        self._take_over_lines(memory)
        listeners: tuple[LiveCall | OutgoingCall, ...] = (*memory.calls, *memory.outgoing)
        for listener in listeners:
            if (playback := listener.playback) is not None:
                self._playbacks[playback] = on.PlaybackFinished(listener.id, playback)
        for offer in memory.offers:
            if offer.whispering:
                self._playbacks[whisper(offer.id)] = on.WhisperFinished(offer.id)

    def _caller_is_at(self, call: CallId, adopted: LegId | None) -> None:
        self._calls[adopted or call] = call
        if adopted is not None:
            self._adopted[call] = adopted

    def _take_over_lines(self, memory: Memory) -> None:
        """Know what else occupies agents' telephones: second calls, and legs being ended."""
        for call in memory.calls:
            if call.consultation is not None and (visit := call.consultation.visit) is not None:
                self._visits[visit] = False
                self._dialled.add(visit)
        lines = {leg for agent in memory.agents for leg in agent.legs}
        self._ending.update(lines - self._offers.keys() - self._parties.keys() - self._dialled)

    def followed(self) -> frozenset[str]:
        """Return the ids of all channels whose end we want to know of."""
        ours = (
            *(self._calls, self._leaving),
            *(self._visits, self._offers, self._parties, self._ending),
        )
        return frozenset(channel for kind in ours for channel in kind)

    def follows(self, channel: str) -> bool:
        """Whether we want to know of the end of ``channel``."""
        return self.welcomes(channel) or channel in self._ending or channel in self._leaving

    def welcomes(self, channel: str) -> bool:
        """Whether ``channel`` may be in our application."""
        return (
            channel in self._calls
            or OfferId(channel) in self._offers
            or LegId(channel) in self._parties
            or VisitId(channel) in self._visits
        )

    def needed(self) -> frozenset[str]:
        """Return the ids of the channels that somebody still needs."""
        return frozenset((*self._calls, *self._offers, *self._parties, *self._dialled))

    def entered(self) -> frozenset[str]:
        """Return the ids of the channels of callers, agents and third parties we command."""
        answered = (
            id_ for kind in (self._offers, self._parties) for id_, in_ in kind.items() if in_
        )
        return frozenset((*self._calls, *answered))

    def is_caller(self, channel: str) -> bool:
        """Whether a call's caller is at ``channel``, or was."""
        return channel in self._calls

    def ringing(self) -> frozenset[str]:
        """Return the ids of the agents' and third parties' legs that were not answered yet."""
        return frozenset(
            id_ for kind in (self._offers, self._parties) for id_, in_ in kind.items() if not in_
        )

    def ending(self) -> frozenset[str]:
        """Return the ids of agents' and third parties' legs that are being ended by us."""
        return frozenset(self._ending)

    def playbacks(self) -> tuple[PlaybackId, ...]:
        """Return the ids of the playbacks that go on, earliest first."""
        return tuple(self._playbacks)

    def taken_over(self, channel: str) -> on.CallerTakenOver | None:
        """The caller there is served without us; None where no caller is."""
        call = self._calls.get(channel)
        if call is None:
            return None
        self._forget_call(call)
        return on.CallerTakenOver(call)

    def caller_of(self, call: CallId) -> str:
        """Return the channel at which the call's caller is, or was."""
        return self._adopted.get(call, call)

    def expect_offer(self, offer: OfferId) -> None:
        """An agent's leg of this id is about to be made; harmless where it is there."""
        self._offers.setdefault(offer, False)

    def drop_offer(self, offer: OfferId) -> None:
        """The agent's leg is being ended by us: its end only means that the line is free."""
        self._forget_whispers(offer)
        self._referrers.pop(offer, None)
        if self._offers.pop(offer, None) is not None:
            self._ending.add(offer)

    def no_offer(self, offer: OfferId) -> None:
        """The agent's leg was never made."""
        self._offers.pop(offer, None)

    def drop_call(self, call: CallId) -> None:
        """The caller's call is being ended by us."""
        caller = self.caller_of(call)
        if caller in self._calls:
            self._forget_call(call)
            self._leaving.add(caller)

    def _forget_call(self, call: CallId) -> None:
        self._calls.pop(self.caller_of(call), None)
        self._adopted.pop(call, None)
        for playback, end in list(self._playbacks.items()):
            if isinstance(end, on.PlaybackFinished) and end.call == call:
                del self._playbacks[playback]

    def expect_party(self, leg: LegId) -> None:
        """A third party's leg of this id is about to be made; harmless where it is there."""
        if leg not in self._calls:
            self._parties.setdefault(leg, False)

    def drop_party(self, leg: LegId) -> None:
        """The third party's leg is being ended by us: its end only means that a line is free."""
        if self._parties.pop(leg, None) is not None:
            self._ending.add(leg)

    def no_party(self, leg: LegId) -> None:
        """The third party's leg was never made."""
        self._parties.pop(leg, None)

    def adopt(self, call: CallId, leg: LegId) -> bool:
        """From now on the third party's leg is the caller; False where it is gone."""
        if self._calls.get(leg) == call:
            return True
        if not self._parties.pop(leg, False):
            return False
        self._calls[leg] = call
        self._adopted[call] = leg
        return True

    def follow(self, visit: VisitId) -> None:
        """Asterisk is about to be asked to tell us of the visit's very end."""
        if visit in self._visits:
            self._visits[visit] = True

    def visit_over(self, visit: VisitId) -> on.LegEnded | None:
        """The visit is gone; None where that was known."""
        self._dialled.discard(visit)
        return None if self._visits.pop(visit, None) is None else on.LegEnded(visit)

    def referrer(self, offer: OfferId) -> str:
        """Return the channel whose phone asked for a transfer of the offer's caller."""
        return self._referrers.get(offer, offer)

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
            case ari.ChannelStateChange(channel, "Up"):
                return self._answered(channel)
            case ari.StasisEnd(channel):
                return self._left(channel)
            case ari.ChannelDestroyed():
                return self._destroyed(message)
            case ari.ChannelDtmfReceived(channel, digit):
                return self._pressed(channel, digit)
            case ari.ChannelTransfer():
                return self._transfer(message)
            case ari.PlaybackFinished():
                return self._played(message)
            case (
                ari.ChannelStateChange()
                | ari.RecordingFinished()
                | ari.RecordingFailed()
                | ari.EndpointStateChange()
                | ari.UserEvent()
                | ari.ApplicationReplaced()
                | ari.RestResponse()
            ):
                return None
            case _:
                assert_never(message)

    def _entered(self, channel: str, args: tuple[str, ...]) -> _Event | None:
        match args:
            case ("caller", dialled, *more) if channel not in self._calls:
                original, last, caller = (*more, "", "", "")[:3]
                self._calls[channel] = CallId(channel)
                diverted = tuple(n for n in dict.fromkeys((original, last)) if n)
                return on.CallArrived(CallId(channel), dialled, caller or None, diverted)
            case ("feature", code, agent):
                self._visits[VisitId(channel)] = False
                return on.FeatureCodeDialled(VisitId(channel), AgentId(agent), code)
            case ("dial", number, agent):
                self._visits[VisitId(channel)] = False
                self._dialled.add(VisitId(channel))
                return on.NumberDialled(VisitId(channel), AgentId(agent), number)
            case ("snoop", *_):
                return None
            case _ if self.follows(channel):
                return None
            case _:
                log.warning("unknown_channel_entered", channel=channel, kind=args[:1])
                return None

    def _answered(self, channel: str) -> _Event | None:
        if self._offers.get(OfferId(channel)) is False:
            self._offers[OfferId(channel)] = True
            return on.OfferAnswered(OfferId(channel))
        if self._parties.get(LegId(channel)) is False:
            self._parties[LegId(channel)] = True
            return on.PartyAnswered(LegId(channel))
        return None

    def _left(self, channel: str, *, lost: bool = False) -> _Event | None:
        """Callers and answered legs end here; others are heard of when destroyed."""
        self._leaving.discard(channel)
        if (call := self._calls.get(channel)) is not None:
            self._forget_call(call)
            return on.CallerLost(call) if lost else on.CallerHungUp(call)
        if self._offers.get(OfferId(channel)):
            self._forget_whispers(OfferId(channel))
            self._referrers.pop(OfferId(channel), None)
            del self._offers[OfferId(channel)]
            return on.AgentHungUp(OfferId(channel))
        if self._parties.get(LegId(channel)):
            del self._parties[LegId(channel)]
            return on.PartyHungUp(LegId(channel))
        if self._visits.get(VisitId(channel)) is False:
            return self.visit_over(VisitId(channel))
        return None

    def _destroyed(self, message: ari.ChannelDestroyed) -> _Event | None:
        channel, cause, tech_cause = message.channel, message.cause, message.tech_cause
        offer, leg, visit = OfferId(channel), LegId(channel), VisitId(channel)
        if self._offers.get(offer) is False:
            del self._offers[offer]
            return on.OfferFailed(offer, failure_cause(cause, tech_cause))
        if self._parties.get(leg) is False:
            del self._parties[leg]
            return on.PartyFailed(leg, failure_cause(cause, tech_cause))
        if channel in self._ending:
            self._ending.discard(offer)
            return on.LegEnded(offer)
        return self.visit_over(visit) or self._left(channel, lost=message.lost)

    def _played(self, message: ari.PlaybackFinished) -> _Event | None:
        if message.failed:
            log.warning("playback_failed", media=message.media)
        over = self.playback_over(PlaybackId(message.playback))
        if message.failed and isinstance(over, on.PlaybackFinished):
            return replace(over, failed=True)
        return over

    def _transfer(self, message: ari.ChannelTransfer) -> _Event | None:
        """A phone asks for a transfer, in either of its two calls where it means to join them."""
        if message.progress:
            return None
        asked_in, other = message.channel, message.joined_with
        if OfferId(asked_in) in self._offers:
            self._referrers.pop(OfferId(asked_in), None)
            visit = None if other is None else VisitId(other)
            return on.TransferRequested(OfferId(asked_in), message.number, visit)
        if VisitId(asked_in) in self._visits and other is not None:
            offer = OfferId(other)
            if offer in self._offers:
                self._referrers[offer] = VisitId(asked_in)
                return on.TransferRequested(offer, message.number, VisitId(asked_in))
        return None

    def _forget_whispers(self, offer: OfferId) -> None:
        for playback, end in list(self._playbacks.items()):
            if isinstance(end, on.WhisperFinished) and end.offer == offer:
                del self._playbacks[playback]

    def _pressed(self, channel: str, digit: str) -> _Event | None:
        if (call := self._calls.get(channel)) is not None:
            return on.CallerPressed(call, digit)
        if OfferId(channel) in self._offers:
            return on.AgentPressed(OfferId(channel), digit)
        if LegId(channel) in self._parties:
            return on.PartyPressed(LegId(channel), digit)
        return None


def talk_bridge(offer: OfferId) -> str:
    """Return the id of the bridge in which the offer becomes a talk; new for every offer."""
    return f"{offer}-b"


def whisper(offer: OfferId) -> PlaybackId:
    """Return the id of what is said to the agent alone; once for every offer."""
    return PlaybackId(f"{offer}-w")


def party_bridge(leg: LegId) -> str:
    """Return the id of the bridge in which a third party talks without the caller's agent.

    First perhaps with the agent's second call, then with the caller: nothing in it depends on
    the offer, whose bridge ends with the agent's leg.
    """
    return f"{leg}-b"
