"""What every broker must do, shown on the fake and on a real mosquitto."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from ivr.adapters.mqtt import MqttBroker
from ivr.application.backoff import Backoff
from ivr.application.messages import callback_message
from ivr.application.ports.couriers import Broker, IncomingCommand, OutboxMessage, QueueFigures
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CaseworkerId, DepartmentId, MessageId
from tests.contract.mosquitto import Listener, Mosquitto, listening
from tests.fakes.broker import FakeBroker
from tests.fakes.callbacks import MONDAY, a_callback
from tests.tasks import meanwhile

MESSAGE = callback_message(a_callback(), MONDAY)
FORBIDDEN = replace(MESSAGE, caseworker=CaseworkerId("nobody"), message_id=MessageId("cb-9.1"))
FIGURES = QueueFigures(MONDAY, waiting=3, longest_wait_seconds=41, agents={"ready": 2})


class Scene(Protocol):
    """A broker, with what only a test can see and do; nobody gets FORBIDDEN there."""

    @property
    def broker(self) -> Broker: ...

    async def arrived(self, count: int) -> list[str]:
        """Wait for so many messages; return their ids."""
        ...

    async def figures(self) -> int:
        """Wait for figures; return how many callers wait."""
        ...

    async def go_away(self) -> None: ...

    async def come_back(self) -> None: ...


class FakeScene:
    def __init__(self) -> None:
        self.broker = FakeBroker()
        self.broker.refused = {(FORBIDDEN.department, FORBIDDEN.caseworker)}

    async def arrived(self, count: int) -> list[str]:
        await self.broker.wait_for_messages(count)
        return [message.message_id for message in self.broker.messages]

    async def figures(self) -> int:
        return self.broker.figures[0].waiting

    async def go_away(self) -> None:
        self.broker.down = True

    async def come_back(self) -> None:
        self.broker.down = False


class RealScene:
    def __init__(self, broker: MqttBroker, server: Mosquitto, listener: Listener) -> None:
        self.broker = broker
        self._server = server
        self._listener = listener

    async def arrived(self, count: int) -> list[str]:
        topics = {"ivr/v1/callbacks/umwelt/janssen", "ivr/v1/callbacks/jugend/meyer"}

        def ids() -> list[str]:
            heard = [topic for topic, _payload in self._listener.heard if topic in topics]
            return [
                str(body["message_id"])
                for topic in dict.fromkeys(heard)
                for body in self._listener.bodies(topic)
            ]

        await self._listener.wait_for(lambda: len(ids()) >= count)
        return ids()

    async def figures(self) -> int:
        def bodies() -> list[dict[str, object]]:
            return self._listener.bodies("ivr/v1/queue")

        await self._listener.wait_for(lambda: bool(bodies()))
        return int(str(bodies()[0]["waiting"]))

    async def go_away(self) -> None:
        await asyncio.to_thread(self._server.kill)
        await until(self.broker, connected=False)
        self._listener.subscribed.clear()

    async def come_back(self) -> None:
        await asyncio.to_thread(self._server.start)
        await until(self.broker, connected=True)
        await self._listener.subscribed.wait()


async def until(broker: MqttBroker, *, connected: bool) -> None:
    async with asyncio.timeout(20):
        while broker.connected is not connected:  # noqa: ASYNC110 # the adapter has no such event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def real_scene(folder: Path) -> AsyncIterator[RealScene]:
    async def no_command(incoming: IncomingCommand) -> None:
        raise AssertionError(incoming)

    server = Mosquitto(folder)
    server.start()
    broker = MqttBroker(server.address(), no_command, backoff=Backoff(0.05, 0.2))
    try:
        async with meanwhile(broker.run()):
            await until(broker, connected=True)
            async with listening(server.port) as listener:
                yield RealScene(broker, server, listener)
    finally:
        server.stop()


@pytest.fixture(params=["fake", "mosquitto"])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    if request.param == "fake":
        yield FakeScene()
    else:
        async with real_scene(tmp_path) as real:
            yield real


def numbered(number: int) -> OutboxMessage:
    return callback_message(a_callback(f"cb-{number}"), MONDAY)


async def test_what_was_published_arrives_in_order(scene: Scene) -> None:
    for number in range(20):
        await scene.broker.deliver(numbered(number))
    assert await scene.arrived(20) == [f"cb-{number}.1" for number in range(20)]


async def test_a_repeat_has_the_same_id(scene: Scene) -> None:
    await scene.broker.deliver(MESSAGE)
    await scene.broker.deliver(MESSAGE)
    assert await scene.arrived(2) == ["cb-1.1", "cb-1.1"]


async def test_away_is_said_and_back_is_noticed(scene: Scene) -> None:
    await scene.go_away()
    with pytest.raises(Unavailable):
        await scene.broker.deliver(MESSAGE)
    with pytest.raises(Unavailable):
        await scene.broker.publish_queue(FIGURES)
    await scene.come_back()
    await scene.broker.deliver(MESSAGE)
    assert await scene.arrived(1) == ["cb-1.1"]


async def test_a_refused_caseworker_is_said_and_others_are_served(scene: Scene) -> None:
    with pytest.raises(Refused) as refusal:
        await scene.broker.deliver(FORBIDDEN)
    assert refusal.value.code == "publish_refused"
    other = replace(MESSAGE, department=DepartmentId("jugend"), caseworker=CaseworkerId("meyer"))
    await scene.broker.deliver(other)
    assert await scene.arrived(1) == ["cb-1.1"]


async def test_figures_arrive(scene: Scene) -> None:
    await scene.broker.publish_queue(FIGURES)
    assert await scene.figures() == 3
