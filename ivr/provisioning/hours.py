"""Opening hours: the week, public holidays, own closed days; the county's and a department's."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType

import holidays

from ivr.domain.ids import DepartmentId
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.tables import (
    ClosedTable,
    CountyFile,
    HolidaysTable,
    HoursFile,
    WeekTable,
)
from ivr.provisioning.wording import Wording

_TIME = r"((?:[01][0-9]|2[0-3]):[0-5][0-9])"
_OTHER_CLOCKS = ("posix/", "right/")
"""Zones that are there twice more: the same, and with leap seconds, which no telephone knows."""
_SPAN = re.compile(rf"{_TIME} ?- ?(?:{_TIME}|24:00)")


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Says for a date why the service is closed, None where it is not."""

    own: Mapping[date, str]
    public: holidays.HolidayBase | None

    def __call__(self, day: date) -> str | None:
        """Return the reason: the county's own before a public holiday's name."""
        own = self.own.get(day)
        if own is not None or self.public is None:
            return own
        name: str | None = self.public.get(day)
        return name


@dataclass(frozen=True, slots=True)
class Opening:
    """When the county is open; a department may have a week or closed days of its own."""

    county: OpeningHours
    closed: ClosedDays
    closed_departments: Mapping[str, Mapping[date, str]] = field(default_factory=dict)
    """Days on which single departments are closed, with the reason."""

    def of(
        self, department: DepartmentId, week: WeekTable | None, key: str, here: FileFindings
    ) -> OpeningHours | None:
        """The hours of a department with ``week`` at ``key``; None: the county's."""
        own_days = self.closed_departments.get(department, {})
        if week is None and not own_days:
            return None
        return OpeningHours(
            zone=self.county.zone,
            weekly=self.county.weekly if week is None else _week(week, key, here),
            closed_on=ClosedDays({**own_days, **self.closed.own}, self.closed.public),
        )


def check_hours(
    file: HoursFile, county: CountyFile, departments: Collection[str], findings: Findings
) -> Opening:
    """Check when the service is open."""
    here = findings.of("hours.toml")
    own, own_of_departments = _own_days(file, departments, here)
    closed = ClosedDays(own, _public_holidays(file.holidays, county.language, here))
    hours = OpeningHours(
        zone=_zone(county.time_zone, findings.of("county.toml")),
        weekly=_week(file.week, "week", here),
        closed_on=closed,
    )
    return Opening(hours, closed, own_of_departments)


def _zone(name: str, here: FileFindings) -> zoneinfo.ZoneInfo:
    zone = _zone_called(name)
    if zone is not None:
        return zone
    if here.present("time_zone", name):
        here.add(
            "time_zone", name, Wording("is no time zone"), Wording("a name such as Europe/Berlin")
        )
    return zoneinfo.ZoneInfo("UTC")


def _zone_called(name: str) -> zoneinfo.ZoneInfo | None:
    """Look for this one alone: to list all would read every file of the zone database."""
    if not name or name.startswith(_OTHER_CLOCKS):
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # no such file, or no zone in it
        return None


def _week(week: WeekTable, key: str, here: FileFindings) -> Mapping[int, tuple[Span, ...]]:
    days: dict[str, list[str]] = {day: getattr(week, day) for day in WeekTable.model_fields}
    if not any(days.values()) and not any(here.told(f"{key}.{day}") for day in days):
        here.present(key, "", Wording('hours for one day or more: monday = ["07:00-18:00"]'))
    return spans_of_days(week, key, here)


def spans_of_days(week: WeekTable, key: str, here: FileFindings) -> Mapping[int, tuple[Span, ...]]:
    """The valid spans of each day of a week at ``key``; Monday is 0."""
    return MappingProxyType(
        {
            number: tuple(_spans(f"{key}.{day}", getattr(week, day), here))
            for number, day in enumerate(WeekTable.model_fields)
        }
    )


def _spans(key: str, written: list[str], here: FileFindings) -> Iterator[Span]:
    """The valid spans of one day; they have to follow one another."""
    before: Span | None = None
    for place, text in here.items(key, written):
        span = _span(place, text, here)
        if span is None:
            continue
        if before is not None and span.opens < before.closes:
            here.add(
                place,
                text,
                Wording("begins before the span in front of it has ended"),
                Wording('spans in order: ["07:00-12:30", "13:30-18:00"]'),
            )
            continue
        before = span
        yield span


def _span(key: str, text: str, here: FileFindings) -> Span | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        here.add(
            key,
            text,
            Wording("is no span of time"),
            Wording('"07:00-18:00": two times of day from 00:00 to 24:00'),
        )
        return None
    opens, closes = match.groups()
    span = Span(
        time.fromisoformat(opens), END_OF_DAY if closes is None else time.fromisoformat(closes)
    )
    if span.opens >= span.closes:
        here.add(
            key,
            text,
            Wording("does not open before it closes"),
            Wording("the earlier time first; a night needs two days"),
        )
        return None
    return span


def _own_days(
    file: HoursFile, departments: Collection[str], here: FileFindings
) -> tuple[Mapping[date, str], Mapping[str, Mapping[date, str]]]:
    """The county's closed days, and those of single departments."""
    county: dict[date, str] = {}
    single: dict[str, dict[date, str]] = {}
    for number, table in enumerate(file.closed, start=1):
        key = f"closed[{number}]"
        if table.date is None:
            if not here.told(key):
                here.present(
                    f"{key}.date", "", Wording("a date without quotes, such as 2026-12-24")
                )
            continue
        for days in _closed_calendars(table, key, departments, county, single, here):
            if table.date in days:
                wrong, allowed = Wording("is there twice"), Wording("each day only once")
                here.add(f"{key}.date", table.date, wrong, allowed)
            else:
                days[table.date] = table.reason or "closed"
    return MappingProxyType(county), MappingProxyType(single)


def _closed_calendars(
    table: ClosedTable,
    key: str,
    departments: Collection[str],
    county: dict[date, str],
    single: dict[str, dict[date, str]],
    here: FileFindings,
) -> list[dict[date, str]]:
    """Where a closed day is to be entered: for the county, or for the departments it names."""
    if table.departments is None:
        return [county]
    place = f"{key}.departments"
    here.present(place, table.departments, Wording("departments, or no such line for all"))
    for item, department in here.items(place, table.departments):
        here.known(item, department, departments, Wording("is no department"))
    return [single.setdefault(name, {}) for name in dict.fromkeys(table.departments)]


def _public_holidays(
    table: HolidaysTable | None, language: str, here: FileFindings
) -> holidays.HolidayBase | None:
    if table is None:
        return None
    countries = holidays.list_supported_countries()
    if table.country not in countries:
        if here.present("holidays.country", table.country):
            here.add(
                "holidays.country",
                table.country,
                Wording("is no country whose holidays are known"),
                Wording("two capital letters (ISO 3166), such as DE"),
            )
        return None
    regions = countries[table.country]
    if table.region and table.region not in regions:
        here.add(
            "holidays.region",
            table.region,
            Wording("is no region of this country"),
            ", ".join(regions),
        )
        return None
    return holidays.country_holidays(table.country, subdiv=table.region or None, language=language)
