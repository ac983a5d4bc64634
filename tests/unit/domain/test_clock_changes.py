"""The nights in which the clocks change: opening, its words and closing, through the engine."""

from datetime import UTC, datetime, time, timedelta

import pytest

from ivr.domain.live import Phase
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.rules import AtClosing, CallbackRules, QueueRules
from tests.examples import BERLIN, county, working_days
from tests.unit.domain.driver import Driver

SUMMER_BEGINS = datetime(2026, 3, 29, tzinfo=BERLIN)  # from 02:00 to 03:00
SUMMER_ENDS = datetime(2026, 10, 25, tzinfo=BERLIN)  # from 03:00 to 02:00
NIGHTS = [SUMMER_BEGINS, SUMMER_ENDS]

OFFERING = QueueRules(at_closing=AtClosing.OFFER_CALLBACK)
EVERY_DAY = OpeningHours(BERLIN, dict.fromkeys(range(7), (Span(time(7), time(18)),)))
ALL_NIGHT = OpeningHours(
    BERLIN,
    {5: (Span(time(22), time.max),), 6: (Span(time.min, time(4)),)},  # Saturday to Sunday
)


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


@pytest.fixture(params=NIGHTS, ids=["summer begins", "summer ends"])
def sunday(request: pytest.FixtureRequest) -> datetime:
    """The midnight before the clocks change."""
    at: datetime = request.param
    return at


def test_the_service_opens_at_seven_by_the_clock_on_the_wall(sunday: datetime) -> None:
    d = Driver(county(hours=EVERY_DAY), utc(sunday))
    real_hours = 6 if sunday is SUMMER_BEGINS else 8
    d.wait(real_hours * 3600 - 1)
    d.caller_arrives("anna")
    assert d.said == ["closed open-again today from 07:00 closed-callback-offer"]
    d.wait(1)
    d.caller_arrives("bert")
    assert d.said == ["greeting"]


@pytest.mark.parametrize(
    ("hours_before", "day"), [(36, "on-day Monday"), (14, "on-day Monday"), (-12, "tomorrow")]
)
def test_the_words_name_the_right_day_and_hour(
    sunday: datetime, hours_before: int, day: str
) -> None:
    d = Driver(county(hours=working_days()), utc(sunday) - timedelta(hours=hours_before))
    if hours_before == 36:  # Friday noon: open
        d.wait(6 * 3600)
    d.caller_arrives("anna")
    assert d.said == [f"closed open-again {day} from 07:00 closed-callback-offer"]


def test_the_service_closes_at_six_by_the_clock_on_the_wall(sunday: datetime) -> None:
    d = Driver(county(OFFERING, EVERY_DAY), utc(sunday))
    d.wait((16 if sunday is SUMMER_BEGINS else 18) * 3600)
    d.caller_waits("anna")
    d.wait(3600 - 1)
    assert "closing-now" not in d.said
    d.wait(1)
    assert "closing-now" in d.said
    d.caller_arrives("bert")
    assert d.said[0].startswith("closed open-again tomorrow from 07:00")


def test_a_night_shift_lasts_an_hour_less_or_more(sunday: datetime) -> None:
    d = Driver(county(OFFERING, ALL_NIGHT), utc(sunday) - timedelta(minutes=1))
    d.caller_waits("anna")
    real_hours = 3 if sunday is SUMMER_BEGINS else 5
    d.wait(60 + real_hours * 3600 - 1)
    assert "closing-now" not in d.said
    d.wait(1)
    assert "closing-now" in d.said
    assert d.call("anna").phase is Phase.WAITING


def test_the_hour_that_comes_twice_is_open_twice() -> None:
    hours = OpeningHours(BERLIN, {6: (Span(time(1, 30), time(3, 30)),)})
    d = Driver(county(hours=hours), utc(SUMMER_ENDS))
    for minutes in (90, 60, 60):  # half past one, half past two, half past two again
        d.wait(minutes * 60)
        d.caller_arrives(f"after {minutes} at {d.now}")
        assert d.said == ["greeting"]
    d.wait(60 * 60)
    d.caller_arrives("anna")
    assert d.said[0].startswith("closed open-again 2026-11-01 from 01:30")


def test_the_hour_that_does_not_come_keeps_nobody_from_opening() -> None:
    hours = OpeningHours(BERLIN, {6: (Span(time(2, 30), time(5)),)})
    d = Driver(county(OFFERING, hours), utc(SUMMER_BEGINS) + timedelta(hours=2, minutes=30))
    d.caller_waits("anna")  # half past three
    assert d.call("anna").phase is Phase.WAITING
    d.wait(90 * 60)
    assert "closing-now" in d.said


@pytest.mark.parametrize("sunday_due", [(SUMMER_BEGINS, 8), (SUMMER_ENDS, 8)])
def test_a_callback_is_due_after_real_service_hours(sunday_due: tuple[datetime, int]) -> None:
    sunday, hour = sunday_due
    rules = QueueRules(callbacks=CallbackRules(within=timedelta(hours=1)))
    d = Driver(county(rules, EVERY_DAY), utc(sunday) - timedelta(hours=1))
    d.caller_arrives("anna")
    d.presses("anna", "1")
    assert d.requested[0].due_at == sunday.replace(hour=hour)
