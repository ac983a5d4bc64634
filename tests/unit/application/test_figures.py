from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ivr.application import figures as module
from ivr.application.figures import Figures, queue_figures
from ivr.domain import events as on
from ivr.domain.agents import Presence
from tests.examples import ALL_ROUND
from tests.fakes.broker import FakeBroker
from tests.service_lab import ServiceLab, running_service

REST_SECONDS = 0.05


@pytest.fixture(autouse=True)
def _short_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REST_SECONDS", REST_SECONDS)


@asynccontextmanager
async def published(lab: ServiceLab, broker: FakeBroker) -> AsyncIterator[None]:
    task = asyncio.create_task(Figures(lab.dispatcher, broker, lab.clock).run(), name="figures")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_waiting(broker: FakeBroker, waiting: int) -> None:
    async with asyncio.timeout(5):
        while [f.waiting for f in broker.figures[-1:]] != [waiting]:  # noqa: ASYNC110 - a fake
            await asyncio.sleep(0.005)


async def test_figures_count_who_waits_how_long_and_what_agents_do() -> None:
    async with running_service() as lab:
        await lab.caller_waits("a")
        lab.later(30)
        await lab.caller_waits("b")
        lab.later(11.9)
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.PAUSED))
        figures = queue_figures(lab.dispatcher.snapshot(), lab.clock.now())
    assert (figures.waiting, figures.longest_wait_seconds) == (2, 41)
    assert figures.agents == {"paused": 1, "logged_out": 2}
    assert figures.at == lab.clock.now()


async def test_nobody_waits() -> None:
    async with running_service() as lab:
        figures = queue_figures(lab.dispatcher.snapshot(), lab.clock.now())
    assert (figures.waiting, figures.longest_wait_seconds) == (0, 0)


async def test_changes_are_published_and_many_at_once_are_one() -> None:
    async with running_service() as lab:
        broker = FakeBroker()
        async with published(lab, broker):
            for name in "abcdef":
                await lab.caller_waits(name)
            await until_waiting(broker, 6)
            assert len(broker.figures) < 6
            quiet = len(broker.figures)
            await asyncio.sleep(3 * REST_SECONDS)
            assert len(broker.figures) <= quiet + 1


async def test_a_broker_that_was_away_is_told_with_the_next_change() -> None:
    async with running_service() as lab:
        broker = FakeBroker()
        broker.down = True
        async with published(lab, broker):
            await lab.caller_waits("a")
            await asyncio.sleep(2 * REST_SECONDS)
            broker.down = False
            await lab.caller_waits("b")
            await until_waiting(broker, 2)
