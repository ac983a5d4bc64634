"""A line to a server on which answers come late, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

HOST = "127.0.0.1"


class SlowLine:
    """Forwards to ``port``; what the server says arrives ``delay`` seconds later.

    While ``open`` is not set nothing of it arrives.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self.port = 0
        self.delay = 0.0
        self.open = asyncio.Event()
        self.open.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect one client with the server."""
        server_reader, server_writer = await asyncio.open_connection(HOST, self._server_port)
        for work in (self._forward(reader, server_writer), self._answer(server_reader, writer)):
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Cut all lines."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError):
            while content := await reader.read(65536):
                writer.write(content)
                await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError):
            while content := await reader.read(65536):
                await asyncio.sleep(self.delay)
                await self.open.wait()
                writer.write(content)
                await writer.drain()


@asynccontextmanager
async def slow_line(port: int) -> AsyncIterator[SlowLine]:
    line = SlowLine(port)
    server = await asyncio.start_server(line.serve, HOST, 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.close()
