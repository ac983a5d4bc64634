"""What a simulated period was like, counted while it passes: by month, by weekday, by hour.

The formulas are those of :mod:`ivr.domain.figures`, as for real calls; the occupancy is added,
because here it is known how long agents were there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TypeVar

from ivr.domain.calls import CallRecord
from ivr.domain.counting import CallCounter, together
from ivr.domain.figures import CallFigures

_Of = TypeVar("_Of", str, int)
_Key = tuple[int, int, int, int]
"""The year, the month, the weekday (Monday is 0) and the hour, in local time."""

_QUARTER = 900
"""Seconds."""

OCCUPANCY = (
    "time in which agents are rung, talk or wrap up / time in which they are there for calls"
)
"""The formula of the occupancy, in words."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the simulated time: its calls, and how long agents worked."""

    figures: CallFigures
    there_hours: float
    """How long agents were ready for calls or had one, together; without breaks."""
    occupied_hours: float
    """Of this, how long they were rung, talked or wrapped up."""

    @property
    def occupancy(self) -> float | None:
        """See ``OCCUPANCY``; None where nobody was there."""
        return self.occupied_hours / self.there_hours if self.there_hours else None


@dataclass(slots=True)
class _Cell:
    counter: CallCounter = field(default_factory=CallCounter)
    there: float = 0.0
    occupied: float = 0.0


class Results:
    """Counts finished calls and working times of one simulation."""

    def __init__(self, zone: tzinfo) -> None:
        """Months, weekdays and hours are those of ``zone``."""
        self._zone = zone
        self._cells: dict[_Key, _Cell] = {}
        self._cell_of: dict[int, _Cell] = {}
        """The same by the quarter of an hour since 1970: local hours begin with one everywhere."""

    def ended(self, record: CallRecord) -> None:
        """Count a finished call where it arrived."""
        self._cell(record.arrived_at).counter.add(record)

    def there(self, since: datetime, seconds: float) -> None:
        """Count how long an agent was there."""
        self._cell(since).there += seconds

    def occupied(self, since: datetime, seconds: float) -> None:
        """Count how long an agent was occupied."""
        self._cell(since).occupied += seconds

    def total(self) -> Part:
        """Return all of it."""
        return _part(self._cells.values())

    def months(self) -> dict[str, Part]:
        """Return each month, such as ``2026-11``, in order."""
        return self._by(lambda key: f"{key[0]}-{key[1]:02}")

    def weekdays(self) -> dict[int, Part]:
        """Return each weekday, Monday is 0, in order."""
        return self._by(lambda key: key[2])

    def hours(self) -> dict[int, Part]:
        """Return each hour of the day, in order."""
        return self._by(lambda key: key[3])

    def _cell(self, at: datetime) -> _Cell:
        quarter = int(at.timestamp() // _QUARTER)
        cell = self._cell_of.get(quarter)
        if cell is None:
            local = at.astimezone(self._zone)
            key = local.year, local.month, local.weekday(), local.hour
            cell = self._cell_of[quarter] = self._cells.setdefault(key, _Cell())
        return cell

    def _by(self, of: Callable[[_Key], _Of]) -> dict[_Of, Part]:
        grouped: dict[_Of, list[_Cell]] = {}
        for key in sorted(self._cells):
            grouped.setdefault(of(key), []).append(self._cells[key])
        return {name: _part(grouped[name]) for name in sorted(grouped)}


def _part(cells: Iterable[_Cell]) -> Part:
    together_in = list(cells)
    return Part(
        together(cell.counter.figures() for cell in together_in),
        sum(cell.there for cell in together_in) / 3600,
        sum(cell.occupied for cell in together_in) / 3600,
    )
