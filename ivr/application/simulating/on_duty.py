"""How many agents are to be there, and when that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from ivr.application.simulating.arriving import Period, slots
from ivr.domain.opening import OpeningHours

Staffing = Callable[[datetime], int]
"""How many agents are to be on duty at a moment of the county's local time."""

STEP = timedelta(minutes=15)
"""Agents come and go at quarters of an hour."""


def quarters(
    hours: OpeningHours, staffing: Staffing, period: Period
) -> Iterator[tuple[datetime, int | None]]:
    """Return every quarter of an hour, in UTC, with how many agents are to be there.

    None: the service closes, agents stay until nobody waits any more.
    """
    closes = None
    for slot in slots(hours, period, STEP):
        start = slot.start.astimezone(UTC)
        if closes is not None and start != closes:
            yield closes, None
        yield start, staffing(slot.start)
        closes = start + slot.length
    if closes is not None:
        yield closes, None
