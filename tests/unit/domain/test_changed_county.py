"""The admin's files change while people talk and wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.county import AgentProfile, County
from ivr.domain.ids import AgentId, DepartmentId, VisitId
from ivr.domain.rules import FeatureCodes, QueueRules
from tests.examples import (
    ALL_ROUND,
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

NEW = AgentId("1009")


def _with_agents(*agents: AgentId) -> County:
    before = county()
    profiles = {**before.agents, NEW: AgentProfile(NEW, "Neu", {JUGEND: 1}, GERMAN)}
    return replace(before, agents={agent: profiles[agent] for agent in agents})


def _changed(d: Driver, to: County) -> None:
    d.feed(on.CountyChanged(to))


def test_a_new_agent_can_log_in_and_serves_who_waits() -> None:
    d = Driver()
    d.caller_waits("anna")
    _changed(d, _with_agents(ALL_ROUND, NEW))
    assert d.state(NEW) == "logged_out"

    d.agent_ready(NEW)

    assert d.offered == [("anna", NEW)]


def test_agents_who_stay_keep_presence_state_and_call() -> None:
    d = Driver()
    d.agent_ready(ALL_ROUND)
    d.chooses(ONLY_UMWELT, Presence.PAUSED)
    d.caller_waits("anna")
    d.talks("anna")

    _changed(d, _with_agents(ALL_ROUND, ONLY_UMWELT))

    assert d.step == []
    assert d.state(ALL_ROUND) == "on_call"
    assert d.state(ONLY_UMWELT) == "paused"
    assert d.engine.county.agents.keys() == {ALL_ROUND, ONLY_UMWELT}


def test_a_changed_skill_holds_at_once() -> None:
    d = Driver()
    d.agent_ready(ONLY_UMWELT)
    d.caller_waits("anna", dialled=DIDS[VERKEHR])
    assert d.offered == []
    before = county()
    skilled = replace(before.agents[ONLY_UMWELT], skills={VERKEHR: 1})

    _changed(d, replace(before, agents={**before.agents, ONLY_UMWELT: skilled}))

    assert d.offered == [("anna", ONLY_UMWELT)]


def test_a_dismissed_agent_ends_the_talk_and_is_gone_after_it() -> None:
    d = Driver()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    _changed(d, _with_agents(ONLY_UMWELT))
    assert d.step == []
    assert d.state(ALL_ROUND) == "on_call"

    d.hangs_up("anna")
    assert d.state(ALL_ROUND) == "wrap_up"
    d.wait(60)

    assert [view.id for view in d.engine.snapshot().agents] == [ONLY_UMWELT]
    assert d.outcomes() == {"anna": "completed"}


def test_a_dismissed_agent_who_wraps_up_outlives_another_change() -> None:
    d = Driver()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.hangs_up("anna")
    _changed(d, _with_agents(ONLY_UMWELT))
    _changed(d, _with_agents(ONLY_UMWELT, ONLY_JUGEND))
    d.wait(60)
    assert [view.id for view in d.engine.snapshot().agents] == [ONLY_UMWELT, ONLY_JUGEND]


def test_a_dismissed_agent_who_rings_is_not_waited_for() -> None:
    d = Driver()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.agent_ready(ONLY_UMWELT)

    _changed(d, _with_agents(ONLY_UMWELT))

    assert d.offered == [("anna", ONLY_UMWELT)]
    assert [view.id for view in d.engine.snapshot().agents] == [ONLY_UMWELT]


def test_a_dismissed_agent_can_do_nothing_any_more() -> None:
    d = Driver()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    _changed(d, _with_agents(ONLY_UMWELT))

    d.feed(on.PresenceChosen(ALL_ROUND, Presence.READY))
    assert d.agent(ALL_ROUND).presence is Presence.LOGGED_OUT
    d.feed(on.FeatureCodeDialled(VisitId("v1"), ALL_ROUND, "*11"))
    assert d.said == ["agent-unknown"]


def test_an_agent_who_was_dismissed_can_come_back() -> None:
    d = Driver()
    d.agent_ready(ALL_ROUND)
    _changed(d, _with_agents(ONLY_UMWELT))
    _changed(d, _with_agents(ALL_ROUND, ONLY_UMWELT))

    d.caller_waits("anna")
    d.agent_ready(ALL_ROUND)

    assert d.offered == [("anna", ALL_ROUND)]


def test_new_rules_hold_from_the_next_time_on() -> None:
    d = Driver()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    rules = QueueRules(ring_time=timedelta(seconds=7), codes=FeatureCodes(callback="*5"))
    _changed(d, county(rules))
    d.wait(19)
    assert d.state(ALL_ROUND) == "offered"
    d.wait(1)
    assert d.state(ALL_ROUND) == "paused missed"

    d.chooses(ALL_ROUND, Presence.READY)
    d.wait(7)
    assert d.state(ALL_ROUND) == "paused missed"

    d.chooses(ALL_ROUND, Presence.READY)
    d.talks("anna")
    d.agent_presses("anna", "*5")
    assert len(d.requested) == 1


def test_a_caller_of_a_department_that_is_gone_keeps_the_place() -> None:
    d = Driver()
    d.caller_waits("anna", dialled=DIDS[UMWELT])
    before = county()
    left = {i: each for i, each in before.departments.items() if i != UMWELT}

    _changed(d, replace(before, departments=left))
    d.agent_ready(ALL_ROUND)

    assert d.call("anna").label == before.name
    assert d.call("anna").department is None
    assert d.offered == [("anna", ALL_ROUND)]
    assert DepartmentId("umwelt") not in d.engine.county.departments
