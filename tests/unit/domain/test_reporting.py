"""Finished calls and callbacks counted for a report, by the formulas."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ivr.domain.callback import CloseReason
from ivr.domain.callbacks_counted import CallbackTimes, count_callbacks
from ivr.domain.calls import CallRecord, CallResult, Outcome
from ivr.domain.counting import CallCounter, count_calls, spread_of
from ivr.domain.figures import REPORT_FORMULAS, CallFigures
from ivr.domain.ids import DepartmentId
from ivr.domain.reporting import Grouping, Report, ReportCounting, call_values, group_callbacks
from ivr.domain.span_of_days import SpanOfDays, read_span
from tests.examples import BERLIN, working_days
from tests.fakes.callbacks import MONDAY, a_call

SATURDAY = MONDAY - timedelta(days=2)


def answered(name: str, wait: float, talk: float, result: CallResult | None = None) -> CallRecord:
    queued = MONDAY + timedelta(seconds=5)
    at = queued + timedelta(seconds=wait)
    ended = at + timedelta(seconds=talk)
    return replace(a_call(name), queued_at=queued, answered_at=at, ended_at=ended, result=result)


def left(name: str, wait: float) -> CallRecord:
    ended = MONDAY + timedelta(seconds=5 + wait)
    return replace(
        a_call(name), outcome=Outcome.ABANDONED, answered_at=None, ended_at=ended, agent=None
    )


def report(*records: CallRecord, by: tuple[Grouping, ...] = ()) -> Report:
    counting = ReportCounting(BERLIN, by)
    counting.add(records)
    return counting.report(None)


class TestFormulas:
    RECORDS = (
        answered("a", 10, 60, CallResult.SETTLED),
        answered("b", 20, 179.9, CallResult.SETTLED),
        answered("c", 25, 180, CallResult.CALLBACK),
        answered("d", 100, 600),
        left("e", 4),
        left("f", 15),
        left("g", 40),
    )

    def test_service_levels_of_twenty_seconds(self) -> None:
        figures = count_calls(self.RECORDS)

        assert figures.service_level(20) == pytest.approx(2 / (7 - 1))
        assert figures.service_level_of_answered(20) == pytest.approx(2 / 4)
        assert figures.service_level_with_abandoned(20) == pytest.approx((2 + 2) / (4 + 3))

    def test_service_levels_of_thirty_seconds(self) -> None:
        figures = count_calls(self.RECORDS)

        assert figures.service_level(30) == pytest.approx(3 / (7 - 1))
        assert figures.service_level_of_answered(30) == pytest.approx(3 / 4)
        assert figures.service_level_with_abandoned(30) == pytest.approx((3 + 2) / (4 + 3))

    def test_waits_are_those_of_answered_calls(self) -> None:
        values = report(*self.RECORDS).values()

        assert values["asa_seconds"] == pytest.approx(155 / 4)
        assert values["median_wait_seconds"] == 20
        assert values["p90_wait_seconds"] == 100

    def test_three_minutes_are_not_under_three_minutes(self) -> None:
        assert report(*self.RECORDS).values()["three_minute_share"] == 0.5

    def test_first_contact_is_of_calls_with_a_result(self) -> None:
        values = report(*self.RECORDS).values()

        assert values["with_result"] == 3
        assert values["first_contact_share"] == pytest.approx(2 / 3)

    def test_of_no_call_there_are_no_shares(self) -> None:
        values = report().values()

        assert values["arrived"] == 0
        assert {key for key, value in values.items() if value} == set()
        for key in ("asa_seconds", "service_level_20", "first_contact_share", "abandoned_share"):
            assert values[key] is None

    def test_every_figure_says_how_it_is_counted(self) -> None:
        callbacks = count_callbacks([], working_days(), MONDAY)
        counting = ReportCounting(BERLIN)

        assert counting.report(callbacks).values().keys() <= REPORT_FORMULAS.keys()

    def test_callers_outside_the_hours_are_counted_and_did_not_wait(self) -> None:
        closed = replace(left("a", 9), queued_at=None, outcome=Outcome.CLOSED, by_fallback=True)
        values = report(closed).values()

        assert values["closed"] == values["by_fallback"] == 1
        assert values["offered"] == 0
        assert values["longest_wait_seconds"] is None

    def test_who_asked_for_a_callback_has_not_abandoned(self) -> None:
        figures = count_calls([replace(left("a", 30), outcome=Outcome.CALLBACK)])

        assert (figures.abandoned, figures.callbacks, figures.longest_wait_seconds) == (0, 1, 30)

    def test_115_looks_at_working_days(self) -> None:
        shift = MONDAY - SATURDAY
        slow = answered("slow", 100, 60)
        on_saturday = replace(
            slow,
            arrived_at=slow.arrived_at - shift,
            queued_at=MONDAY - shift,
            answered_at=MONDAY - shift + timedelta(seconds=100),
        )
        values = report(answered("quick", 1, 60), on_saturday).values()

        assert values["d115_within_30"] == 1
        assert values["service_level_30"] == 0.5

    def test_115_is_judged_by_its_targets(self) -> None:
        made = report(*self.RECORDS)

        assert made.values()["d115_settled"] == pytest.approx(2 / 3)
        assert made.reached_115() == {
            "d115_within_30": False,
            "d115_settled": True,
            "d115_called_back": None,
        }

    def test_where_agents_say_nothing_115_is_not_judged_by_the_few_results(self) -> None:
        noted = answered("noted", 1, 60, CallResult.CALLBACK)
        silent = [answered(f"silent-{number}", 1, 60) for number in range(2)]

        assert report(noted, *silent[:1]).reached_115()["d115_settled"] is False
        assert report(noted, *silent).reached_115()["d115_settled"] is None

    def test_calls_of_a_saturday_settle_nothing_of_115(self) -> None:
        on_saturday = replace(
            answered("a", 1, 60, CallResult.SETTLED), arrived_at=SATURDAY, queued_at=SATURDAY
        )
        values = report(on_saturday).values()

        assert values["first_contact_share"] == 1
        assert values["d115_settled"] is None

    def test_without_calls_there_is_no_asa(self) -> None:
        assert CallFigures().asa_seconds is None


def test_counts_taken_over_are_those_of_all() -> None:
    one, two = CallCounter(), CallCounter()
    for counting, records in ((one, TestFormulas.RECORDS[:3]), (two, TestFormulas.RECORDS[3:])):
        for record in records:
            counting.add(record)

    one.take_over(two)

    assert one.figures() == count_calls(TestFormulas.RECORDS)


def test_bars_begin_with_their_edge() -> None:
    spread = spread_of([0, 4.9, 5, 10, 11], (5, 10))

    assert spread.bars == (2, 1, 2)
    assert spread_of([], (5, 10)).bars == (0, 0, 0)


@pytest.mark.parametrize(
    ("count", "median", "p90"), [(1, 1, 1), (2, 1, 2), (10, 5, 9), (11, 6, 10)]
)
def test_quantiles_are_times_that_occurred(count: int, median: int, p90: int) -> None:
    spread = spread_of(range(1, count + 1), ())

    assert (spread.median, spread.p90) == (median, p90)


class TestGroups:
    def test_by_everything(self) -> None:
        later = timedelta(days=1, hours=15)
        other = replace(
            left("b", 6),
            department=None,
            dialled="04461",
            arrived_at=MONDAY + later,
            queued_at=None,
            ended_at=MONDAY + later,
        )
        groups = report(a_call(), a_call("call-2"), other, by=tuple(Grouping)).groups

        assert {grouping.value: list(keys) for grouping, keys in groups.items()} == {
            "department": ["", "umwelt"],
            "number": ["+4944619197777", "04461"],
            "hour": ["00", "09"],
            "weekday": ["1", "3"],
            "day": ["2026-11-23", "2026-11-25"],
        }
        assert call_values(groups[Grouping.DEPARTMENT]["umwelt"])["arrived"] == 2


class TestCallbacks:
    REQUESTED = MONDAY
    """At 9 on a Monday; 24 hours of service time are over on Wednesday at 11."""
    LATER = MONDAY + timedelta(days=20)

    def a_callback(self) -> CallbackTimes:
        return CallbackTimes(self.REQUESTED, due_at=MONDAY + timedelta(days=1))

    def test_times_to_take_and_to_end(self) -> None:
        done = replace(
            self.a_callback(),
            acknowledged_at=MONDAY + timedelta(minutes=10),
            closed_at=MONDAY + timedelta(days=2),
        )
        counted = count_callbacks([done], working_days(), self.LATER)

        assert counted.to_acknowledge.median == 600
        assert counted.to_close.p90 == 2 * 86400
        assert (counted.requested, counted.open, counted.overdue, counted.late) == (1, 0, 0, 1)

    def test_overdue(self) -> None:
        counted = count_callbacks([self.a_callback()], working_days(), self.LATER)

        assert (counted.open, counted.overdue, counted.late) == (1, 1, 0)
        assert counted.answered_share == 0

    def test_answered_within_24_hours_of_service_time(self) -> None:
        just, late = (MONDAY + timedelta(days=2, hours=2, minutes=m) for m in (0, 1))
        counted = count_callbacks(
            [
                replace(self.a_callback(), closed_at=just),
                replace(self.a_callback(), closed_at=late),
                replace(self.a_callback(), reached_at=just, closed_at=late),
                replace(self.a_callback(), closed_at=just, close_reason=CloseReason.DUPLICATE),
            ],
            working_days(),
            self.LATER,
        )

        assert (counted.answered_in_time, counted.not_in_time) == (2, 1)
        assert counted.answered_share == pytest.approx(2 / 3)

    def test_one_whose_time_is_not_over_counts_neither_way(self) -> None:
        counted = count_callbacks([self.a_callback()], working_days(), MONDAY)

        assert counted.answered_share is None

    def test_they_are_in_the_report(self) -> None:
        counted = count_callbacks([self.a_callback()], working_days(), self.LATER)

        values = ReportCounting(BERLIN).report(counted).values()

        assert values["callbacks_overdue"] == 1
        assert values["d115_called_back"] == 0
        assert values["median_close_seconds"] is None

    def test_they_are_told_apart_as_calls_are(self) -> None:
        umwelt, jugend = (DepartmentId(name) for name in ("umwelt", "jugend"))
        tuesday = MONDAY + timedelta(days=1, hours=1)
        found = [
            replace(self.a_callback(), department=umwelt, closed_at=tuesday),
            replace(self.a_callback(), department=umwelt),
            replace(self.a_callback(), department=jugend, requested_at=tuesday),
            replace(self.a_callback(), requested_at=tuesday),
        ]
        groups = group_callbacks(found, Grouping, working_days(), self.LATER)

        counts = {
            grouping: {key: (counted.requested, counted.overdue) for key, counted in each.items()}
            for grouping, each in groups.items()
        }
        assert counts == {
            Grouping.DEPARTMENT: {"": (1, 1), "jugend": (1, 1), "umwelt": (2, 1)},
            Grouping.HOUR: {"09": (2, 1), "10": (2, 2)},
            Grouping.WEEKDAY: {"1": (2, 1), "2": (2, 2)},
            Grouping.DAY: {"2026-11-23": (2, 1), "2026-11-24": (2, 2)},
        }

    def test_a_group_may_have_calls_only_or_callbacks_only(self) -> None:
        by = (Grouping.DEPARTMENT, Grouping.NUMBER)
        counting = ReportCounting(BERLIN, by)
        counting.add([replace(answered("a", 10, 60), department=DepartmentId("umwelt"))])
        jugend = replace(self.a_callback(), department=DepartmentId("jugend"))
        groups = group_callbacks([jugend], by, working_days(), self.LATER)
        made = counting.report(count_callbacks([jugend], working_days(), self.LATER), groups)

        values = made.group_values(Grouping.DEPARTMENT)
        told = {key: (each["arrived"], each["callbacks_open"]) for key, each in values.items()}
        assert told == {"jugend": (0, 1), "umwelt": (1, 0)}
        [number] = made.group_values(Grouping.NUMBER).values()
        assert number["arrived"] == 1
        assert "callbacks_open" not in number


class TestSpans:
    TODAY = date(2026, 11, 25)

    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("today", "2026-11-25", "2026-11-25"),
            ("yesterday", "2026-11-24", "2026-11-24"),
            ("2026-02-28", "2026-02-28", "2026-02-28"),
            ("2026-W48", "2026-11-23", "2026-11-29"),
            ("2026-W48-3", "2026-11-25", "2026-11-25"),
            ("2028-02", "2028-02-01", "2028-02-29"),
            ("2026", "2026-01-01", "2026-12-31"),
            ("7d", "2026-11-19", "2026-11-25"),
            ("1d", "2026-11-25", "2026-11-25"),
            ("2026-11-01..2026-11-15", "2026-11-01", "2026-11-15"),
            ("2026-W01..2026-W02", "2025-12-29", "2026-01-11"),
        ],
    )
    def test_read(self, text: str, first: str, last: str) -> None:
        span = read_span(text, self.TODAY)

        assert (span.first.isoformat(), span.last.isoformat()) == (first, last)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "tomorrow",
            "0d",
            "2026-13",
            "2026-02-30",
            "2026-11-15..2026-11-01",
            "..",
            "0000",
            "9999",
        ],
    )
    def test_none(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            read_span(text, self.TODAY)

    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("2026-11-23", "2026-11-22", "2026-11-22"),
            ("2026-W48", "2026-11-16", "2026-11-22"),
            ("2026-03", "2026-02-01", "2026-02-28"),
            ("2026", "2025-01-01", "2025-12-31"),
            ("7d", "2026-11-12", "2026-11-18"),
        ],
    )
    def test_the_time_before(self, text: str, first: str, last: str) -> None:
        before = read_span(text, self.TODAY).before()

        assert (before.first.isoformat(), before.last.isoformat()) == (first, last)

    def test_days_of_the_county_on_which_clocks_change(self) -> None:
        since, until = SpanOfDays(date(2026, 10, 25), date(2026, 10, 25)).instants(BERLIN)

        assert since == datetime(2026, 10, 24, 22, tzinfo=UTC)
        assert until - since == timedelta(hours=25)
