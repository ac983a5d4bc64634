"""Civil opening hours against instants: clock changes, holidays, weekends, service time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.opening import OpeningHours, Span
from tests.examples import BERLIN, always_open, working_days

HOLIDAYS = {date(2026, 12, 25): "Erster Weihnachtstag"}
FROM_SEVEN_TO_SIX = working_days()
WITH_HOLIDAYS = OpeningHours(BERLIN, FROM_SEVEN_TO_SIX.weekly, HOLIDAYS.get)
WITH_LUNCH = OpeningHours(
    BERLIN, dict.fromkeys(range(5), (Span(time(7), time(12)), Span(time(13, 30), time(18))))
)
NEVER = OpeningHours(BERLIN, {})

SUMMER_BEGINS = date(2026, 3, 29)  # Sundays, on which the night loses or gains an hour
SUMMER_ENDS = date(2026, 10, 25)


def at(text: str) -> datetime:
    """Return an instant given as Berlin's civil time."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


# -- is it open ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-23 06:59:59", False),
        ("2026-11-23 07:00:00", True),
        ("2026-11-23 17:59:59", True),
        ("2026-11-23 18:00:00", False),
        ("2026-11-21 12:00:00", False),  # Saturday
        ("2026-11-22 12:00:00", False),  # Sunday
    ],
)
def test_open_from_the_first_instant_until_just_before_the_last(
    when: str, *, is_open: bool
) -> None:
    assert FROM_SEVEN_TO_SIX.is_open(at(when)) is is_open


def test_several_spans_on_a_day() -> None:
    assert WITH_LUNCH.is_open(at("2026-11-23 11:59"))
    assert not WITH_LUNCH.is_open(at("2026-11-23 12:30"))
    assert WITH_LUNCH.is_open(at("2026-11-23 13:30"))


def test_closed_on_a_holiday() -> None:
    assert not WITH_HOLIDAYS.is_open(at("2026-12-25 12:00"))
    assert WITH_HOLIDAYS.is_open(at("2026-12-24 12:00"))


def test_the_zone_of_the_question_does_not_matter() -> None:
    assert FROM_SEVEN_TO_SIX.is_open(datetime(2026, 11, 23, 6, tzinfo=UTC))
    assert not FROM_SEVEN_TO_SIX.is_open(datetime(2026, 11, 23, 17, tzinfo=UTC))


@pytest.mark.parametrize(
    ("friday", "monday"),
    [
        (SUMMER_BEGINS - timedelta(days=2), SUMMER_BEGINS + timedelta(days=1)),
        (SUMMER_ENDS - timedelta(days=2), SUMMER_ENDS + timedelta(days=1)),
    ],
)
def test_opens_at_seven_by_the_clock_before_and_after_a_change(friday: date, monday: date) -> None:
    for day in (friday, monday):
        opening = FROM_SEVEN_TO_SIX.next_opening(datetime.combine(day, time(0), BERLIN))
        assert opening == datetime.combine(day, time(7), BERLIN)


@pytest.mark.parametrize(("day", "length"), [(SUMMER_BEGINS, 23), (SUMMER_ENDS, 25)])
def test_days_with_a_clock_change_are_shorter_or_longer(day: date, length: int) -> None:
    midnight = datetime.combine(day, time(0), BERLIN).astimezone(UTC)
    minutes = (midnight + timedelta(minutes=minute) for minute in range(26 * 60))
    opened = OpeningHours(BERLIN, {6: (Span(time(0), time(23, 59)),)})
    assert sum(map(opened.is_open, minutes)) == length * 60 - 1


# -- when does it open ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-11-23 06:00", "2026-11-23 07:00"),
        ("2026-11-23 07:00", "2026-11-24 07:00"),  # open: the opening after this one
        ("2026-11-23 18:00", "2026-11-24 07:00"),
        ("2026-11-20 18:00", "2026-11-23 07:00"),  # over the weekend
        ("2026-12-24 18:00", "2026-12-28 07:00"),  # over a holiday and the weekend
    ],
)
def test_next_opening(when: str, opens: str) -> None:
    assert WITH_HOLIDAYS.next_opening(at(when)) == at(opens)


def test_next_opening_after_a_lunch_break() -> None:
    assert WITH_LUNCH.next_opening(at("2026-11-23 12:15")) == at("2026-11-23 13:30")


def test_next_opening_is_told_in_local_time() -> None:
    opening = FROM_SEVEN_TO_SIX.next_opening(datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert opening is not None
    assert opening.time() == time(7)


def test_a_service_that_never_opens_has_no_next_opening() -> None:
    assert NEVER.next_opening(at("2026-11-23 12:00")) is None


# -- when does it close --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "closes"),
    [
        ("2026-11-23 07:00", "2026-11-23 12:00"),
        ("2026-11-23 11:59:59", "2026-11-23 12:00"),
        ("2026-11-23 13:30", "2026-11-23 18:00"),
    ],
)
def test_closing(when: str, closes: str) -> None:
    assert WITH_LUNCH.closing(at(when)) == at(closes)


@pytest.mark.parametrize("when", ["2026-11-23 12:00", "2026-11-23 18:00", "2026-11-22 12:00"])
def test_a_closed_service_does_not_close(when: str) -> None:
    assert WITH_LUNCH.closing(at(when)) is None


def test_spans_without_a_gap_are_one() -> None:
    spans = {0: (Span(time(7), time(12)), Span(time(12), time.max)), 1: (Span(time(0), time(2)),)}
    assert OpeningHours(BERLIN, spans).closing(at("2026-11-23 08:00")) == at("2026-11-24 02:00")


