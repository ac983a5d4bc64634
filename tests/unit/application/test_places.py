"""Kept places are stored before they are promised, and what follows is never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from ivr.application.backoff import Backoff
from ivr.application.places import KeptPlaces
from ivr.domain.errors import Unavailable
from ivr.domain.events import Event, PlaceNotStored, PlaceRestored, PlaceStored
from ivr.domain.ids import CallId
from ivr.domain.kept_place import KeptPlace
from tests.fakes.callbacks import a_place
from tests.fakes.store import FakeStore

CALL = CallId("call-1")


class Lab:
    def __init__(self) -> None:
        self.store = FakeStore()
        self.told: list[Event] = []
        self._heard = asyncio.Event()
        self.places = KeptPlaces(self.store, self._tell, Backoff(0.01, 0.02))

    async def stored(self) -> list[KeptPlace]:
        down, self.store.down = self.store.down, False
        async with self.store.transaction() as transaction:
            places = await transaction.places()
        self.store.down = down
        return places

    async def until_told(self, count: int) -> list[Event]:
        async with asyncio.timeout(5):
            while len(self.told) < count:
                self._heard.clear()
                await self._heard.wait()
        return self.told

    async def until_stored(self, *wanted: KeptPlace) -> None:
        async with asyncio.timeout(5):
            while await self.stored() != list(wanted):  # noqa: ASYNC110 - the fake has no events
                await asyncio.sleep(0.005)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.places.run(), name="places")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _tell(self, event: Event) -> None:
        self.told.append(event)
        self._heard.set()


async def test_a_new_place_is_told_as_stored_when_it_is() -> None:
    lab = Lab()
    lab.places.keep(a_place())
    assert lab.told == []
    await lab.places.flush()
    assert lab.told == [PlaceStored(CALL)]
    assert await lab.stored() == [a_place()]


async def test_changes_and_the_release_are_silent() -> None:
    lab = Lab()
    lab.places.keep(a_place())
    await lab.places.flush()
    lab.places.keep(replace(a_place(), attempts=1))
    await lab.places.flush()
    assert [kept.attempts for kept in await lab.stored()] == [1]
    lab.places.release(CALL)
    await lab.places.flush()
    assert await lab.stored() == []
    assert lab.told == [PlaceStored(CALL)]


async def test_a_place_that_can_t_be_stored_is_not_promised_and_leaves_nothing() -> None:
    lab = Lab()
    lab.store.full = True
    lab.places.keep(a_place())
    with capture_logs() as lines, pytest.raises(Unavailable):
        await lab.places.flush()
    assert lab.told == [PlaceNotStored(CALL)]
    assert [line["event"] for line in lines] == ["place_not_stored"]
    lab.store.full = False
    async with lab.store.transaction() as transaction:
        await transaction.save_place(a_place())  # the commit whose answer got lost
    await lab.places.flush()
    assert await lab.stored() == []


async def test_a_place_refused_once_may_be_asked_for_again() -> None:
    lab = Lab()
    lab.store.down = True
    lab.places.keep(a_place())
    with pytest.raises(Unavailable):
        await lab.places.flush()
    lab.store.down = False
    lab.places.keep(a_place())
    await lab.places.flush()
    assert lab.told == [PlaceNotStored(CALL), PlaceStored(CALL)]
    assert await lab.stored() == [a_place()]


async def test_what_nobody_waits_for_is_tried_until_it_is_done() -> None:
    lab = Lab()
    async with lab.running():
        lab.places.keep(a_place("a"))
        lab.places.keep(a_place("b"))
        await lab.until_told(2)
        lab.store.down = True
        lab.places.keep(replace(a_place("a"), attempts=1))
        lab.places.release(CallId("b"))
        lab.places.keep(a_place("c"))
        assert (await lab.until_told(3))[-1] == PlaceNotStored(CallId("c"))
        lab.store.down = False
        await lab.until_stored(replace(a_place("a"), attempts=1))


async def test_what_waits_at_the_end_is_written() -> None:
    lab = Lab()
    async with lab.running():
        lab.places.keep(a_place())
        await lab.until_told(1)
        lab.places.release(CALL)
    assert await lab.stored() == []


async def test_what_is_lost_at_the_end_is_said() -> None:
    lab = Lab()
    with capture_logs() as lines:
        async with lab.running():
            lab.places.keep(a_place())
            await lab.until_told(1)
            lab.store.down = True
            lab.places.release(CALL)
    assert [(line["event"], line["lost"]) for line in lines if "lost" in line] == [
        ("not_written", 1)
    ]


async def test_a_store_that_does_not_answer_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ivr.application.written_later.LAST_SECONDS", 0.01)
    lab = Lab()
    with capture_logs() as lines:
        async with asyncio.timeout(5), lab.store._writer, lab.running():
            lab.places.release(CALL)
            await asyncio.sleep(0)
    assert [line["event"] for line in lines] == ["not_written"]


async def test_the_next_run_honours_what_was_kept() -> None:
    before, after = Lab(), Lab()
    after.store = before.store
    after.places = KeptPlaces(before.store, after._tell)
    for name in ("a", "b"):
        before.places.keep(a_place(name))
    await before.places.flush()
    await after.places.restore_if_possible()
    assert after.told == [PlaceRestored(a_place("a")), PlaceRestored(a_place("b"))]
    after.places.keep(replace(a_place("a"), attempts=1))
    await after.places.flush()
    assert len(after.told) == 2
    assert [kept.attempts for kept in await after.stored()] == [1, 0]


async def test_what_was_kept_before_is_honoured_when_the_store_is_back() -> None:
    before, after = Lab(), Lab()
    after.store = before.store
    after.places = KeptPlaces(before.store, after._tell, Backoff(0.01, 0.02))
    for name in ("a", "b", "c"):
        before.places.keep(a_place(name))
    await before.places.flush()
    before.store.down = True
    await after.places.restore_if_possible()
    async with after.running():
        after.places.release(CallId("b"))  # this run knows of it by another way
        after.places.keep(a_place("new"))
        assert await after.until_told(1) == [PlaceNotStored(CallId("new"))]
        before.store.down = False
        await after.until_told(3)
        assert after.told[1:] == [PlaceRestored(a_place("a")), PlaceRestored(a_place("c"))]
        await after.until_stored(a_place("a"), a_place("c"))


async def test_a_place_of_before_is_never_released_because_the_store_was_away() -> None:
    before, after = Lab(), Lab()
    after.store = before.store
    after.places = KeptPlaces(before.store, after._tell)
    before.places.keep(a_place())
    await before.places.flush()
    before.store.down = True
    await after.places.restore_if_possible()
    after.places.keep(replace(a_place(), attempts=1))  # of which this run knows by another way
    with pytest.raises(Unavailable):
        await after.places.flush()
    before.store.down = False
    after.places.keep(replace(a_place(), attempts=2))
    await after.places.flush()
    assert [kept.attempts for kept in await after.stored()] == [2]
    assert after.told == [PlaceNotStored(CALL), PlaceRestored(a_place()), PlaceStored(CALL)]


async def test_who_asked_in_the_run_before_hears_that_the_place_is_stored() -> None:
    before, after = Lab(), Lab()
    after.store = before.store
    after.places = KeptPlaces(before.store, after._tell)
    before.places.keep(a_place())
    await before.places.flush()
    after.places.keep(a_place())  # done again, as nobody knows what became of it
    await after.places.restore_if_possible()
    assert after.told == [PlaceRestored(a_place()), PlaceStored(CALL)]
    await after.places.flush()
    assert await after.stored() == [a_place()]


@pytest.mark.parametrize(("down", "answer"), [(False, PlaceStored), (True, PlaceNotStored)])
async def test_an_answer_the_engine_has_not_heard_keeps_the_journal_unsettled(
    *, down: bool, answer: type[Event]
) -> None:
    lab = Lab()
    settled = [lab.places.settled]
    lab.places.keep(a_place())
    lab.store.down = down
    with suppress(Unavailable):
        await lab.places.flush()
    lab.store.down = False
    await lab.places.flush()
    assert [type(event) for event in lab.told] == [answer]
    for event in (PlaceRestored(a_place()), None, *lab.told):
        settled.append(lab.places.settled)
        lab.places.heard(event, (), a_place().queued_at)
    settled.append(lab.places.settled)
    assert settled == [True, False, False, False, True]
