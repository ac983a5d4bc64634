"""A real HTTP server that takes webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

HOST = "127.0.0.1"


class Receiver:
    """``requests`` holds headers and body of all that were answered with 2xx."""

    def __init__(self) -> None:
        self.requests: list[tuple[Mapping[str, str], bytes]] = []
        self.asked = 0
        self.status = 204
        self.refused: set[str] = set()
        """Caseworkers it wants nothing of."""
        self.hangs = False
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._arrived = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/callbacks?key=secret"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/callbacks", self._take)
        app.router.add_post("/elsewhere", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None

    async def wait_for_requests(self, count: int) -> list[tuple[Mapping[str, str], bytes]]:
        async with asyncio.timeout(20), self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) >= count)
        return self.requests

    async def _take(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.hangs:
            await asyncio.sleep(60)
        told = await request.json()
        if told["callback"]["caseworker"] in self.refused:
            return web.Response(status=410)
        if self.status // 100 == 2:
            async with self._arrived:
                self.requests.append((request.headers.copy(), await request.read()))
                self._arrived.notify_all()
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    await receiver.start()
    try:
        yield receiver
    finally:
        await receiver.stop()
