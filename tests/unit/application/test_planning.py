"""From a history to a plan: what is counted, given or assumed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, timedelta
from datetime import time as clock_time

from ivr.application.call_history import Period
from ivr.application.planning import Origin, Wishes, count_calls, make_plan
from ivr.domain.erlang import Target
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.week import Expected, Interval, Week
from tests.fakes.call_history import FakeCallHistory
from tests.fakes.callbacks import MONDAY, a_call

HOURS = OpeningHours(UTC, dict.fromkeys(range(5), (Span(clock_time(7), clock_time(18)),)))
NINE = Interval(0, clock_time(9), 3600)
WEEK = Week({NINE: Expected(100)}, 0.1, talk=150.0, patience=90.0)
WISHES = Wishes(Target(asa=13))
TODAY = date(2026, 11, 23)


async def test_all_of_a_history_is_counted() -> None:
    calls = [
        replace(a_call(), arrived_at=at, queued_at=at, answered_at=at, ended_at=at)
        for at in (MONDAY + timedelta(seconds=second) for second in range(7))
    ]
    week = await count_calls(FakeCallHistory(calls), Period(), HOURS, 60)
    assert week is not None
    assert week.total == 7
    until = Period(until=MONDAY + timedelta(seconds=3))
    few = await count_calls(FakeCallHistory(calls), until, HOURS, 60)
    assert few is not None
    assert few.total == 3
    assert await count_calls(FakeCallHistory(), Period(), HOURS, 60) is None


def test_what_is_counted_given_and_assumed() -> None:
    counted = make_plan(WEEK, WISHES, HOURS, 10, TODAY)
    assert (counted.terms.handling, counted.handling_from) == (160, Origin.COUNTED)
    assert (counted.terms.patience, counted.patience_from) == (90, Origin.COUNTED)
    wishes = replace(WISHES, handling=200.0, patience=math.inf, variation=0.3)
    given = make_plan(WEEK, wishes, HOURS, 10, TODAY)
    assert (given.terms.handling, given.handling_from) == (200, Origin.GIVEN)
    assert (given.terms.patience, given.patience_from) == (None, Origin.GIVEN)
    assert given.week.variation == 0.3
    unknown = replace(WEEK, talk=None, patience=None)
    assumed = make_plan(unknown, WISHES, HOURS, 10, TODAY)
    assert (assumed.terms.handling, assumed.handling_from) == (190, Origin.ASSUMED)
    assert (assumed.terms.patience, assumed.patience_from) == (180, Origin.ASSUMED)


def test_what_if_more_called() -> None:
    mondays = 53  # from a Monday on, 365 days
    assert make_plan(WEEK, WISHES, HOURS, 10, TODAY).a_year == 100 * mondays
    wishes = replace(WISHES, calls_a_year=53_000.0, growth=0.5)
    more = make_plan(WEEK, wishes, HOURS, 10, TODAY)
    assert more.a_year == 79_500
    assert more.needs[0].usual.calls == 1500


def test_closed_all_year() -> None:
    closed = replace(HOURS, closed_on=lambda _day: "closed")
    plan = make_plan(WEEK, replace(WISHES, calls_a_year=1000.0), closed, 10, TODAY)
    assert plan.a_year == 0
