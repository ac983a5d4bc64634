"""The whole system, running: Asterisk, mosquitto, ``ivr serve``, and the people who use it.

For tests. What a test wants to know it asks of the outside: phones, the broker, Asterisk, and
the program's own API through its command line.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

import httpx
import orjson

from testbed import AGENT_ADDRESS
from testbed.asterisk import AsteriskInstance
from testbed.caseworker import Caseworker
from testbed.installation import IVR, Installation
from testbed.phone import Phone
from testbed.ports import Ports
from testbed.process import Process
from testbed.sipp import Caller, Callers

_POLL_SECONDS: Final = 0.05


class Stack:
    """One running system; an async context manager. Calls leave nothing behind between tests."""

    def __init__(self, installation: Installation, ports: Ports) -> None:
        """``installation`` is prepared."""
        self.installation = installation
        self.broker = installation.broker()
        self.asterisk = AsteriskInstance(installation.state)
        self.caseworker = Caseworker(AGENT_ADDRESS, installation.mqtt_port)
        self._ports = ports
        self._folders = count(1)
        self._open = AsyncExitStack()
        self._ivr: Process | None = None

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

    async def start_ivr(self) -> None:
        """Start the program and wait until it is ready."""
        self._ivr = await Process.start(IVR, "serve", name="ivr", env=self.installation.environment)
        for part in ("asterisk_connected", "broker_connected", "started"):
            await self._ivr.line(f'"{part}"')

    async def stop_ivr(self) -> int:
        """Stop the program; returns its exit status."""
        return await self.ivr.stop()

    async def api(self, method: str, path: str, **body: str) -> Any:  # noqa: ANN401 - JSON
        """Ask the running program over its socket; returns the answer's JSON."""
        transport = httpx.AsyncHTTPTransport(uds=str(self.installation.state / "ivr.sock"))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.request(method, f"/api/v1/{path}", json=body or None)
        answer.raise_for_status()
        return answer.json()

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

    async def ended_call(self, *, since: int, within: float = 15) -> dict[str, Any]:
        """Wait for the next log line of a call that ended, from position ``since`` on."""
        line = await self.ivr.line('"event":"call_ended"', since=since, within=within)
        return dict(orjson.loads(line))

    @asynccontextmanager
    async def listening_again(self) -> AsyncIterator[None]:
        """Start the broker after its death, and listen there again."""
        self.caseworker = Caseworker(AGENT_ADDRESS, self.installation.mqtt_port)
        await self.broker.start()
        async with self.caseworker:
            yield

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
