"""The engine goes on in another run of the program, as if nothing had been."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain import events as on
from ivr.domain.announcement import Announcement
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import AnnouncementId
from tests import examples
from tests.examples import ALL_ROUND
from tests.unit.domain.driver import Driver
from tests.unit.domain.everything import everything_on
from tests.unit.domain.scenes import SCENES, away, talking


def restarted(d: Driver) -> None:
    """Kill the program of ``d`` and start it again."""
    county, memory = d.engine.county, deepcopy(d.engine.memory())
    d.engine = QueueEngine(county, run="r2", memory=memory)


def test_who_waits_keeps_the_place_and_the_time() -> None:
    d = Driver()
    d.caller_waits("anna")
    d.wait(30)
    d.caller_waits("bert")
    before = d.engine.snapshot()
    restarted(d)
    assert d.engine.snapshot() == before
    assert d.engine.next_deadline() is not None


def test_who_was_being_greeted_has_waited_since_the_arrival() -> None:
    """Like those who came while the program was away, whom nobody greeted."""
    d = Driver()
    d.caller_arrives("anna", examples.DIDS[examples.UMWELT])
    arrived = d.now
    d.wait(2)
    restarted(d)
    d.engine.begin_run("r2")
    d.wait(10)
    d.feed(on.SwitchWasAway())
    d.prompt_ends("anna")
    assert d.placed_at("anna") == arrived


def test_a_caller_lost_with_the_switch_has_failed_and_regains_the_place() -> None:
    d = Driver()
    d.caller_waits("anna")
    call = d.call("anna").id
    d.feed(on.CallerLost(call))
    assert d.outcomes() == {"anna": "failed"}


def test_a_caller_served_elsewhere_leaves_no_record() -> None:
    d = Driver()
    d.caller_waits("anna")
    d.feed(on.CallerTakenOver(d.call("anna").id))
    assert d.records == []
    assert d.engine.snapshot().calls == ()


def test_the_calls_that_ended_last_are_remembered() -> None:
    d = Driver()
    d.caller_waits("anna")
    anna = d.call("anna").id
    d.feed(on.CallerHungUp(anna))
    restarted(d)
    assert anna in d.engine.memory().ended


def test_a_place_that_is_remembered_is_not_restored_once_more() -> None:
    d = away()
    d.wait(30)
    [kept] = [call.kept for call in d.engine.memory().calls]
    assert kept is not None
    restarted(d)
    before = deepcopy(d.engine.memory())
    d.feed(on.PlaceRestored(replace(kept, attempts=1)))
    assert d.step == []
    assert d.engine.memory() == before


def test_a_place_that_is_not_remembered_is_restored() -> None:
    d = away()
    [kept] = [call.kept for call in d.engine.memory().calls]
    assert kept is not None
    d.engine = QueueEngine(d.engine.county, run="r2")
    d.feed(on.PlaceRestored(kept))
    assert d.call("anna").position == 1


@pytest.mark.parametrize("scene", SCENES)
def test_in_every_phase_nothing_is_forgotten(scene: Callable[[], Driver]) -> None:
    d = scene()
    before, unbroken = d.engine.snapshot(), d.engine
    restarted(d)
    assert d.engine.snapshot() == before
    for engine in (d.engine, unbroken):
        engine.begin_run("r1")
    assert everything_on(d.engine._floor) == everything_on(unbroken._floor)


def test_who_is_not_configured_any_more_is_kept_until_the_line_is_free() -> None:
    d = talking()
    agents = {each: of for each, of in d.engine.county.agents.items() if each != ALL_ROUND}
    memory = deepcopy(d.engine.memory())
    d.engine = QueueEngine(replace(d.engine.county, agents=agents), "r2", memory)
    assert d.state(ALL_ROUND) == "on_call"
    d.agent_hangs_up("anna")
    assert d.outcomes() == {"anna": "completed"}


def test_who_is_new_in_the_county_is_there_and_logged_out() -> None:
    d = Driver()
    agents = {each: of for each, of in d.engine.county.agents.items() if each != ALL_ROUND}
    d.engine = QueueEngine(replace(d.engine.county, agents=agents), "r1")
    county = examples.county()
    d.engine = QueueEngine(county, "r2", d.engine.memory())
    assert d.state(ALL_ROUND) == "logged_out"


def test_an_announcement_goes_on() -> None:
    d = Driver()
    until = d.now + timedelta(hours=1)
    d.feed(on.AnnouncementMade(Announcement(AnnouncementId("a1"), "flood", d.now, until)))
    restarted(d)
    d.caller_arrives("anna")
    assert d.said == ["flood"]


def test_a_kept_handling_time_and_a_lost_place_go_on() -> None:
    d = talking()
    d.agent_hangs_up("anna")
    d.caller_waits("bert", caller="01713920002")
    d.hangs_up("bert")
    before = d.engine.memory()
    restarted(d)
    assert d.engine.memory() == before
    d.caller_is_greeted("bert again", caller="01713920002")
    assert d.said == ["place-regained please-wait"]
