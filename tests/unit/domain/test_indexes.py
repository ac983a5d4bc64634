"""What is found by an index is what a look at everybody would find."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.agents import Agent, Presence
from ivr.domain.choosing import turn_for, turns
from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId, CallId, DepartmentId, OfferId
from ivr.domain.live import LiveCall
from ivr.domain.need import Need, need_of, widens_at
from ivr.domain.rules import Strategy, Widening
from ivr.domain.seeking import Kind, Seekers, Seeking
from ivr.domain.staff import Group, Staff
from ivr.domain.waiting import Place
from tests.examples import JUGEND, UMWELT
from tests.unit.domain.driver import MONDAY_NOON

DEPARTMENTS = [UMWELT, JUGEND]
LANGUAGES = ["de", "en"]
LEVELS = st.integers(1, 3)
MOMENTS = st.integers(0, 60).map(lambda seconds: MONDAY_NOON + timedelta(seconds=seconds))
WIDENING = Widening(
    levels=(timedelta(seconds=5), timedelta(seconds=15)),
    language=timedelta(seconds=20),
    everyone=timedelta(seconds=40),
)
NEEDS = [
    Need(department, language, level)
    for department in (None, *DEPARTMENTS)
    for language in (None, *LANGUAGES)
    for level in (None, 1, 2)
]
names = st.integers(0, 7).map(lambda number: AgentId(f"a{number}"))
profiles = st.builds(
    AgentProfile,
    id=names,
    name=st.just("somebody"),
    skills=st.dictionaries(st.sampled_from(DEPARTMENTS), LEVELS),
    languages=st.dictionaries(st.sampled_from(LANGUAGES), LEVELS),
)
agents = st.builds(
    lambda profile, **state: Agent(profile.id, profile, **state),
    profiles,
    presence=st.sampled_from([Presence.READY, Presence.READY, *Presence]),
    reachable=st.sampled_from([True, True, False]),
    busy=st.sampled_from([False, False, True]),
    last_call=st.booleans(),
    legs=st.sampled_from([frozenset(), frozenset(), {OfferId("o")}]).map(set),
    idle_since=MOMENTS,
    missed=st.integers(0, 1),
    calls=st.integers(0, 2),
    last_offer=st.integers(0, 5),
)
rosters = st.lists(agents, unique_by=lambda agent: agent.id, max_size=8)


def call_of(
    number: int, department: DepartmentId | None, language: str, queued_at: datetime
) -> LiveCall:
    call = LiveCall(CallId(f"c{number}"), "", department, None, queued_at, language)
    call.queued_at, call.place = queued_at, (queued_at, number)
    return call


calls = st.builds(
    call_of,
    st.integers(0, 9),
    st.sampled_from([None, *DEPARTMENTS]),
    st.sampled_from(LANGUAGES),
    MOMENTS,
)


# -- the staff -----------------------------------------------------------------------------------


def changed(agent: Agent, like: Agent) -> None:
    """Let everything but the profile be as with another agent."""
    for name in ("presence", "reachable", "busy", "last_call", "idle_since", "missed", "calls"):
        setattr(agent, name, getattr(like, name))
    agent.legs = set(like.legs)


@given(rosters, st.lists(st.tuples(names, agents), max_size=8), st.sampled_from(Strategy), calls)
def test_the_staff_is_as_a_look_at_every_agent_says(
    roster: list[Agent], changes: list[tuple[AgentId, Agent]], strategy: Strategy, call: LiveCall
) -> None:
    staff, turn = Staff(strategy, roster), turns(strategy)
    by_id = {agent.id: agent for agent in roster}
    for whom, like in changes:
        if whom in by_id:
            changed(by_id[whom], like)
            staff.note(by_id[whom])
    idle = [agent for agent in roster if agent.can_be_offered]
    assert sorted(agent.id for agent in staff.idle()) == sorted(agent.id for agent in idle)
    assert staff.is_occupied is not bool(idle)
    assert [counted(group) for group in staff.groups] == [counted(g) for g in naive(roster)]
    for need in NEEDS:
        able = [agent for agent in idle if need.met_by(agent.profile)]
        assert staff.meets(need) is bool(able)
        if able:
            of = {turn_for(call, strategy, turn(agent), agent.profile): agent for agent in able}
            assert staff.next_for(call, need) is of[min(of)]
        there = [a for a in roster if a.reachable and a.presence is not Presence.LOGGED_OUT]
        assert staff.is_there_for(need) is any(need.met_by(agent.profile) for agent in there)


@given(rosters.filter(bool))
def test_who_is_left_out_is_as_if_not_there_until_something_changes(roster: list[Agent]) -> None:
    staff = Staff(Strategy.LONGEST_IDLE, roster)
    [first, *others] = roster
    staff.leave_out(first)
    assert {agent.id for agent in staff.idle()} == {
        agent.id for agent in others if agent.can_be_offered
    }
    staff.note(first)
    assert {agent.id for agent in staff.idle()} == {
        agent.id for agent in roster if agent.can_be_offered
    }


def counted(group: Group) -> tuple[object, ...]:
    return group.profile.skills, group.profile.languages, group.there, group.free, group.occupied


def naive(roster: list[Agent]) -> list[Group]:
    groups: list[Group] = []
    for agent in roster:
        like = (agent.profile.skills, agent.profile.languages)
        same = [g for g in groups if (g.profile.skills, g.profile.languages) == like]
        [group] = same or [Group(agent.profile)]
        groups += [] if same else [group]
        group.there += agent.reachable and agent.presence is not Presence.LOGGED_OUT
        if agent.reachable and agent.presence is Presence.READY and not agent.last_call:
            group.free += agent.can_be_offered
            group.occupied += not agent.can_be_offered
    return groups


# -- those who wait ------------------------------------------------------------------------------


class Room:
    """Callers who wait, and how often somebody looked at one."""

    def __init__(self) -> None:
        self.calls: dict[CallId, LiveCall] = {}
        self.seekers = Seekers(self.look)

    def look(self, id_: CallId, now: datetime) -> Seeking | None:
        call = self.calls.get(id_)
        if call is None or call.place is None or len(call.ringing) > 1:
            return None
        return Seeking(self.kind(call, now), call.place, widens_at(call, WIDENING, now))

    def kind(self, call: LiveCall, now: datetime) -> Kind:
        need = need_of(call, WIDENING, now)
        return Kind(call.department, call.language, need, True, len(call.ringing))

    def seeking(self, now: datetime) -> list[tuple[Place, CallId, Kind]]:
        return sorted(
            (call.place, call.id, self.kind(call, now))
            for call in self.calls.values()
            if call.place is not None and len(call.ringing) <= 1
        )


steps = st.tuples(st.integers(0, 4), calls, st.integers(0, 3))


@given(st.lists(steps), st.sampled_from(NEEDS))
def test_seekers_are_as_a_look_at_every_caller_says(
    steps: list[tuple[int, LiveCall, int]], need: Need
) -> None:
    room, now = Room(), MONDAY_NOON
    for seconds, call, phones in steps:
        now += timedelta(seconds=seconds)
        if call.id in room.calls and not phones:
            del room.calls[call.id]
            told = room.seekers.gone if seconds else room.seekers.touch
        else:
            call.ringing = [OfferId("o")] * (phones - 1)
            room.calls[call.id] = call
            told = room.seekers.touch
        told(call.id)
        seeking = room.seeking(now)
        assert room.seekers.perhaps_somebody or not seeking
        assert room.seekers.anybody(now) is room.seekers.perhaps_somebody is bool(seeking)
        first = next((id_ for _, id_, kind in seeking if kind.need == need), None)
        found = room.seekers.first(lambda kind: kind.need == need, now)
        assert found == (None if first is None else (first, need))
        for place, id_, _ in seeking:
            ahead: dict[tuple[object, str], int] = {}
            for other, _, kind in seeking:
                if other < place and not kind.phones:
                    of = kind.department, kind.language
                    ahead[of] = ahead.get(of, 0) + 1
            known = room.seekers.ahead_of(id_, place, now)
            assert list(known.items()) == list(ahead.items())
