"""Whoever waits at closing time came in time; a callback may be offered to them."""

from dataclasses import replace
from datetime import time

import pytest

from ivr.domain import commands as do
from ivr.domain.ids import CallId
from ivr.domain.live import Phase
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.rules import AtClosing, QueueRules
from tests.examples import ALL_ROUND, BERLIN, DIDS, JUGEND, UMWELT, county
from tests.unit.domain.driver import MONDAY_NOON, Driver

OFFERING = QueueRules(at_closing=AtClosing.OFFER_CALLBACK)
OTHER = "+493023125002"


@pytest.fixture
def d() -> Driver:
    """Ten seconds before closing time."""
    return Driver(county(OFFERING), MONDAY_NOON.replace(hour=17, minute=59, second=50))


def test_at_the_very_instant_who_waits_is_told_and_offered_a_callback(d: Driver) -> None:
    d.caller_waits("anna")
    d.prompt_ends("anna")
    d.wait(9.999)
    assert d.said == []
    d.wait(0.001)
    assert d.did(do.StopMusic)
    assert d.said == ["closing-now"]
    d.prompt_ends("anna")
    assert d.step == [do.StartMusic(CallId("anna"))]


def test_words_that_are_being_said_then_are_cut_short(d: Driver) -> None:
    d.caller_is_greeted("anna")
    d.wait(10)
    assert d.did(do.StopPlaying)
    assert d.said == ["closing-now"]


def test_the_place_stays(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(1)
    d.caller_waits("bert", caller=OTHER)
    d.wait(60)
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("anna", ALL_ROUND)]


def test_the_callback_can_be_asked_for(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(12)
    d.presses("anna", "1")
    assert d.requested[0].source.value == "caller_dtmf"


def test_a_phone_that_rings_goes_on_ringing(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.wait(10)
    assert d.said == ["closing-now"]
    d.talks("anna")
    assert d.state(ALL_ROUND) == "on_call"


def test_who_is_in_a_talk_or_asks_for_a_callback_is_not_disturbed(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.caller_waits("bert", caller=None)
    d.presses("bert", "1")
    d.wait(10)
    assert d.said == []


def test_who_comes_back_to_the_queue_before_closing_time_is_told(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.fails_to_store("anna")
    d.wait(10)
    assert d.said == ["closing-now"]


def test_who_enters_after_closing_time_is_asked_to_wait_as_ever(d: Driver) -> None:
    d.caller_arrives("anna")
    d.wait(15)
    d.prompt_ends("anna")
    assert d.said == ["please-wait"]
    d.wait(3600)
    assert "closing-now" not in d.said
    assert d.call("anna").phase is Phase.WAITING


def test_each_department_has_its_closing_time() -> None:
    plain = county(OFFERING)
    hours = OpeningHours(BERLIN, {0: (Span(time(8), time(12, 0, 10)),)})
    umwelt = replace(plain.departments[UMWELT], hours=hours)
    d = Driver(replace(plain, departments={**plain.departments, UMWELT: umwelt}))
    d.caller_waits("anna", DIDS[UMWELT])
    d.caller_waits("bert", DIDS[JUGEND], caller=OTHER)
    d.wait(9)
    assert d.said == []
    d.wait(1)
    assert [play.call for play in d.did(do.Play)] == ["anna"]
    assert d.said == ["closing-now"]


def test_a_service_that_never_closes_never_says_so() -> None:
    always = OpeningHours(BERLIN, dict.fromkeys(range(7), (Span(time.min, time.max),)))
    d = Driver(county(OFFERING, always))
    d.caller_waits("anna")
    d.wait(13 * 3600)
    assert "closing-now" not in d.said


def test_by_default_nothing_happens() -> None:
    d = Driver(at=MONDAY_NOON.replace(hour=17, minute=59, second=50))
    d.caller_waits("anna")
    d.prompt_ends("anna")
    d.wait(12)
    assert d.step == []
