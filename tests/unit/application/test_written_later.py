"""What waits for the store is written as soon as it can be; how long that took is said once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from structlog.testing import capture_logs

from ivr.application.backoff import Backoff
from ivr.application.written_later import WrittenLater
from ivr.domain.errors import Unavailable


class Desk:
    """Somebody who keeps things for a store that may be away."""

    def __init__(self, backoff: Backoff, gathers: float = 0.0) -> None:
        self.away = False
        self.tries = 0
        self._tried = asyncio.Event()
        self.later = WrittenLater("letters", self._flush, lambda: 1, backoff, gathers)

    async def _flush(self) -> None:
        self.tries += 1
        self._tried.set()
        if self.away:
            raise Unavailable("The store is away.")

    async def until_tried(self, times: int) -> None:
        async with asyncio.timeout(5):
            while self.tries < times:
                self._tried.clear()
                await self._tried.wait()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.later.run(), name="letters")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_that_nothing_can_be_written_is_said_once_and_so_is_the_end_of_it() -> None:
    desk = Desk(Backoff(0.001, 0.001))
    desk.away = True
    with capture_logs() as lines:
        async with desk.at_work():
            desk.later.wake()
            await desk.until_tried(3)
            desk.away = False
            await desk.until_tried(desk.tries + 1)
            await asyncio.sleep(0)

    assert [line["event"] for line in lines] == ["writing_held_up", "written_again"]


async def test_who_waits_for_the_answer_cuts_a_pause_short() -> None:
    desk = Desk(Backoff(3600, 3600))
    desk.away = True
    async with desk.at_work():
        desk.later.wake()
        await desk.until_tried(1)
        desk.later.wake(at_once=True)
        await desk.until_tried(2)


async def test_others_wait_for_the_end_of_the_pause() -> None:
    desk = Desk(Backoff(3600, 3600))
    desk.away = True
    async with desk.at_work():
        desk.later.wake()
        await desk.until_tried(1)
        desk.later.wake()
        for _ in range(5):
            await asyncio.sleep(0)

        assert desk.tries == 1


async def test_more_is_waited_for_unless_somebody_is_in_a_hurry() -> None:
    desk = Desk(Backoff(3600, 3600), gathers=3600)
    async with desk.at_work():
        desk.later.wake()
        for _ in range(5):
            await asyncio.sleep(0)
        assert desk.tries == 0
        desk.later.wake(at_once=True)
        await desk.until_tried(1)
    assert desk.tries == 2, "what is left is written at the end"
