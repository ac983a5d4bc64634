"""A running service as its users see it: telephones, and the program's own door.

It starts no part of the service; that is :mod:`testbed.stack` in tests and honcho in the demo.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import orjson

from testbed.installation import IVR, Installation
from testbed.phone import Call, Phone
from testbed.ports import Ports
from testbed.process import Process
from testbed.sipp import Caller, Callers

_POLL_SECONDS: Final = 0.05
_PEER: Final = struct.Struct("3i")


class Service:
    """One installation that is running."""

    def __init__(self, installation: Installation, ports: Ports) -> None:
        """``ports`` are for the telephones."""
        self.installation = installation
        self._ports = ports
        self._folders = count(1)

    # -- the program ---------------------------------------------------------------------------

    async def ready(self, *, within: float = 60) -> None:
        """Wait until the program has found Asterisk, broker and database."""
        async with asyncio.timeout(within):
            while not await self.is_ready():
                await asyncio.sleep(_POLL_SECONDS)

    async def is_ready(self) -> bool:
        """Whether the program has found Asterisk, broker and database."""
        try:
            async with self._client() as client:
                return (await client.get("/readyz")).is_success
        except httpx.TransportError:
            return False

    def pid(self) -> int:
        """Return the process id of the running program, as its socket tells (unix(7))."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.installation.state / "ivr.sock"))
            peer = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        pid, _user, _group = _PEER.unpack(peer)
        return int(pid)

    async def api(self, method: str, path: str, **body: str) -> Any:  # noqa: ANN401 - JSON
        """Ask the running program over its socket; returns the answer's JSON."""
        async with self._client() as client:
            answer = await client.request(method, f"/api/v1/{path}", json=body or None)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code}: {answer.text}")
        return answer.json()

    async def refused(self, method: str, path: str, **body: str) -> httpx.Response:
        """Ask for what the program refuses; returns its answer."""
        async with self._client() as client:
            answer = await client.request(method, f"/api/v1/{path}", json=body or None)
        assert answer.is_error, answer.text
        return answer

    def _client(self) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(uds=str(self.installation.state / "ivr.sock"))
        return httpx.AsyncClient(transport=transport, base_url="http://localhost")

    async def command(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        """Run an ``ivr`` command with ``--json`` and return what it prints."""
        async with await Process.start(
            IVR, *arguments, "--json", env=self.installation.environment
        ) as run:
            status = await run.ended(20)
            output = "\n".join(run.output)
        if status != 0:
            raise RuntimeError(f"ivr {' '.join(arguments)}: exit {status}: {output}")
        return orjson.loads(output)

    async def status(
        self, wanted: Callable[[dict[str, Any]], bool], what: str, *, within: float = 10
    ) -> dict[str, Any]:
        """Ask for ``ivr status`` until it is as ``wanted``. Raises TimeoutError, telling it."""
        status: dict[str, Any] = {}
        try:
            async with asyncio.timeout(within):
                while not wanted(status := await self.api("GET", "status")):
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise TimeoutError(f"waited for {what}, status is {status}") from None
        return status

    async def agent_state(self, agent: str, wanted: str, *, within: float = 10) -> dict[str, Any]:
        """Wait until an agent's state is ``wanted``. Raises TimeoutError, telling what it is."""

        def view(status: dict[str, Any]) -> dict[str, Any]:
            return next(each for each in status["agents"] if each["id"] == agent)

        return view(
            await self.status(
                lambda status: view(status)["state"] == wanted, f"{agent} {wanted}", within=within
            )
        )

    # -- people --------------------------------------------------------------------------------

    @asynccontextmanager
    async def agent_phone(self, agent: str, *, tone: int = 440) -> AsyncIterator[Phone]:
        """An agent's registered softphone; nobody is logged in yet."""
        phone = Phone.agent(
            agent,
            self.installation.agent_password(agent),
            server=self.installation.sip,
            ports=self._ports,
            folder=self._folder(f"agent-{agent}"),
            tone=tone,
        )
        async with phone:
            await phone.registered()
            yield phone

    @asynccontextmanager
    async def ready_agent(self, agent: str, *, tone: int = 440) -> AsyncIterator[Phone]:
        """An agent who is logged in; logged out afterwards, whatever happened."""
        async with self.agent_phone(agent, tone=tone) as phone:
            await self.wants(agent, "ready")
            try:
                yield phone
            finally:
                await self.wants(agent, "logged_out")

    async def wants(self, agent: str, presence: str) -> None:
        """Let an agent want ``ready``, ``paused`` or ``logged_out``."""
        await self.api("PUT", f"agents/{agent}/presence", presence=presence)

    async def talk(self, agent: str, ringing: Call) -> None:
        """Let the agent pick up, and return when caller and agent are connected."""
        await ringing.answer()
        await self.agent_state(agent, "on_call")

    def citizen(self, number: str | None = "+491713920001", *, tone: int = 660) -> Phone:
        """A citizen's phone, to be switched on; None: withholds the number."""
        return Phone.citizen(
            number,
            server=self.installation.sip,
            ports=self._ports,
            folder=self._folder("citizen"),
            tone=tone,
        )

    async def callers(
        self, caller: Caller, *, calls: int = 1, per_second: float = 10, at_once: int = 10
    ) -> Callers:
        """Start callers made by SIPp."""
        return await Callers.start(
            caller,
            server=self.installation.sip,
            ports=self._ports,
            folder=self._folder("sipp"),
            calls=calls,
            per_second=per_second,
            at_once=at_once,
        )

    def _folder(self, name: str) -> Path:
        return self.installation.state / "phones" / f"{next(self._folders)}-{name}"
