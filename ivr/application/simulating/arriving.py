"""When who calls: as many calls as wanted, spread by chance over the opening hours of a period.

The arrivals are a Poisson process with the rates of a week, given how many come altogether; days
are busier or quieter than others by as much as the week says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from math import fsum
from random import Random

from ivr.application.simulating.habits import COMMON
from ivr.domain.county import County
from ivr.domain.errors import Refused
from ivr.domain.ids import E164
from ivr.domain.opening import OpeningHours
from ivr.domain.week import Interval, Week

STEP = timedelta(minutes=15)
"""Nothing that is planned changes more often."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Slot:
    """Open time of at most ``STEP``; ``start`` is in the local time of the county."""

    start: datetime
    length: timedelta


def slots(hours: OpeningHours, days: Days) -> Iterator[Slot]:
    """Go through the opening hours of the days, cut at every full ``STEP`` of the clock."""
    for opens, closes in _open_times(hours, days):
        at = opens
        while at < closes:
            local = at.astimezone(hours.zone)
            into = timedelta(minutes=local.minute, seconds=local.second) % STEP
            until = min(at + STEP - into, closes)
            yield Slot(local, until - at)
            at = until


def _open_times(hours: OpeningHours, days: Days) -> Iterator[tuple[datetime, datetime]]:
    """The open spans, in UTC: adding to civil time ignores clock changes."""
    midnight = datetime.combine(days.first, time.min, hours.zone).astimezone(UTC)
    end = datetime.combine(days.last + _DAY, time.min, hours.zone).astimezone(UTC)
    at = midnight - timedelta.resolution
    while (opens := hours.next_opening(at)) is not None and opens < end:
        closes = hours.closing(opens)
        until = end if closes is None else min(closes.astimezone(UTC), end)
        yield opens.astimezone(UTC), until
        at = until - timedelta.resolution


class WeekTable:
    """What holds at which time of the week; whatever is between two starts is of the earlier."""

    def __init__(self, values: Mapping[Interval, float]) -> None:
        """``values`` hold from the start of their interval on that weekday."""
        self._starts: dict[int, list[time]] = {}
        self._values: dict[int, list[float]] = {}
        for interval, value in sorted(values.items()):
            self._starts.setdefault(interval.weekday, []).append(interval.start)
            self._values.setdefault(interval.weekday, []).append(value)

    def at(self, local: datetime) -> float:
        """Return what holds at a local time; 0 before the first start of the day."""
        index = bisect_right(self._starts.get(local.weekday(), []), local.time())
        return self._values[local.weekday()][index - 1] if index else 0.0


def expected_calls(hours: OpeningHours, week: Week, days: Days) -> float:
    """Return how many calls come on these days if each is as its weekday usually is."""
    rates = _rates(week)
    return fsum(rates.at(slot.start) * slot.length.total_seconds() for slot in slots(hours, days))


def arrivals(
    county: County,
    week: Week,
    shares: Mapping[str, float],
    days: Days,
    calls: int,
    chance: Random,
) -> Iterator[tuple[datetime, E164]]:
    """Return when each of ``calls`` callers arrives and what is dialled, in order, in UTC.

    ``shares`` as in ``Habits``. Raises Refused where nobody can call on these days.
    """
    open_slots = list(slots(county.hours, days))
    weights = _weights(open_slots, week, chance)
    if not any(weights):
        raise Refused("The service is not open on these days, or nobody calls while it is.")
    numbers, dialling = _dialled(county, shares)
    chosen = chance.choices(range(len(open_slots)), cum_weights=list(accumulate(weights)), k=calls)
    counted = Counter(chosen)
    for index, slot in enumerate(open_slots):
        many = counted[index]
        start = slot.start.astimezone(UTC)
        seconds = slot.length.total_seconds()
        moments = sorted(chance.random() * seconds for _ in range(many))
        dialled = chance.choices(numbers, cum_weights=dialling, k=many)
        for moment, number in zip(moments, dialled, strict=True):
            yield start + timedelta(seconds=moment), number


def _weights(open_slots: list[Slot], week: Week, chance: Random) -> list[float]:
    """How many calls each slot brings, compared with the others."""
    rates = _rates(week)
    busy: dict[date, float] = {}
    weights = []
    for slot in open_slots:
        day = slot.start.date()
        if day not in busy:
            busy[day] = _busyness(week.variation, chance)
        weights.append(busy[day] * rates.at(slot.start) * slot.length.total_seconds())
    return weights


def _rates(week: Week) -> WeekTable:
    return WeekTable({at: each.mean / at.seconds for at, each in week.calls.items()})


def _busyness(variation: float, chance: Random) -> float:
    """How much a day is busier than others: gamma, with a mean of 1."""
    if not variation:
        return 1.0
    spread = variation * variation
    return chance.gammavariate(1 / spread, spread)


def _dialled(county: County, shares: Mapping[str, float]) -> tuple[list[E164], list[float]]:
    """The numbers callers dial, and the cumulative weight of each."""
    others = [each for each in county.departments if each not in shares]
    left = max(0.0, 1 - sum(shares.values()))
    weights = {county.common_number: shares.get(COMMON, 0.0)}
    for department in county.departments.values():
        share = shares.get(department.id, left / len(others) if others else 0.0)
        weights |= {did: share / len(department.dids) for did in department.dids}
    return list(weights), list(accumulate(weights.values()))
