"""What is alive in the engine, and how to find it. Everything else works on this.

No behaviour: what happens to calls, offers and legs is in :mod:`ivr.domain.floor` and the
modules it is made of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache, lru_cache, partial

from ivr.domain import commands as do
from ivr.domain.agents import Agent
from ivr.domain.announcement import Announcements
from ivr.domain.county import County
from ivr.domain.due import Due
from ivr.domain.estimating import Abilities, HandlingTimes, Standing, standing, standings
from ivr.domain.ids import E164, AgentId, CallbackId, CallId, LegId, OfferId
from ivr.domain.keys import Codes, NumberKeys
from ivr.domain.live import AWAY, LiveCall, Offer, Party, Phase
from ivr.domain.need import Need, need_at_last, need_of, widens_at
from ivr.domain.outgoing import OutgoingCall
from ivr.domain.roster import Roster
from ivr.domain.rules import FirstReached, KeepingPlace, Strategy
from ivr.domain.seeking import Kind, Seekers, Seeking
from ivr.domain.timers import Timers
from ivr.domain.waiting import Place, WaitingRoom
from ivr.domain.welcome import first_words

_KEEPING_PLACE = KeepingPlace()

_WRITINGS = 1000
"""So many dialled numbers are remembered: more than carriers have ways of writing ours."""
_ENDED_CALLS = 200
"""So many are remembered: more than can end between a decision and what follows from it outside."""


class State:
    """Calls, offers, agents, the queue, the timers and what is to be done."""

    def __init__(self, county: County, run: str) -> None:
        """Start with nobody calling and everybody logged out."""
        self.learn(county)
        self.run = run
        """Tells this run of the program from others."""
        self.calls: dict[CallId, LiveCall] = {}
        self._by_number: dict[E164, dict[CallId, LiveCall]] = {}
        """The same calls by the number they came from, where that is known."""
        self.outgoing: dict[CallId, OutgoingCall] = {}
        """Caseworkers phoning back; none of the queue's business."""
        self.ended: deque[CallId] = deque(maxlen=_ENDED_CALLS)
        """The calls that ended last."""
        self.offers: dict[OfferId, Offer] = {}
        self.parties: dict[LegId, Party] = {}
        self.adopted: dict[LegId, CallId] = {}
        """Whose caller was phoned back by which leg, or by which the caseworker takes part."""
        self.waiting = WaitingRoom()
        self.seekers = Seekers(self._look)
        """Those of them for whom another phone may ring."""
        self.handling = HandlingTimes()
        self.lost_places: dict[E164, Place] = {}
        """Places of callers who were lost while waiting, for a call from the same number."""
        self.announcements = Announcements()
        self.roster = Roster(county.agents.values(), self.rules.strategy)
        self.timers: Timers[tuple[Due, str]] = Timers()
        self.brought_forward: list[CallId] = []
        """Who came into the queue, to an agent or to a way out since the step began."""
        self.taken_over: list[LiveCall] = []
        """Calls that left no record since the step began: they are served elsewhere."""
        self._out: list[do.Command] = []
        self.command: Callable[[do.Command], None] = self._out.append
        """Have a command carried out."""

    def learn(self, county: County) -> None:
        """Go by what the admin's files say."""
        self.county = county
        rules = self.rules = county.rules
        several = rules.strategy is Strategy.RING_SEVERAL
        self._phones_at_once = rules.ring_at_once if several else 1
        self.codes = Codes(rules.codes, rules.pause_reasons, rules.results)
        self.number_keys = NumberKeys(county.numbering)
        self.destination = lru_cache(_WRITINGS)(county.destination)
        """What a dialled number means. Reading one takes long, and all callers dial the same."""
        self.first_words = cache(partial(first_words, county))
        """What callers of a department hear first who are spoken to in a language."""
        self._abilities = Abilities()

    def begin_step(self) -> None:
        """Forget what the step before brought forward."""
        if self.brought_forward:
            self.brought_forward.clear()
        if self.taken_over:
            self.taken_over.clear()
        if self.roster.chose:
            self.roster.chose.clear()

    def take_commands(self) -> list[do.Command]:
        """Return what is to be done, and forget it."""
        out = self._out.copy()
        self._out.clear()
        return out

    # -- ids: derived from the call, distinct over runs of the program --------------------------

    def offer_id(self, call: LiveCall) -> OfferId:
        """Return the id of the call's next offer."""
        call.offers += 1
        return OfferId(f"{call.id}-{self.run}-o{call.offers}")

    def callback_id(self, call: LiveCall) -> CallbackId:
        """Return the id of the call's next callback."""
        call.callbacks += 1
        return CallbackId(f"cb-{call.id}-{self.run}-{call.callbacks}")

    # -- calls ----------------------------------------------------------------------------------

    def begin(self, call: LiveCall) -> None:
        """Take in a call."""
        self.calls[call.id] = call
        if call.caller is not None:
            self._by_number.setdefault(call.caller, {})[call.id] = call

    def forget(self, call: LiveCall) -> None:
        """The call is over."""
        del self.calls[call.id]
        self.ended.append(call.id)
        if call.caller is not None:
            del self._by_number[call.caller][call.id]
            if not self._by_number[call.caller]:
                del self._by_number[call.caller]

    def calls_from(self, caller: E164 | None) -> Iterable[LiveCall]:
        """Go through the calls from one number, earliest first; from an unknown one: none."""
        return self._by_number.get(caller, {}).values() if caller is not None else ()

    # -- finding --------------------------------------------------------------------------------

    def agent(self, agent: AgentId) -> Agent:
        """Return a configured agent."""
        found = self.roster.get(agent)
        if found is None:
            raise AssertionError(f"agent {agent} is not configured")
        return found

    def with_parties(self, call: CallId) -> LiveCall | OutgoingCall:
        """Return the call, of whichever kind, that has third parties."""
        return self.outgoing.get(call) or self.calls[call]

    def talk_of(self, call: LiveCall) -> Offer | None:
        """Return the call's answered offer: the talk, or what is about to become it."""
        return self.offers[call.offer] if call.offer is not None else None

    def label(self, call: LiveCall) -> str:
        """What a phone shows that rings for the call."""
        label = self.county.label(call.department)
        if call.caller is None:
            return label
        return f"{label} · {self.county.numbering.display(call.caller)}"

    # -- the queue ------------------------------------------------------------------------------

    def queue(self) -> Iterator[LiveCall]:
        """Go through the callers who may be offered, in their order."""
        callers = (self.calls[call] for call in list(self.waiting))
        return (call for call in callers if self.may_be_offered(call))

    def may_be_offered(self, call: LiveCall) -> bool:
        """Whether a caller in the waiting room may be offered; one who is away only at times."""
        if call.phase is not AWAY:
            return True
        phoned = bool(call.parties) or call.offer is not None or call.rests_until is not None
        return self.keeping_place.first is FirstReached.AGENT and not phoned

    def need(self, call: LiveCall, now: datetime) -> Need:
        """Say whom the caller needs now."""
        return need_of(call, self.rules.widening, now)

    def somebody_there(self, call: LiveCall) -> bool:
        """Whether anybody is logged in who could serve the caller, now or later."""
        return self.roster.staff.is_there_for(need_at_last(call, self.rules.widening))

    def _look(self, waiting: CallId, now: datetime) -> Seeking | None:
        """Say how a caller stands for whom another phone may ring; None for anybody else."""
        call = self.calls.get(waiting)
        if call is None or call.place is None:
            return None
        phones = len(call.ringing)
        if phones >= self._phones_at_once or not self.waiting.has(waiting, call.place):
            return None
        widening = self.rules.widening
        need, offerable = need_of(call, widening, now), self.may_be_offered(call)
        kind = Kind(call.department, call.language, need, offerable, phones)
        return Seeking(kind, call.place, widens_at(call, widening, now))

    def standing(self, call: LiveCall, place: Place, now: datetime) -> Standing:
        """Say how a caller stands who is in the waiting room at ``place``."""
        ahead = self.seekers.ahead_of(call.id, place, now)
        widening, handling = self.rules.widening, self.handling.mean()
        return standing(call, ahead, self.roster.staff.groups, self._abilities, widening, handling)

    def standings(self) -> dict[CallId, Standing]:
        """Say how everybody in the waiting room stands."""
        everybody = (self.calls[call] for call in self.waiting)
        widening, handling = self.rules.widening, self.handling.mean()
        return dict(
            standings(everybody, self.roster.staff.groups, self._abilities, widening, handling)
        )

    # -- kept places ----------------------------------------------------------------------------

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
            and self.county.may_be_phoned(call.caller)
        )
