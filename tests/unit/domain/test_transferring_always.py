"""What holds whatever happens, where agents also consult, put through and are supervised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from ivr.domain import events as on
from ivr.domain.agents import AgentState
from ivr.domain.commands import Supervision
from ivr.domain.county import County
from ivr.domain.due import Due
from ivr.domain.ids import E164, AgentId, CallId, DepartmentId, LegId, OfferId, VisitId
from ivr.domain.live import Phase, Purpose
from ivr.domain.rules import QueueRules, Strategy
from tests.examples import ALL_ROUND, CALLER, ONLY_JUGEND, ONLY_UMWELT
from tests.unit.domain.driver import MONDAY_NOON
from tests.unit.domain.outside_transfers import OutsideWithTransfers
from tests.unit.domain.test_engine_always import NOBODY, AnyDay, agents, any_county, causes

RULES = st.builds(
    QueueRules,
    strategy=st.sampled_from(Strategy),
    whisper=st.booleans(),
    supervision=st.just(value=True),
)
numbers = st.sampled_from(["311", "311", "4444", ALL_ROUND, ONLY_UMWELT, ONLY_JUGEND, "112"])
often = st.sampled_from([True, True, True, False])
codes = st.sampled_from(["*9", "*3", "*8", "311#", "#", "*8311", "9", "3"])

# Any fact about third parties there ever were, whether it fits or not.
NONSENSE: list[Callable[[LegId, VisitId, OfferId, CallId], on.Event]] = [
    lambda leg, _visit, _offer, _call: on.PartyAnswered(leg),
    lambda leg, _visit, _offer, _call: on.PartyHungUp(leg),
    lambda leg, _visit, _offer, _call: on.PartyFailed(leg, on.FailureCause.FAULT),
    lambda leg, _visit, _offer, _call: on.PartyPressed(leg, "2"),
    lambda leg, _visit, _offer, call: on.SupervisionRequested(
        call, leg, ALL_ROUND, Supervision.BARGE, "onken"
    ),
    lambda _leg, visit, _offer, _call: on.LegEnded(visit),
    lambda _leg, visit, offer, _call: on.TransferRequested(offer, "311", visit),
    lambda _leg, _visit, offer, _call: on.TransferRequested(offer, "311"),
]


class AnyDayWithTransfers(AnyDay):
    """Plays third parties and supervisors as well."""

    outside: OutsideWithTransfers

    def begin(self, county: County, now: datetime) -> None:
        super().begin(county, now)
        self.outside = OutsideWithTransfers(county, now)
        self.supervisors = 0

    @initialize(rules=RULES, talks=st.integers(1, 3))
    def it_is(self, rules: QueueRules, talks: int) -> None:
        """A day on which the service is open, and that begins with talks."""
        self.begin(any_county(rules), MONDAY_NOON)
        for agent in sorted(self.floor.county.agents)[:talks]:
            self.a_caller_and_an_agent_get_to_talk(agent, CALLER)

    def a_place_of_an_earlier_run_is_restored(self, caller: E164) -> None:
        """Not here: what is not about talks leaves them the day."""

    def an_announcement_is_made(
        self, number: int, seconds: float, departments: frozenset[DepartmentId] | None
    ) -> None:
        """Not here."""

    def an_announcement_is_withdrawn(self, number: int) -> None:
        """Not here."""

    # -- agents --------------------------------------------------------------------------------

    @precondition(lambda self: self.outside.joined)
    @rule(data=st.data(), whom=numbers, pressed=codes, answers=often)
    def an_agent_consults(
        self, data: st.DataObject, whom: str, pressed: str, *, answers: bool
    ) -> None:
        offer = data.draw(st.sampled_from(sorted(self.outside.joined)))
        call = self.floor.offers[offer].call
        self.presses(offer, f"*8{whom}#")
        if answers:
            self.everybody_dialled_answers(call)
            self.presses(offer, pressed)

    @precondition(lambda self: self.outside.held)
    @rule(data=st.data(), pressed=codes)
    def an_agent_goes_on(self, data: st.DataObject, pressed: str) -> None:
        """With the caller on hold, or without whoever is consulted."""
        call = self.floor.calls[data.draw(st.sampled_from(sorted(self.outside.held)))]
        if call.offer is not None:
            self.presses(call.offer, pressed)

    @precondition(lambda self: self.outside.held)
    @rule(data=st.data())
    def an_agent_puts_the_caller_through(self, data: st.DataObject) -> None:
        call = self.floor.calls[data.draw(st.sampled_from(sorted(self.outside.held)))]
        if call.offer is not None:
            self.happens(on.AgentHungUp(call.offer))

    def presses(self, offer: OfferId, keys: str) -> None:
        for key in keys:
            self.happens(on.AgentPressed(offer, key))

    def everybody_dialled_answers(self, call: CallId) -> None:
        for leg, of in sorted(self.outside.dialled.items()):
            if of == call:
                self.happens(on.PartyAnswered(leg))

    @precondition(lambda self: self.outside.joined or self.outside.joining)
    @rule(data=st.data(), whom=numbers, attended=often)
    def a_phone_transfers(self, data: st.DataObject, whom: str, *, attended: bool) -> None:
        offers = sorted({**self.outside.joining, **self.outside.joined})
        offer = data.draw(st.sampled_from(offers))
        visit = None
        if attended and self.outside.visits:
            visit = data.draw(st.sampled_from(sorted(self.outside.visits)))
        self.happens(on.TransferRequested(offer, whom, visit))

    @rule(agent=agents, whom=numbers, answers=often)
    def an_agent_calls_somebody(self, agent: AgentId, whom: str, *, answers: bool) -> None:
        self.visits += 1
        self.happens(on.NumberDialled(VisitId(f"v{self.visits}"), agent, whom))
        call = self.floor.agent(agent).call
        if answers and call is not None:
            self.everybody_dialled_answers(call)

    @precondition(lambda self: self.outside.visits)
    @rule(data=st.data())
    def an_agent_ends_the_second_call(self, data: st.DataObject) -> None:
        self.happens(on.LegEnded(data.draw(st.sampled_from(sorted(self.outside.visits)))))

    # -- third parties and supervisors ---------------------------------------------------------

    @precondition(lambda self: self.outside.parties)
    @rule(data=st.data(), cause=causes)
    def a_party_can_t_be_joined(self, data: st.DataObject, cause: on.FailureCause) -> None:
        leg = data.draw(st.sampled_from(sorted(self.outside.parties)))
        self.happens(on.PartyFailed(leg, cause))

    @precondition(lambda self: self.outside.parties)
    @rule(data=st.data(), key=st.sampled_from(["1", "2", "3", "9"]))
    def a_party_presses(self, data: st.DataObject, key: str) -> None:
        leg = data.draw(st.sampled_from(sorted(self.outside.parties)))
        self.happens(on.PartyPressed(leg, key))

    @precondition(lambda self: self.outside.joined)
    @rule(data=st.data(), agent=agents, how=st.sampled_from(Supervision), answers=often)
    def a_supervisor_takes_part(
        self, data: st.DataObject, agent: AgentId, how: Supervision, *, answers: bool
    ) -> None:
        offer = data.draw(st.sampled_from(sorted(self.outside.joined)))
        call = self.floor.offers[offer].call
        self.happens(on.PhoneReachable(agent))
        self.supervisors += 1
        self.happens(
            on.SupervisionRequested(call, LegId(f"s{self.supervisors}"), agent, how, "onken")
        )
        if answers:
            self.everybody_dialled_answers(call)

    @rule(data=st.data(), make=st.sampled_from(NONSENSE))
    def something_is_told_of_parties_that_may_not_fit(
        self, data: st.DataObject, make: Callable[..., on.Event]
    ) -> None:
        there_ever_was = (
            [LegId("none"), *self.outside.legs_ever],
            [VisitId("none"), *sorted(self.outside.visits_ever)],
            [OfferId("none"), *self.outside.offers_ever],
            [NOBODY, *self.outside.callers_ever],
        )
        self.happens(make(*(data.draw(st.sampled_from(ids)) for ids in there_ever_was)))

    def happens(self, event: on.Event) -> None:
        """Let it happen, unless a channel's id would be used again."""
        outside = self.outside
        match event:
            case on.NumberDialled(visit=visit):
                used = visit in outside.visits_ever and visit not in outside.visits
            case on.SupervisionRequested(leg=leg):
                used = leg in outside.legs_ever and leg not in self.floor.parties
            case _:
                used = False
        if not used:
            super().happens(event)

    # -- what holds after each step ------------------------------------------------------------

    @invariant()
    def third_parties_are_known_on_both_sides(self) -> None:
        outgoing = self.outside.outgoing
        picked_up = {*self.outside.parties, *outgoing.answered}
        ringing = {*self.outside.dialled, *outgoing.dialled}
        assert set(self.floor.parties) == ringing | picked_up
        for party in self.floor.parties.values():
            assert party.id in self.floor.with_parties(party.call).parties
            assert party.answered == (party.id in picked_up)
            assert party.answered or self.due(party.id, Due.PARTY)

    @invariant()
    def an_agent_at_a_third_party_s_phone_is_on_a_call(self) -> None:
        for leg, agent in self.outside.party_phones.items():
            known = self.floor.agent(agent)
            assert known.offer is None
            assert leg in known.legs
            on_call = leg in self.outside.parties
            assert not on_call or known.state is AgentState.ON_CALL

    @invariant()
    def whoever_is_consulted_is_there_for_a_caller(self) -> None:
        for call in self.floor.calls.values():
            consultation = call.consultation
            if consultation is None:
                assert call.phase is not Phase.CONSULTING
                continue
            assert consultation.leg in call.parties
            assert call.dialog is None
            assert call.phase in (Phase.TALKING, Phase.CONSULTING)
            assert call.offer is not None or consultation.blind
            assert consultation.visit is None or consultation.visit in self.outside.visits
            assert not (consultation.blind and self.floor.parties[consultation.leg].answered)

    @invariant()
    def a_caller_on_hold_hears_music(self) -> None:
        calls = self.floor.calls.values()
        on_hold = {call.id for call in calls if call.phase is Phase.CONSULTING}
        assert self.outside.held == on_hold

    @invariant()
    def a_caller_who_was_handed_over_talks_with_somebody(self) -> None:
        for call in self.floor.calls.values():
            if call.phase is Phase.HANDED_OVER:
                [leg] = call.parties
                assert leg in self.outside.parties
                assert call.offer is None
                assert call.transferred_to == self.floor.parties[leg].to

    @invariant()
    def nobody_listens_in_after_the_talk(self) -> None:
        for party in self.floor.parties.values():
            if party.purpose is Purpose.SUPERVISION:
                talk = self.floor.talk_of(self.floor.calls[party.call])
                assert talk is not None
                assert talk.connected

    def teardown(self) -> None:
        super().teardown()
        assert self.floor.parties == {}
        assert self.outside.party_phones == {}


# Days are long, and a machine that does other things as well is slow.
pytestmark = pytest.mark.timeout(1200)
TestAnyDayWithTransfers = AnyDayWithTransfers.TestCase
