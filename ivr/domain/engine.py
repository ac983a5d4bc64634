"""The queue engine: facts and a time in, intentions out.

    handle(event, now)   a fact happened
    handle_timer(now)    a deadline has come
    next_deadline()      when to call handle_timer at the latest

This module only says which fact concerns which part; the rules are in ``reception`` (arriving,
leaving), ``announcing`` (what waiting callers hear), ``limiting`` (who can't wait), ``offering``
(callers meet agents), ``keeping_place`` and ``phoning_back`` (callers who hang up and stay in the
queue), ``wishes`` (what agents want), ``promising`` (callbacks), ``transferring`` (third parties),
``supervising`` (in a talk) and ``intervening`` (in the queue), all working on one ``floor``. Rules
that hold throughout:

- A call ends once, in ``Floor.end``.
- A caller leaves the waiting room when an offer is answered, and returns to the original place
  when nothing comes of it.
- A promise is spoken only after ``CallbackStored``.
- Everything that waits for the outside has a deadline.
- Late, repeated and unknown events change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, assert_never

from ivr.domain import events as on
from ivr.domain.agents import AgentView, Presence
from ivr.domain.announcing import Announcing
from ivr.domain.commands import Command
from ivr.domain.county import County
from ivr.domain.due import Due
from ivr.domain.estimating import Standing
from ivr.domain.floor import Floor
from ivr.domain.ids import E164, AgentId, CallId, LegId, OfferId, VisitId
from ivr.domain.intervening import Intervening
from ivr.domain.keeping_place import KeepingPlace
from ivr.domain.keys import InCall
from ivr.domain.limiting import Limiting
from ivr.domain.live import QUEUEING, CallView, LiveCall, Offer, Party, Phase, Purpose
from ivr.domain.offering import Offering
from ivr.domain.phoning_back import PhoningBack
from ivr.domain.promising import Promising
from ivr.domain.reception import Reception
from ivr.domain.speech import Sound, Utterance
from ivr.domain.supervising import Supervising
from ivr.domain.transferring import Transferring
from ivr.domain.wishes import Wishes

DueInCall = Literal[
    Due.ANNOUNCE,
    Due.AWAY,
    Due.CLOSED,
    Due.CLOSING,
    Due.KEEP,
    Due.LIMIT,
    Due.MENU,
    Due.MESSAGE,
    Due.NUMBER,
    Due.PLAYBACK,
    Due.STORE,
    Due.WIDEN,
]
"""What concerns a call; with its id it is a key of the timers."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The service at one moment, for people: callers in the queue first, in their order."""

    calls: tuple[CallView, ...]
    agents: tuple[AgentView, ...]


class Dialling(Protocol):
    """A part that has third parties dialled. The floor has noted what is told here."""

    def answered(self, party: Party, now: datetime) -> None:
        """The party picked up."""
        ...

    def failed(self, party: Party, now: datetime) -> None:
        """Nobody picked up in time, or the party could not be joined; its leg is gone."""
        ...

    def left(self, party: Party, now: datetime) -> None:
        """The party, who had picked up, hung up."""
        ...


class CallProgress(NamedTuple):
    """How far a call has come."""

    id: CallId
    caller_number: E164 | None
    queued_at: datetime | None
    answered_at: datetime | None
    agent: AgentId | None


class AgentProgress(NamedTuple):
    """What an agent wants."""

    id: AgentId
    presence: Presence
    reason: str


class Progress(NamedTuple):
    """Much less than a snapshot: cheap enough to be taken after every fact."""

    calls: list[CallProgress]
    waiting: int
    agents: list[AgentProgress]


