"""A real ``ivr serve`` and those who start and end it: systemd, an admin, another start."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

import pytest

from testbed.installation import IVR, PROJECT, Installation
from testbed.ports import Ports
from testbed.process import Process

_START_SECONDS: Final = 60
_END_SECONDS: Final = 5


class Systemd:
    """The socket on which systemd is told."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self.environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"}

    async def told(self, *, within: float = _START_SECONDS) -> str:
        """Wait for the next word. Raises TimeoutError."""
        receiving = asyncio.get_running_loop().sock_recv(self._socket, 4096)
        return (await asyncio.wait_for(receiving, within)).decode()

    async def until(self, word: str) -> list[str]:
        """Return what was told up to and with ``word``."""
        told = [await self.told()]
        while told[-1] != word:
            told.append(await self.told())
        return told

    async def falls_silent(self) -> None:
        """Return when nothing was told for longer than the watchdog would wait."""
        async with asyncio.timeout(_START_SECONDS):
            while True:
                try:
                    await self.told(within=2)
                except TimeoutError:
                    return

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A state folder, without Asterisk, broker and prompts: it has to run all the same."""
    with Ports() as ports:
        planned = Installation.plan(tmp_path / "state", ports, PROJECT / "config", tmp_path)
        planned.state.mkdir()
        yield planned


@pytest.fixture(params=["@ivr-test-{pid}", "{folder}/notify"], ids=["abstract", "path"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    address = request.param.format(pid=os.getpid(), folder=tmp_path)
    with closing(Systemd(address)) as systemd:
        yield systemd


@asynccontextmanager
async def serving(installation: Installation, **more: str) -> AsyncIterator[Process]:
    async with await Process.start(
        IVR, "serve", name="ivr", env={**installation.environment, **more}
    ) as process:
        await process.line('"unix socket"', within=_START_SECONDS)
        yield process


async def test_systemd_is_told_from_beginning_to_end(
    installation: Installation, systemd: Systemd
) -> None:
    async with serving(installation, **systemd.environment) as process:
        told = await systemd.until("READY=1")
        while not told[-1].startswith("STATUS="):
            told.append(await systemd.told())
        assert "Asterisk is not connected." in told[-1]

        await systemd.until("WATCHDOG=1")
        process.send(signal.SIGTERM)
        await systemd.until("STOPPING=1")

        assert await process.ended(_END_SECONDS) == 0


async def test_a_frozen_process_gives_no_sign_of_life(installation: Installation) -> None:
    with closing(Systemd(f"@ivr-test-{os.getpid()}")) as systemd:
        async with serving(installation, **systemd.environment) as process:
            await systemd.until("WATCHDOG=1")
            os.kill(process.pid, signal.SIGSTOP)
            try:
                await systemd.falls_silent()
            finally:
                os.kill(process.pid, signal.SIGCONT)

            await systemd.until("WATCHDOG=1")
            # It was away for longer than anybody waits, and says so.
            await process.line('"behind"')
            await process.line('"caught_up"')


async def test_ends_in_time_though_the_database_is_locked(installation: Installation) -> None:
    async with serving(installation) as process:
        with closing(sqlite3.connect(installation.state / "ivr.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")

            process.send(signal.SIGTERM)

            assert await process.ended(_END_SECONDS) == 0


async def test_a_start_while_the_files_are_edited_goes_on_with_those_of_before(
    installation: Installation, tmp_path: Path
) -> None:
    config = tmp_path / "edited"
    shutil.copytree(PROJECT / "config", config)
    async with serving(installation, IVR_CONFIG=str(config)) as killed:
        await killed.kill()
    (config / "queue.toml").write_text("[queue\n")

    async with serving(installation, IVR_CONFIG=str(config)) as process:
        [told] = [line for line in process.output if "configuration_not_used" in line]
        assert "queue.toml" in told
        answer = await _asked(installation, "/readyz")
        assert b"The files were wrong at the start" in answer


async def test_a_second_start_with_the_same_state_refuses_and_disturbs_nobody(
    installation: Installation,
) -> None:
    async with serving(installation) as first:
        async with await Process.start(
            IVR, "serve", name="second", env=installation.environment
        ) as second:
            assert await second.ended(_START_SECONDS) == 1
        assert "is running already with the state folder" in "\n".join(second.output)

        assert first.running
        assert (await _healthz(installation)).startswith(b"HTTP/1.1 200")


async def test_what_a_killed_one_left_behind_keeps_nobody_from_starting(
    installation: Installation,
) -> None:
    async with serving(installation) as killed:
        await killed.kill()
    assert (installation.state / "ivr.sock").is_socket()

    async with serving(installation):
        assert (await _healthz(installation)).startswith(b"HTTP/1.1 200")


async def _healthz(installation: Installation) -> bytes:
    return await _asked(installation, "/healthz")


async def _asked(installation: Installation, path: str) -> bytes:
    reader, writer = await asyncio.open_unix_connection(installation.state / "ivr.sock")
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer
