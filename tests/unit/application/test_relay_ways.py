"""Relays of several ways side by side, on one outbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from ivr.application.backoff import Backoff
from ivr.application.callbacks import Callbacks
from ivr.application.ports.couriers import OutboxMessage, Receipt
from ivr.application.relay import PAUSES, Relay
from ivr.domain.delivery import Delivery
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallbackId
from tests import post_office
from tests.fakes.clock import FakeClock
from tests.fakes.courier import FakeCourier
from tests.fakes.store import FakeStore
from tests.post_office import FOLKERT, HEIKE, a_promise
from tests.tasks import meanwhile

MQTT, MAIL, WEBHOOK = Delivery.MQTT, Delivery.MAIL, Delivery.WEBHOOK


class HangingCourier(FakeCourier):
    """Never answers."""

    async def deliver(self, message: OutboxMessage) -> None:
        await asyncio.Event().wait()
        await super().deliver(message)


class Office:
    """A relay for each way."""

    def __init__(self) -> None:
        self.store = FakeStore()
        self.clock = FakeClock()
        self.couriers = {way: FakeCourier() for way in Delivery}
        self.relays = {way: self.new_relay(way) for way in Delivery}
        self.callbacks = Callbacks(self.store, post_office.county, self.clock, self._wake)

    def new_relay(self, way: Delivery) -> Relay:
        return Relay(
            self.store,
            way,
            self.couriers[way],
            self.clock,
            pauses=() if way is MQTT else PAUSES,
            backoff=Backoff(0.001, 0.002),
        )

    def _wake(self) -> None:
        for relay in self.relays.values():
            relay.wake()

    def arrived(self, way: Delivery) -> list[str]:
        return [message.message_id for message in self.couriers[way].messages]

    async def receipts(self, name: str = "cb-1") -> dict[Delivery, Receipt]:
        return {each.delivery: each for each in await self.callbacks.receipts(CallbackId(name))}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with meanwhile(*(relay.run() for relay in self.relays.values())):
            yield

    async def until_arrived(self, way: Delivery, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.couriers[way].messages) < count:  # noqa: ASYNC110 # a fake tells nobody
                await asyncio.sleep(0.001)


@pytest.fixture
def office() -> Office:
    return Office()


async def test_each_brings_its_own_messages_and_has_its_own_receipt(office: Office) -> None:
    await office.callbacks.request(a_promise())
    await office.relays[MAIL].deliver_waiting()
    assert [office.arrived(way) for way in Delivery] == [[], ["cb-1.1/mail"], []]
    receipts = await office.receipts()
    assert receipts[MAIL].delivered_at == office.clock.now()
    assert receipts[MQTT].delivered_at is receipts[WEBHOOK].delivered_at is None


@pytest.mark.parametrize("broken", ["down", "hanging"])
async def test_a_way_that_is_dead_or_slow_holds_up_no_other(office: Office, broken: str) -> None:
    if broken == "down":
        office.couriers[MAIL].down = True
    else:
        office.couriers[MAIL] = HangingCourier()
        office.relays[MAIL] = office.new_relay(MAIL)
    async with office.running():
        for name in ("cb-1", "cb-2", "cb-3"):
            await office.callbacks.request(a_promise(name))
        await office.until_arrived(MQTT, 3)
        await office.until_arrived(WEBHOOK, 3)
    assert office.arrived(MAIL) == []


async def test_what_waited_is_delivered_when_the_way_is_back(office: Office) -> None:
    office.couriers[MAIL].down = True
    async with office.running():
        await office.callbacks.request(a_promise())
        await office.until_arrived(MQTT, 1)
        office.couriers[MAIL].down = False
        await office.until_arrived(MAIL, 1)
    assert office.arrived(MAIL) == ["cb-1.1/mail"]
    assert (await office.receipts())[MAIL].tries == 0


async def test_a_refusal_is_noted_and_tried_again_with_growing_pauses(office: Office) -> None:
    office.couriers[MAIL].refused = {HEIKE}
    await office.callbacks.request(a_promise())
    tries = []
    for _minute in range(6 * 60):
        await office.relays[MAIL].deliver_waiting()
        tries.append((await office.receipts())[MAIL].tries)
        office.clock.advance(timedelta(minutes=1))
    first_of = [tries.index(number) for number in range(1, tries[-1] + 1)]
    assert first_of == [0, 1, 6, 21, 81, 321]
    assert (await office.receipts())[MAIL].error == "Not taken (550)."


async def test_the_pauses_outlive_the_relay(office: Office) -> None:
    office.couriers[MAIL].refused = {HEIKE}
    await office.callbacks.request(a_promise())
    await office.relays[MAIL].deliver_waiting()
    office.couriers[MAIL].refused = set()
    await office.new_relay(MAIL).deliver_waiting()
    assert office.arrived(MAIL) == []
    office.clock.advance(timedelta(minutes=1))
    await office.new_relay(MAIL).deliver_waiting()
    assert office.arrived(MAIL) == ["cb-1.1/mail"]


async def test_a_message_that_is_refused_does_not_block_the_next_to_the_same_person(
    office: Office,
) -> None:
    office.couriers[MAIL].refused = {HEIKE}
    await office.callbacks.request(a_promise("cb-1"))
    await office.relays[MAIL].deliver_waiting()
    office.couriers[MAIL].refused = set()
    await office.callbacks.request(a_promise("cb-2"))
    await office.relays[MAIL].deliver_waiting()
    assert office.arrived(MAIL) == ["cb-2.1/mail"]


async def test_one_who_is_refused_holds_up_nobody_else(office: Office) -> None:
    office.couriers[MAIL].refused = {HEIKE}
    with capture_logs() as logs:
        for name, owner in (("cb-1", HEIKE), ("cb-2", FOLKERT), ("cb-3", HEIKE)):
            await office.callbacks.request(a_promise(name, owner))
        await office.relays[MAIL].deliver_waiting()
    assert office.arrived(MAIL) == ["cb-2.1/mail"]
    assert [(line["event"], line["way"]) for line in logs] == [("callbacks_refused", "mail")]


async def test_a_refusal_that_can_not_be_noted_stops_the_relay_for_a_while(office: Office) -> None:
    office.couriers[MAIL].refused = {HEIKE}
    await office.callbacks.request(a_promise())
    office.store.full = True
    with pytest.raises(Unavailable):
        await office.relays[MAIL].deliver_waiting()
    office.store.full = False
    assert (await office.receipts())[MAIL].tries == 0


async def test_a_broker_that_comes_back_makes_no_mail_go_twice(office: Office) -> None:
    await office.callbacks.request(a_promise())
    for way in (MQTT, MAIL):
        await office.relays[way].deliver_waiting()
    office.relays[MQTT].connected()
    for way in (MQTT, MAIL):
        await office.relays[way].deliver_waiting()
    assert office.arrived(MQTT) == ["cb-1.1", "cb-1.1"]
    assert office.arrived(MAIL) == ["cb-1.1/mail"]
