"""A caller lost while waiting who calls again soon has the old place, once."""

from datetime import timedelta

import pytest

from ivr.domain.rules import Limits, QueueRules
from tests.examples import ALL_ROUND, CALLER, county
from tests.unit.domain.driver import Driver

OTHER = "+493023125002"
AGAIN = "place-regained please-wait"


@pytest.fixture
def lost(d: Driver) -> Driver:
    """Anna waited before Bert, and hung up."""
    d.caller_waits("anna")
    d.wait(10)
    d.caller_waits("bert", caller=OTHER)
    d.hangs_up("anna")
    return d


def next_served(d: Driver) -> str:
    d.agent_ready(ALL_ROUND)
    [(call, _)] = d.offered
    return call


def test_the_place_is_regained_and_the_wait_is_new(lost: Driver) -> None:
    lost.wait(179)
    lost.caller_is_greeted("anna again")
    assert lost.said == [AGAIN]
    assert lost.call("anna again").queued_at == lost.now
    assert next_served(lost) == "anna again"


def test_what_counts_is_when_the_caller_calls_not_when_the_greeting_ends(lost: Driver) -> None:
    lost.wait(179)
    lost.caller_arrives("anna again")
    lost.wait(30)
    lost.prompt_ends("anna again")
    assert lost.said == [AGAIN]


def test_after_a_while_the_place_is_lost(lost: Driver) -> None:
    lost.wait(180)
    lost.caller_is_greeted("anna again")
    assert lost.said == ["please-wait"]
    assert next_served(lost) == "bert"


def test_how_long_is_configurable() -> None:
    d = Driver(county(QueueRules(redial_within=timedelta(seconds=10))))
    d.caller_waits("anna")
    d.hangs_up("anna")
    d.wait(10)
    d.caller_is_greeted("anna again")
    assert d.said == ["please-wait"]


def test_it_can_be_switched_off() -> None:
    d = Driver(county(QueueRules(redial_within=timedelta(0))))
    d.caller_waits("anna")
    d.hangs_up("anna")
    d.caller_is_greeted("anna again")
    assert d.said == ["please-wait"]


@pytest.mark.parametrize("caller", [OTHER, None])
def test_nobody_else_has_the_place(lost: Driver, caller: str | None) -> None:
    lost.caller_is_greeted("carl", caller=caller)
    assert lost.said == ["please-wait"]


def test_who_withholds_the_number_can_t_be_known_again(d: Driver) -> None:
    d.caller_waits("anna", caller=None)
    d.hangs_up("anna")
    d.caller_is_greeted("anna again", caller=None)
    assert d.said == ["please-wait"]


def test_only_one_call_has_it(lost: Driver) -> None:
    lost.caller_is_greeted("anna again")
    lost.caller_is_greeted("her colleague")
    assert lost.said == ["please-wait"]


def test_a_place_can_t_be_held_by_calling_again_and_again(lost: Driver) -> None:
    lost.caller_waits("anna again")
    lost.hangs_up("anna again")
    lost.caller_is_greeted("and again")
    assert lost.said == ["please-wait"]


def test_who_leaves_during_the_greeting_has_not_used_it(lost: Driver) -> None:
    lost.caller_arrives("anna again")
    lost.hangs_up("anna again")
    lost.caller_is_greeted("and again")
    assert lost.said == [AGAIN]


def test_who_never_waited_has_lost_nothing(d: Driver) -> None:
    d.caller_arrives("anna")
    d.hangs_up("anna")
    d.caller_is_greeted("anna again")
    assert d.said == ["please-wait"]


def test_a_call_lost_before_it_was_joined_counts_as_lost(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.answers("anna")
    d.hangs_up("anna")
    d.caller_is_greeted("anna again")
    assert d.said == [AGAIN]


def test_who_was_served_has_no_place(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.hangs_up("anna")
    d.caller_is_greeted("anna again")
    assert d.said == ["please-wait"]


def test_who_asked_for_a_callback_has_no_place(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.hangs_up("anna")
    d.stores("anna")
    d.caller_is_greeted("anna again")
    assert d.said == ["please-wait"]


def test_who_has_a_place_back_is_let_into_a_full_queue() -> None:
    d = Driver(county(QueueRules(limits=Limits(max_waiting=1))))
    d.caller_waits("anna")
    d.hangs_up("anna")
    d.caller_waits("bert", caller=OTHER)
    d.caller_is_greeted("anna again")
    assert d.said == [AGAIN]


def test_out_of_hours_nobody_has_a_place() -> None:
    d = Driver()
    d.now = d.now.replace(hour=17, minute=59)
    d.caller_waits("anna", caller=CALLER)
    d.hangs_up("anna")
    d.wait(60)
    d.caller_arrives("anna again", caller=CALLER)
    assert d.said == ["closed open-again tomorrow from 07:00 closed-callback-offer"]


def test_a_repeated_hang_up_changes_nothing(lost: Driver) -> None:
    lost.wait(100)
    lost.hangs_up("anna")
    lost.wait(80)
    lost.caller_is_greeted("anna again")
    assert lost.said == ["please-wait"]
