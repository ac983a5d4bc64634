"""What the dispatcher keeps when the switch does not answer and the service ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ivr.application.audit import Audit
from ivr.application.callbacks import Callbacks
from ivr.application.dispatcher import Dispatcher
from ivr.application.inbox import Inbox
from ivr.application.places import KeptPlaces
from ivr.application.records import CallRecords
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import CallId
from ivr.domain.memory import Memory
from tests.examples import CALLER, DIDS, UMWELT, county
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

CALL = CallId("call-1")


class SilentSwitch:
    """A switch that never answers."""

    connected = True

    async def execute(self, _command: do.SwitchCommand) -> None:
        await asyncio.Event().wait()

    def resume(self, memory: Memory) -> None:
        """There is nobody."""


async def test_a_finished_call_is_recorded_although_the_switch_never_answered() -> None:
    inbox, store, clock = Inbox(), FakeStore(), FakeClock()
    records = CallRecords(store)
    dispatcher = Dispatcher(
        inbox,
        QueueEngine(county(), "run"),
        SilentSwitch(),
        Callbacks(store, county, clock, committed=lambda: None),
        records,
        KeptPlaces(store, inbox.post),
        Audit(store, clock),
        clock,
    )
    running = asyncio.gather(dispatcher.run(), records.run())
    async with asyncio.timeout(5):
        await inbox.handled(on.CallArrived(CALL, dialled=DIDS[UMWELT], caller=CALLER))
        await inbox.handled(on.CallerHungUp(CALL))

        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    async with store.transaction() as transaction:
        assert await transaction.call(CALL) is not None


async def test_how_the_service_stands_is_worked_out_once_after_each_fact() -> None:
    inbox, store, clock = Inbox(), FakeStore(), FakeClock()
    dispatcher = Dispatcher(
        inbox,
        QueueEngine(county(), "run"),
        SilentSwitch(),
        Callbacks(store, county, clock, committed=lambda: None),
        CallRecords(store),
        KeptPlaces(store, inbox.post),
        Audit(store, clock),
        clock,
    )
    running = asyncio.ensure_future(dispatcher.run())
    before = dispatcher.snapshot()
    assert dispatcher.snapshot() is before
    async with asyncio.timeout(5):
        await inbox.handled(on.CallArrived(CALL, dialled=DIDS[UMWELT], caller=CALLER))
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert [call.id for call in dispatcher.snapshot().calls] == [CALL]


async def test_requests_go_out_before_others_are_told_of_the_step() -> None:
    order: list[str] = []

    class Switch(SilentSwitch):
        async def execute(self, command: do.SwitchCommand) -> None:
            order.append(type(command).__name__)

    inbox, store, clock = Inbox(), FakeStore(), FakeClock()
    dispatcher = Dispatcher(
        inbox,
        QueueEngine(county(), "run"),
        Switch(),
        Callbacks(store, county, clock, committed=lambda: None),
        CallRecords(store),
        KeptPlaces(store, inbox.post),
        Audit(store, clock),
        clock,
    )
    settled: list[bool] = []
    dispatcher.follow(lambda *_: order.append("told"))
    dispatcher.follow(lambda *_: settled.append(dispatcher.settled))
    running = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(5):
        await inbox.handled(on.CallArrived(CALL, dialled=DIDS[UMWELT], caller=CALLER))
    assert order[0] == "AnswerCall"
    assert order[-1] == "told"
    assert settled == [False], "who writes down what follows has not heard of it"
    assert dispatcher.settled
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