class QueueEngine:
    """One county's one queue.

    ``run`` tells this run of the program from others: the ids of offers, prompts and callbacks
    contain it and so never repeat.
    """

    def __init__(self, county: County, run: str) -> None:
        """Start with nobody calling and everybody logged out."""
        self._floor = Floor(county, run)
        self._reception = Reception(self._floor)
        self._offering = Offering(self._floor)
        self._wishes = Wishes(self._floor)
        self._promising = Promising(self._floor)
        self._intervening = Intervening(self._floor)
        self._announcing = Announcing(self._floor)
        self._limiting = Limiting(self._floor)
        self._keeping_place = KeepingPlace(self._floor)
        self._phoning_back = PhoningBack(self._floor)
        self._transferring = Transferring(self._floor)
        self._supervising = Supervising(self._floor)
        self._dialling: dict[Purpose, Dialling] = {
            Purpose.CONSULTATION: self._transferring,
            Purpose.OVERFLOW: self._limiting,
            Purpose.PHONING_BACK: self._phoning_back,
            Purpose.SUPERVISION: self._supervising,
        }

    def handle(self, event: on.Event, now: datetime) -> list[Command]:
        """Take note of ``event`` and return what is to be done."""
        match event:
            case on.CallArrived():
                self._reception.arrived(event, now)
            case on.FeatureCodeDialled():
                self._wishes.feature_code(event, now)
            case on.PlaceRestored(kept=kept):
                self._keeping_place.restored(kept, now)
            case on.CountyChanged(county=county):
                self._floor.adopt(county, now)
            case on.LegEnded(leg):
                if leg not in self._floor.offers and leg not in self._floor.parties:
                    self._floor.lines.ended(leg, now)  # of those, that is told otherwise
                    self._transferring.visit_ended(VisitId(leg), now)
            case on.NumberDialled():
                self._transferring.number_dialled(event, now)
            case on.SupervisionRequested():
                self._supervising.requested(event, now)
            case on.AnnouncementMade(announcement=announcement):
                self._floor.announcements.made(announcement)
            case on.AnnouncementWithdrawn(announcement=withdrawn):
                self._floor.announcements.withdrawn(withdrawn)
            case (
                on.CallerHungUp()
                | on.CallerPressed()
                | on.PlaybackFinished()
                | on.MessageRecorded()
                | on.CallbackStored()
                | on.CallbackNotStored()
                | on.CallerMovedUp()
                | on.CallerTakenOut()
                | on.PlaceStored()
                | on.PlaceNotStored()
            ):
                self._of_call(event, now)
            case (
                on.OfferAnswered()
                | on.OfferFailed()
                | on.CallConnected()
                | on.ConnectFailed()
                | on.AgentHungUp()
                | on.AgentPressed()
                | on.WhisperFinished()
                | on.TransferRequested()
            ):
                self._of_offer(event, now)
            case on.PartyAnswered() | on.PartyFailed() | on.PartyHungUp() | on.PartyPressed():
                self._of_party(event, now)
            case (
                on.PresenceChosen()
                | on.WrapUpEnded()
                | on.WrapUpExtended()
                | on.LastCallChosen()
                | on.PhoneReachable()
                | on.PhoneUnreachable()
                | on.PhoneBusy()
                | on.PhoneFree()
            ):
                self._of_agent(event, now)
            case _:
                assert_never(event)
        return self._done(now)

    def handle_timer(self, now: datetime) -> list[Command]:
        """Do what is due at ``now``."""
        for due, key in self._floor.timers.due(now):
            self._fall_due(due, key, now)
        return self._done(now)

    def next_deadline(self) -> datetime | None:
        """When ``handle_timer`` has to be called at the latest."""
        return self._floor.timers.next()

    @property
    def county(self) -> County:
        """What the engine goes by."""
        return self._floor.county

    def progress(self) -> Progress:
        """Return how far every call has come and what every agent wants."""
        floor = self._floor
        calls = [
            CallProgress(call.id, call.caller, call.queued_at, call.answered_at, call.agent)
            for call in floor.calls.values()
        ]
        agents = [AgentProgress(a.id, a.presence, a.reason) for a in floor.roster]
        return Progress(calls, len(list(floor.waiting)), agents)

    def snapshot(self) -> Snapshot:
        """Return the service as it stands."""
        floor = self._floor
        positions = {call: place for place, call in enumerate(floor.waiting, start=1)}
        here = [call for call in floor.calls.values() if call.phase is not Phase.GONE]
        here.sort(key=lambda call: (call.phase not in QUEUEING, call.place or (call.arrived_at, 0)))
        standings = floor.standings()
        views = tuple(
            self._view(call, positions.get(call.id), standings.get(call.id)) for call in here
        )
        return Snapshot(views, floor.roster.views())

    def _of_call(
        self,
        event: on.CallerHungUp
        | on.CallerPressed
        | on.PlaybackFinished
        | on.MessageRecorded
        | on.CallbackStored
        | on.CallbackNotStored
        | on.CallerMovedUp
        | on.CallerTakenOut
        | on.PlaceStored
        | on.PlaceNotStored,
        now: datetime,
    ) -> None:
        call = self._floor.calls.get(event.call)
        if call is None:
            return
        if call.phase is Phase.AWAY:
            self._of_absent(event, call, now)
            return
        match event:
            case on.CallerHungUp():
                self._hung_up(call, now)
            case on.CallerPressed(key=key):
                self._pressed(call, key, now)
            case on.PlaybackFinished(playback=playback):
                if call.playback == playback:
                    self._said(call, now)
            case on.MessageRecorded(recording=recording, seconds=seconds):
                self._promising.recorded(call, recording, seconds, now)
            case on.CallbackStored(callback=callback):
                self._promising.stored(call, callback, now)
            case on.CallbackNotStored(callback=callback):
                self._promising.not_stored(call, callback, now)
            case on.CallerMovedUp():
                self._intervening.moved_up(call)
            case on.CallerTakenOut():
                self._intervening.taken_out(call, now)
            case on.PlaceStored():
                self._keeping_place.stored(call, now)
            case on.PlaceNotStored():
                self._keeping_place.not_stored(call, now)
            case _:
                assert_never(event)

    def _hung_up(self, call: LiveCall, now: datetime) -> None:
        match call.phase:
            case Phase.GONE:
                pass
            case Phase.KEEPING:
                self._keeping_place.hung_up(call, now)
            case _:
                self._promising.caller_leaves(call, now)
                self._reception.left(call, now)

    def _pressed(self, call: LiveCall, key: str, now: datetime) -> None:
        """The key means what the first of these says."""
        if self._reception.pressed(call, key, now) or self._keeping_place.pressed(call, key, now):
            return
        self._promising.caller_pressed(call, key, now)

    def _of_absent(
        self,
        event: on.CallerHungUp
        | on.CallerPressed
        | on.PlaybackFinished
        | on.MessageRecorded
        | on.CallbackStored
        | on.CallbackNotStored
        | on.CallerMovedUp
        | on.CallerTakenOut
        | on.PlaceStored
        | on.PlaceNotStored,
        call: LiveCall,
        now: datetime,
    ) -> None:
        """The caller keeps the place and is away, or hears the last words before."""
        match event:
            case on.CallerHungUp():
                self._keeping_place.hung_up(call, now)
            case on.PlaybackFinished(playback=playback):
                if call.playback == playback:
                    self._said(call, now)
            case on.CallbackStored(callback=callback):
                self._keeping_place.callback_stored(call, callback, now)
            case on.CallerMovedUp():
                self._intervening.moved_up(call)
            case on.CallerTakenOut():
                self._keeping_place.taken_out(call, now)
            case (
                on.CallerPressed()
                | on.MessageRecorded()
                | on.CallbackNotStored()  # it is tried again when that is due
                | on.PlaceStored()
                | on.PlaceNotStored()
            ):
                pass
            case _:
                assert_never(event)

    def _said(self, call: LiveCall, now: datetime) -> None:
        """What the caller was told has ended."""
        offer = self._floor.talk_of(call)
        self._floor.voice.ended(call)
        if offer is not None and offer.announcing:
            self._offering.announced(offer, now)
        elif call.dialog is not None:
            self._promising.said(call, call.dialog, now)
        else:
            self._reception.said(call, now)
            if call.phase is Phase.WAY_OUT:
                self._limiting.said(call, now)
            elif call.phase is Phase.AWAY:
                self._keeping_place.said(call, now)

    def _of_offer(
        self,
        event: on.OfferAnswered
        | on.OfferFailed
        | on.CallConnected
        | on.ConnectFailed
        | on.AgentHungUp
        | on.AgentPressed
        | on.WhisperFinished
        | on.TransferRequested,
        now: datetime,
    ) -> None:
        offer = self._floor.offers.get(event.offer)
        if offer is None:
            if isinstance(event, on.OfferFailed | on.AgentHungUp):
                self._floor.lines.ended(event.offer, now)  # given up, but the phone's line is free
            return
        transferring = self._transferring
        match event:
            case on.OfferAnswered():
                self._offering.answered(offer, now)
                self._phoning_back.agent_answered(offer, now)
            case on.OfferFailed() | on.AgentHungUp() if self._is_away(offer):
                self._phoning_back.agent_left(offer, now)
            case on.OfferFailed() | on.AgentHungUp() if transferring.leaving_hands_over(offer):
                transferring.agent_left(offer, now)
            case on.OfferFailed(cause=cause):
                self._offering.failed(offer, cause, now)
            case on.CallConnected():
                self._offering.connected(offer, now)
                self._keeping_place.connected(offer)
            case on.ConnectFailed():
                self._offering.connect_failed(offer, now)
            case on.AgentHungUp():
                self._offering.agent_left(offer, now)
            case on.AgentPressed(key=key):
                if offer.connected:
                    self._agent_pressed(offer, key, now)
            case on.WhisperFinished() if self._is_away(offer):
                self._phoning_back.heard(offer, now)
            case on.WhisperFinished():
                self._offering.whispered(offer, now)
            case on.TransferRequested():
                transferring.requested(offer, event, now)
            case _:
                assert_never(event)

    def _is_away(self, offer: Offer) -> bool:
        """Whether an agent has answered whose caller has to be phoned first."""
        return offer.phoning is not None and self._floor.calls[offer.call].phase is Phase.AWAY

    def _agent_pressed(self, offer: Offer, key: str, now: datetime) -> None:
        if offer.target is not None:
            self._transferring.target_key(offer, offer.target, key, now)
            return
        match self._floor.talks.code_pressed(offer, key, now):
            case InCall.CALLBACK:
                self._promising.agent_asked(offer, now)
            case InCall.TRANSFER:
                self._transferring.target_wanted(offer, now)
            case InCall.BACK:
                self._transferring.back(offer, now)
            case InCall.THREE_WAY:
                self._transferring.all_three(offer)
            case None:
                pass
            case _ as never:
                assert_never(never)

    def _keys_paused(self, offer: Offer, now: datetime) -> None:
        """The agent pressed no key for long."""
        if offer.target is None:
            offer.keys = ""
        else:
            self._transferring.target_keyed(offer, offer.target, now)

    def _of_party(
        self,
        event: on.PartyAnswered | on.PartyFailed | on.PartyHungUp | on.PartyPressed,
        now: datetime,
    ) -> None:
        party = self._floor.parties.get(event.leg)
        if party is None:
            if isinstance(event, on.PartyFailed | on.PartyHungUp):
                self._floor.lines.ended(event.leg, now)  # given up, but an agent's line is free
                self._of_caller_s_leg(event, now)
            return
        match event:
            case on.PartyAnswered():
                if not party.answered:
                    self._floor.third_parties.answered(party, now)
                    self._dialling[party.purpose].answered(party, now)
            case on.PartyFailed():
                self._party_failed(party, now)
            case on.PartyHungUp():
                if party.answered:
                    self._floor.third_parties.forget(party, now)
                    self._dialling[party.purpose].left(party, now)
                else:
                    self._party_failed(party, now)
            case on.PartyPressed(key=key):
                if party.purpose is Purpose.SUPERVISION:
                    self._supervising.pressed(party, key)
            case _:
                assert_never(event)

    def _of_caller_s_leg(self, event: on.PartyFailed | on.PartyHungUp, now: datetime) -> None:
        """The caller was phoned back, and hung up before the switch knew whose leg it is."""
        call = self._floor.adopted.get(event.leg)
        if call is not None:
            self._hung_up(self._floor.calls[call], now)

    def _party_failed(self, party: Party, now: datetime) -> None:
        if party.answered:  # could not be joined: the leg may still be there
            self._floor.third_parties.end(party, now)
        else:
            self._floor.third_parties.forget(party, now)
        self._dialling[party.purpose].failed(party, now)

    def _party_silent(self, party: Party, now: datetime) -> None:
        """The ring time is over."""
        self._floor.third_parties.end(party, now)
        self._dialling[party.purpose].failed(party, now)

    def _of_agent(
        self,
        event: on.PresenceChosen
        | on.WrapUpEnded
        | on.WrapUpExtended
        | on.LastCallChosen
        | on.PhoneReachable
        | on.PhoneUnreachable
        | on.PhoneBusy
        | on.PhoneFree,
        now: datetime,
    ) -> None:
        agent = self._floor.roster.configured(event.agent)
        if agent is None:
            return
        match event:
            case on.PresenceChosen(presence=presence, reason=reason):
                self._wishes.presence_chosen(agent, presence, reason, now)
            case on.WrapUpEnded():
                self._wishes.wrap_up_ended(agent, now)
            case on.WrapUpExtended():
                self._wishes.wrap_up_extended(agent)
            case on.LastCallChosen():
                self._wishes.last_call_chosen(agent)
            case on.PhoneReachable():
                self._wishes.phone_reachable(agent, now)
            case on.PhoneUnreachable():
                self._wishes.phone_unreachable(agent, now)
            case on.PhoneBusy():
                agent.busy = True
            case on.PhoneFree():
                agent.busy = False
            case _:
                assert_never(event)

    def _fall_due(self, due: Due, key: str, now: datetime) -> None:
        floor = self._floor
        match due:
            case Due.RING:
                self._offering.not_answered(floor.offers[OfferId(key)], now)
            case Due.WHISPER:
                self._words_over(floor.offers[OfferId(key)], now)
            case Due.CONNECT:
                self._offering.connect_failed(floor.offers[OfferId(key)], now)
            case Due.CODE:
                self._keys_paused(floor.offers[OfferId(key)], now)
            case Due.WRAP_UP:
                self._wishes.wrap_up_ended(floor.agent(AgentId(key)), now)
            case Due.LEG:
                floor.lines.ended(OfferId(key), now)  # or a visit's id: legs are all alike
            case Due.PARTY:
                self._party_silent(floor.parties[LegId(key)], now)
            case Due.REST:
                floor.agent(AgentId(key)).rest_until = None
            case Due.REDIAL:
                floor.entrance.forget_lost(E164(key))
            case _:
                self._fall_due_in_call(due, floor.calls[CallId(key)], now)

    def _fall_due_in_call(self, due: DueInCall, call: LiveCall, now: datetime) -> None:
        match due:
            case Due.PLAYBACK:  # its end got lost, or it is too long
                self._floor.voice.stop(call)
                self._said(call, now)
            case Due.ANNOUNCE:
                self._announcing.announce(call, now)
            case Due.KEEP:
                self._keeping_place.not_stored(call, now)
            case Due.AWAY:
                self._keeping_place.look(call, now)
            case Due.LIMIT:
                self._limiting.look(call, now)
            case Due.NUMBER:
                self._promising.number_keyed(call, now)
            case Due.STORE:
                self._store_silent(call, now)
            case Due.MESSAGE:
                self._promising.message_lost(call, now)
            case Due.MENU:
                self._reception.menu_silence(call, now)
            case Due.CLOSING:
                self._reception.closing(call, now)
            case Due.CLOSED:
                self._reception.thought_it_over(call, now)
            case Due.WIDEN:
                self._floor.entrance.await_widening(call, now)
            case _:
                assert_never(due)

    def _words_over(self, offer: Offer, now: datetime) -> None:
        """The agent has heard all there was to hear, or its end got lost."""
        if self._is_away(offer):
            self._phoning_back.heard(offer, now)
        else:
            self._offering.prepared(offer, now)

    def _store_silent(self, call: LiveCall, now: datetime) -> None:
        """Nobody knows whether a callback is committed."""
        if call.phase is Phase.AWAY:
            self._keeping_place.store(call, now)
        else:
            self._promising.store_failed(call, now)

    def _done(self, now: datetime) -> list[Command]:
        """Whatever happened, somebody may enter the queue or be served now."""
        for call, welcome in self._floor.entrance.take_from_door():
            self._let_in(call, welcome, now)
        for call in self._floor.entrance.take_entered():
            self._reception.await_closing(call, now)
            self._announcing.begin(call, now)
            self._limiting.begin(call, now)
        self._phoning_back.serve(now)
        self._offering.serve(now)
        return self._floor.take_commands()

    def _let_in(self, call: LiveCall, welcome: Utterance, now: datetime) -> None:
        """Let a caller into the queue who has knocked, if the caller may wait."""
        if self._keeping_place.taken_over(call, now) or call.regained:
            welcome = (Sound("place-regained"), *welcome)
        elif self._limiting.turned_away(call, now):
            return
        self._floor.entrance.enter(call, now)
        self._floor.voice.say(call, welcome, now)

    def _view(self, call: LiveCall, position: int | None, standing: Standing | None) -> CallView:
        return CallView(
            id=call.id,
            phase=call.phase,
            department=call.department,
            label=self._floor.county.label(call.department),
            language=call.language,
            caller_number=call.caller,
            arrived_at=call.arrived_at,
            queued_at=call.queued_at,
            position=position,
            order=call.place[0] if call.place is not None else None,
            answered_at=call.answered_at,
            agent=None if call.phase is Phase.WAITING else call.agent,
            estimate=standing.estimate if standing else None,
            supervisors=tuple(
                leg
                for leg in call.parties
                if self._floor.parties[leg].purpose is Purpose.SUPERVISION
            ),
            party=self._party_of(call),
        )

    def _party_of(self, call: LiveCall) -> str:
        parties = (self._floor.parties[leg] for leg in call.parties)
        shown = (Purpose.CONSULTATION, Purpose.OVERFLOW)
        return next((party.to for party in parties if party.purpose in shown), "")
