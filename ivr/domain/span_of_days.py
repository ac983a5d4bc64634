"""Days one after the other, as people name them who ask for a report."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_ONE = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
"""Beyond, a calendar has no day before or after."""
_LAST_DAYS = re.compile(r"(\d{1,4})d")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_WEEK = re.compile(r"\d{4}-?W\d{2}")


@dataclass(frozen=True, slots=True)
class SpanOfDays:
    """From the day ``first`` to the day ``last``, both included."""

    first: date
    last: date

    def instants(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return the first instant in it, and the first after it."""
        since, until = (
            datetime.combine(day, time.min, zone).astimezone(UTC)
            for day in (self.first, self.last + _ONE)
        )
        return since, until

    def before(self) -> SpanOfDays:
        """Return what to compare it with: the month or year before, or as many days before."""
        last = self.first - _ONE
        if self == _month(self.first.year, self.first.month):
            return _month(last.year, last.month)
        if self == _year(self.first.year):
            return _year(last.year)
        return SpanOfDays(last - (self.last - self.first), last)


def read_span(text: str, today: date) -> SpanOfDays:
    """Read a day, a week, a month, a year, days up to today, or from one day to another.

    ``today``, ``yesterday``, ``2026-11-23``, ``2026-W48``, ``2026-11``, ``2026``, ``7d``,
    ``2026-11-01..2026-11-15``. Raises ValueError.
    """
    span = _read(text, today)
    if span.first.year < _FIRST_YEAR or span.last.year > _LAST_YEAR:
        raise ValueError(f"{text} is out of reach")
    return span


def _read(text: str, today: date) -> SpanOfDays:
    if text in {"today", "yesterday"}:
        day = today if text == "today" else today - _ONE
        return SpanOfDays(day, day)
    if days := _LAST_DAYS.fullmatch(text):
        if int(days[1]) == 0:
            raise ValueError(f"{text} has no day")
        return SpanOfDays(today - _ONE * (int(days[1]) - 1), today)
    if month := _MONTH.fullmatch(text):
        return _month(int(month[1]), int(month[2]))
    if _YEAR.fullmatch(text):
        return _year(int(text))
    first, between, last = text.partition("..")
    span = SpanOfDays(_days(first).first, _days(last).last) if between else _days(text)
    if span.last < span.first:
        raise ValueError(f"{text} ends before it begins")
    return span


def _days(text: str) -> SpanOfDays:
    """Read a day, or a week by its number (ISO 8601)."""
    day = date.fromisoformat(text)
    return SpanOfDays(day, day + _ONE * 6 if _WEEK.fullmatch(text) else day)


def _month(year: int, month: int) -> SpanOfDays:
    first = date(year, month, 1)
    return SpanOfDays(first, first.replace(day=calendar.monthrange(year, month)[1]))


def _year(year: int) -> SpanOfDays:
    return SpanOfDays(date(year, 1, 1), date(year, 12, 31))
