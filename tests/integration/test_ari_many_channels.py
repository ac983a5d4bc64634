"""A program that comes back while many are on the line; a file of its own, as Asterisk may die."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ivr.adapters.ari.connection import Address
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.switch import AriSwitch
from ivr.domain import events as on
from ivr.domain.events import Event
from testbed.transcript import Transcript
from tests.examples import COMMON_NUMBER
from tests.integration.dialplan_lab import Lab, dialplan_lab

CALLERS = 800
"""Of two channels each: a list of them is longer than Asterisk can send over a WebSocket."""


@asynccontextmanager
async def serving(lab: Lab) -> AsyncIterator[tuple[AriSwitch, Transcript[Event]]]:
    posted: Transcript[Event] = Transcript("AriSwitch")
    address = Address(lab.settings.ari, "ivr", lab.secrets.ari_password, "ivr")
    sounds = SoundFolders(lab.settings.sounds, "de")
    switch = AriSwitch(address, sounds, lab.settings.recordings, posted.add)
    running = asyncio.create_task(switch.run(), name="switch")
    try:
        async with asyncio.timeout(20):
            await switch._ari.up.wait()
        yield switch, posted
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def arrived(events: Transcript[Event]) -> set[str]:
    return {event.call for event in events if isinstance(event, on.CallArrived)}


async def test_whoever_is_on_the_line_is_found_however_many_they_are(tmp_path: Path) -> None:
    async with dialplan_lab(tmp_path, max_calls=CALLERS) as lab:
        async with serving(lab) as (switch, events):
            for _ in range(CALLERS):
                line = f"Local/{COMMON_NUMBER}@from-trunk"
                await switch._ari.request("POST", "channels", {"endpoint": line, "app": "nobody"})
            await events.first(lambda _: len(arrived(events)) == CALLERS, "all callers")
            called = arrived(events)
        async with serving(lab) as (_, events):
            assert arrived(events) == called
        assert lab.asterisk.running
