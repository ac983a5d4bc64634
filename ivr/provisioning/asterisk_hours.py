"""Opening hours in the words of Asterisk's dialplan, which needs them while the program is away."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from ivr.domain.county import County, Department
from ivr.domain.opening import OpeningHours

COUNTY_HOURS = "s"
"""The extension that knows the county's hours; the program leaves callers there as well."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours_plans(county: County, today: date) -> list[dict[str, Any]]:
    """The county's opening hours, and those of departments that have their own.

    ``closed_days`` are those on which a department alone is closed.
    """
    plans = [
        {
            "name": COUNTY_HOURS,
            "label": county.label(None),
            "spans": _spans(county.hours),
            "closed_days": [],
        }
    ]
    for department in county.departments.values():
        if department.hours is not None:
            own = closed_days(department.hours, today, besides=county.hours)
            plans.append(
                {
                    "name": hours_name(county, department),
                    "label": department.name,
                    "spans": _spans(department.hours),
                    "closed_days": own,
                }
            )
    return plans


def hours_name(county: County, department: Department) -> str:
    """The extension for the hours of a department; its id might mean something to Asterisk."""
    if department.hours is None:
        return COUNTY_HOURS
    return f"hours{list(county.departments).index(department.id) + 1}"


def _spans(hours: OpeningHours) -> list[dict[str, str]]:
    """The opening hours as GotoIfTime wants them, which includes the last minute."""
    return [
        {
            "day": _DAYS[day],
            "opens": f"{span.opens:%H:%M}",
            "last_minute": f"{_just_before(span.closes):%H:%M}",
        }
        for day, spans in sorted(hours.weekly.items())
        for span in spans
    ]


def _just_before(moment: time) -> time:
    return (datetime.combine(date.min, moment) + timedelta(days=1, microseconds=-1)).time()


def closed_days(
    hours: OpeningHours, today: date, besides: OpeningHours | None = None
) -> list[dict[str, str]]:
    """The closed days of this year and the next, without those on which ``besides`` is closed."""
    day, end = date(today.year, 1, 1), date(today.year + 2, 1, 1)
    closed = []
    while day < end:
        reason = hours.closed_on(day)
        if reason is not None and (besides is None or besides.closed_on(day) is None):
            closed.append({"date": f"{day:%Y%m%d}", "reason": reason})
        day += timedelta(days=1)
    return closed
