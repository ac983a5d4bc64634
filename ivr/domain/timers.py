"""Deadlines by key. The engine owns every timer of the service; they all live here."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Timers(Generic[Key]):
    """At most one deadline per key. Setting a key again moves its deadline."""

    def __init__(self) -> None:
        """Start with no deadline."""
        self._at: dict[Key, tuple[datetime, int]] = {}
        self._heap: list[tuple[datetime, int, Key]] = []
        self._set = 0

    def set(self, key: Key, at: datetime) -> None:
        """Let ``key`` fall due at ``at``."""
        self._set += 1  # keeps equal instants in order without comparing keys
        self._at[key] = (at, self._set)
        heappush(self._heap, (at, self._set, key))

    def cancel(self, key: Key) -> None:
        """Forget ``key``; harmless where it has no deadline."""
        self._at.pop(key, None)

    def pending(self) -> Iterator[tuple[datetime, Key]]:
        """Go through all deadlines in the order in which they fall due.

        Set again in this order they keep it.
        """
        return (
            (at, key) for key, (at, _) in sorted(self._at.items(), key=lambda pending: pending[1])
        )

    def next(self) -> datetime | None:
        """Return the earliest deadline."""
        self._drop_outdated()
        return self._heap[0][0] if self._heap else None

    def due(self, now: datetime) -> Iterator[Key]:
        """Take out the keys that are due at ``now``, earliest first.

        A key that is set again or cancelled while this runs is honoured.
        """
        while (at := self.next()) is not None and at <= now:
            _, _, key = heappop(self._heap)
            del self._at[key]
            yield key

    def _drop_outdated(self) -> None:
        while self._heap and self._at.get(self._heap[0][2]) != self._heap[0][:2]:
            heappop(self._heap)
