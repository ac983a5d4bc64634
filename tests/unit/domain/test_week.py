"""A week's calls, counted and given, and what is known of how sure that is."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.ids import AgentId, CallId
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.domain.week import (
    CallCount,
    Expected,
    Interval,
    WeekdayCount,
    calls_a_year,
    given_week,
    intervals,
    most_calls,
    variation,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 2)


def closed_on(day: date) -> str | None:
    return "holiday" if day == MONDAY + timedelta(days=14) else None


MORNINGS = OpeningHours(
    BERLIN, {0: (Span(time(8), time(10)),), 1: (Span(time(8), time(9)),)}, closed_on
)


def call(
    at: datetime, *, waited: float = 10, talked: float | None = 100, queued: bool = True
) -> CallRecord:
    answered = None if talked is None else at + timedelta(seconds=waited)
    return CallRecord(
        id=CallId("1"),
        outcome=Outcome.ABANDONED if talked is None else Outcome.COMPLETED,
        dialled="",
        department=None,
        caller_number=None,
        arrived_at=at,
        queued_at=at if queued else None,
        answered_at=answered,
        ended_at=at + timedelta(seconds=waited + (talked or 0)),
        agent=AgentId("1001"),
        offers=1,
    )


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), BERLIN).astimezone(UTC)


def test_a_week_in_pieces() -> None:
    spans = {
        4: (Span(time(7), time(12, 30)), Span(time(13, 30), time(15))),
        6: (Span(time(22), END_OF_DAY),),
    }
    friday = [at for at in intervals(spans, 60) if at.weekday == 4]
    assert [(at.start.hour, at.seconds) for at in friday] == [
        (7, 3600), (8, 3600), (9, 3600), (10, 3600), (11, 3600), (12, 1800), (13, 1800), (14, 3600)
    ]  # fmt: skip
    assert intervals(spans, 60)[-1] == Interval(6, time(23), 3600)
    assert len(intervals(spans, 15)) == 22 + 6 + 8
    # A break within one piece makes it shorter.
    lunch = {0: (Span(time(12), time(12, 20)), Span(time(12, 40), time(13)))}
    assert intervals(lunch, 60) == [Interval(0, time(12), 2400)]


def test_calls_are_counted_by_local_time() -> None:
    count = CallCount(MORNINGS, 60)
    following = MONDAY + timedelta(days=7)
    count.add([call(at_local(MONDAY, 8, minute)) for minute in (0, 1, 59)])
    count.add([call(at_local(MONDAY, 9)), call(at_local(following, 8))])
    week = count.week()
    assert week is not None
    assert week.calls[Interval(0, time(8), 3600)].mean == 2
    assert week.calls[Interval(0, time(9), 3600)].mean == 0.5
    # Nobody called on any Tuesday: it was not counted, and nothing is known of it.
    assert week.calls[Interval(1, time(8), 3600)] == Expected(0, 0)
    assert week.calls[Interval(1, time(8), 3600)].thin
    assert (week.days, week.first, week.last, week.left_out) == (2, MONDAY, following, 0)
    assert week.total == 2.5


def test_what_does_not_count() -> None:
    count = CallCount(MORNINGS, 60)
    count.add([call(at_local(MONDAY, 8)), call(at_local(MONDAY, 9), queued=False)])
    count.add([call(at_local(MONDAY, 17)), call(at_local(MONDAY + timedelta(days=14), 8))])
    week = count.week()
    assert week is not None
    assert week.total == 1
    assert week.left_out == pytest.approx(2 / 3)
    assert CallCount(MORNINGS, 60).week() is None


def test_talk_and_patience() -> None:
    count = CallCount(MORNINGS, 60)
    count.add([call(at_local(MONDAY, 8), waited=10, talked=100) for _ in range(70)])
    week = count.week()
    assert week is not None
    assert (week.talk, week.patience) == (100, None)
    count.add([call(at_local(MONDAY, 8), waited=50, talked=None) for _ in range(30)])
    week = count.week()
    assert week is not None
    assert week.patience == (70 * 10 + 30 * 50) / 30


def test_nobody_answered() -> None:
    count = CallCount(MORNINGS, 60)
    count.add([call(at_local(MONDAY, 8), talked=None)])
    week = count.week()
    assert week is not None
    assert week.talk is None


def test_counts_that_are_given() -> None:
    week = given_week(
        [
            WeekdayCount(0, time(8), 30, days=20),
            WeekdayCount(0, time(8, 30), 10, days=20),
            WeekdayCount(1, time(8), 7.5),
            WeekdayCount(1, time(17), 2),
        ],
        MORNINGS,
        60,
        0.1,
    )
    assert week is not None
    first = week.calls[Interval(0, time(8), 3600)]
    assert (first.mean, first.days) == (2, 20)
    assert first.margin == pytest.approx(1.96 * math.sqrt((2 + 0.04) / 20) / 2)
    assert week.calls[Interval(0, time(9), 3600)] == Expected(0)
    assert week.calls[Interval(1, time(8), 3600)] == Expected(7.5)
    assert week.left_out == pytest.approx(2 / 11.5)
    assert given_week([WeekdayCount(5, time(8), 3)], MORNINGS, 60, 0) is None


def test_more_calls_are_not_known_better() -> None:
    week = given_week([WeekdayCount(0, time(8), 40, days=20)], MORNINGS, 60, 0)
    assert week is not None
    [more, *_] = week.times(80).calls.values()
    [counted, *_] = week.calls.values()
    assert (more.mean, more.days, more.margin) == (160, 20, counted.margin)


def test_when_a_count_is_thin() -> None:
    assert not Expected(100).thin
    assert Expected.counted(100, 3, 0.0).thin
    assert not Expected.counted(100, 4, 0.0).thin
    assert Expected.counted(2, 10, 0.0).thin
    assert not Expected.counted(2, 100, 0.0).thin


def test_a_year_has_its_holidays() -> None:
    week = given_week(
        [WeekdayCount(0, time(8), 10), WeekdayCount(1, time(8), 1)], MORNINGS, 60, 0.0
    )
    assert week is not None
    # 53 Mondays from a Monday on, one of them a holiday, and 52 Tuesdays.
    assert calls_a_year(week, MORNINGS, MONDAY) == 52 * 10 + 52


def test_days_differ_beyond_chance() -> None:
    draw = random.Random(7)  # noqa: S311  repeatable, no secret

    def poisson(mean: float) -> int:
        limit, count, product = math.exp(-mean), 0, draw.random()
        while product > limit:
            count, product = count + 1, product * draw.random()
        return count

    alike = [[poisson(20) for _ in range(50)] for _ in range(50)]
    assert variation(alike) < 0.06
    differing = [
        [poisson(20 * draw.gammavariate(25, 1 / 25)) for _ in range(50)] for _ in range(50)
    ]
    assert variation(differing) == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("counts", [[], [[3]], [[2, 2, 2]], [[0, 0]]])
def test_days_that_do_not_differ(counts: Sequence[Sequence[int]]) -> None:
    assert variation(counts) == 0


def test_most_calls_as_tabulated() -> None:
    """Quantiles of Poisson as in tables (mean 10: 14 and 6, median 10), and of a negative binomial
    of mean 10 and variance 20: a shape of 10 and probability 1/2."""
    assert [most_calls(10, 0, share) for share in (0.1, 0.5, 0.9)] == [6, 10, 14]
    below = [math.comb(count + 9, count) / 2 ** (count + 10) for count in range(60)]
    for share in (0.1, 0.5, 0.9):
        sums = [math.fsum(below[: count + 1]) for count in range(60)]
        expected = next(count for count, passed in enumerate(sums) if passed >= share)
        assert most_calls(10, math.sqrt(0.1), share) == expected
    assert most_calls(0, 0.2, 0.9) == 0


@given(st.floats(0.01, 5000), st.floats(0, 0.5))
def test_most_calls_are_around_the_mean(mean: float, spread: float) -> None:
    few, half, most = (most_calls(mean, spread, share) for share in (0.1, 0.5, 0.9))
    assert few <= half <= most
    assert abs(half - mean) <= 1 + spread * spread * mean
    deviation = math.sqrt(mean + (spread * mean) ** 2)
    assert most - mean <= 2 * deviation + 1
