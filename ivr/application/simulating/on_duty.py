"""How many agents are to be there, and when that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from statistics import fmean
from typing import Final

from ivr.application.simulating.arriving import Days, WeekTable, expected_calls, slots
from ivr.application.simulating.habits import Habits
from ivr.domain.erlang import Target
from ivr.domain.opening import OpeningHours
from ivr.domain.staffing import Terms, needs
from ivr.domain.week import Interval, Week

WAIT: Final = 13.0
"""The pilot's average wait in seconds."""

Staffing = Callable[[datetime], int]
"""How many agents are to be on duty at a moment of the county's local time."""


def quarters(
    hours: OpeningHours, staffing: Staffing, days: Days
) -> Iterator[tuple[datetime, int | None]]:
    """Return every quarter of an hour, in UTC, with how many agents are to be there.

    None: the service closes, agents stay until nobody waits any more.
    """
    closes = None
    for slot in slots(hours, days):
        start = slot.start.astimezone(UTC)
        if closes is not None and start != closes:
            yield closes, None
        yield start, staffing(slot.start)
        closes = start + slot.length
    if closes is not None:
        yield closes, None


def constant(agents: int) -> Staffing:
    """As many at any time."""
    return lambda _at: agents


def by_week(agents: Mapping[Interval, int]) -> Staffing:
    """As many as each interval of the week says; nobody where none does."""
    table = WeekTable(agents)
    return lambda at: int(table.at(at))


def planned(
    hours: OpeningHours, days: Days, calls: int, week: Week, wrap_up: float, habits: Habits
) -> Staffing:
    """As many as Erlang's formulas want for ``WAIT``, on an average day of each weekday.

    Who is away on breaks, or does not come, is added; the wait includes the ringing.
    """
    ringing = fmean(habits.answer_after)
    terms = Terms(
        handling=ringing + habits.talks.mean + wrap_up,
        patience=habits.patience,
        target=Target(asa=max(1.0, WAIT - ringing)),
        shrinkage=1 - (1 - habits.no_show) * (1 - habits.break_each_hour / 3600),
    )
    usual = expected_calls(hours, week, days)
    if not usual:
        return constant(0)
    needed = needs(week.times(calls / usual), terms)
    return by_week({need.interval: need.rostered for need in needed})
