"""What a caller needs: department, language and level, and how that widens with the wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ivr.domain import events as on
from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId
from ivr.domain.need import need_at_last
from ivr.domain.rules import QueueRules, Widening
from tests.examples import (
    ALL_ROUND,
    COMMON_NUMBER,
    DIDS,
    GERMAN,
    JUGEND,
    ONLY_JUGEND,
    ONLY_UMWELT,
    UMWELT,
    VERKEHR,
    county,
)
from tests.unit.domain.driver import Driver

HALF_A_MINUTE = timedelta(seconds=30)
A_MINUTE = timedelta(seconds=60)
BY_LEVELS = Widening(levels=(HALF_A_MINUTE, A_MINUTE))


def ready(widening: Widening, *agents: tuple[AgentId, dict[str, int], dict[str, int]]) -> Driver:
    """Return a county where only ``agents`` are ready, with these skills and languages."""
    plain = county(QueueRules(widening=widening))
    profiles = {
        agent: AgentProfile(
            agent,
            plain.agents[agent].name,
            {department: skills[department] for department in DIDS if department in skills},
            languages,
        )
        for agent, skills, languages in agents
    }
    d = Driver(replace(plain, agents={**plain.agents, **profiles}))
    for agent, _, _ in agents:
        d.agent_ready(agent)
    return d


# -- levels --------------------------------------------------------------------------------------


def test_without_widening_every_level_will_do_at_once() -> None:
    d = ready(Widening(), (ALL_ROUND, {UMWELT: 9}, GERMAN))
    d.caller_waits("anna", DIDS[UMWELT])
    assert d.offered == [("anna", ALL_ROUND)]


def test_level_two_is_offered_at_its_very_moment() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 2}, GERMAN))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(29.9)
    assert d.offered == []
    d.wait(0.1)
    assert d.offered == [("anna", ALL_ROUND)]


def test_level_three_is_offered_after_the_second_time() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 3}, GERMAN))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(59.9)
    assert d.offered == []
    d.wait(0.1)
    assert d.offered == [("anna", ALL_ROUND)]


def test_after_the_last_time_every_level_will_do() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 7}, GERMAN))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(60)
    assert d.offered == [("anna", ALL_ROUND)]


def test_the_worse_of_department_and_language_is_the_level() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 1}, {"de": 2}))
    d.caller_waits("anna", DIDS[UMWELT])
    assert d.offered == []
    d.wait(30)
    assert d.offered == [("anna", ALL_ROUND)]


def test_on_the_common_number_only_the_language_has_a_level() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 3}, GERMAN))
    d.caller_waits("anna", COMMON_NUMBER)
    assert d.offered == [("anna", ALL_ROUND)]


def test_waiting_counts_from_the_queue_not_from_the_greeting() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 2}, GERMAN))
    d.caller_arrives("anna", DIDS[UMWELT])
    d.wait(10)
    d.prompt_ends("anna")
    d.wait(29)
    assert d.offered == []
    d.wait(1)
    assert d.offered == [("anna", ALL_ROUND)]


def test_a_later_caller_for_whom_somebody_suits_does_not_wait_for_an_earlier_one() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 2, JUGEND: 1}, GERMAN))
    d.caller_waits("umwelt", DIDS[UMWELT])
    d.caller_waits("jugend", DIDS[JUGEND])
    assert d.offered == [("jugend", ALL_ROUND)]


def test_a_caller_back_in_the_queue_needs_what_the_whole_wait_says() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 2}, GERMAN))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(29)
    d.presses("anna", "1")
    d.wait(5)
    assert d.offered == []
    d.fails_to_store("anna")  # the promise could not be made: back to the place
    assert d.offered == [("anna", ALL_ROUND)]


def test_a_caller_who_left_is_not_looked_at_again() -> None:
    d = ready(BY_LEVELS, (ALL_ROUND, {UMWELT: 2}, GERMAN))
    d.caller_waits("anna", DIDS[UMWELT])
    d.hangs_up("anna")
    d.wait(180)  # the time in which she could have had her place back
    assert d.step == []
    assert d.engine.next_deadline() is None


# -- language and department ---------------------------------------------------------------------


def test_nobody_is_offered_a_caller_whose_language_nobody_speaks() -> None:
    d = ready(Widening(), (ALL_ROUND, {UMWELT: 1}, {"en": 1}))
    d.caller_waits("anna")
    d.wait(600)
    assert d.offered == []


def test_after_its_time_the_language_matters_no_more() -> None:
    d = ready(Widening(language=A_MINUTE), (ALL_ROUND, {UMWELT: 1}, {"en": 1}))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(59)
    assert d.offered == []
    d.wait(1)
    assert d.offered == [("anna", ALL_ROUND)]


def test_after_its_time_the_department_matters_no_more() -> None:
    d = ready(Widening(everyone=A_MINUTE), (ONLY_JUGEND, {JUGEND: 1}, GERMAN))
    d.caller_waits("anna", DIDS[VERKEHR])
    d.wait(59)
    assert d.offered == []
    d.wait(1)
    assert d.offered == [("anna", ONLY_JUGEND)]


def test_when_the_department_matters_no_more_neither_does_its_level() -> None:
    widening = Widening(levels=(timedelta(minutes=5),), everyone=A_MINUTE)
    d = ready(widening, (ALL_ROUND, {UMWELT: 2}, GERMAN))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(60)
    assert d.offered == [("anna", ALL_ROUND)]


# -- what else asks ------------------------------------------------------------------------------


def test_what_a_caller_needs_at_last_leaves_out_what_widens() -> None:
    d = ready(Widening())
    d.caller_waits("anna", DIDS[UMWELT])
    call = d.engine._floor.calls[d.call("anna").id]
    nobody = AgentProfile(AgentId("x"), "X", {JUGEND: 1}, {"en": 1})
    assert not need_at_last(call, Widening(everyone=A_MINUTE)).met_by(nobody)
    assert not need_at_last(call, Widening(language=A_MINUTE)).met_by(nobody)
    assert need_at_last(call, Widening(language=A_MINUTE, everyone=A_MINUTE)).met_by(nobody)


def test_changed_rules_widen_the_need_of_those_who_wait_already() -> None:
    d = ready(BY_LEVELS, (ONLY_UMWELT, {UMWELT: 2}, GERMAN))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(5)
    sooner = QueueRules(widening=Widening(levels=(timedelta(seconds=10),)))
    d.feed(on.CountyChanged(replace(d.engine.county, rules=sooner)))
    d.wait(4)
    assert d.offered == []
    d.wait(1)
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_an_agent_who_suits_nobody_is_left_alone() -> None:
    d = ready(Widening(), (ONLY_JUGEND, {JUGEND: 1}, GERMAN))
    for call in ("first", "second", "third"):
        d.caller_waits(call, DIDS[VERKEHR])
    assert d.offered == []
    assert d.state(ONLY_JUGEND) == "ready"
