"""The switch ends, and every call with it: nobody hung up, and nothing promised is forgotten."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.calls import Outcome
from ivr.domain.ids import CallId
from ivr.domain.live import Phase
from ivr.domain.outgoing import OutgoingResult
from tests.examples import ALL_ROUND, CALLER, DIDS, ONLY_UMWELT, UMWELT, county
from tests.unit.domain import scenes
from tests.unit.domain.driver import SUNDAY_NOON, Driver
from tests.unit.domain.scenes import ANNA, SCENES
from tests.unit.domain.test_calling_back import CALL, results, wish

Scene = Callable[[], Driver]
REGAINED = "place-regained please-wait"

OUTCOMES: dict[Scene, Outcome] = {
    scenes.greeted: Outcome.FAILED,
    scenes.choosing: Outcome.FAILED,
    scenes.waiting: Outcome.FAILED,
    scenes.ringing: Outcome.FAILED,
    scenes.being_joined: Outcome.FAILED,
    scenes.talking: Outcome.FAILED,
    scenes.consulting: Outcome.FAILED,
    scenes.consulting_by_a_second_call: Outcome.FAILED,
    scenes.handed_over: Outcome.FAILED,
    scenes.back_from_a_transfer: Outcome.FAILED,
    scenes.requesting_a_callback: Outcome.FAILED,
    scenes.closed: Outcome.FAILED,
    scenes.returning: Outcome.FAILED,
    # decided before
    scenes.promised: Outcome.CALLBACK,
    scenes.shown_out: Outcome.OVERFLOWED,
    scenes.being_put_through: Outcome.OVERFLOWED,
    scenes.put_through: Outcome.OVERFLOWED,
    scenes.returned: Outcome.COMPLETED,
}
"""How each of these calls ends at once."""
STORED_ALL_THE_SAME = [
    scenes.having_a_callback_stored,
    scenes.having_it_stored_in_a_talk,
    scenes.closed_and_storing,
    scenes.speaking_a_message,
    scenes.gone_while_storing,
]
KEEPS_THE_PLACE = [
    scenes.keeping,
    scenes.about_to_go_away,
    scenes.away,
    scenes.being_phoned,
    scenes.phoned_back,
    scenes.phoned_first,
]


def lost(d: Driver, call: str = "anna") -> None:
    d.feed(on.CallerLost(CallId(call)))


@pytest.mark.parametrize(("scene", "phase"), SCENES.items())
def test_the_scenes_are_what_they_are_called(scene: Scene, phase: Phase) -> None:
    [call] = scene().engine.memory().calls
    assert call.phase is phase


def test_every_scene_has_an_end() -> None:
    assert {*OUTCOMES, *STORED_ALL_THE_SAME, *KEEPS_THE_PLACE} == set(SCENES)


@pytest.mark.parametrize(("scene", "outcome"), OUTCOMES.items())
def test_a_lost_call_has_failed_unless_its_outcome_was_decided(
    scene: Scene, outcome: Outcome
) -> None:
    d = scene()
    lost(d)
    [record] = d.records
    assert record.outcome is outcome
    assert d.engine.memory().calls == ()
    assert d.engine.memory().offers == ()
    assert d.engine.memory().parties == ()


@pytest.mark.parametrize("scene", STORED_ALL_THE_SAME)
def test_a_callback_under_way_is_stored_all_the_same(scene: Scene) -> None:
    d = scene()
    lost(d)
    assert d.records == []
    if scene is scenes.speaking_a_message:
        d.wait(130)  # nobody tells of its end any more
    d.stores("anna")
    in_talk = scene is scenes.having_it_stored_in_a_talk
    assert d.outcomes() == {"anna": "completed" if in_talk else "callback"}


def test_a_committed_callback_is_the_outcome_of_a_lost_call() -> None:
    d = scenes.having_a_callback_stored()
    lost(d)
    d.stores("anna")
    assert d.outcomes() == {"anna": "callback"}


def test_a_lost_call_whose_callback_can_t_be_stored_has_failed_and_keeps_the_place() -> None:
    d = scenes.having_a_callback_stored()
    lost(d)
    d.fails_to_store("anna")
    assert d.outcomes() == {"anna": "failed"}
    d.caller_is_greeted("anna again", DIDS[UMWELT])
    assert d.said == [REGAINED]


def test_who_has_heard_her_number_gets_the_callback_though_the_line_broke() -> None:
    d = Driver(county(reads_numbers_back=True), SUNDAY_NOON)
    d.caller_arrives("anna", DIDS[UMWELT])
    d.presses("anna", "1")
    lost(d)
    assert len(d.requested) == 1


# -- the record ------------------------------------------------------------------------------------


def test_a_talk_that_broke_off_has_failed_and_was_answered() -> None:
    d = scenes.talking()
    lost(d)
    [record] = d.records
    assert record.outcome is Outcome.FAILED
    assert record.agent == ALL_ROUND
    assert (record.waited_seconds, record.talked_seconds) == (10, 20)


def test_a_caller_lost_while_waiting_was_not_answered() -> None:
    d = scenes.being_joined()
    lost(d)
    [record] = d.records
    assert (record.answered_at, record.agent) == (None, None)


# -- calling again ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scene", [scenes.waiting, scenes.being_joined, scenes.talking, scenes.consulting]
)
def test_who_calls_again_is_served_first(scene: Scene) -> None:
    d = scene()
    d.chooses(ALL_ROUND, Presence.PAUSED)
    place = d.placed_at("anna")
    lost(d)
    d.wait(5)
    d.caller_is_greeted("anna again", DIDS[UMWELT])
    assert d.said == [REGAINED]
    assert d.placed_at("anna again") == place


def test_a_place_that_was_regained_is_not_used_up_by_the_switch() -> None:
    d = scenes.waiting()
    lost(d)
    d.caller_is_greeted("anna again", DIDS[UMWELT])
    lost(d, "anna again")
    d.caller_is_greeted("once more", DIDS[UMWELT])
    assert d.said == [REGAINED]


def test_who_had_not_got_into_the_queue_has_no_place() -> None:
    d = scenes.greeted()
    lost(d)
    d.caller_is_greeted("anna again", DIDS[UMWELT])
    assert d.said == ["please-wait"]


def test_a_number_that_is_not_ours_leaves_no_place(d: Driver) -> None:
    d.caller_arrives("anna", "+493023125001")
    assert d.outcomes() == {"anna": "failed"}
    assert d.engine.memory().lost_places == {}


# -- agents ----------------------------------------------------------------------------------------


def test_agents_whose_phones_rang_are_ready_when_their_lines_are_free() -> None:
    d = scenes.ringing()
    d.lines_are_free_at_once = False
    lost(d)
    assert [offer.why.value for offer in d.did(do.WithdrawOffer)] == ["caller_gone"] * 2
    assert [d.state(agent) for agent in (ALL_ROUND, ONLY_UMWELT)] == ["ready", "ready"]
    d.feed(*(on.LegEnded(offer.offer) for offer in d.did(do.WithdrawOffer)))
    d.caller_waits("bert", DIDS[UMWELT], CALLER)
    assert len(d.did(do.OfferCall)) == 2


@pytest.mark.parametrize("scene", [scenes.talking, scenes.consulting])
def test_an_agent_whose_talk_broke_off_is_not_blamed_for_the_leg_that_is_gone(
    scene: Scene,
) -> None:
    d = scene()
    d.lines_are_free_at_once = False
    lost(d)
    d.feed(on.AgentHungUp(d.offer_of("anna")))
    assert d.state(ALL_ROUND) == "wrap_up"
    d.wait(10)
    assert d.state(ALL_ROUND) == "ready"
    assert d.engine.memory().agents[0].legs == set()
    assert d.outcomes() == {"anna": "failed"}


def test_the_phone_that_rang_for_her_belongs_to_the_next_caller() -> None:
    d = scenes.ringing()
    d.caller_waits("bert", DIDS[UMWELT], "01713920002")
    lost(d)
    assert {call for call, _ in d.offered} == {"bert"}


# -- kept places -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scene", KEEPS_THE_PLACE)
def test_who_keeps_the_place_is_phoned_though_the_switch_ended(scene: Scene) -> None:
    d = scene()
    lost(d)
    if scene is scenes.keeping:
        d.feed(on.PlaceStored(ANNA))
    assert d.records == []
    assert d.did(do.ReleasePlace) == []
    call = d.call("anna")
    assert call.phase is Phase.AWAY
    assert call.position == 1 or scene is scenes.being_phoned


def test_a_place_that_could_not_be_stored_has_failed() -> None:
    d = scenes.keeping()
    lost(d)
    d.feed(on.PlaceNotStored(ANNA))
    assert d.outcomes() == {"anna": "failed"}


def test_who_kept_the_place_and_was_lost_meanwhile_completes_the_call() -> None:
    d = scenes.keeping()
    lost(d)
    d.feed(on.PlaceStored(ANNA))
    d.agent_ready(ALL_ROUND)
    d.answers("anna")
    d.party_answers("anna")
    d.feed(on.CallConnected(d.offer_of("anna")))
    d.hangs_up("anna")
    assert d.outcomes() == {"anna": "completed"}


@pytest.mark.parametrize("scene", [scenes.phoned_back, scenes.phoned_first])
def test_who_was_phoned_back_and_lost_is_phoned_again(scene: Scene) -> None:
    d = scene()
    place = d.placed_at("anna")
    lost(d)
    assert d.placed_at("anna") == place
    assert d.engine.memory().adopted == {}
    if scene is scenes.phoned_back:
        d.answers("anna")
    assert d.did(do.DialParty)
    assert d.call("anna").phase is Phase.AWAY


def test_who_was_phoned_back_and_asks_for_a_callback_has_that() -> None:
    d = scenes.phoned_first()
    d.chooses(ALL_ROUND, Presence.PAUSED)
    d.presses("anna", "1")
    lost(d)
    d.stores("anna")
    assert d.outcomes() == {"anna": "callback"}
    assert d.did(do.ReleasePlace)


# -- caseworkers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "answered", "result"),
    [
        (False, False, OutgoingResult.FAILED),
        (True, False, OutgoingResult.FAILED),
        (True, True, OutgoingResult.REACHED),
    ],
)
def test_a_lost_outgoing_call_is_no_attempt_unless_they_talked(
    d: Driver, *, heard: bool, answered: bool, result: OutgoingResult
) -> None:
    d.feed(wish())
    d.party_answers(CALL)
    if heard:
        d.prompt_ends(CALL)
    if answered:
        d.party_answers(CALL)
    lost(d, CALL)
    assert results(d) == [result]
    assert d.engine.memory().outgoing == ()
    assert d.engine.memory().parties == ()


def test_what_the_caseworker_was_being_told_stays_the_result(d: Driver) -> None:
    d.feed(wish())
    d.party_answers(CALL)
    d.prompt_ends(CALL)
    d.party_fails(CALL, on.FailureCause.BUSY)
    lost(d, CALL)
    assert results(d) == [OutgoingResult.BUSY]


def test_a_repeated_loss_changes_nothing() -> None:
    d = scenes.waiting()
    lost(d)
    lost(d)
    assert d.step == []
