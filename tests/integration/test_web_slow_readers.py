"""Screens that never read hold up nobody's call, and cost no memory."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ivr.adapters.web import live_status
from ivr.adapters.web.app import build_app
from ivr.adapters.web.doors import open_doors
from ivr.adapters.web.server import WebServer
from ivr.domain.events import CallerPressed
from ivr.domain.ids import CallId
from tests.service_lab import ServiceLab, running_service
from tests.tasks import meanwhile

SCREENS = 20
KEYS = 3000
_ASKS = b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"


@asynccontextmanager
async def screens_that_never_read(file: Path) -> AsyncIterator[None]:
    """Ask for the status as it changes, over a socket with hardly any room, and leave it there."""
    loop = asyncio.get_running_loop()
    screens = []
    for _ in range(SCREENS):
        screen = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        screen.setblocking(False)
        screen.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        await loop.sock_connect(screen, str(file))
        await loop.sock_sendall(screen, _ASKS)
        assert await loop.sock_recv(screen, 10)
        screens.append(screen)
    try:
        yield
    finally:
        for screen in screens:
            screen.close()


async def keys_are_handled(lab: ServiceLab) -> float:
    """Let a caller press keys for a while; return how many seconds the slowest took."""
    slowest = 0.0
    loop = asyncio.get_running_loop()
    for _ in range(KEYS):
        began = loop.time()
        await lab.inbox.handled(CallerPressed(CallId("call-1"), "9"))
        slowest = max(slowest, loop.time() - began)
        await asyncio.sleep(0)
    return slowest


async def test_screens_that_never_read_slow_no_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_status, "REST_SECONDS", 0.001)
    file = tmp_path / "ivr.sock"
    async with running_service() as lab:
        with open_doors(file, "127.0.0.1", 0) as doors:
            web = WebServer(build_app(lab.parts, token="-"), doors)
            async with meanwhile(web.run()):
                await asyncio.wait_for(web.opened(), 10)
                for number in range(1, 21):
                    await lab.caller_waits(f"call-{number}")
                async with screens_that_never_read(file):
                    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                    slowest = await keys_are_handled(lab)
                    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert slowest < 1
    assert after - before < 20 * 1024  # kB
