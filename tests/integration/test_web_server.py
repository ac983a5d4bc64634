"""The web server at real sockets, in the event loop the program uses and in the standard one."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvloop

from ivr.adapters.web.app import build_app
from ivr.adapters.web.doors import Doors, open_doors
from ivr.adapters.web.server import WebServer
from ivr.domain.errors import ConfigError, Refused, Unavailable
from ivr.domain.ids import CallId
from tests.service_lab import ServiceLab, running_service

TOKEN = "the-token"
_ASKS = b"GET /api/v1/calls/call-1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
Scenario = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Scenario], None]:
    """Run a scenario in one kind of event loop."""

    def run_scenario(scenario: Scenario) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(scenario())

    return run_scenario


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ivr.sock"


@asynccontextmanager
async def served(lab: ServiceLab, doors: Doors) -> AsyncIterator[asyncio.Task[None]]:
    app = build_app(lab.parts, token=TOKEN)
    server = asyncio.create_task(WebServer(app, doors).run(), name="web")
    try:
        await until_answered(doors)
        yield server
    finally:
        server.cancel()
        with suppress(asyncio.CancelledError):
            await server


async def until_answered(doors: Doors) -> None:
    async with asyncio.timeout(10), over_tcp(doors) as client:
        while True:
            with suppress(httpx.ConnectError):
                await client.get("/healthz")
                return
            await asyncio.sleep(0.01)


def over_tcp(doors: Doors, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://{doors.address}", headers=headers)


def over_file(file: Path) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(file)), base_url="http://localhost"
    )


def test_two_doors_and_one_api(run: Callable[[Scenario], None], file: Path) -> None:
    async def scenario() -> None:
        async with running_service() as lab:
            with open_doors(file, "127.0.0.1", 0) as doors:
                async with served(lab, doors):
                    assert doors.address.startswith("127.0.0.1:")
                    assert not doors.address.endswith(":0")
                    async with over_tcp(doors) as stranger:
                        assert (await stranger.get("/api/v1/status")).status_code == 401
                    async with over_tcp(doors, Authorization=f"Bearer {TOKEN}") as program:
                        assert (await program.get("/api/v1/status")).status_code == 200
                    async with over_file(file) as owner:
                        answer = await owner.get("/api/v1/status")
                    assert answer.status_code == 200
                    assert answer.headers["x-content-type-options"] == "nosniff"
                    assert "server" not in answer.headers

    run(scenario)


def test_only_the_owner_may_open_the_file(file: Path) -> None:
    before = os.umask(0)
    try:
        with open_doors(file, "127.0.0.1", 0):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert stat.S_IMODE(file.with_suffix(".lock").stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_ipv6_is_an_address_too(file: Path) -> None:
    with open_doors(file, "::1", 0) as doors:
        assert doors.address.startswith("[::1]:")


class TestBinding:
    def test_the_file_of_a_dead_process_is_replaced(self, file: Path) -> None:
        bind_and_die = (
            "import os, sys\n"
            "from pathlib import Path\n"
            "from ivr.adapters.web.doors import open_doors\n"
            "with open_doors(Path(sys.argv[1]), '127.0.0.1', 0):\n"
            "    os.kill(os.getpid(), 9)\n"
        )
        dead = subprocess.run([sys.executable, "-c", bind_and_die, str(file)], check=False)
        assert dead.returncode == -signal.SIGKILL
        assert file.is_socket()
        with open_doors(file, "127.0.0.1", 0):
            assert file.is_socket()
        assert not file.exists()

    def test_the_file_of_a_living_process_is_left_alone(self, file: Path) -> None:
        with open_doors(file, "127.0.0.1", 0):
            inode = file.stat().st_ino
            with pytest.raises(Refused) as refused, open_doors(file, "127.0.0.1", 0):
                pass
            assert refused.value.code == "already_running"
            assert str(file.parent) in refused.value.message
            assert file.stat().st_ino == inode

    def test_a_file_of_another_kind_is_left_alone(self, file: Path) -> None:
        file.write_text("precious")
        with pytest.raises(ConfigError), open_doors(file, "127.0.0.1", 0):
            pass
        assert file.read_text() == "precious"

    def test_a_missing_folder_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "missing" / "ivr.sock"
        with pytest.raises(ConfigError) as refused, open_doors(file, "127.0.0.1", 0):
            pass
        assert refused.value.problems[0].key == "IVR_STATE"

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
    def test_a_full_or_broken_disk_is_no_wrong_setting(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        def refused(*_arguments: object) -> int:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "open", refused)

        with (
            pytest.raises(Unavailable, match=os.strerror(number)) as caught,
            open_doors(file, "127.0.0.1", 0),
        ):
            pass
        assert caught.value.code == "state_not_usable"

    def test_a_taken_port_is_told_and_leaves_nothing_behind(self, file: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(Unavailable) as refused, open_doors(file, "127.0.0.1", port):
                pass
        assert refused.value.code == "address_in_use"
        assert f"127.0.0.1:{port}" in refused.value.message
        assert not file.exists()
        with open_doors(file, "127.0.0.1", 0):
            pass

    def test_an_address_of_another_machine_is_told(self, file: Path) -> None:
        with pytest.raises(ConfigError) as refused, open_doors(file, "192.0.2.1", 8080):
            pass
        assert refused.value.problems[0].value == "192.0.2.1:8080"


class TestStopping:
    def test_within_a_second_whatever_clients_do(
        self, run: Callable[[Scenario], None], file: Path
    ) -> None:
        with ExitStack() as clients:

            def client(
                family: socket.AddressFamily, address: tuple[str, int] | str, sends: bytes
            ) -> None:
                # Not of the event loop: it stays open when the loop is closed.
                connected = clients.enter_context(socket.socket(family))
                connected.connect(address)
                connected.sendall(sends)

            async def scenario() -> None:
                async with running_service() as lab:
                    asked = asyncio.Event()

                    async def hang(_call: CallId, _by: str) -> None:
                        asked.set()
                        await asyncio.Event().wait()

                    lab.parts.looking.call = hang  # type: ignore[method-assign, assignment]  # never answers
                    with open_doors(file, "127.0.0.1", 0) as doors:
                        async with served(lab, doors) as server:
                            tcp = doors.tcp.getsockname()
                            client(socket.AF_INET, tcp, b"")
                            client(socket.AF_INET, tcp, b"POST /api HTTP/1.1\r\nHost: local")
                            client(socket.AF_UNIX, str(file), _ASKS)
                            async with asyncio.timeout(5):
                                await asked.wait()
                            began = time.monotonic()
                            server.cancel()
                            await asyncio.wait([server], timeout=5)
                            assert server.cancelled()
                            assert time.monotonic() - began < 1

            run(scenario)
            assert not file.exists()

    def test_a_short_request_under_way_is_still_answered(
        self, run: Callable[[Scenario], None], file: Path
    ) -> None:
        async def scenario() -> None:
            async with running_service() as lab:
                asked, go_on = asyncio.Event(), asyncio.Event()

                async def wait(_limit: int, _by: str) -> tuple[tuple[()], list[object]]:
                    asked.set()
                    await go_on.wait()
                    return (), []

                lab.parts.looking.calls = wait  # type: ignore[method-assign, assignment]  # answers late
                with open_doors(file, "127.0.0.1", 0) as doors:
                    async with served(lab, doors) as server, over_file(file) as owner:
                        answer = asyncio.create_task(owner.get("/api/v1/calls"))
                        async with asyncio.timeout(5):
                            await asked.wait()
                        server.cancel()
                        await asyncio.sleep(0.05)
                        go_on.set()
                        assert (await answer).status_code == 200

        run(scenario)

    def test_told_twice_it_still_lets_go_of_everything(
        self, run: Callable[[Scenario], None], file: Path
    ) -> None:
        async def scenario() -> None:
            async with running_service() as lab:
                with open_doors(file, "127.0.0.1", 0) as doors:
                    async with served(lab, doors) as server:
                        server.cancel()
                        await asyncio.sleep(0.05)

        run(scenario)  # returns at all: uvloop waits for open sockets when it is closed

    def test_the_signals_stay_the_programs_own(
        self, run: Callable[[Scenario], None], file: Path
    ) -> None:
        async def scenario() -> None:
            before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
            async with running_service() as lab:
                with open_doors(file, "127.0.0.1", 0) as doors:
                    async with served(lab, doors):
                        during = [
                            signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)
                        ]
            assert during == before

        run(scenario)
