"""What every store must do about deadlines, shown on the fake, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from ivr.application.callbacks import Callbacks
from ivr.application.messages import callback_message
from ivr.application.ports.store import Store
from ivr.domain.callback import SYSTEM, Callback, CallbackEvent, CallbackState, Reassign
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CallbackId, CaseworkerId
from tests.examples import JUGEND, UMWELT, county
from tests.fakes.callbacks import MONDAY, a_callback
from tests.fakes.clock import FakeClock

HOUR = timedelta(hours=1)


def due(name: str, remind: int | None, escalate: int | None, promised: int = 9) -> Callback:
    """A callback with deadlines so many hours after Monday's request."""
    return replace(
        a_callback(name),
        remind_at=None if remind is None else MONDAY + remind * HOUR,
        escalate_at=None if escalate is None else MONDAY + escalate * HOUR,
        due_at=MONDAY + promised * HOUR,
    )


async def keep(store: Store, *callbacks: Callback) -> None:
    async with store.transaction() as transaction:
        for callback in callbacks:
            assert await transaction.add_callback(callback)
            await transaction.add_message(callback_message(callback, MONDAY))


async def test_what_is_due_is_found_by_its_row(store: Store) -> None:
    await keep(
        store,
        due("reminder", 2, 5),
        due("escalation", None, 2),
        due("both", 1, 2, promised=8),
        due("later", 3, 4),
        due("none", None, None),
    )
    async with store.transaction() as transaction:
        now = MONDAY + 2 * HOUR
        assert await transaction.callbacks_due(now, 9) == ["both", "escalation", "reminder"]
        assert await transaction.callbacks_due(now, 1) == ["both"]
        assert await transaction.callbacks_due(MONDAY, 9) == []


async def test_the_next_deadline_is_the_earliest_of_both_kinds(store: Store) -> None:
    async with store.transaction() as transaction:
        assert await transaction.next_deadline() is None
    await keep(store, due("none", None, None))
    async with store.transaction() as transaction:
        assert await transaction.next_deadline() is None
    await keep(store, due("a", None, 3), due("b", 4, 5))
    async with store.transaction() as transaction:
        assert await transaction.next_deadline() == MONDAY + 3 * HOUR
    await keep(store, due("c", 2, 5))
    async with store.transaction() as transaction:
        assert await transaction.next_deadline() == MONDAY + 2 * HOUR


async def test_who_owns_open_callbacks_each_once(store: Store) -> None:
    async with store.transaction() as transaction:
        assert await transaction.owners() == []
    await keep(
        store,
        replace(a_callback("a"), caseworker=CaseworkerId("z")),
        replace(a_callback("b"), caseworker=CaseworkerId("B")),
        replace(a_callback("c"), caseworker=CaseworkerId("B")),
        replace(a_callback("d"), department=JUGEND, caseworker=CaseworkerId("z")),
        replace(a_callback("e"), caseworker=CaseworkerId("gone")),
        *(
            replace(a_callback(state), caseworker=CaseworkerId(state), state=state)
            for state in CallbackState
        ),
    )
    async with store.transaction() as transaction:
        callback = await transaction.callback(CallbackId("e"))
        assert callback is not None
        given = Reassign(UMWELT, CaseworkerId("z"))
        await transaction.save_callback(callback.after(given, by=SYSTEM, at=MONDAY))
    async with store.transaction() as transaction:
        assert await transaction.owners() == [
            (JUGEND, "z"),
            (UMWELT, "B"),
            (UMWELT, "acknowledged"),
            (UMWELT, "attempted"),
            (UMWELT, "requested"),
            (UMWELT, "z"),
        ]


async def test_whether_anything_arrived_since_by_a_way(store: Store) -> None:
    await keep(store, a_callback())
    both = (Delivery.MQTT, Delivery.MAIL)
    async with store.transaction() as transaction:
        assert not await transaction.delivered_since(MONDAY, both)
        await transaction.mark_published([a_callback().message_id], MONDAY + HOUR)
        assert await transaction.delivered_since(MONDAY, both)
        assert await transaction.delivered_since(MONDAY + HOUR, (Delivery.MQTT,))
        assert not await transaction.delivered_since(MONDAY + 2 * HOUR, both)
        assert not await transaction.delivered_since(MONDAY, (Delivery.MAIL,))
        assert not await transaction.delivered_since(MONDAY, ())


async def test_however_many_programs_look_it_escalates_once(store: Store) -> None:
    umwelt = replace(county().departments[UMWELT], head=CaseworkerId("umwelt.2"))
    place = replace(county(), departments={UMWELT: umwelt})
    clock = FakeClock()
    programs = [Callbacks(store, lambda: place, clock, lambda: None) for _ in range(4)]
    await programs[0].request(a_callback())
    clock.advance(timedelta(days=3))
    await asyncio.gather(*(program.fall_due(CallbackId("cb-1")) for program in programs))
    history = await programs[0].history(CallbackId("cb-1"))
    assert [version.event for version in history] == [
        CallbackEvent.REQUESTED,
        CallbackEvent.ESCALATED,
    ]
