"""The use cases of callbacks with a real broker: what caseworkers' programs talk to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ivr.adapters.mqtt import MqttBroker
from ivr.application.backoff import Backoff
from ivr.application.callbacks import Callbacks
from ivr.application.obeying import Obeying
from ivr.application.ports.store import Store
from ivr.application.relay import Relay
from ivr.domain.delivery import Delivery
from tests import examples
from tests.contract.mosquitto import Mosquitto
from tests.fakes.callbacks import NobodyPhones
from tests.fakes.clock import FakeClock
from tests.tasks import meanwhile


@asynccontextmanager
async def working(store: Store, server: Mosquitto) -> AsyncIterator[Callbacks]:
    clock = FakeClock()
    # The relay exists only after the callbacks it publishes.
    callbacks = Callbacks(store, examples.county, clock, lambda: relay.wake())  # noqa: PLW0108
    obeying = Obeying(store, callbacks, NobodyPhones(), clock)
    broker = MqttBroker(
        server.address(),
        obeying.handle,
        on_connected=lambda: relay.connected(),  # noqa: PLW0108
        backoff=Backoff(0.02, 0.1),
    )
    relay = Relay(store, Delivery.MQTT, broker, clock, backoff=Backoff(0.02, 0.1))
    async with meanwhile(broker.run(), relay.run()):
        yield callbacks
