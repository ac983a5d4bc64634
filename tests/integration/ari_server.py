"""A server that speaks just enough ARI to be ill-behaved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from ivr.adapters.ari.connection import Address
from testbed.transcript import Transcript

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]
"""What to answer to a request, besides its id; None: nothing at all."""


class AriServer:
    """``asked`` holds all requests; the latest socket can be used to send anything."""

    def __init__(self) -> None:
        self.status: int = HTTPStatus.SWITCHING_PROTOCOLS
        """Of the answer to the handshake."""
        self.refused = 0
        self.answer: Answer = lambda _: {"status_code": 204}
        self.tells_events = True
        self.asked: Transcript[dict[str, Any]] = Transcript("requests")
        self.connections: Transcript[web.WebSocketResponse] = Transcript("connections")
        self.url = ""

    @property
    def address(self) -> Address:
        return Address(self.url, "ivr", "secret", "ivr")

    async def next_socket(self, since: int = 0) -> web.WebSocketResponse:
        return await self.connections.first(lambda _: True, "a connection", since=since)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.status != HTTPStatus.SWITCHING_PROTOCOLS:
            self.refused += 1
            return web.Response(status=self.status)
        assert request.headers["Authorization"] == aiohttp.encode_basic_auth("ivr", "secret")
        assert request.query["app"] == "ivr,ivr_phones"
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections.add(socket)
        async for frame in socket:
            asked = orjson.loads(frame.data)
            self.asked.add(asked)
            if self.tells_events and asked["uri"].startswith("events/user/"):
                name = asked["uri"].rsplit("/", maxsplit=1)[-1]
                await socket.send_json({"type": "ChannelUserevent", "eventname": name})
            answer = self.answer(asked)
            if answer is not None:
                head = {"type": "RESTResponse", "request_id": asked["request_id"]}
                await socket.send_str(orjson.dumps({**head, **answer}).decode())
        return socket

    async def handle_listing(self, request: web.Request) -> web.Response:
        """Answer what is asked for over HTTP as it would be over the socket."""
        assert request.headers["Authorization"] == aiohttp.encode_basic_auth("ivr", "secret")
        asked = {"method": request.method, "uri": request.match_info["path"]}
        self.asked.add(asked)
        answer = self.answer(asked)
        if answer is None:
            answer = await asyncio.get_running_loop().create_future()
        return web.Response(status=answer["status_code"], text=answer.get("message_body"))


@asynccontextmanager
async def ari_server() -> AsyncIterator[AriServer]:
    server = AriServer()
    application = web.Application()
    application.router.add_get("/ari/events", server.handle)
    application.router.add_get("/ari/{path:.+}", server.handle_listing)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        for socket in server.connections:
            await asyncio.wait_for(socket.close(), 1)
        await runner.cleanup()
