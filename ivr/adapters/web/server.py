"""Serving the application with uvicorn, in the event loop of the whole program.

uvicorn brings no signals, no logging and no loop of its own here; when to stop is decided by
cancelling :meth:`WebServer.run`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

from ivr.adapters.web.doors import Doors
from ivr.adapters.web.gate import OwnersEntrance

log = structlog.get_logger(__name__)

GRACE_SECONDS = 0.5
"""How long requests under way may go on when the program stops."""


class WebServer:
    """Serves ``app`` at both doors; who comes by the unix socket needs no token."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._doors = doors
        self._tcp = _Server(_config(app), doors.address)
        self._owner = _Server(_config(OwnersEntrance(app)), "unix socket")

    async def opened(self) -> None:
        """Return once both doors are open."""
        await self._tcp.opened.wait()
        await self._owner.opened.wait()

    async def run(self) -> None:
        """Serve until cancelled; then end within a second, whatever clients do."""
        tcp, owner = self._tcp, self._owner
        serving = [
            asyncio.create_task(tcp.serve([self._doors.tcp]), name="web tcp"),
            asyncio.create_task(owner.serve([self._doors.file]), name="web socket"),
        ]
        try:
            done, _ = await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise AssertionError("the web server ended without being told to")
        finally:
            tcp.should_exit = owner.should_exit = True
            try:
                await _end(serving)
            finally:
                tcp.release()
                owner.release()


async def _end(serving: list[asyncio.Task[None]]) -> None:
    """Let the servers finish what they do, but not for long."""
    _, busy = await asyncio.wait(serving, timeout=GRACE_SECONDS)
    for task in busy:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)


class _Server(uvicorn.Server):
    """``address`` is how its door is called in the log."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address
        self.opened = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        log.info("web_serves", address=self._address)
        self.opened.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signals alone: they mean more here than the end of HTTP."""
        yield

    def release(self) -> None:
        """Let go of every socket; uvloop would wait for one that is still open when it ends."""
        for listening in getattr(self, "servers", []):
            listening.close()
        for connection in self.server_state.connections:
            connection.transport.abort()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=5,
    )
