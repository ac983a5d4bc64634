"""How many calls came when, counted by somebody else and written down as CSV.

Two kinds, told apart by their headings: ``weekday,start,calls`` with an optional ``days`` (the
calls of so many such days together; without it, of one), and ``date,start,calls``. Semicolons do
as well, as German spreadsheets write them. Lines that begin with # are remarks.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from importlib.resources import files
from pathlib import Path
from typing import Any

from ivr.domain.errors import ConfigError
from ivr.domain.opening import OpeningHours
from ivr.domain.week import CallCount, Week, WeekdayCount, given_week
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.wording import Wording

ASSUMED_VARIATION = 0.15
"""By how much days differ where counts by weekday leave it open; assumed."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MOST_PROBLEMS = 20
_MOST_CALLS = 1_000_000


@dataclass(frozen=True, slots=True)
class CallCounts:
    """What a file of counts holds: one of the two kinds, the other is empty."""

    minutes: int
    """So finely they were counted, at most an hour."""
    by_weekday: tuple[WeekdayCount, ...] = ()
    by_day: tuple[tuple[date, time, int], ...] = ()

    def week(self, hours: OpeningHours, minutes: int) -> Week | None:
        """Return the week these counts tell of; None where no call came while open."""
        if self.by_weekday:
            return given_week(self.by_weekday, hours, minutes, ASSUMED_VARIATION)
        count = CallCount(hours, minutes)
        for day, start, calls in self.by_day:
            count.add_count(day, start, calls)
        return count.week()


def has_counts(file: Path) -> bool:
    """Whether ``file`` holds counts, rather than a call in each line.

    Raises ConfigError where it can't be read.
    """
    with _readable(file) as lines:
        return "arrived_at" not in next(_rows(file, lines), (0, []))[1]


def read_counts(file: Path) -> CallCounts:
    """Return the counts in ``file``. Raises ConfigError with what is wrong with it."""
    with _readable(file) as lines:
        return _counts(file, lines)


def pilot_counts() -> CallCounts:
    """Return the shipped counts of the pilot."""
    file = files("ivr.provisioning") / "pilot.csv"
    return _counts(Path("pilot.csv"), file.read_text(encoding="utf-8").splitlines())


@contextmanager
def _readable(file: Path) -> Iterator[Iterable[str]]:
    """Give the lines of ``file``. Raises ConfigError where it can't be read."""
    here = Findings()
    try:
        with file.open(encoding="utf-8-sig") as lines:
            yield lines
    except OSError as error:
        wrong = Wording("can't be read: {reason}", reason=error.strerror or "")
        here.of(str(file)).add("", "", wrong, Wording("a CSV file of counts or of calls"))
    except UnicodeDecodeError:
        wrong = Wording("is no text in UTF-8")
        here.of(str(file)).add("", "", wrong, Wording("a CSV file of counts or of calls"))
    if here.found:
        raise ConfigError(tuple(here.found.values()))


def _rows(file: Path, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines with their numbers, without remarks and empty ones."""
    findings = Findings()
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            separator = ";" if ";" in line else ","
            cells = next(csv.reader([line.rstrip()], delimiter=separator, strict=True))
            yield number, [cell.strip() for cell in cells]
        except csv.Error as error:
            wrong = Wording("is no CSV: {reason}", reason=str(error))
            findings.of(str(file)).add(f"line {number}", line, wrong, "a,b,c")
            raise ConfigError(tuple(findings.found.values())) from None


@dataclass(slots=True)
class _Lines:
    """The rows of a file and what is wrong with them."""

    here: FileFindings
    columns: list[str]
    problems: int = 0
    starts: dict[object, list[time]] = field(default_factory=dict)

    def values(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[Mapping[str, Any]]:
        for number, cells in rows:
            if len(cells) != len(self.columns):
                self._add(
                    f"line {number}",
                    ",".join(cells),
                    Wording("has {count} cells", count=len(cells)),
                    ",".join(self.columns),
                )
                continue
            values = self._values(number, cells)
            if values is not None and self._new(number, values):
                yield values
            if self.problems >= _MOST_PROBLEMS:
                return

    def _values(self, number: int, cells: list[str]) -> Mapping[str, Any] | None:
        values = {}
        for column, cell in zip(self.columns, cells, strict=True):
            read, allowed = _COLUMNS[column]
            try:
                values[column] = read(cell)
            except ValueError:
                place = f"line {number}: {column}"
                self._add(place, cell, Wording("can't be in this column"), allowed)
                return None
        return values

    def _new(self, number: int, values: Mapping[str, Any]) -> bool:
        """Whether an interval comes for the first time."""
        day, start = values[self.columns[0]], values["start"]
        starts = self.starts.setdefault(day, [])
        if start in starts:
            wrong, allowed = Wording("is there twice"), Wording("each interval only once")
            self._add(f"line {number}: start", f"{start:%H:%M}", wrong, allowed)
            return False
        starts.append(start)
        return True

    def _add(self, key: str, value: str, wrong: str, allowed: str) -> None:
        self.problems += 1
        self.here.add(key, value, wrong, allowed)


def _counts(file: Path, lines: Iterable[str]) -> CallCounts:
    findings = Findings()
    here = findings.of(str(file))
    rows = _rows(file, lines)
    number, columns = next(rows, (1, []))
    kinds = (["weekday", "start", "calls", "days"], ["date", "start", "calls"])
    if columns not in (kinds[0], kinds[0][:-1], kinds[1]):
        wrong = Wording("are no headings of counts")
        allowed = Wording("weekday,start,calls,days or date,start,calls")
        here.add(f"line {number}", ",".join(columns), wrong, allowed)
        raise ConfigError(tuple(findings.found.values()))
    values = list(_Lines(here, columns).values(rows))
    if not values and not findings.found:
        here.add("", "", Wording("holds no counts"), Wording("a line for each interval"))
    if findings.found:
        raise ConfigError(tuple(findings.found.values()))
    minutes = _finest(each["start"] for each in values)
    if columns[0] == "weekday":
        by_weekday = (
            WeekdayCount(each["weekday"], each["start"], each["calls"], each.get("days"))
            for each in values
        )
        return CallCounts(minutes, by_weekday=tuple(by_weekday))
    by_day = ((each["date"], each["start"], round(each["calls"])) for each in values)
    return CallCounts(minutes, by_day=tuple(by_day))


def _finest(starts: Iterable[time]) -> int:
    """So finely the calls seem to be counted: 60 where all intervals begin on the hour."""
    return math.gcd(60, *(at.minute for at in starts))


def _weekday(text: str) -> int:
    return WEEKDAYS.index(text.lower())


def _start(text: str) -> time:
    start = time.fromisoformat(text)
    if start.tzinfo is not None or start.second or start.microsecond:
        raise ValueError(text)
    return start


def _calls(text: str) -> float:
    calls = float(text)
    if not math.isfinite(calls) or not 0 <= calls <= _MOST_CALLS:
        raise ValueError(text)
    return calls


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= _MOST_CALLS:
        raise ValueError(text)
    return days


_COLUMNS: dict[str, tuple[Callable[[str], object], str]] = {
    "weekday": (_weekday, ", ".join(WEEKDAYS)),
    "date": (date.fromisoformat, Wording("a date such as 2026-11-23")),
    "start": (_start, Wording("a time such as 09:00")),
    "calls": (_calls, Wording("a number from 0 to 1000000")),
    "days": (_days, Wording("a whole number, 1 or more")),
}
