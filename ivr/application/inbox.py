"""The inbox: where facts wait for the dispatcher, from whatever side they come.

It knows how long they wait, so that whoever watches the service can tell when it falls behind.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ivr.domain.errors import Unavailable
from ivr.domain.events import Event

_IN_A_ROW = 32
"""After so many facts in a flood everybody else gets a turn."""


@dataclass(frozen=True, slots=True)
class Item:
    """What waits: a fact, or (None) one of the engine's deadlines or a mark."""

    event: Event | None
    done: asyncio.Future[None] | None
    """Is set when the fact is taken note of."""
    since: float
    """Monotonic seconds."""

    @property
    def is_mark(self) -> bool:
        """Whether it only shows how far the dispatcher is."""
        return self.event is None and self.done is not None

    def taken(self) -> None:
        """Tell whoever waits for it, if somebody still does."""
        if self.done is not None and not self.done.done():
            self.done.set_result(None)


class Inbox:
    """Facts in their order; only the dispatcher takes them out."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._items: deque[Item] = deque()
        self._filled = asyncio.Event()
        self._closed = False
        self._in_a_row = 0

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._items)

    def lag(self) -> float:
        """Return for how many seconds the oldest has been waiting; 0 where nothing waits."""
        return self._monotonic() - self._items[0].since if self._items else 0.0

    def post(self, event: Event) -> None:
        """Put a fact in; never waits."""
        self._put(event, None)

    async def handled(self, event: Event) -> None:
        """Put a fact in and wait until the engine has taken note of it.

        Raises Unavailable where the program is about to end.
        """
        if self._closed:
            raise _stopping()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(event, done)
        await done

    async def passed(self) -> None:
        """Wait until the dispatcher has come to what is put in now; it notices nothing of it."""
        passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(None, passed)
        await passed

    def ring(self) -> None:
        """Say that one of the engine's deadlines has come."""
        self._put(None, None)

    async def get(self) -> Item:
        """Wait for the next fact, or for a deadline: then there is no fact."""
        while True:
            await self._until_filled()
            item = self._items.popleft()
            if not item.is_mark:
                return item
            item.taken()

    def close(self) -> None:
        """Give nothing out any more: what is here, and what still comes, is for the next run."""
        self._closed = True
        for item in self._items:
            if item.done is not None and not item.is_mark and not item.done.done():
                item.done.set_exception(_stopping())
        self._items.clear()

    def _put(self, event: Event | None, done: asyncio.Future[None] | None) -> None:
        if self._closed:
            return
        self._items.append(Item(event, done, self._monotonic()))
        self._filled.set()

    async def _until_filled(self) -> None:
        self._in_a_row += 1
        if self._in_a_row >= _IN_A_ROW:
            self._in_a_row = 0
            await asyncio.sleep(0)
        while not self._items:
            self._in_a_row = 0
            self._filled.clear()
            await self._filled.wait()


def _stopping() -> Unavailable:
    return Unavailable("The program is about to end.", code="stopping")
