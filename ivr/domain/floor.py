"""The floor: everything alive in the engine, and the few things every part of it does with it.

Reception, offering and callback requests work on one floor and never call one another; what
two of them need is here. No policy: it says how a caller enters the queue or a call ends, not
when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain import commands as do
from ivr.domain.agents import Agent, Presence
from ivr.domain.announcement import Announcements
from ivr.domain.callback import Callback
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.county import County
from ivr.domain.estimating import HandlingTimes, Standing, standings
from ivr.domain.ids import (
    E164,
    AgentId,
    CallbackId,
    CallId,
    LegId,
    OfferId,
    PlaybackId,
    Target,
    VisitId,
)
from ivr.domain.keys import Codes, InCall, NumberKeys
from ivr.domain.live import CallbackDialog, LiveCall, Offer, Party, Phase, Purpose
from ivr.domain.need import Need, need_at_last, need_of, widens_at
from ivr.domain.roster import Roster
from ivr.domain.rules import FirstReached, KeepingPlace
from ivr.domain.speech import Sound, Utterance
from ivr.domain.timers import Timers
from ivr.domain.waiting import Place, WaitingRoom

PLAYBACK_LIMIT = timedelta(seconds=60)
"""No prompt may be longer: by then its end got lost, or it is stopped."""
LEG_LIMIT = timedelta(seconds=5)
"""By then a leg that was hung up is gone, or its end got lost."""
WHISPER_LIMIT = timedelta(seconds=10)
"""By then agent and caller have heard what comes before a talk, or its end got lost."""
CONNECT_LIMIT = timedelta(seconds=5)
"""By then caller and agent hear each other, or joining them failed."""
VISIT_LIMIT = timedelta(seconds=30)
"""By then an agent's own call to which a few words are said is over."""
THINKING_PAUSE = timedelta(seconds=6)
"""How long a caller who can't be served now may think about a callback."""
STORE_LIMIT = timedelta(seconds=10)
"""By then a callback is committed, or the caller is told that it is not possible now."""

_KEEPING_PLACE = KeepingPlace()


class Due(StrEnum):
    """What may fall due; with the id of whom it concerns it is a key of the timers."""

    ANNOUNCE = "announce"
    AWAY = "away"
    KEEP = "keep"
    LIMIT = "limit"
    RING = "ring"
    CONNECT = "connect"
    CODE = "code"
    PLAYBACK = "playback"
    NUMBER = "number"
    STORE = "store"
    MESSAGE = "message"
    MENU = "menu"
    CLOSED = "closed"
    CLOSING = "closing"
    REDIAL = "redial"
    WRAP_UP = "wrap_up"
    REST = "rest"
    LEG = "leg"
    PARTY = "party"
    WHISPER = "whisper"
    WIDEN = "widen"


_OF_THE_CALLER = (Due.PLAYBACK, Due.NUMBER, Due.MENU, Due.CLOSED, Due.KEEP, Due.AWAY)
"""What falls due for a caller who is in the line."""


