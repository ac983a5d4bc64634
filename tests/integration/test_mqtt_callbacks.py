"""From the commit to the caseworker and back, with a broker that is killed on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import orjson
import pytest

from ivr.adapters.store import open_store
from ivr.application.callbacks import Callbacks
from ivr.application.ports.store import CallbackFilter, Store
from ivr.domain.ids import CallbackId
from tests.contract.mosquitto import Listener, Mosquitto, listening
from tests.fakes.callbacks import a_callback
from tests.integration.mqtt_service import working

JANSSEN = "ivr/v1/callbacks/umwelt/janssen"
REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@dataclass
class County:
    """All parts together, on a real database and a real broker."""

    store: Store
    callbacks: Callbacks
    server: Mosquitto
    listener: Listener

    def said(self) -> list[dict[str, object]]:
        return self.listener.bodies(JANSSEN)

    def replies(self) -> list[dict[str, object]]:
        return [body for body in self.said() if body["schema"] == "ivr.reply.v1"]

    async def hear(self, count: int) -> list[dict[str, object]]:
        """Wait for so many different messages."""
        await self.listener.wait_for(
            lambda: len({str(body["message_id"]) for body in self.said()}) >= count
        )
        return self.said()

    async def command(self, **command: object) -> None:
        whole = {"schema": "ivr.command.v1", "callback_id": "cb-1", **command}
        await self.listener.send_command(f"{JANSSEN}/commands", orjson.dumps(whole))


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    server = Mosquitto(tmp_path)
    server.start()
    try:
        async with (
            open_store(f"sqlite:///{tmp_path}/ivr.db") as store,
            listening(server.port) as listener,
            working(store, server) as callbacks,
        ):
            yield County(store, callbacks, server, listener)
    finally:
        server.stop()


async def test_a_caseworker_takes_a_callback_and_everybody_hears(county: County) -> None:
    await county.callbacks.request(a_callback())
    await county.hear(1)
    await county.command(message_id="1", command="acknowledge", note="rufe um 14 Uhr an")
    said = await county.hear(3)
    assert [body.get("event") for body in said] == ["requested", "acknowledged", None]
    assert said[2] == {
        "schema": "ivr.reply.v1",
        "message_id": "umwelt/janssen/1/reply",
        "in_reply_to": "1",
        "ok": True,
    }
    callback = await county.callbacks.get(CallbackId("cb-1"))
    assert callback.changed_by == "janssen"
    assert callback.note == "rufe um 14 Uhr an"


async def test_a_repeated_command_is_answered_again_and_not_done_again(county: County) -> None:
    await county.callbacks.request(a_callback())
    await county.command(message_id="1", command="close")
    await county.hear(3)
    await county.command(message_id="1", command="close")
    await county.listener.wait_for(lambda: len(county.replies()) >= 2)
    replies = county.replies()
    assert replies[0] == replies[1]
    assert replies[0]["ok"] is True
    assert len(await county.callbacks.history(CallbackId("cb-1"))) == 2


async def test_everything_said_keeps_to_the_published_schema(county: County) -> None:
    schema = orjson.loads(await asyncio.to_thread((REFERENCE / "mqtt.schema.json").read_bytes))
    await county.callbacks.request(a_callback())
    await county.hear(1)
    await county.command(message_id="1", command="attempt")
    await county.command(message_id="2", command="acknowledge")
    await county.command(message_id="3", command="dance")
    for body in await county.hear(5):
        jsonschema.validate(body, schema)


async def test_nothing_is_lost_when_the_broker_is_killed_again_and_again(county: County) -> None:
    total = 150
    await asyncio.to_thread(county.server.save)  # the listener's session, before any message

    async def request() -> None:
        for number in range(total):
            await county.callbacks.request(a_callback(f"cb-{number}"))
            await asyncio.sleep(0.01)

    async def disturb() -> None:
        for _ in range(3):
            await asyncio.sleep(0.3)
            await asyncio.to_thread(county.server.kill)
            await asyncio.to_thread(county.server.start)

    async with asyncio.TaskGroup() as group:
        group.create_task(request())
        group.create_task(disturb())
    said = await county.hear(total)
    assert {body["message_id"] for body in said} == {f"cb-{number}.1" for number in range(total)}
    first: dict[object, dict[str, object]] = {}
    for body in said:
        assert first.setdefault(body["message_id"], body) == body
    await all_published(county.callbacks)


async def test_nothing_is_lost_for_an_inbox_that_was_away_when_the_broker_forgot(
    county: County,
) -> None:
    async with listening(county.server.port, "inbox"):
        await asyncio.to_thread(county.server.save)
    names = [f"cb-{number}" for number in range(40)]
    for name in names:
        await county.callbacks.request(a_callback(name))
    await all_published(county.callbacks)
    await asyncio.to_thread(county.server.kill_forgetful)
    await asyncio.to_thread(county.server.start)
    async with listening(county.server.port, "inbox") as inbox:
        await inbox.wait_for(
            lambda: (
                {body["message_id"] for body in inbox.bodies(JANSSEN)}
                == {f"{name}.1" for name in names}
            )
        )


async def all_published(callbacks: Callbacks) -> None:
    waiting = CallbackFilter(published=False)
    async with asyncio.timeout(10):
        while await callbacks.list_callbacks(waiting):  # noqa: ASYNC110 # marked by another task
            await asyncio.sleep(0.05)
