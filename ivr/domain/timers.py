"""Deadlines by key. The engine owns every timer of the service; they all live here."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
_Deadline = tuple[datetime, int, Key]
"""When, the how manieth to be set, and whose."""


class Timers(Generic[Key]):
    """At most one deadline per key. Setting a key again moves its deadline."""

    def __init__(self) -> None:
        """Start with no deadline."""
        self._at: dict[Key, _Deadline[Key]] = {}
        self._heap: list[_Deadline[Key]] = []
        """Also those that hold no longer: they are no key's deadline any more."""
        self._set = 0

    def set(self, key: Key, at: datetime) -> None:
        """Let ``key`` fall due at ``at``."""
        self._set += 1  # keeps equal instants in order without comparing keys
        deadline = self._at[key] = (at, self._set, key)
        heappush(self._heap, deadline)

    def cancel(self, key: Key) -> None:
        """Forget ``key``; harmless where it has no deadline."""
        self._at.pop(key, None)

    def cancel_all(self, keys: Iterable[Key]) -> None:
        """Forget all of ``keys``."""
        forget = self._at.pop
        for key in keys:
            forget(key, None)

    def pending(self) -> Iterator[tuple[datetime, Key]]:
        """Go through all deadlines in the order in which they fall due.

        Set again in this order they keep it.
        """
        return (
            (at, key) for at, _, key in sorted(self._at.values(), key=lambda deadline: deadline[:2])
        )

    def next(self) -> datetime | None:
        """Return the earliest deadline."""
        heap, holding = self._heap, self._at
        while heap:
            first = heap[0]
            if holding.get(first[2]) is first:
                return first[0]
            heappop(heap)
        return None

    def due(self, now: datetime) -> Iterator[Key]:
        """Take out the keys that are due at ``now``, earliest first.

        A key that is set again or cancelled while this runs is honoured.
        """
        while (at := self.next()) is not None and at <= now:
            _, _, key = heappop(self._heap)
            del self._at[key]
            yield key