class Floor:
    """Calls, offers, agents, the queue, the timers and what is to be done."""

    def __init__(self, county: County, run: str) -> None:
        """Start with nobody calling and everybody logged out."""
        self._learn(county)
        self.calls: dict[CallId, LiveCall] = {}
        self.offers: dict[OfferId, Offer] = {}
        self.parties: dict[LegId, Party] = {}
        self.adopted: dict[LegId, CallId] = {}
        """Whose caller was phoned back by which leg."""
        self.waiting = WaitingRoom()
        self.handling = HandlingTimes()
        self.lost_places: dict[E164, Place] = {}
        """Places of callers who were lost while waiting, for a call from the same number."""
        self.announcements = Announcements()
        self.roster = Roster(county.agents.values())
        self.timers: Timers[tuple[Due, str]] = Timers()
        self._run = run
        self._entries = 0
        self._at_the_door: list[tuple[CallId, Utterance]] = []
        self._entered: list[CallId] = []
        self._out: list[do.Command] = []

    # -- what the admin decided ----------------------------------------------------------------

    def adopt(self, county: County, now: datetime) -> None:
        """Go on with what the admin's files say now; nobody's call or place is touched.

        Deadlines that are set already stay as they are.
        """
        self._learn(county)
        for call in self.calls.values():
            if call.department not in county.departments:
                call.department = None
        for agent in self.roster.adopt(county.agents.values(), now):
            self.take_back_offer(agent, now)
        for call in self.queue():
            self.await_widening(call, now)

    def _learn(self, county: County) -> None:
        self.county = county
        self.rules = county.rules
        self.codes = Codes(county.rules.codes, county.rules.pause_reasons)
        self.number_keys = NumberKeys(county.numbering)

    def command(self, command: do.Command) -> None:
        """Have ``command`` carried out."""
        self._out.append(command)

    def take_commands(self) -> list[do.Command]:
        """Return what is to be done, and forget it."""
        out, self._out = self._out, []
        return out

    # -- ids: derived from the call, distinct over runs of the program -------------------------

    def offer_id(self, call: LiveCall) -> OfferId:
        """Return the id of the call's next offer."""
        call.offers += 1
        return OfferId(f"{call.id}-{self._run}-o{call.offers}")

    def callback_id(self, call: LiveCall) -> CallbackId:
        """Return the id of the call's next callback."""
        call.callbacks += 1
        return CallbackId(f"cb-{call.id}-{self._run}-{call.callbacks}")

    # -- finding -------------------------------------------------------------------------------

    def agent(self, agent: AgentId) -> Agent:
        """Return a configured agent."""
        found = self.roster.get(agent)
        if found is None:
            raise AssertionError(f"agent {agent} is not configured")
        return found

    def talk_of(self, call: LiveCall) -> Offer | None:
        """Return the call's answered offer: the talk, or what is about to become it."""
        return self.offers[call.offer] if call.offer is not None else None

    def somebody_there(self, call: LiveCall) -> bool:
        """Whether anybody is logged in who could serve the caller, now or later."""
        need = need_at_last(call, self.rules.widening)
        return any(
            agent.presence is not Presence.LOGGED_OUT
            and agent.reachable
            and need.met_by(agent.profile)
            for agent in self.roster
        )

    def standing(self, call: LiveCall) -> Standing:
        """Say how a caller in the waiting room stands."""
        return self.standings()[call.id]

    def standings(self) -> dict[CallId, Standing]:
        """Say how everybody in the waiting room stands."""
        everybody = (self.calls[call] for call in self.waiting)
        return dict(standings(everybody, self.roster, self.rules.widening, self.handling.mean()))

    def label(self, call: LiveCall) -> str:
        """What a phone shows that rings for the call."""
        label = self.county.label(call.department)
        if call.caller is None:
            return label
        return f"{label} · {self.county.numbering.display(call.caller)}"

    # -- the queue -----------------------------------------------------------------------------

    def knock(self, call: LiveCall, welcome: Utterance) -> None:
        """The caller wants to wait: is let in with ``welcome``, or sent away, in this step."""
        self._at_the_door.append((call.id, welcome))

    def take_from_door(self) -> list[tuple[LiveCall, Utterance]]:
        """Return whoever has knocked, and forget it."""
        knocked, self._at_the_door = self._at_the_door, []
        return [(self.calls[call], welcome) for call, welcome in knocked if call in self.calls]

    def take_entered(self) -> list[LiveCall]:
        """Return whoever has entered the queue, or is back in it, and forget it."""
        entered, self._entered = self._entered, []
        return [self.calls[call] for call in entered if call in self.calls]

    def enter_queue(self, call: LiveCall, now: datetime) -> None:
        """Let the caller wait: a new one at the end, a returning one at the original place."""
        if call.place is None:
            self._entries += 1
            head_start = self.county.head_start(call.department, call.caller)
            call.place = (now - head_start, self._entries)
        if call.queued_at is None:
            call.queued_at = now
        call.phase = Phase.WAITING
        self.waiting.enter(call.id, call.place)
        self.await_widening(call, now)
        self._entered.append(call.id)

    def leave_queue(self, call: LiveCall) -> None:
        """Take the caller out of the waiting room; the place is kept."""
        if call.place is not None:
            self.waiting.leave(call.id, call.place)
        for due in (Due.ANNOUNCE, Due.CLOSING, Due.LIMIT, Due.WIDEN):
            self.timers.cancel((due, call.id))

    def move_up(self, call: LiveCall) -> None:
        """Let a waiting caller be the next; the place of one who does not wait stays."""
        if call.place is not None:
            call.place = self.waiting.move_up(call.id, call.place)

    def need(self, call: LiveCall, now: datetime) -> Need:
        """Say whom the caller needs now."""
        return need_of(call, self.rules.widening, now)

    def await_widening(self, call: LiveCall, now: datetime) -> None:
        """Look again when the caller's need widens: somebody may be suitable then."""
        at = widens_at(call, self.rules.widening, now)
        if at is not None:
            self.timers.set((Due.WIDEN, call.id), at)

    def regain_place(self, call: LiveCall) -> None:
        """Give the caller the place of an earlier call from this number, where one was lost."""
        if call.caller in self.lost_places:
            call.place = self.lost_places[call.caller]
            call.regained = True
            self.forget_place(call.caller)

    def forget_place(self, number: E164) -> None:
        """A lost place is regained by now, or never will be."""
        del self.lost_places[number]
        self.timers.cancel((Due.REDIAL, number))

    def _leave_place(self, call: LiveCall, now: datetime) -> None:
        """Keep the place of a caller who was lost while waiting, for a while and only once."""
        regained_before = call.regained and call.queued_at is not None
        if call.caller is None or call.place is None or regained_before:
            return
        within = self.rules.redial_within
        if within:
            self.lost_places[call.caller] = call.place
            self.timers.set((Due.REDIAL, call.caller), now + within)

    def queue(self) -> Iterator[LiveCall]:
        """Go through the callers who may be offered, in their order."""
        callers = (self.calls[call] for call in list(self.waiting))
        return (call for call in callers if self.may_be_offered(call))

    def may_be_offered(self, call: LiveCall) -> bool:
        """Whether a caller in the waiting room may be offered; one who is away only at times."""
        if call.phase is not Phase.AWAY:
            return True
        phoned = bool(call.parties) or call.offer is not None or call.rests_until is not None
        return self.keeping_place.first is FirstReached.AGENT and not phoned

    # -- kept places ---------------------------------------------------------------------------

    @property
    def keeping_place(self) -> KeepingPlace:
        """How places are kept; also those promised before that was switched off."""
        return self.rules.keeping_place or _KEEPING_PLACE

    def may_keep_place(self, call: LiveCall) -> bool:
        """Whether the caller may hang up now and be phoned at the number the call came from."""
        return (
            self.rules.keeping_place is not None
            and call.phase is Phase.WAITING
            and call.offer is None
            and call.dialog is None
            and call.kept is None
            and call.may_keep_place
            and call.caller is not None
            and self.county.numbering.may_be_called(call.caller)
        )

    def hold_place(self, call: LiveCall, now: datetime) -> None:
        """Let a caller who is away stand in the queue."""
        if call.place is None:
            raise AssertionError(f"call {call.id} is away without a place")
        self.waiting.enter(call.id, call.place)
        self.await_widening(call, now)

    def release_place(self, call: LiveCall) -> None:
        """The kept place is used up, or was never promised."""
        call.kept = None
        self.command(do.ReleasePlace(call.id))

    def adopt_leg(self, party: Party, now: datetime) -> None:
        """From now on the party is the caller."""
        self.command(do.AdoptCaller(party.call, party.id))
        self.calls[party.call].adopted = party.id
        self.adopted[party.id] = party.call
        self.forget_party(party, now)

    # -- offers --------------------------------------------------------------------------------

    def forget_offer(self, offer: Offer) -> None:
        """The agent's leg is gone or given up; the agent is left to the one who asks."""
        del self.offers[offer.id]
        call = self.calls[offer.call]
        if call.offer == offer.id:
            call.offer = None
        else:
            call.ringing.remove(offer.id)
        for due in (Due.RING, Due.WHISPER, Due.CONNECT, Due.CODE):
            self.timers.cancel((due, offer.id))

    def withdraw_offer(self, offer: Offer, why: do.Withdrawal, now: datetime) -> None:
        """Take the agent's leg back before it became a talk."""
        self.command(do.WithdrawOffer(offer.call, offer.id, why))
        self._await_leg_end(offer, now)
        self.forget_offer(offer)

    def stop_ringing(self, call: LiveCall, why: do.Withdrawal, now: datetime) -> None:
        """Take back every offer of the call that nobody has answered, and free the agents."""
        for ringing in list(call.ringing):
            offer = self.offers[ringing]
            self.withdraw_offer(offer, why, now)
            self.roster.free(self.agent(offer.agent), now)

    def take_back_offer(self, agent: Agent, now: datetime) -> None:
        """Let the agent's phone fall silent, where it rings for an offer; nobody missed it."""
        offer = self.offers[agent.offer] if agent.offer is not None else None
        if offer is not None and offer.answered_at is None:
            self.withdraw_offer(offer, do.Withdrawal.ELSEWHERE, now)
            self.roster.free(agent, now)

    def join(self, offer: Offer, now: datetime) -> None:
        """Let the caller and the agent who has picked up hear each other."""
        offer.joining = True
        self.timers.cancel((Due.WHISPER, offer.id))
        self.timers.set((Due.CONNECT, offer.id), now + CONNECT_LIMIT)
        self.silence(self.calls[offer.call])
        self.command(do.ConnectCall(offer.call, offer.id))

    def code_pressed(self, offer: Offer, key: str, now: datetime) -> InCall | None:
        """Add one key the agent pressed; say what is asked for once it is a code."""
        offer.keys, complete = self.codes.in_call(offer.keys, key)
        if offer.keys:
            self.timers.set((Due.CODE, offer.id), now + self.rules.key_pause)
        else:
            self.timers.cancel((Due.CODE, offer.id))
        return complete

    def end_talk(self, offer: Offer, now: datetime) -> None:
        """Free the agent of a talk: wrap-up begins, and nobody listens in any more."""
        for leg in list(self.calls[offer.call].parties):
            if self.parties[leg].purpose is Purpose.SUPERVISION:
                self.end_party(self.parties[leg], now)
        self.command(do.ReleaseAgent(offer.call, offer.id))
        self._await_leg_end(offer, now)
        self.forget_offer(offer)
        agent = self.agent(offer.agent)
        own = agent.profile.wrap_up
        until = now + (self.rules.wrap_up if own is None else own)
        self.roster.wrap_up(agent, until, now)
        self.handling.add(until - (offer.answered_at or now))
        if until > now:
            self.timers.set((Due.WRAP_UP, offer.agent), until)

    def leg_ended(self, leg: OfferId | VisitId | LegId, now: datetime) -> None:
        """The leg is gone, or its end got lost: it occupies no line."""
        self.roster.leg_ended(leg, now)
        self.timers.cancel((Due.LEG, leg))

    def _await_leg_end(self, offer: Offer, now: datetime) -> None:
        """Offer nothing to the agent before the leg is gone: the phone would be busy."""
        if offer.id in self.agent(offer.agent).legs:
            self.timers.set((Due.LEG, offer.id), now + LEG_LIMIT)

    # -- agents' own calls ---------------------------------------------------------------------

    def speak_to_visit(self, visit: VisitId, sound: Sound, now: datetime) -> None:
        """Answer an agent's own call with a few words; it occupies the line until it is gone."""
        self.timers.set((Due.LEG, visit), now + VISIT_LIMIT)
        self.command(do.SpeakAndHangUp(visit, (sound,), self.county.language))

    def end_visit(self, call: LiveCall, now: datetime) -> None:
        """End the call with which an agent consults somebody, where there is one."""
        consultation = call.consultation
        if consultation is not None and consultation.visit is not None:
            self.command(do.EndVisit(call.id, consultation.visit))
            self.timers.set((Due.LEG, consultation.visit), now + LEG_LIMIT)
            consultation.visit = None

    # -- third parties -------------------------------------------------------------------------

    def dial(
        self,
        call: LiveCall,
        purpose: Purpose,
        to: Target,
        label: str,
        ring_time: timedelta,
        now: datetime,
        leg: LegId | None = None,
    ) -> Party:
        """Ring a third party for the call, who sees the common number and perhaps ``label``.

        Nothing else rings an agent's phone meanwhile. ``leg`` where the id is given.
        """
        party = Party(leg or self._leg_id(call), call.id, purpose, to)
        self.parties[party.id] = party
        call.parties.append(party.id)
        agent = self._agent_at(party)
        if agent is not None:
            agent.legs.add(party.id)
        self.timers.set((Due.PARTY, party.id), now + ring_time)
        shown = self.county.common_number
        self.command(do.DialParty(call.id, party.id, to, shown, label, ring_time))
        return party

    def can_ring(self, target: Target) -> bool:
        """Whether dialling makes sense: an agent's phone must be there and not in use."""
        agent = self.roster.get(AgentId(target))
        return agent is None or agent.can_be_party

    def party_answered(self, party: Party, now: datetime) -> None:
        """The third party picked up."""
        party.answered = True
        self.timers.cancel((Due.PARTY, party.id))
        agent = self._agent_at(party)
        if agent is not None:
            self.roster.takes_part(agent, party.id, now)

    def end_party(self, party: Party, now: datetime) -> None:
        """End the third party's leg, ringing or not."""
        self.command(do.EndParty(party.call, party.id))
        if self._agent_at(party) is not None:
            self.timers.set((Due.LEG, party.id), now + LEG_LIMIT)
        self._drop_party(party)

    def forget_party(self, party: Party, now: datetime) -> None:
        """The third party's leg is gone."""
        self.leg_ended(party.id, now)
        self._drop_party(party)

    def _drop_party(self, party: Party) -> None:
        del self.parties[party.id]
        self.calls[party.call].parties.remove(party.id)
        self.timers.cancel((Due.PARTY, party.id))

    def _agent_at(self, party: Party) -> Agent | None:
        return self.roster.get(AgentId(party.to))

    def _leg_id(self, call: LiveCall) -> LegId:
        call.legs += 1
        return LegId(f"{call.id}-{self._run}-l{call.legs}")

    # -- speaking ------------------------------------------------------------------------------

    def say(self, call: LiveCall, utterance: Utterance, now: datetime) -> None:
        """Speak to the caller; in a talk to the agent as well."""
        self.stop_playing(call)
        call.playbacks += 1
        call.playback = PlaybackId(f"{call.id}-{self._run}-p{call.playbacks}")
        self.timers.set((Due.PLAYBACK, call.id), now + PLAYBACK_LIMIT)
        language = call.language
        if call.phase is Phase.TALKING and call.offer is not None:
            self.command(do.PlayToBoth(call.id, call.offer, call.playback, utterance, language))
        else:
            self.command(do.Play(call.id, call.playback, utterance, language))

    def stop_playing(self, call: LiveCall) -> None:
        """End what the caller hears said."""
        if call.playback is not None:
            self.command(do.StopPlaying(call.id, call.playback))
            self.played(call)

    def played(self, call: LiveCall) -> None:
        """Nothing is being said any more."""
        call.playback = None
        self.timers.cancel((Due.PLAYBACK, call.id))

    def silence(self, call: LiveCall) -> None:
        """End prompt and music of a waiting caller."""
        self.stop_playing(call)
        self.command(do.StopMusic(call.id))

    # -- requesting a callback -----------------------------------------------------------------

    def let_think(self, call: LiveCall, now: datetime) -> None:
        """Give the caller, who was offered a callback, a moment to ask for it."""
        self.timers.set((Due.CLOSED, call.id), now + THINKING_PAUSE)

    def store_callback(
        self, call: LiveCall, dialog: CallbackDialog, answer_within: timedelta, now: datetime
    ) -> None:
        """Have the callback stored that the dialog has led to."""
        if dialog.number is None:
            raise AssertionError(f"call {call.id} has no number to call back")
        department = self.county.callback_department(call.department)
        callback = Callback(
            id=dialog.callback,
            department=department.id,
            caseworker=department.responsible,
            caller_number=dialog.number,
            source=dialog.source,
            requested_at=now,
            due_at=self.county.callback_due(department.id, now),
            call=call.id,
            message=dialog.message,
        )
        dialog.storing = True
        self.timers.set((Due.STORE, call.id), now + answer_within)
        self.command(do.StoreCallback(callback))

    # -- ending --------------------------------------------------------------------------------

    def goodbye(
        self, call: LiveCall, outcome: Outcome, utterance: Utterance, now: datetime
    ) -> None:
        """Speak the last words; the call ends with them."""
        self.leave_queue(call)
        call.phase = Phase.LEAVING
        call.announcements = []
        call.ends_as = outcome
        self.say(call, (*utterance, Sound("goodbye")), now)

    def hang_up(self, call: LiveCall, outcome: Outcome, now: datetime) -> None:
        """End the caller's call."""
        self.command(do.HangUpCall(call.id))
        self.end(call, outcome, now)

    def gone(self, call: LiveCall, now: datetime) -> None:
        """The caller's channel is gone; a callback on its way to the store is awaited."""
        self.leave_queue(call)
        self._end_parties(call, now)
        call.ends_as = outcome_of(call)
        call.phase = Phase.GONE
        self._cancel_timers(call, _OF_THE_CALLER)
        if call.dialog is None or not call.dialog.stands:
            self.end(call, call.ends_as, now)

    def end(self, call: LiveCall, outcome: Outcome, now: datetime) -> None:
        """Give the call its outcome. Every call comes here, once."""
        self.leave_queue(call)
        self._end_parties(call, now)
        self._cancel_timers(call, (*_OF_THE_CALLER, Due.MESSAGE, Due.STORE))
        if call.kept is not None:
            self.release_place(call)
        if call.adopted is not None:
            del self.adopted[call.adopted]
        if outcome is Outcome.ABANDONED:
            self._leave_place(call, now)
        del self.calls[call.id]
        self.command(do.RecordCall(_record(call, outcome, now)))

    def _end_parties(self, call: LiveCall, now: datetime) -> None:
        self.end_visit(call, now)
        call.consultation = None
        for leg in list(call.parties):
            self.end_party(self.parties[leg], now)

    def _cancel_timers(self, call: LiveCall, dues: Iterable[Due]) -> None:
        for due in dues:
            self.timers.cancel((due, call.id))


def outcome_of(call: LiveCall) -> Outcome:
    """Say how a call ends that ends now."""
    if call.ends_as is not None:
        return call.ends_as
    if call.answered_at is not None:
        return Outcome.COMPLETED
    if call.phase is Phase.CLOSED:
        return Outcome.CLOSED
    return Outcome.ABANDONED


def _record(call: LiveCall, outcome: Outcome, now: datetime) -> CallRecord:
    return CallRecord(
        id=call.id,
        outcome=outcome,
        dialled=call.dialled,
        department=call.department,
        caller_number=call.caller,
        arrived_at=call.arrived_at,
        queued_at=call.queued_at,
        answered_at=call.answered_at,
        ended_at=now,
        agent=call.agent,
        offers=call.offers,
        transferred_to=call.transferred_to,
        language=call.language,
    )
