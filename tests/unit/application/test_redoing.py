"""What an earlier run commanded is in the store once, however much of it had been there."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import cast

import pytest

from ivr.application.call_back_results import CallBackResults
from ivr.application.callbacks_in_calls import CALLER, CallbacksInCalls, Doubtful
from ivr.application.recovery import Again, Written
from ivr.application.redoing import Redoing
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import SYSTEM, Comment, Remind
from ivr.domain.ids import CallId
from ivr.domain.kept_place import KeptPlace
from ivr.domain.memory import Memory
from tests.examples import CALLER as NUMBER
from tests.examples import DIDS, UMWELT
from tests.fakes.callbacks import a_callback
from tests.service_lab import ServiceLab

CALL = CallId("anna")
CALLBACK = a_callback()
ADDED = do.AddToCallback(CALL, CALLBACK.id)


class Lab(ServiceLab):
    """A service that has not begun yet; ``posted`` is what the engine will be told."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[on.Event] = []
        self.results = CallBackResults(self.dispatcher, self.store, self.callbacks)
        self.redoing = Redoing(self.records, self.places, self.results)
        self.in_calls = CallbacksInCalls(self.callbacks, lambda: self.county, self.posted.append)

    async def redo(self, *commands: Written) -> list[object]:
        again = [Again(self.clock.now(), command) for command in commands]
        return [*self.redoing.redo(again, Memory())]

    async def redo_all(self, command: Written) -> int:
        """Carry out what is left over; return how many versions there are then."""
        for each in self.redoing.redo([Again(self.clock.now(), command)], Memory()):
            assert isinstance(each, Doubtful)
            await self.in_calls.carry_out(each.command, each.since)
        return len(await self.callbacks.history(CALLBACK.id))


@pytest.fixture
def lab() -> Lab:
    return Lab()


async def test_a_promise_is_for_the_dispatcher(lab: Lab) -> None:
    command = do.StoreCallback(CALLBACK)
    assert await lab.redo(command) == [command]


async def test_an_addition_nobody_made_is_made(lab: Lab) -> None:
    await lab.callbacks.request(CALLBACK)
    assert await lab.redo_all(ADDED) == 2
    assert lab.posted == [on.CallbackAddedTo(CALLBACK.id, CALL)]


async def test_an_addition_that_was_made_is_only_told(lab: Lab) -> None:
    await lab.callbacks.request(CALLBACK)
    await lab.callbacks.change(CALLBACK.id, Comment(), by=CALLER, comment="Called again.")
    assert await lab.redo_all(ADDED) == 2
    assert lab.posted == [on.CallbackAddedTo(CALLBACK.id, CALL)]


async def test_an_addition_is_made_once_though_nobody_could_look_at_the_start(lab: Lab) -> None:
    await lab.callbacks.request(CALLBACK)
    await lab.callbacks.change(CALLBACK.id, Comment(), by=CALLER, comment="Called again.")
    lab.store.down = True
    [left_over] = await lab.redo(ADDED)
    lab.store.down = False
    lab.dispatcher.go_on([cast("Doubtful", left_over)])
    running = asyncio.create_task(lab.dispatcher.run())
    await lab.inbox.handled(on.CallbackAddedTo(CALLBACK.id, CALL))
    await lab.dispatcher.rest(5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(await lab.callbacks.history(CALLBACK.id)) == 2


async def test_an_earlier_addition_is_another_one(lab: Lab) -> None:
    await lab.callbacks.request(CALLBACK)
    await lab.callbacks.change(CALLBACK.id, Comment(), by=CALLER, comment="Called again.")
    lab.clock.advance(timedelta(seconds=1))
    assert await lab.redo_all(ADDED) == 3


async def test_what_the_clock_did_is_no_note_of_a_talk(lab: Lab) -> None:
    noted = do.NoteReached(CALL, CALLBACK.id)
    await lab.callbacks.request(CALLBACK)
    await lab.callbacks.change(CALLBACK.id, Remind(), by=SYSTEM)
    assert await lab.redo_all(noted) == 3
    assert await lab.redo_all(noted) == 3


async def test_a_promised_place_is_kept_and_never_refused(lab: Lab) -> None:
    now = lab.clock.now()
    kept = KeptPlace(
        call=CALL,
        number=NUMBER,
        dialled=DIDS[UMWELT],
        department=UMWELT,
        language="de",
        arrived_at=now,
        queued_at=now,
        place=(now, 1),
        expires_at=now + timedelta(hours=1),
    )
    await lab.redo(do.KeepPlace(kept))
    await lab.places.flush()
    assert lab.posted == []
    async with lab.store.transaction() as transaction:
        assert await transaction.places() == [kept]
    await lab.redo(do.ReleasePlace(CALL))
    await lab.places.flush()
    assert lab.places.settled
    async with lab.store.transaction() as transaction:
        assert await transaction.places() == []
