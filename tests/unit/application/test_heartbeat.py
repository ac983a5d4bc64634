"""Whoever falls behind says so, and gives no sign of life that is not one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from ivr.application import heartbeat
from ivr.application.ending import Ending
from ivr.application.heartbeat import Heartbeat
from ivr.application.inbox import Inbox
from ivr.application.supervised import Supervised


class Supervisor:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.watchdog_seconds: float | None = None

    def ready(self) -> None:
        self.told.append("ready")

    def alive(self) -> None:
        self.told.append("alive")

    def stands(self, words: str) -> None:
        self.told.append(words)

    def stopping(self) -> None:
        self.told.append("stopping")


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.001)


@asynccontextmanager
async def dispatching(inbox: Inbox) -> AsyncIterator[None]:
    """Take what comes, and do nothing about it."""
    task = asyncio.create_task(inbox.get(), name="dispatcher")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_beat_that_goes_through_the_inbox_is_a_sign_of_life() -> None:
    inbox, supervisor = Inbox(), Supervisor()
    async with dispatching(inbox):
        await Heartbeat(inbox, supervisor).beat()

    assert supervisor.told == ["alive"]


async def test_no_sign_of_life_while_the_dispatcher_hangs_which_is_said_once() -> None:
    inbox, supervisor = Inbox(), Supervisor()
    heart = Heartbeat(inbox, supervisor, tolerated=0.01)
    with capture_logs() as lines:
        beat = asyncio.create_task(heart.beat())
        await asyncio.sleep(0.1)
        assert supervisor.told == []
        assert heart.lag > 0.01
        async with dispatching(inbox):
            await beat
            assert supervisor.told == ["alive"]
            heart._tolerated = 60  # whatever the machine does at this moment
            await heart.beat()

    assert [line["event"] for line in lines] == ["behind", "caught_up"]
    assert lines[1]["longest_seconds"] >= 0.1


async def test_who_is_stopped_while_giving_a_sign_of_life_is_behind() -> None:
    clock = [0.0]

    class Stopping(Supervisor):
        def alive(self) -> None:
            super().alive()
            clock[0] += 5.0

    inbox = Inbox(lambda: 0.0)
    heart = Heartbeat(inbox, Stopping(), lambda: clock[0])
    with capture_logs() as lines:
        async with dispatching(inbox):
            await heart.beat()
            await heart.beat()

    assert [line["event"] for line in lines] == ["behind"]


async def test_a_loop_that_is_late_is_behind() -> None:
    instants = iter([0.0, 5.0, 5.0, 5.0, 5.0])
    inbox, supervisor = Inbox(lambda: 0.0), Supervisor()
    heart = Heartbeat(inbox, supervisor, lambda: next(instants))
    with capture_logs() as lines:
        async with dispatching(inbox):
            await heart.beat()

    assert heart.loop_lag == pytest.approx(5.0, abs=0.01)
    assert [line["event"] for line in lines] == ["behind"]


def test_beats_come_twice_as_often_as_they_are_waited_for() -> None:
    supervisor = Supervisor()
    supervisor.watchdog_seconds = 0.001

    assert Heartbeat(Inbox(), supervisor)._pause == 0.0005


async def test_ready_when_the_doors_are_open_and_the_dispatcher_works() -> None:
    inbox, supervisor, opened = Inbox(), Supervisor(), asyncio.Event()
    asked = asyncio.Event()

    async def readiness() -> dict[str, str | None]:
        asked.set()
        return {"switch": "Asterisk is not connected.", "store": None}

    task = asyncio.create_task(Supervised(supervisor, inbox, opened.wait, readiness).run())
    async with dispatching(inbox):
        await asyncio.sleep(0)
        assert supervisor.told == []
        opened.set()
        await asyncio.wait_for(asked.wait(), 5)
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert supervisor.told == ["ready", "Asterisk is not connected."]


async def test_the_end_is_told_and_comes_after_the_rest() -> None:
    done: list[str] = []
    supervisor = Supervisor()
    ending = Ending(lambda: done.append("cancelled"), supervisor)

    async def rest(_seconds: float) -> None:
        done.append("rested")

    ending.rest = rest
    ending.ask()
    ending.ask()
    assert ending.asked
    assert ending._task is not None
    await ending._task

    assert done == ["rested", "cancelled"]
    assert supervisor.told == ["stopping"]


async def test_the_end_may_come_before_anything_has_begun() -> None:
    done: list[str] = []
    ending = Ending(lambda: done.append("cancelled"), Supervisor())
    assert not ending.asked

    ending.ask()
    assert ending._task is not None
    await ending._task

    assert done == ["cancelled"]
