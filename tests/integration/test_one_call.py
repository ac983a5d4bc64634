"""The page "One call through the code" is true: every step runs, in the order it tells.

Everything is real but Asterisk, which is a server that sends the JSON, and the broker.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import orjson
from aiohttp import web

from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.switch import AriSwitch
from ivr.adapters.store import open_store
from ivr.application.audit import Audit
from ivr.application.callbacks import Callbacks
from ivr.application.dispatcher import Dispatcher
from ivr.application.inbox import Inbox
from ivr.application.obeying import Obeying
from ivr.application.places import KeptPlaces
from ivr.application.ports.couriers import IncomingCommand
from ivr.application.records import CallRecords
from ivr.application.relay import Relay
from ivr.domain.delivery import Delivery
from ivr.domain.engine import QueueEngine
from tests.examples import DIDS, JUGEND, always_open, county
from tests.fakes.broker import FakeBroker
from tests.fakes.callbacks import NobodyPhones
from tests.fakes.clock import FakeClock
from tests.integration.ari_server import AriServer, ari_server

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "one-call.md"
CHANNEL = {"id": "1763884800.1"}


async def test_the_page_tells_what_happens(tmp_path: Path) -> None:
    told = re.findall(r"^\| \d+ \|.*`(ivr\.[\w.]+)` \|$", PAGE.read_text(), re.MULTILINE)
    with _functions_run() as run:
        await _one_call(tmp_path)
    position = 0
    for step in told:
        assert step in run, f"{step} did not run at all"
        assert step in run[position:], f"{step} ran, but not after the step before it"
        position = run.index(step, position) + 1

    assert len(told) == 21


async def _one_call(folder: Path) -> None:
    """A caller waits and presses 1; the caseworker is told and acknowledges."""
    async with ari_server() as asterisk, _service(asterisk, folder) as (obeying, broker):
        asterisk.answer = _nothing_there
        socket = await asterisk.next_socket()
        await asterisk.asked.first(lambda asked: asked["uri"] == "asterisk/info", "the comparison")
        await _tell(socket, "StasisStart", channel=CHANNEL, args=["caller", DIDS[JUGEND]])
        await asterisk.asked.first(lambda asked: "/moh" in asked["uri"], "music")
        await _tell(socket, "ChannelDtmfReceived", channel=CHANNEL, digit="1", duration_ms=100)
        await asterisk.asked.first(
            lambda asked: "/moh" in asked["uri"] and asked["method"] == "DELETE", "no music"
        )
        for key in "01713920001##":
            await _tell(socket, "ChannelDtmfReceived", channel=CHANNEL, digit=key, duration_ms=100)
        await broker.wait_for_messages(1)
        callback = broker.messages[0].body["callback"]
        await obeying.handle(
            IncomingCommand(
                broker.messages[0].department,
                broker.messages[0].caseworker,
                orjson.dumps(
                    {
                        "schema": "ivr.command.v1",
                        "message_id": "m1",
                        "command": "acknowledge",
                        "callback_id": callback["id"],
                    }
                ),
            )
        )
        await broker.wait_for_messages(3)


def _nothing_there(asked: dict[str, Any]) -> dict[str, Any]:
    """An Asterisk without calls, that does what it is told."""
    if asked["method"] != "GET":
        return {"status_code": 204}
    nothing: Any = []
    if asked["uri"] == "asterisk/info":
        nothing = {"status": {"startup_time": "2026-11-23T07:00:00.000+0000"}}
    elif asked["uri"].startswith("applications"):
        nothing = {"channel_ids": [], "bridge_ids": []}
    return {"status_code": 200, "message_body": orjson.dumps(nothing).decode()}


@asynccontextmanager
async def _service(asterisk: AriServer, folder: Path) -> AsyncIterator[tuple[Obeying, FakeBroker]]:
    broker, clock, inbox = FakeBroker(), FakeClock(), Inbox()
    place = county(hours=always_open(), reads_numbers_back=True)
    sounds = SoundFolders(folder, place.language)
    switch = AriSwitch(asterisk.address, sounds, folder, inbox.post)
    async with open_store(f"sqlite+aiosqlite:///{folder / 'ivr.db'}") as store:
        relay = Relay(store, Delivery.MQTT, broker, clock)
        callbacks = Callbacks(store, lambda: place, clock, relay.wake)
        dispatcher = Dispatcher(
            inbox,
            QueueEngine(place, "run"),
            switch,
            callbacks,
            CallRecords(store),
            KeptPlaces(store, inbox.post),
            Audit(store, clock),
            clock,
        )
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(run()) for run in (switch.run, dispatcher.run, relay.run)]
            yield Obeying(store, callbacks, NobodyPhones(), clock), broker
            for task in running:
                task.cancel()


async def _tell(socket: web.WebSocketResponse, kind: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
    await socket.send_str(orjson.dumps({"type": kind, **fields}).decode())


@contextmanager
def _functions_run() -> Iterator[list[str]]:
    """The functions of the program that are called, by their full names, in order."""
    run: list[str] = []

    def note(frame: FrameType, event: str, _argument: object) -> None:
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith("ivr."):
            run.append(f"{module}.{frame.f_code.co_qualname}")

    sys.setprofile(note)
    try:
        yield run
    finally:
        sys.setprofile(None)
