"""When who calls: as many calls as wanted, spread by chance over the opening hours of a period.

The arrivals are a Poisson process with a rate for each hour, given how many come altogether.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from ivr.application.simulating.habits import COMMON, Pattern
from ivr.domain.county import County
from ivr.domain.errors import Refused
from ivr.domain.ids import E164
from ivr.domain.opening import OpeningHours

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Slot:
    """Open time within one hour; ``start`` is in the local time of the county."""

    start: datetime
    length: timedelta


def slots(hours: OpeningHours, period: Period, step: timedelta = _HOUR) -> Iterator[Slot]:
    """Go through the opening hours in the period, cut at every full ``step`` of the clock."""
    for opens, closes in _open_times(hours, period):
        at = opens
        while at < closes:
            local = at.astimezone(hours.zone)
            into = timedelta(minutes=local.minute, seconds=local.second) % step
            until = min(at + step - into, closes)
            yield Slot(local, until - at)
            at = until


def _open_times(hours: OpeningHours, period: Period) -> Iterator[tuple[datetime, datetime]]:
    """The open spans, in UTC: adding to civil time ignores clock changes."""
    midnight = datetime.combine(period.first, time.min, hours.zone).astimezone(UTC)
    end = datetime.combine(period.last + _DAY, time.min, hours.zone).astimezone(UTC)
    at = midnight - timedelta.resolution
    while (opens := hours.next_opening(at)) is not None and opens < end:
        closes = hours.closing(opens)
        until = end if closes is None else min(closes.astimezone(UTC), end)
        yield opens.astimezone(UTC), until
        at = until - timedelta.resolution


def arrivals(
    county: County, pattern: Pattern, period: Period, calls: int, chance: Random
) -> Iterator[tuple[datetime, E164]]:
    """Return when each of ``calls`` callers arrives and what is dialled, in order, in UTC.

    Raises Refused where the service is never open in the period, or nobody calls then.
    """
    open_slots = list(slots(county.hours, period))
    weights = [
        pattern.weight(slot.start.weekday(), slot.start.hour) * (slot.length / _HOUR)
        for slot in open_slots
    ]
    if not any(weights):
        raise Refused("The service is not open in this period, or nobody calls while it is.")
    numbers, shares = _dialled(county, pattern)
    chosen = chance.choices(range(len(open_slots)), cum_weights=list(accumulate(weights)), k=calls)
    counted = Counter(chosen)
    for index, slot in enumerate(open_slots):
        many = counted[index]
        start = slot.start.astimezone(UTC)
        seconds = slot.length.total_seconds()
        moments = sorted(chance.random() * seconds for _ in range(many))
        dialled = chance.choices(numbers, cum_weights=shares, k=many)
        for moment, number in zip(moments, dialled, strict=True):
            yield start + timedelta(seconds=moment), number


def _dialled(county: County, pattern: Pattern) -> tuple[list[E164], list[float]]:
    """The numbers callers dial, and the cumulative weight of each."""
    named = pattern.departments
    others = [each for each in county.departments if each not in named]
    left = max(0.0, 1 - sum(named.values()))
    weights = {county.common_number: named.get(COMMON, 0.0)}
    for department in county.departments.values():
        share = named.get(department.id, left / len(others) if others else 0.0)
        weights |= {did: share / len(department.dids) for did in department.dids}
    return list(weights), list(accumulate(weights.values()))
