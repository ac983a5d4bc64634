"""Lanes: work in order within a lane, side by side across lanes.

A lane exists while it has work. It knows nothing of commands.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Work = TypeVar("Work")


class Lanes(Generic[Work]):
    """Hands each piece of work to ``carry_out``, one at a time per lane.

    What ``carry_out`` raises ends the whole task group: it is a defect.
    """

    def __init__(
        self, tasks: asyncio.TaskGroup, carry_out: Callable[[Work], Awaitable[None]]
    ) -> None:
        self._tasks = tasks
        self._carry_out = carry_out
        self._waiting: dict[Hashable, deque[Work]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def put(self, lane: Hashable, work: Work) -> None:
        """Append ``work`` to ``lane``; never waits."""
        waiting = self._waiting.get(lane)
        if waiting is not None:
            waiting.append(work)
            return
        self._waiting[lane] = deque((work,))
        task = self._tasks.create_task(self._run(lane), name=f"lane {lane}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def __len__(self) -> int:
        """Count the lanes that have work."""
        return len(self._waiting)

    async def emptied(self, seconds: float) -> None:
        """Return when all that was put is done, or after ``seconds``."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def _run(self, lane: Hashable) -> None:
        waiting = self._waiting[lane]
        while waiting:
            await self._carry_out(waiting[0])
            waiting.popleft()
        del self._waiting[lane]
