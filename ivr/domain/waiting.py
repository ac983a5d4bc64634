"""The queue: who waits, in order.

A caller's place is the time of entry, less a head start that some callers have. It never changes,
unless a supervisor moves the caller up. So priority ages by itself: nobody is overtaken by a caller
who comes more than the largest head start later, and nobody starves.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime, timedelta

from ivr.domain.ids import CallId

Place = tuple[datetime, int]
"""Time of entry less the head start, then order of arrival among equal times."""

_JUST_BEFORE = timedelta.resolution


class WaitingRoom:
    """Callers who may be offered to an agent now, earliest place first."""

    def __init__(self) -> None:
        """Start empty."""
        self._order: list[tuple[Place, CallId]] = []

    def enter(self, call: CallId, place: Place) -> None:
        """Put a caller at ``place``: new callers at the end, returning ones where they were."""
        insort(self._order, (place, call))

    def leave(self, call: CallId, place: Place) -> bool:
        """Take a caller out; say whether that one was in."""
        index = bisect_left(self._order, (place, call))
        found = self._order[index : index + 1] == [(place, call)]
        if found:
            del self._order[index]
        return found

    def move_up(self, call: CallId, place: Place) -> Place:
        """Put a caller before all others; returns the new place, the old one where not in."""
        if not self.has(call, place) or self._order[0][1] == call:
            return place
        (first, _), _ = self._order[0]
        self.leave(call, place)
        moved = (first - _JUST_BEFORE, place[1])
        self.enter(call, moved)
        return moved

    def __iter__(self) -> Iterator[CallId]:
        """Go through the callers in order."""
        return (call for _, call in self._order)

    def __len__(self) -> int:
        """Count the callers."""
        return len(self._order)

    def has(self, call: CallId, place: Place) -> bool:
        """Whether a caller is in at ``place``."""
        index = bisect_left(self._order, (place, call))
        return index < len(self._order) and self._order[index][1] == call
