"""Who is offered to whom: longest-waiting caller first, longest-idle ready agent first."""

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from tests.examples import ALL_ROUND, DIDS, JUGEND, ONLY_JUGEND, ONLY_UMWELT, UMWELT, VERKEHR
from tests.unit.domain.driver import Driver


def test_the_longest_waiting_caller_is_offered_first(d: Driver) -> None:
    d.caller_waits("first")
    d.wait(1)
    d.caller_waits("second")
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("first", ALL_ROUND)]


def test_callers_of_the_same_instant_keep_the_order_of_their_arrival(d: Driver) -> None:
    d.caller_waits("zoe")
    d.caller_waits("adam")
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("zoe", ALL_ROUND)]


def test_the_place_is_taken_when_the_greeting_ends_not_on_arrival(d: Driver) -> None:
    d.caller_arrives("slow")
    d.wait(1)
    d.caller_waits("quick")
    d.prompt_ends("slow")
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("quick", ALL_ROUND)]


def test_the_longest_idle_agent_is_offered_first(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    d.wait(1)
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_agents_idle_for_the_same_time_are_taken_by_their_id(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    assert d.offered == [("anna", ALL_ROUND)]


def test_asking_to_be_ready_again_does_not_cost_the_agent_the_turn(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    d.wait(1)
    d.agent_ready(ALL_ROUND)
    d.chooses(ONLY_UMWELT, Presence.READY)
    d.caller_waits("anna")
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_a_department_s_caller_waits_for_an_agent_who_answers_for_it(d: Driver) -> None:
    d.agent_ready(ONLY_JUGEND)
    d.caller_waits("anna", DIDS[UMWELT])
    assert d.offered == []
    d.agent_ready(ONLY_UMWELT)
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_a_caller_of_the_common_number_may_go_to_anybody(d: Driver) -> None:
    d.agent_ready(ONLY_JUGEND)
    d.caller_waits("anna")
    assert d.offered == [("anna", ONLY_JUGEND)]


def test_a_caller_nobody_ready_can_serve_does_not_hold_up_those_behind(d: Driver) -> None:
    d.agent_ready(ONLY_JUGEND)
    d.caller_waits("verkehr", DIDS[VERKEHR])
    d.caller_waits("jugend", DIDS[JUGEND])
    assert d.offered == [("jugend", ONLY_JUGEND)]


def test_one_step_serves_as_many_as_there_are_agents(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    d.agent_ready(ALL_ROUND)
    d.chooses(ONLY_UMWELT, Presence.PAUSED)
    d.chooses(ALL_ROUND, Presence.PAUSED)
    d.caller_waits("anna", DIDS[UMWELT])
    d.caller_waits("bert", DIDS[UMWELT])
    d.feed(
        on.PresenceChosen(ONLY_UMWELT, Presence.READY),
        on.PresenceChosen(ALL_ROUND, Presence.READY),
    )
    assert d.offered == [("anna", ONLY_UMWELT), ("bert", ALL_ROUND)]


def test_a_caller_who_is_being_offered_is_not_offered_to_a_second_agent(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.agent_ready(ONLY_UMWELT)
    assert d.offered == []
    d.caller_waits("bert")
    assert d.offered == [("bert", ONLY_UMWELT)]


def test_the_phone_shows_department_and_caller(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna", DIDS[VERKEHR])
    [offer] = d.did(do.OfferCall)
    assert offer.label == "Straßenverkehr · 0171 3920001"
    assert offer.caller == "+491713920001"


def test_the_phone_shows_the_county_for_a_withheld_caller_of_the_common_number(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna", caller=None)
    [offer] = d.did(do.OfferCall)
    assert offer.label == "Landkreis Friesland"
    assert offer.caller is None


def test_the_snapshot_shows_the_queue_first_and_in_its_order(d: Driver) -> None:
    d.caller_arrives("greeted")
    d.caller_waits("talking")
    d.agent_ready(ALL_ROUND)
    d.talks("talking")
    d.caller_waits("second", DIDS[UMWELT])
    d.wait(1)
    d.caller_waits("third", DIDS[UMWELT])
    calls = d.engine.snapshot().calls
    assert [call.id for call in calls] == ["second", "third", "greeted", "talking"]
    assert calls[0].label == "Umwelt"
    assert calls[3].agent == ALL_ROUND


def test_the_snapshot_shows_all_agents_with_their_names(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    views = d.engine.snapshot().agents
    assert [(view.id, view.name, view.state.value, view.reachable) for view in views] == [
        (ALL_ROUND, "Antje", "logged_out", False),
        (ONLY_UMWELT, "Bernd", "ready", True),
        (ONLY_JUGEND, "Christa", "logged_out", False),
    ]
