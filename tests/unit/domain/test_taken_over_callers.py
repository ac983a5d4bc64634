"""Callers whom Asterisk's own queue serves meanwhile: that queue tells of the call, nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.calls import Outcome
from ivr.domain.ids import CallId
from ivr.domain.live import Phase
from tests.examples import ALL_ROUND, DIDS, ONLY_UMWELT, UMWELT
from tests.unit.domain import scenes
from tests.unit.domain.driver import Driver
from tests.unit.domain.scenes import ANNA, SCENES
from tests.unit.domain.test_calling_back import CALL, wish

Scene = Callable[[], Driver]

LEAVES_NOTHING = [
    scenes.greeted,
    scenes.choosing,
    scenes.waiting,
    scenes.ringing,
    scenes.being_joined,
    scenes.requesting_a_callback,
    scenes.closed,
    scenes.shown_out,
    scenes.being_put_through,
    scenes.returning,
    scenes.keeping,
    scenes.phoned_back,
    scenes.phoned_first,
]
STORES_ALL_THE_SAME = [
    scenes.having_a_callback_stored,
    scenes.closed_and_storing,
    scenes.speaking_a_message,
]
TOLD_HERE: dict[Scene, Outcome] = {
    scenes.talking: Outcome.COMPLETED,
    scenes.consulting: Outcome.COMPLETED,
    scenes.consulting_by_a_second_call: Outcome.COMPLETED,
    scenes.handed_over: Outcome.COMPLETED,
    scenes.back_from_a_transfer: Outcome.COMPLETED,
    scenes.promised: Outcome.CALLBACK,
    scenes.put_through: Outcome.OVERFLOWED,
    scenes.returned: Outcome.COMPLETED,
}
"""Calls of which this program knows more than the other queue, and how they end."""
GOES_ON = [
    scenes.gone_while_storing,
    scenes.having_it_stored_in_a_talk,
    scenes.about_to_go_away,
    scenes.away,
    scenes.being_phoned,
]


def taken_over(d: Driver, call: CallId = ANNA) -> None:
    d.feed(on.CallerTakenOver(call))


def is_forgotten(d: Driver) -> bool:
    memory = d.engine.memory()
    left = (memory.calls, memory.offers, memory.parties, memory.adopted, memory.lost_places)
    of_anna = [key for _, _, key in memory.timers if "anna" in key]
    return not any(left) and not of_anna


def test_every_scene_has_an_end() -> None:
    assert {*LEAVES_NOTHING, *STORES_ALL_THE_SAME, *TOLD_HERE, *GOES_ON} == set(SCENES)


@pytest.mark.parametrize("scene", LEAVES_NOTHING)
def test_nothing_is_left_of_a_call_that_is_served_elsewhere(scene: Scene) -> None:
    d = scene()
    taken_over(d)
    assert d.records == []
    assert is_forgotten(d)


@pytest.mark.parametrize("scene", LEAVES_NOTHING)
def test_whoever_follows_is_told_of_it_once(scene: Scene) -> None:
    d = scene()
    d.lines_are_free_at_once = False
    taken_over(d)
    assert [call.id for call in d.engine.progress().taken_over] == [ANNA]
    d.wait(0)
    d.feed(on.PhoneFree(ALL_ROUND))
    assert d.engine.progress().taken_over == []


@pytest.mark.parametrize("scene", LEAVES_NOTHING)
def test_who_calls_again_has_no_second_place(scene: Scene) -> None:
    d = scene()
    taken_over(d)
    d.wait(1)
    d.caller_arrives("anna again", DIDS[UMWELT])
    call = d.engine.memory().calls[0]
    assert (call.regained, call.place) == (False, None)


@pytest.mark.parametrize("scene", [scenes.ringing, scenes.being_joined])
def test_the_agents_phones_fall_silent_and_nobody_missed_a_call(scene: Scene) -> None:
    d = scene()
    taken_over(d)
    assert {offer.why.value for offer in d.did(do.WithdrawOffer)} == {"elsewhere"}
    assert [d.state(agent) for agent in (ALL_ROUND, ONLY_UMWELT)] == ["ready", "ready"]


@pytest.mark.parametrize("scene", [scenes.being_put_through, scenes.returning])
def test_whoever_is_rung_for_the_caller_is_rung_no_more(scene: Scene) -> None:
    d = scene()
    taken_over(d)
    assert d.did(do.EndParty)


@pytest.mark.parametrize("scene", STORES_ALL_THE_SAME)
@pytest.mark.parametrize("commits", [True, False])
def test_what_is_on_its_way_into_the_store_gets_there(scene: Scene, *, commits: bool) -> None:
    d = scene()
    taken_over(d)
    assert d.engine.memory().calls[0].phase is Phase.GONE
    if scene is scenes.speaking_a_message:
        d.message_ends("anna", 3.5)
        assert d.requested[0].message is not None
    if commits:
        d.stores("anna")
    else:
        d.fails_to_store("anna")
    assert d.said == []
    assert d.records == []
    assert is_forgotten(d)


@pytest.mark.parametrize(("scene", "outcome"), TOLD_HERE.items())
def test_what_happened_here_is_told_of_here(scene: Scene, outcome: Outcome) -> None:
    d = scene()
    taken_over(d)
    [record] = d.records
    assert record.outcome is outcome
    assert d.engine.memory().calls == ()


def test_a_callback_stored_in_a_talk_is_awaited() -> None:
    d = scenes.having_it_stored_in_a_talk()
    taken_over(d)
    d.stores("anna")
    assert d.outcomes() == {"anna": "completed"}


def test_who_hung_up_before_has_the_callback_as_outcome() -> None:
    d = scenes.gone_while_storing()
    taken_over(d)
    d.stores("anna")
    assert d.outcomes() == {"anna": "callback"}


@pytest.mark.parametrize("scene", [scenes.about_to_go_away, scenes.away, scenes.being_phoned])
def test_a_place_that_was_promised_is_kept(scene: Scene) -> None:
    d = scene()
    taken_over(d)
    assert d.did(do.ReleasePlace) == []
    assert d.call("anna").phase is Phase.AWAY
    assert d.engine.memory().calls[0].on_line is False


@pytest.mark.parametrize("scene", [scenes.keeping, scenes.phoned_back, scenes.phoned_first])
def test_a_place_of_who_is_on_the_line_elsewhere_is_not_kept_besides(scene: Scene) -> None:
    d = scene()
    taken_over(d)
    assert d.did(do.ReleasePlace)


def test_of_an_outgoing_call_it_means_nothing(d: Driver) -> None:
    d.feed(wish())
    d.party_answers(CALL)
    taken_over(d, CallId(CALL))
    assert d.step == []


def test_told_again_it_changes_nothing() -> None:
    d = scenes.waiting()
    taken_over(d)
    taken_over(d)
    assert d.step == []
    assert d.engine.progress().taken_over == []
