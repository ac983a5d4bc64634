"""Whom a dead service holds: who is moved, who is ended, who is left alone."""

from __future__ import annotations

from datetime import timedelta

from ivr.application.stranded import Held, Line, Rescue, Stranded
from tests.examples import COMMON_NUMBER
from tests.fakes.callbacks import MONDAY


def caller(name: str, *, minute: int = 0) -> Line:
    return Line(name, MONDAY + timedelta(minutes=minute), COMMON_NUMBER)


def leg(name: str) -> Line:
    return Line(name, MONDAY)


def test_nobody_is_held() -> None:
    assert Stranded().see(Held()) == Rescue()


def test_callers_are_moved_in_the_order_in_which_they_came() -> None:
    late, early, middle = caller("a", minute=9), caller("b", minute=1), caller("c", minute=5)

    rescue = Stranded().see(Held((late, early, middle)))

    assert rescue == Rescue(moved=(early, middle, late))


def test_a_telephone_that_rings_for_nobody_is_ended() -> None:
    waiting = caller("waiting")

    rescue = Stranded().see(Held((leg("ringing"), waiting)))

    assert rescue == Rescue(moved=(waiting,), ended=(leg("ringing"),))


def test_who_talks_is_left_alone() -> None:
    talk = (caller("talks"), leg("agent"))

    rescue = Stranded().see(Held((*talk, caller("waits")), (frozenset({"talks", "agent"}),)))

    assert rescue == Rescue(moved=(caller("waits"),))


def test_a_caller_whose_agent_has_hung_up_was_served() -> None:
    stranded = Stranded()
    stranded.see(Held((caller("c"), leg("agent")), (frozenset({"c", "agent"}),)))

    assert stranded.see(Held((caller("c"),))) == Rescue(ended=(caller("c"),))


def test_an_agent_whose_caller_has_hung_up_is_free() -> None:
    stranded = Stranded()
    stranded.see(Held((caller("c"), leg("agent")), (frozenset({"c", "agent"}),)))

    assert stranded.see(Held((leg("agent"),))) == Rescue(ended=(leg("agent"),))


def test_what_was_seen_counts_no_more_once_the_service_was_back() -> None:
    stranded = Stranded()
    stranded.see(Held((caller("c"), leg("agent")), (frozenset({"c", "agent"}),)))
    stranded.forget()

    assert stranded.see(Held((caller("c"),))) == Rescue(moved=(caller("c"),))
