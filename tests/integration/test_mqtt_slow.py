"""A slow broker, and one that was away for long: nothing is lost, and little comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.adapters.mqtt import BrokerAddress, MqttBroker
from ivr.adapters.store import SqlStore, open_store
from ivr.application.backoff import Backoff
from ivr.application.messages import callback_message
from ivr.application.ports.couriers import IncomingCommand
from ivr.application.relay import Relay
from ivr.domain.delivery import Delivery
from ivr.domain.ids import MessageId
from tests.contract.mosquitto import HOST, PASSWORD, Listener, Mosquitto, listening
from tests.contract.slow_line import SlowLine, slow_line
from tests.fakes.callbacks import MONDAY, a_callback
from tests.fakes.clock import FakeClock
from tests.fakes.courier import FakeCourier
from tests.tasks import meanwhile

JANSSEN = "ivr/v1/callbacks/umwelt/janssen"
MANY = 300


async def take(_command: IncomingCommand) -> None:
    """Take any command."""


@asynccontextmanager
async def delivering(store: SqlStore, port: int) -> AsyncIterator[tuple[Relay, MqttBroker]]:
    """Deliver what waits in ``store`` to the broker at ``port``."""
    broker = MqttBroker(
        BrokerAddress(HOST, port, "ivr", PASSWORD),
        take,
        on_connected=lambda: relay.connected(),  # noqa: PLW0108 - there is none yet
        backoff=Backoff(0.02, 0.1),
    )
    relay = Relay(store, Delivery.MQTT, broker, FakeClock(), backoff=Backoff(0.02, 0.1))
    async with meanwhile(broker.run(), relay.run()):
        yield relay, broker


async def add(store: SqlStore, first: int, last: int) -> list[str]:
    """Let callbacks wait for their delivery; return the ids of their messages."""
    ids = []
    async with store.transaction() as transaction:
        for number in range(first, last):
            callback = a_callback(f"cb-{number}")
            await transaction.add_callback(callback)
            message = callback_message(callback, MONDAY + timedelta(milliseconds=number))
            await transaction.add_message(message)
            ids.append(str(message.message_id))
    return ids


def told(listener: Listener) -> list[object]:
    """What Janssen heard, repeats left out as every consumer does it."""
    return list(dict.fromkeys(body["message_id"] for body in listener.bodies(JANSSEN)))


async def waiting(store: SqlStore) -> int:
    async with store.transaction() as transaction:
        return len(await transaction.unpublished(MANY * 2))


async def until_delivered(store: SqlStore) -> None:
    async with asyncio.timeout(20):
        while await waiting(store):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[tuple[SqlStore, Mosquitto, SlowLine]]:
    async with AsyncExitStack() as stack:
        server = Mosquitto(tmp_path)
        server.start()
        stack.callback(server.stop)
        store = await stack.enter_async_context(open_store(f"sqlite:///{tmp_path}/ivr.db"))
        yield store, server, await stack.enter_async_context(slow_line(server.port))


Scene = tuple[SqlStore, Mosquitto, SlowLine]


async def test_what_waited_for_hours_arrives_in_order_and_new_ones_behind_it(scene: Scene) -> None:
    store, server, _line = scene
    expected = await add(store, 0, MANY)
    async with listening(server.port) as listener, delivering(store, server.port) as (relay, _):
        await listener.wait_for(lambda: len(listener.heard) > MANY // 10)
        expected += await add(store, MANY, MANY + 1)
        relay.wake()
        await listener.wait_for(lambda: len(told(listener)) > MANY)
        await until_delivered(store)
    assert told(listener) == expected


async def test_late_acknowledgements_are_waited_for(scene: Scene) -> None:
    store, server, line = scene
    line.delay = 0.1
    expected = await add(store, 0, 10)
    async with listening(server.port) as listener, delivering(store, line.port):
        await listener.wait_for(lambda: len(told(listener)) >= 10)
        await until_delivered(store)
    assert told(listener) == expected


async def test_a_silent_broker_holds_up_no_other_way_and_gets_the_same_ids_again(
    scene: Scene,
) -> None:
    store, server, line = scene
    courier = FakeCourier()
    mail = Relay(store, Delivery.MAIL, courier, FakeClock())
    async with listening(server.port) as listener, delivering(store, line.port) as (relay, broker):
        await listener.wait_for(lambda: bool(listener.heard))  # online
        line.open.clear()
        [expected] = await add(store, 0, 1)
        async with store.transaction() as transaction:
            by_mqtt = callback_message(a_callback("cb-0"), MONDAY)
            by_mail = replace(by_mqtt, message_id=MessageId("cb-0.m"), delivery=Delivery.MAIL)
            await transaction.add_message(by_mail)
        relay.wake()
        await listener.wait_for(lambda: len(listener.bodies(JANSSEN)) == 1)
        await mail.deliver_waiting()
        assert [message.message_id for message in courier.messages] == [by_mail.message_id]
        assert await waiting(store) == 1  # it has it, and we can't know
        await line.close()
        line.open.set()
        await listener.wait_for(lambda: len(listener.bodies(JANSSEN)) >= 2)
        await until_delivered(store)
        await broker.probe()
    assert told(listener) == [expected]
