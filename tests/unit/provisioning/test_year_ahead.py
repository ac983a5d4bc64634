"""Every hour of the year ahead in which nobody is responsible is found, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import given, settings

from ivr.domain.county import Department
from ivr.domain.ids import CaseworkerId
from ivr.domain.opening import END_OF_DAY, Span
from ivr.domain.responsibility import Absence, Duty, Plan
from ivr.provisioning.year_ahead import check_year, gaps, gathered
from tests.examples import UMWELT, county
from tests.plans import PLANS, WELLS

ANNA, BEKE = CaseworkerId("umwelt.1"), CaseworkerId("umwelt.2")
SUNDAY = date(2026, 11, 22)
WORKING_DAY = (Span(time(8), time(16)),)
ALL_DAY = (Span(time.min, END_OF_DAY),)


def umwelt(
    *duties: Duty,
    absences: tuple[Absence, ...] = (),
    on_duty: tuple[CaseworkerId, ...] = (),
    head: CaseworkerId | None = None,
    deputies: Mapping[CaseworkerId, CaseworkerId] | None = None,
) -> Department:
    before = county().departments[UMWELT]
    people = (replace(who, deputy=(deputies or {}).get(who.id)) for who in before.caseworkers)
    return replace(
        before,
        caseworkers=tuple(people),
        duties=duties,
        absences=absences,
        on_duty=on_duty,
        head=head,
    )


def told(department: Department) -> list[str]:
    """What is wrong in a county with this one department."""
    problems = check_year(replace(county(), departments={UMWELT: department}), SUNDAY)
    assert {problem.key for problem in problems} <= {"department[umwelt]"}
    return [problem.wrong for problem in problems]


def test_who_is_on_duty_is_always_responsible() -> None:
    assert told(umwelt(on_duty=(ANNA,))) == []


NOBODY = "neither plan nor on_duty nor head name anybody"


def gap(since: str, until: str, why: str, last: str = "") -> str:
    weekly = f" and every week then, the last time until {last}" if last else ""
    return f"nobody gets callbacks from {since} to {until}{weekly}: {why}"


def test_an_absence_without_a_deputy_is_told_from_midnight_to_midnight() -> None:
    away = Absence(ANNA, date(2026, 12, 24), date(2026, 12, 26))
    assert told(umwelt(on_duty=(ANNA,), absences=(away,))) == [
        gap("2026-12-24 00:00", "2026-12-27 00:00", "absent are umwelt.1")
    ]
    assert told(umwelt(on_duty=(ANNA,), absences=(away,), deputies={ANNA: BEKE})) == []
    assert told(umwelt(on_duty=(ANNA,), absences=(away,), head=BEKE)) == []


def test_it_is_told_only_when_all_are_absent() -> None:
    absences = (
        Absence(ANNA, date(2026, 12, 1), date(2026, 12, 4)),
        Absence(BEKE, date(2026, 12, 3), date(2026, 12, 6)),
    )
    assert told(umwelt(on_duty=(ANNA, BEKE), absences=absences)) == [
        gap("2026-12-03 00:00", "2026-12-05 00:00", "absent are umwelt.1, umwelt.2")
    ]


def test_hours_outside_the_plan_are_told_once_for_all_weeks() -> None:
    weekly = {**dict.fromkeys(range(7), ALL_DAY), 2: WORKING_DAY}
    assert told(umwelt(Duty({ANNA: 1}, weekly=weekly))) == [
        gap("2026-11-25 00:00", "2026-11-25 08:00", NOBODY, last="2027-11-17 08:00"),
        gap("2026-11-25 16:00", "2026-11-26 00:00", NOBODY, last="2027-11-18 00:00"),
    ]


def test_an_absence_over_a_weekly_duty_is_told_once_for_all_its_weeks() -> None:
    sundays = Duty({ANNA: 1}, weekly={6: ALL_DAY})
    other_days = Duty({BEKE: 1}, weekly=dict.fromkeys(range(6), ALL_DAY))
    away = Absence(ANNA, date(2026, 11, 20), date(2026, 12, 1))
    assert told(umwelt(sundays, other_days, absences=(away,))) == [
        gap("2026-11-22 00:00", "2026-11-23 00:00", "absent are umwelt.1", last="2026-11-30 00:00")
    ]


def test_a_department_with_entries_for_topics_only_has_nobody_for_the_rest() -> None:
    assert told(umwelt(Duty({ANNA: 1}, frozenset({WELLS})))) == [
        gap("2026-11-22 00:00", "2027-11-23 00:00", NOBODY)
    ]


@settings(max_examples=30)
@given(PLANS)
def test_it_is_every_quarter_of_an_hour_and_no_other(plan: Plan) -> None:
    """In the weeks with absences of the generated plans, and one after them."""
    found = list(gaps(plan, SUNDAY))
    at = datetime.combine(SUNDAY, time.min)
    for _ in range(14 * 24 * 4):
        inside = any(gap.since <= at < gap.until for gap in found)
        assert inside == (not plan.candidates(None, at))
        at += timedelta(minutes=15)


@settings(max_examples=30)
@given(PLANS)
def test_gathering_loses_no_gap(plan: Plan) -> None:
    found = list(gaps(plan, SUNDAY))
    again = [
        (gap.since + week * timedelta(days=7), gap.until + week * timedelta(days=7), gap.absent)
        for gap in gathered(found)
        for week in range(gap.weeks + 1)
    ]
    assert sorted(again) == [(gap.since, gap.until, gap.absent) for gap in found]


@given(PLANS)
def test_a_topic_is_never_worse_off_than_its_department(plan: Plan) -> None:
    at = datetime.combine(SUNDAY, time(8))
    for hours in range(0, 7 * 24, 4):
        if plan.candidates(None, at + timedelta(hours=hours)):
            assert plan.candidates(WELLS, at + timedelta(hours=hours))
