"""When citizens want to be phoned: what they may write, and the first moment that suits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.opening import OpeningHours, Span
from ivr.domain.preferred_times import Moment, next_in, read_preferred_time
from tests.examples import BERLIN, always_open, working_days

MONDAY = datetime(2026, 11, 23, 9, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("mon-fri 14:00-16:00", "mon-fri 14:00-16:00"),
        ("mo-fr 14-16", "mon-fri 14:00-16:00"),
        ("  Mo \u2013 Fr   14:00 - 16:30 ", "mon-fri 14:00-16:30"),
        ("Tue 9-12", "tue 09:00-12:00"),
        ("di", "tue 00:00-24:00"),
        ("fr-mo 8-10", "fri-mon 08:00-10:00"),
        ("so 18:00-24:00", "sun 18:00-24:00"),
        ("17-24", "mon-sun 17:00-24:00"),
        ("mi-so", "wed-sun 00:00-24:00"),
    ],
)
def test_what_may_be_written(written: str, canonical: str) -> None:
    read = read_preferred_time(written)
    assert str(read) == canonical
    assert read_preferred_time(canonical) == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "morning",
        "mon-",
        "mon-noon",
        "noon-mon",
        "mon 14:00",
        "mon 16-14",
        "mon 14-14",
        "mon 25-26",
        "mon 9:60-10",
        "mon 24-24",
        "mon 9-9:00",
        "14-x",
        "mon tue",
        "mon 9-10 11-12",
        "9-10 mon",
        "mon9-10",
        "mon \u0661-\u0662",
    ],
)
def test_what_says_no_time(written: str) -> None:
    assert read_preferred_time(written) is None


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_none(text: str) -> None:
    read = read_preferred_time(text)
    if read is not None:
        assert read_preferred_time(str(read)) == read


def first(*preferred: str, after: datetime = MONDAY, hours: OpeningHours | None = None) -> Moment:
    return next_in(preferred, hours or working_days(), after)


def test_now_is_as_good_as_any_time_where_none_is_preferred() -> None:
    assert first() == Moment(MONDAY)
    assert first(after=MONDAY.replace(hour=20)).at == MONDAY.replace(day=24, hour=7)


@pytest.mark.parametrize(
    ("preferred", "at"),
    [
        (["mon-fri 14-16"], MONDAY.replace(hour=14)),
        (["mon-fri 8-10"], MONDAY),
        (["mon-fri 8-9"], MONDAY.replace(day=24, hour=8)),
        (["wed"], MONDAY.replace(day=25, hour=7)),
        (["17-22"], MONDAY.replace(hour=17)),
        (["wed", "tue 10-11"], MONDAY.replace(day=24, hour=10)),
        (["tue 15-16", "tue 10-11"], MONDAY.replace(day=24, hour=10)),
        (["sat 9-12", "thu 17-20"], MONDAY.replace(day=26, hour=17)),
    ],
)
def test_the_first_moment_in_which_it_is_open_and_preferred(
    preferred: list[str], at: datetime
) -> None:
    assert first(*preferred) == Moment(at)


@pytest.mark.parametrize("preferred", ["sat", "mon-fri 18-20", "so 9-12"])
def test_where_they_never_meet_it_is_when_we_are_open_and_said_so(preferred: str) -> None:
    assert first(preferred, after=MONDAY.replace(hour=20)) == Moment(
        MONDAY.replace(day=24, hour=7), as_preferred=False
    )


def test_what_was_stored_and_is_none_of_ours_is_no_wish() -> None:
    assert first("every now and then") == Moment(MONDAY)


def test_where_it_never_opens_there_is_a_moment_all_the_same() -> None:
    never = replace(working_days(), closed_on=lambda _day: "closed for good")
    assert first("mon", hours=never) == Moment(MONDAY, as_preferred=False)


def test_a_holiday_is_no_preferred_day() -> None:
    hours = replace(
        working_days(), closed_on=lambda day: "holiday" if day == date(2026, 11, 24) else None
    )
    assert first("tue 9-10", hours=hours).at == MONDAY + timedelta(days=8)


def test_on_the_day_clocks_change_it_is_the_time_on_the_clock() -> None:
    saturday = datetime(2027, 3, 27, 12, tzinfo=BERLIN)
    moment = first("so 14-16", after=saturday, hours=always_open())
    assert moment.at.astimezone(UTC) == datetime(2027, 3, 28, 12, tzinfo=UTC)


SPANS = st.builds(
    lambda opens, minutes: Span(time(opens), time(opens + minutes // 60, minutes % 60)),
    st.integers(0, 20),
    st.integers(1, 180),
)


@given(
    weekly=st.dictionaries(st.integers(0, 6), st.tuples(SPANS)),
    preferred=st.lists(st.sampled_from(["mon-fri 14-16", "tue 9-12", "sat", "17-24"]), max_size=3),
    minutes=st.integers(0, 60 * 24 * 14),
)
def test_it_is_never_in_the_past_and_never_while_closed(
    weekly: dict[int, tuple[Span, ...]], preferred: list[str], minutes: int
) -> None:
    hours = OpeningHours(BERLIN, weekly)
    after = MONDAY + timedelta(minutes=minutes)
    moment = next_in(preferred, hours, after)
    assert moment.at >= after
    assert hours.is_open(moment.at) or hours.next_opening(after) is None
    if preferred and moment.as_preferred:
        read = [one for one in map(read_preferred_time, preferred) if one is not None]
        at = moment.at.astimezone(BERLIN)
        assert any(at.weekday() in one.days and one.span.covers(at.time()) for one in read)
