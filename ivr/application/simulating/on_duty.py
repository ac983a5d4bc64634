"""How many agents are to be there, and when that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from ivr.application.simulating.arriving import Days, slots
from ivr.domain.opening import OpeningHours

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
