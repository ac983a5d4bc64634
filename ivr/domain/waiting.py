"""The queue: who waits, in order. A caller's place is the time of entry and never changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime

from ivr.domain.ids import CallId

Place = tuple[datetime, int]
"""Time of entry, then order of arrival among equal times."""


class WaitingRoom:
    """Callers who may be offered to an agent now, longest-waiting first."""

    def __init__(self) -> None:
        """Start empty."""
        self._order: list[tuple[Place, CallId]] = []

    def enter(self, call: CallId, place: Place) -> None:
        """Put a caller at ``place``: new callers at the end, returning ones where they were."""
        insort(self._order, (place, call))

    def leave(self, call: CallId, place: Place) -> None:
        """Take a caller out; harmless for one who is not in."""
        index = bisect_left(self._order, (place, call))
        if index < len(self._order) and self._order[index][1] == call:
            del self._order[index]

    def __iter__(self) -> Iterator[CallId]:
        """Go through the callers in order."""
        return (call for _, call in self._order)
