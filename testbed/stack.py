"""The whole system, running: Asterisk, mosquitto, ``ivr serve``, and the people who use it.

For tests. What a test wants to know it asks of the outside: phones, the broker, Asterisk, and
the program's own API through its command line.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, Final, Self

import orjson

from testbed.asterisk import AsteriskInstance
from testbed.installation import IVR, Installation
from testbed.ports import Ports
from testbed.process import Process
from testbed.service import Service

_POLL_SECONDS: Final = 0.05
_LAST_LINES: Final = ("COMPLETE", "ABANDON", "EXIT")
"""How the last line of a call in ``queue_log`` begins."""
_MOVED_CLOCK: Final = "/usr/$LIB/faketime/libfaketimeMT.so.1"
"""The loader knows what ``$LIB`` is, see ld.so(8)."""
_START_SECONDS: Final = 60
"""On a machine that does other things as well; else it takes a second or two."""


class Stack(Service):
    """One running system; an async context manager. Calls leave nothing behind between tests."""

    def __init__(self, installation: Installation, ports: Ports) -> None:
        """``installation`` is prepared."""
        super().__init__(installation, ports)
        self.broker = installation.broker()
        self.asterisk = AsteriskInstance(installation.state)
        self.caseworker = installation.caseworker()
        self._open = AsyncExitStack()
        self._ivr: Process | None = None
        self._fallback: Process | None = None

    async def __aenter__(self) -> Self:
        """Start everything, and return when the program has found Asterisk and the broker."""
        await self._open.__aenter__()
        try:
            await self._open.enter_async_context(self.broker)
            await self._open.enter_async_context(self.asterisk)
            await self._open.enter_async_context(self.caseworker)
            self._open.push_async_callback(self.stop_ivr)
            await self.start_ivr()
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything."""
        await self._open.aclose()

    # -- the program ---------------------------------------------------------------------------

    @property
    def ivr(self) -> Process:
        """The running program."""
        assert self._ivr is not None, "ivr is not started"
        return self._ivr

    async def start_ivr(self, *, ahead: timedelta = timedelta(0)) -> None:
        """Start the program and wait until it is ready; its clock goes ``ahead`` of everybody's.

        Only what the program takes for the date and the time of day: how long something lasts
        is measured with another clock.
        """
        await self.spawn_ivr(ahead=ahead)
        for part in ("asterisk_connected", "broker_connected", "started"):
            await self.ivr.line(f'"{part}"', within=_START_SECONDS)

    async def spawn_ivr(self, *, ahead: timedelta = timedelta(0)) -> None:
        """Start the program and return at once."""
        clock = {
            "LD_PRELOAD": _MOVED_CLOCK,
            "FAKETIME": f"+{ahead.total_seconds():.0f}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        environment = {**self.installation.environment, **(clock if ahead else {})}
        self._ivr = await Process.start(IVR, "serve", name="ivr", env=environment)

    async def stop_ivr(self) -> int:
        """Stop the program; returns its exit status."""
        return await self.ivr.stop()

    @property
    def fallback(self) -> Process:
        """The process that stands by."""
        assert self._fallback is not None, "ivr fallback is not started"
        return self._fallback

    async def start_fallback(self, *, after: float = 15) -> None:
        """Start ``ivr fallback``, for which the program is dead ``after`` so many seconds.

        It ends with the stack.
        """
        environment = {**self.installation.environment, "IVR_FALLBACK_AFTER": str(after)}
        self._fallback = await Process.start(IVR, "fallback", name="fallback", env=environment)
        self._open.push_async_callback(self._fallback.stop)
        await self._fallback.line('"started"', within=_START_SECONDS)

    async def ended_call(self, *, since: int, within: float = 15) -> dict[str, Any]:
        """Wait for the next log line of a call that ended, from position ``since`` on."""
        line = await self.ivr.line('"event":"call_ended"', since=since, within=within)
        return dict(orjson.loads(line))

    async def queue_log(self, call: str, *, within: float = 10) -> list[list[str]]:
        """Return the fields of a finished call's lines, once its last one is written."""
        log = self.installation.state / "log" / "queue_log"
        async with asyncio.timeout(within):
            while True:
                lines = [line.split("|") for line in log.read_text().splitlines()]
                of_call = [line for line in lines if line[1] == call]
                if any(line[4].startswith(_LAST_LINES) for line in of_call):
                    return of_call
                await asyncio.sleep(_POLL_SECONDS)

    @asynccontextmanager
    async def listening_again(self) -> AsyncIterator[None]:
        """Start the broker after its death, and listen there again."""
        self.caseworker = self.installation.caseworker()
        await self.broker.start()
        async with self.caseworker:
            yield
