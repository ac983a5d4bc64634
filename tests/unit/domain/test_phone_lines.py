"""An agent's phone has one line: no call is offered before the last leg is gone from it."""

from __future__ import annotations

from datetime import timedelta

from ivr.domain import events as on
from ivr.domain.due import LEG_LIMIT, VISIT_LIMIT
from ivr.domain.ids import VisitId
from ivr.domain.rules import QueueRules
from tests import examples
from tests.examples import ALL_ROUND
from tests.unit.domain.driver import Driver


def with_slow_lines(wrap_up: float = 0) -> Driver:
    rules = QueueRules(wrap_up=timedelta(seconds=wrap_up))
    d = Driver(examples.county(rules=rules))
    d.lines_are_free_at_once = False
    return d


def test_next_call_rings_when_the_withdrawn_leg_is_gone() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.caller_waits("bert")
    leg = d.offer_of("anna")
    d.hangs_up("anna")
    assert d.offered == []
    d.feed(on.LegEnded(leg))

    assert d.offered == [("bert", ALL_ROUND)]


def test_next_call_rings_when_the_caller_of_the_talk_and_the_leg_are_gone() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.caller_waits("bert")
    leg = d.offer_of("anna")
    d.hangs_up("anna")
    assert d.offered == []
    d.feed(on.LegEnded(leg))

    assert d.offered == [("bert", ALL_ROUND)]


def test_agent_who_hung_up_has_the_line_free_at_once() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.caller_waits("bert")
    d.agent_hangs_up("anna")

    assert d.offered == [("bert", ALL_ROUND)]


def test_agent_who_just_logged_in_hears_so_before_the_phone_rings() -> None:
    d = with_slow_lines()
    d.feed(on.PhoneReachable(ALL_ROUND))
    d.caller_waits("anna")
    d.feed(on.FeatureCodeDialled(VisitId("v1"), ALL_ROUND, "*11"))
    assert d.offered == []
    d.feed(on.LegEnded(VisitId("v1")))

    assert d.offered == [("anna", ALL_ROUND)]


def test_agent_who_misdialled_hears_so_before_the_phone_rings() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.feed(on.FeatureCodeDialled(VisitId("v1"), ALL_ROUND, "*99"))
    d.caller_waits("anna")
    assert d.offered == []
    d.feed(on.LegEnded(VisitId("v1")))

    assert d.offered == [("anna", ALL_ROUND)]


def test_agent_who_dialled_a_code_during_the_talk_has_two_legs_to_end() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.feed(on.FeatureCodeDialled(VisitId("v1"), ALL_ROUND, "*11"), on.LegEnded(VisitId("v1")))
    d.caller_waits("bert")
    d.hangs_up("anna")
    assert d.offered == []
    d.feed(on.LegEnded(d.offer_of("anna")))

    assert d.offered == [("bert", ALL_ROUND)]


def test_leg_that_failed_while_it_was_withdrawn_frees_the_line() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.caller_waits("bert")
    leg = d.offer_of("anna")
    d.hangs_up("anna")
    d.feed(on.OfferFailed(leg, on.FailureCause.REJECTED))

    assert d.offered == [("bert", ALL_ROUND)]


def test_leg_whose_end_got_lost_does_not_hold_up_the_agent_for_long() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.caller_waits("bert")
    d.hangs_up("anna")
    d.wait(LEG_LIMIT.total_seconds())

    assert d.offered == [("bert", ALL_ROUND)]


def test_visit_whose_end_got_lost_does_not_hold_up_the_agent_for_long() -> None:
    d = with_slow_lines()
    d.feed(on.PhoneReachable(ALL_ROUND))
    d.caller_waits("anna")
    d.feed(on.FeatureCodeDialled(VisitId("v1"), ALL_ROUND, "*11"))
    d.wait(VISIT_LIMIT.total_seconds())

    assert d.offered == [("anna", ALL_ROUND)]


def test_end_of_an_earlier_leg_frees_no_later_one() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    first = d.offer_of("anna")
    d.hangs_up("anna")
    d.feed(on.LegEnded(first))
    d.caller_waits("bert")
    d.hangs_up("bert")
    d.caller_waits("carl")
    d.feed(on.LegEnded(first))

    assert d.offered == []


def test_a_leg_that_still_rings_is_not_gone_whatever_is_told() -> None:
    d = with_slow_lines()
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.caller_waits("bert")
    d.feed(on.LegEnded(d.offer_of("anna")))
    d.hangs_up("anna")
    assert d.offered == []
    d.wait(LEG_LIMIT.total_seconds())
    assert d.offered == [("bert", ALL_ROUND)]


def test_a_call_of_the_agent_s_own_that_is_told_twice_occupies_the_line_once() -> None:
    d = Driver()
    d.lines_are_free_at_once = False
    d.agent_ready(ALL_ROUND)
    d.feed(on.FeatureCodeDialled(VisitId("v1"), ALL_ROUND, "*11"))
    d.feed(on.FeatureCodeDialled(VisitId("v1"), ALL_ROUND, "*11"))
    d.feed(on.LegEnded(VisitId("v1")))
    d.caller_waits("anna")
    assert d.offered == [("anna", ALL_ROUND)]
