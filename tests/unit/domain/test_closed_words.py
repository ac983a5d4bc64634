"""Out of hours: why nobody answers, and when somebody will, in the words people use."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from ivr.domain.county import County
from ivr.domain.opening import OpeningHours, Span
from tests.examples import BERLIN, DIDS, JUGEND, UMWELT, county, working_days
from tests.unit.domain.driver import Driver

HOLIDAYS = {
    date(2026, 12, 25): "Erster Weihnachtstag",
    date(2026, 12, 26): "Zweiter Weihnachtstag",
    date(2027, 1, 1): "Neujahr",
}
WITH_LUNCH = OpeningHours(
    BERLIN, dict.fromkeys(range(5), (Span(time(7), time(12)), Span(time(13, 30), time(18))))
)
MORNINGS = OpeningHours(BERLIN, dict.fromkeys(range(5), (Span(time(8), time(12)),)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def words(county: County, when: str, dialled: str = DIDS[JUGEND]) -> str:
    d = Driver(county, at(when))
    d.caller_arrives("anna", dialled)
    [said] = d.said
    return said.removesuffix(" closed-callback-offer")


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-23 06:30", "closed open-again today from 07:00"),
        ("2026-11-23 18:00", "closed open-again tomorrow from 07:00"),
        ("2026-11-22 12:00", "closed open-again tomorrow from 07:00"),  # Sunday
        ("2026-11-20 18:00", "closed open-again on-day Monday from 07:00"),  # Friday
        ("2026-12-25 12:00", "closed-holiday open-again on-day Monday from 07:00"),
        ("2026-12-26 12:00", "closed-holiday open-again on-day Monday from 07:00"),
        ("2026-12-27 12:00", "closed open-again tomorrow from 07:00"),
        ("2026-12-31 20:00", "closed open-again on-day Monday from 07:00"),
        ("2027-01-01 00:00", "closed-holiday open-again on-day Monday from 07:00"),
    ],
)
def test_why_and_when(when: str, said: str) -> None:
    hours = replace(working_days(), closed_on=HOLIDAYS.get)
    assert words(county(hours=hours), when) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-23 12:30", "closed-break open-again today from 13:30"),
        ("2026-11-23 12:00", "closed-break open-again today from 13:30"),
        ("2026-11-23 06:30", "closed open-again today from 07:00"),
        ("2026-11-23 18:00", "closed open-again tomorrow from 07:00"),
    ],
)
def test_a_break_is_between_two_times_of_one_day(when: str, said: str) -> None:
    assert words(county(hours=WITH_LUNCH), when) == said


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2026-11-17 12:00", "2026-11-24"),  # a week ahead its weekday would be today's
        ("2026-11-18 12:00", "on-day Tuesday"),
        ("2026-11-22 12:00", "on-day Tuesday"),
        ("2026-11-23 00:00", "tomorrow"),
        ("2026-11-24 06:59", "today"),
    ],
)
def test_a_day_is_named_as_people_do(when: str, day: str) -> None:
    tuesdays = OpeningHours(BERLIN, {1: (Span(time(7), time(12)),)})
    assert words(county(hours=tuesdays), when) == f"closed open-again {day} from 07:00"


def test_a_service_that_never_opens_again_does_not_say_when() -> None:
    assert words(county(hours=OpeningHours(BERLIN, {})), "2026-11-23 12:00") == "closed"


# -- a department with hours of its own ----------------------------------------------------------


def with_own_hours(hours: OpeningHours) -> County:
    plain = county()
    umwelt = replace(plain.departments[UMWELT], hours=hours)
    return replace(plain, departments={**plain.departments, UMWELT: umwelt})


def test_a_department_may_be_closed_while_the_county_is_open() -> None:
    own = with_own_hours(MORNINGS)
    said = "greeting closed-now open-again tomorrow from 08:00"
    assert words(own, "2026-11-23 13:00", DIDS[UMWELT]) == said
    assert words(own, "2026-11-23 13:00", DIDS[JUGEND]) == "greeting"


def test_with_the_county_closed_as_well_the_words_are_the_county_s() -> None:
    own = with_own_hours(MORNINGS)
    said = "closed open-again tomorrow from 08:00"
    assert words(own, "2026-11-23 19:00", DIDS[UMWELT]) == said


def test_a_department_may_be_open_while_the_county_is_closed() -> None:
    own = with_own_hours(OpeningHours(BERLIN, {6: (Span(time(10), time(14)),)}))
    assert words(own, "2026-11-22 12:00", DIDS[UMWELT]) == "greeting"


def test_a_callback_is_due_in_the_department_s_hours() -> None:
    d = Driver(with_own_hours(MORNINGS), at("2026-11-23 19:00"))
    d.caller_arrives("anna", DIDS[UMWELT])
    d.presses("anna", "1")
    # four hours on each of six working days
    assert d.requested[0].due_at == at("2026-12-01 12:00")
