"""The engine goes on in another run of the program, as if nothing had been."""

from __future__ import annotations

from copy import deepcopy

from ivr.domain import events as on
from ivr.domain.engine import QueueEngine
from tests.unit.domain.driver import Driver


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
