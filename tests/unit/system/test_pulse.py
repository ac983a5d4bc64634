"""Whether the service answers, on real unix sockets."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from aiohttp import web

from ivr.adapters.system.pulse import ServicePulse


async def test_nobody_is_there(tmp_path: Path) -> None:
    assert not await ServicePulse(tmp_path / "ivr.sock", seconds=5).beats()


async def test_a_frozen_service_takes_connections_and_answers_nothing(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "ivr.sock"))
        door.listen()

        assert not await ServicePulse(tmp_path / "ivr.sock", seconds=0.1).beats()


async def test_a_service_that_closes_at_once_is_none(tmp_path: Path) -> None:
    server = await asyncio.start_unix_server(
        lambda _, writer: writer.close(), tmp_path / "ivr.sock"
    )
    async with server:
        assert not await ServicePulse(tmp_path / "ivr.sock", seconds=5).beats()


async def test_whatever_it_answers_it_lives(tmp_path: Path) -> None:
    asked = []

    async def answer(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(status=503)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.UnixSite(runner, tmp_path / "ivr.sock").start()
    try:
        assert await ServicePulse(tmp_path / "ivr.sock", seconds=5).beats()
    finally:
        await runner.cleanup()

    assert asked == ["/healthz"]