@pytest.mark.parametrize("hours_", [always_open(), NEVER])
def test_some_services_never_close(hours_: OpeningHours) -> None:
    assert hours_.closing(at("2026-11-23 12:00")) is None


@pytest.mark.parametrize(
    ("when", "in_break"),
    [
        ("2026-11-23 11:59:59", False),
        ("2026-11-23 12:00", True),
        ("2026-11-23 13:29:59", True),
        ("2026-11-23 13:30", False),
        ("2026-11-23 06:00", False),
        ("2026-11-23 18:00", False),
        ("2026-11-22 12:30", False),
    ],
)
def test_a_break_is_between_two_spans_of_a_day(when: str, *, in_break: bool) -> None:
    assert WITH_LUNCH.in_break(at(when)) is in_break


# -- service time --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "duration", "until"),
    [
        ("2026-11-23 07:00", hours(1), "2026-11-23 08:00"),
        ("2026-11-23 07:00", hours(11), "2026-11-23 18:00"),
        ("2026-11-23 05:00", hours(1), "2026-11-23 08:00"),  # counts from the opening
        ("2026-11-23 17:00", hours(2), "2026-11-24 08:00"),
        ("2026-11-20 17:00", hours(2), "2026-11-23 08:00"),  # not over the weekend
        ("2026-12-24 17:00", hours(2), "2026-12-28 08:00"),
        ("2026-11-23 12:00", hours(24), "2026-11-25 14:00"),
        ("2026-11-23 18:00", hours(0), "2026-11-24 07:00"),
    ],
)
def test_service_time(since: str, duration: timedelta, until: str) -> None:
    assert WITH_HOLIDAYS.after_service_time(at(since), duration) == at(until)


def test_service_time_pauses_over_lunch() -> None:
    assert WITH_LUNCH.after_service_time(at("2026-11-23 11:00"), hours(2)) == at("2026-11-23 14:30")


def test_service_time_over_a_clock_change_counts_real_hours() -> None:
    since = datetime.combine(SUMMER_BEGINS, time(1), BERLIN)
    until = always_open().after_service_time(since, hours(3))
    assert until.time() == time(5)
    assert until.astimezone(UTC) - since.astimezone(UTC) == hours(3)


def test_plain_time_over_a_clock_change_counts_real_hours() -> None:
    since = datetime.combine(SUMMER_BEGINS, time(1), BERLIN)
    assert NEVER.after_service_time(since, hours(3)).time() == time(5)


def test_service_time_falls_back_to_plain_time_where_nothing_ever_opens() -> None:
    assert NEVER.after_service_time(at("2026-11-23 12:00"), hours(24)) == at("2026-11-24 12:00")


# -- against counting minutes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "duration", "since"),
    [
        ("2026-11-25 11:00", hours(4), "2026-11-25 07:00"),
        ("2026-11-25 11:00", hours(5), "2026-11-24 17:00"),
        ("2026-11-23 07:00", hours(1), "2026-11-20 17:00"),
        ("2026-11-22 12:00", hours(1), "2026-11-20 17:00"),
        ("2026-12-28 08:00", hours(2), "2026-12-24 17:00"),
        ("2026-11-25 11:00", hours(0), "2026-11-25 11:00"),
    ],
)
def test_service_time_backwards(until: str, duration: timedelta, since: str) -> None:
    assert WITH_HOLIDAYS.before_service_time(at(until), duration) == at(since)


def test_backwards_it_pauses_over_lunch_and_falls_back_to_plain_time_as_well() -> None:
    assert WITH_LUNCH.before_service_time(at("2026-11-23 14:00"), hours(1)) == at(
        "2026-11-23 11:30"
    )
    assert NEVER.before_service_time(at("2026-11-23 14:00"), hours(1)) == at("2026-11-23 13:00")


@given(minutes=st.integers(0, 60 * 24 * 30), duration=st.integers(1, 60 * 40))
def test_backwards_and_forwards_meet(minutes: int, duration: int) -> None:
    until = WITH_LUNCH.after_service_time(
        at("2026-11-02 00:00") + timedelta(minutes=minutes), timedelta(minutes=1)
    )
    since = WITH_LUNCH.before_service_time(until, timedelta(minutes=duration))
    assert since < until
    assert WITH_LUNCH.after_service_time(since, timedelta(minutes=duration)) == until


@given(start=st.integers(0, 14 * 24 * 60), minutes=st.integers(1, 30 * 60))
def test_service_time_is_what_counting_open_minutes_gives(start: int, minutes: int) -> None:
    since = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(minutes=start)
    instant, left = since, minutes
    while left:
        left -= WITH_LUNCH.is_open(instant)
        instant += timedelta(minutes=1)
    until = WITH_LUNCH.after_service_time(since.astimezone(BERLIN), timedelta(minutes=minutes))
    assert until == instant


@pytest.mark.parametrize(
    ("when", "closing"),
    [
        ("2026-11-23 06:00", "2026-11-23 18:00"),
        ("2026-11-23 12:30", "2026-11-23 18:00"),
        ("2026-11-23 18:00", None),
        ("2026-11-22 09:00", None),  # Sunday
    ],
)
def test_the_last_closing_of_a_day_is_after_the_break(when: str, closing: str | None) -> None:
    assert WITH_LUNCH.last_closing(at(when)) == (at(closing) if closing else None)
