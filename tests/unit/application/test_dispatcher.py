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
