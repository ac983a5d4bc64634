"""A caller's key becomes a promise: committed, told to the caseworker, acknowledged.

The key is an RFC 4733 event of the caller's; its end is when it counts. Committed is when another
reader of the database sees the row.
"""

from __future__ import annotations

import asyncio
import sqlite3
import struct
import threading
import time
from typing import Final

from benchmarks import names
from benchmarks.figures import Figure
from benchmarks.laboratory import Laboratory, Side
from benchmarks.progress import Progress
from benchmarks.telephones import CitizenCall, Ear, caller_number, now
from testbed import CITIZEN_ADDRESS
from testbed.phone import SipServer

PROMISES: Final = 100
_KEY_SECONDS: Final = 0.06
_BETWEEN_SECONDS: Final = 0.25
"""Until the next key: what is said between them has no length here."""
_WITHIN_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.0002
_EVENTS: Final = 101
_END: Final = 0x80
_VOLUME: Final = 10
_SOURCE: Final = 0x0BE_2C5
_ASK, _RIGHT = 1, 11
"""The events of the keys ``1``, which asks for a callback, and ``#``: the number is right."""


async def promises(laboratory: Laboratory, progress: Progress, count: int) -> list[Figure]:
    """Let so many callers, one after the other, ask for a callback."""
    progress.says("callbacks, from the key")
    [ours] = [side for side in laboratory.sides if side.name == names.IVR]
    ear = Ear(SipServer(CITIZEN_ADDRESS, laboratory.ports.range(2)))
    await ear.open()
    try:
        async with laboratory.served_by(ours, 0):
            costs = [await _promise(laboratory, ours, ear, number) for number in range(count)]
    finally:
        ear.close()
    committed, published, acknowledged = zip(*costs, strict=True)
    return [
        Figure(names.COMMITTED, committed),
        Figure(names.PUBLISHED, published),
        Figure(names.ACKNOWLEDGED, acknowledged),
    ]


async def _promise(
    laboratory: Laboratory, side: Side, ear: Ear, number: int
) -> tuple[float, float, float]:
    """Return the milliseconds of the three steps. Raises TimeoutError."""
    stack, caller = laboratory.stack, caller_number(5000 + number)
    call = laboratory.citizens.call(caller, side.dialled, ear)
    async with asyncio.timeout(_WITHIN_SECONDS):
        await call.answered.wait()
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        watch = _Commit(laboratory)
        await _press(ear, call, _ASK, 0)
        await asyncio.sleep(_BETWEEN_SECONDS)
        pressed = await _press(ear, call, _RIGHT, 1)
        told = await stack.caseworker.told("requested", caller_number=caller)
        published = now()
        committed = await asyncio.to_thread(watch.at)
        command = await stack.caseworker.send("acknowledge", told)
        sent = now()
        await stack.caseworker.reply(command)
        acknowledged = now()
        await call.ended.wait()
    return tuple(  # type: ignore[return-value]  # three of them
        seconds * 1000
        for seconds in (committed - pressed, published - pressed, acknowledged - sent)
    )


class _Commit:
    """Notices when there is one callback more."""

    def __init__(self, laboratory: Laboratory) -> None:
        self._file = laboratory.stack.installation.state / "ivr.db"
        self._at: float | None = None
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._began = threading.Event()
        self._looking.start()
        self._began.wait(_WITHIN_SECONDS)

    def at(self) -> float:
        """Return when. Raises TimeoutError."""
        self._looking.join(_WITHIN_SECONDS)
        if self._at is None:
            raise TimeoutError("no callback was committed")
        return self._at

    def _look(self) -> None:
        database = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        try:
            before = _callbacks(database)
            self._began.set()
            give_up = now() + _WITHIN_SECONDS
            while now() < give_up:
                if _callbacks(database) > before:
                    self._at = now()
                    return
                time.sleep(_LOOK_SECONDS)
        finally:
            database.close()


def _callbacks(database: sqlite3.Connection) -> int:
    [[count]] = database.execute("SELECT count(*) FROM callbacks")
    return int(count)


async def _press(ear: Ear, call: CitizenCall, event: int, number: int) -> float:
    """Press a key; returns when it was let go."""
    there = call.sound_goes_to()
    stamp = 8000 * (number + 1)
    ear.sendto(_event(event, 10 * number + 1, stamp, 160, end=False), there)
    await asyncio.sleep(_KEY_SECONDS)
    let_go = now()
    for repeat in range(3):
        ear.sendto(_event(event, 10 * number + 2 + repeat, stamp, 480, end=True), there)
    return let_go


def _event(event: int, sequence: int, stamp: int, duration: int, *, end: bool) -> bytes:
    """RFC 4733, section 2.3."""
    header = struct.pack("!BBHII", 0x80, _EVENTS, sequence, stamp, _SOURCE)
    return header + struct.pack("!BBH", event, _VOLUME | (_END if end else 0), duration)
