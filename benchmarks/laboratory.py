"""One Asterisk, and three who serve the same callers with the same agents: us and two others.

They serve one after the other, each with the machine to itself. All answer at once, greet with a
prompt of no length and play the same music; nobody is told a place, and nobody has a wrap-up. It
measures nothing.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError
from typing import Final

import httpx

from benchmarks import names
from benchmarks.telephones import Agents, Citizens
from testbed.installation import ALWAYS_OPEN, PROJECT, Installation
from testbed.ports import Ports
from testbed.process import Process
from testbed.stack import Stack
from testbed.transcript import Ended

GIVEN_UP: Final = (OSError, RuntimeError, Ended, CalledProcessError, httpx.HTTPError)
"""How measuring ends where somebody serves no more; TimeoutError is an OSError."""
_DID: Final = "044619193010"
_GREETING: Final = "greeting"
_RTP: Final = (20_000, 29_999)
_LAST_SECONDS: Final = 60
_MUSIC: Final = "res_musiconhold.so"
_HANG_UP_SECONDS: Final = 0.3
_BARE: Final = "bare"
_QUEUE: Final = "bench"
_DIALPLAN: Final = """\
[from-trunk]
exten => 7001,1,Answer()
 same => n,Playback({greeting})
 same => n,Queue({queue})
 same => n,Hangup()
exten => 7002,1,Stasis({bare},caller)
 same => n,Hangup()
"""
_OUR_QUEUE: Final = """\
wrap_up = 0
ring_time = 60
pause_after_missed = 20

[announcements]
after = 0
"""
_QUEUES: Final = """\
[{queue}]
strategy = rrmemory
timeout = 60
retry = 1
wrapuptime = 0
ringinuse = no
autofill = yes
musicclass = default
"""


class Side(ABC):
    """One who serves callers."""

    name: str
    dialled: str
    """What citizens dial to be served by it."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    @abstractmethod
    def serving(self, agents: Sequence[str]) -> AbstractAsyncContextManager[int | None]:
        """Serve with ``agents``; gives the id of the process that decides, None: Asterisk."""


class Ours(Side):
    """``ivr serve``."""

    name = names.IVR
    dialled = _DID

    @asynccontextmanager
    async def serving(self, agents: Sequence[str]) -> AsyncIterator[int | None]:
        """Start the program; exactly these agents are logged in."""
        stack = self._stack
        await stack.start_ivr()
        try:
            await stack.ready()
            for agent in (await stack.api("GET", "status"))["agents"]:
                wanted = "ready" if agent["id"] in agents else "logged_out"
                if agent["state"] != wanted:
                    await stack.wants(agent["id"], wanted)
            await stack.status(
                lambda status: _ready(status["agents"]) == set(agents), "all agents ready"
            )
            yield stack.ivr.pid
        finally:
            await stack.stop_ivr()


class AppQueue(Side):
    """Asterisk's own queue."""

    name = names.APP_QUEUE
    dialled = "7001"

    @asynccontextmanager
    async def serving(self, agents: Sequence[str]) -> AsyncIterator[int | None]:
        """Let exactly these agents be in the queue."""
        stack = self._stack
        members = "".join(f"member => PJSIP/{agent}\n" for agent in agents)
        file = stack.installation.state / "asterisk" / "etc" / "custom" / "queues.conf"
        file.write_text(_QUEUES.format(queue=_QUEUE) + members)
        await stack.asterisk.cli("queue reload all")
        yield None


class Bare(Side):
    """The least possible ARI program."""

    name = names.BARE
    dialled = "7002"

    @asynccontextmanager
    async def serving(self, agents: Sequence[str]) -> AsyncIterator[int | None]:
        """Start it with these agents."""
        installation = self._stack.installation
        url = f"http://{installation.environment['IVR_ASTERISK_HTTP_BIND']}"
        async with await Process.start(
            *(sys.executable, "-m", "benchmarks.bare_ari", url, "ivr", _BARE),
            *(str(_sounds(installation) / _GREETING), *agents),
            name="bare ARI",
            cwd=PROJECT,
            env={"BARE_ARI_PASSWORD": installation.ari_password},
        ) as process:
            await process.line("connected", within=30)
            yield process.pid


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A running Asterisk with telephones, and who may serve them."""

    stack: Stack
    agents: Agents
    citizens: Citizens
    ports: Ports
    names: Sequence[str]
    """Of the agents, all of whom are registered."""
    sides: Sequence[Side]

    @property
    def asterisk(self) -> int:
        """The process id of Asterisk."""
        return self.stack.asterisk.pid

    @asynccontextmanager
    async def served_by(self, side: Side, agents: int) -> AsyncIterator[int | None]:
        """Let ``side`` serve with so many agents; nothing of it is left afterwards."""
        async with side.serving(self.names[:agents]) as process:
            try:
                yield process
            finally:
                self.agents.on_ring = self.agents.on_end = lambda _: None
                await self.clear()

    @asynccontextmanager
    async def silence(self) -> AsyncIterator[None]:
        """Let nobody hear music meanwhile; nobody may hear any when it begins."""
        await self.stack.asterisk.cli(f"module unload {_MUSIC}")
        try:
            yield
        finally:
            await self.stack.asterisk.cli(f"module load {_MUSIC}")

    async def clear(self) -> None:
        """End all calls, and wait until Asterisk has none. Raises TimeoutError."""
        for call in list(self.citizens.calls.values()):
            self.citizens.hang_up(call)
        await asyncio.sleep(_HANG_UP_SECONDS)
        await self.stack.asterisk.cli("channel request hangup all")
        await self.stack.asterisk.idle(within=_LAST_SECONDS)


@asynccontextmanager
async def laboratory(agents: int) -> AsyncIterator[Laboratory]:
    """Build it and start it, with so many telephones of agents."""
    names = [str(2001 + number) for number in range(agents)]
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder, Ports() as ports:
        installation = _prepared(Path(folder), ports, names)
        async with AsyncExitStack() as open_:
            stack = await open_.enter_async_context(Stack(installation, ports))
            await stack.stop_ivr()
            phones = Agents(installation.sip, ports)
            citizens = Citizens(installation.sip, ports)
            for line in (phones, citizens):
                await line.open()
                open_.callback(line.close)
            for name in names:
                await phones.register(name, installation.agent_password(name))
            sides = (Ours(stack), AppQueue(stack), Bare(stack))
            yield Laboratory(stack, phones, citizens, ports, names, sides)


def _prepared(folder: Path, ports: Ports, agents: Sequence[str]) -> Installation:
    config, dialplan = folder / "config", folder / "dialplan"
    shutil.copytree(PROJECT / "config", config)
    shutil.copytree(PROJECT / "dialplan", dialplan)
    _write_config(config, agents)
    planned = Installation.plan(folder / "state", ports, config, PROJECT / "prompts")
    port = planned.sip.port
    installation = Installation(
        {
            **planned.environment,
            "IVR_DIALPLAN": str(dialplan),
            # An address of this run's own: there are as many ports as a thousand calls need.
            "IVR_MEDIA_ADDRESS": f"127.1.{port >> 8}.{port & 255}",
            "IVR_RTP_PORTS": "{}-{}".format(*_RTP),
            "IVR_MAX_CALLS": "2000",
        }
    )
    _write_dialplan(dialplan, installation)
    installation.prepare()
    for prompt in _sounds(installation).iterdir():
        if prompt.suffix == ".alaw":
            prompt.write_bytes(b"")
        else:
            prompt.unlink()
    return installation


def _write_config(config: Path, agents: Sequence[str]) -> None:
    (config / "hours.toml").write_text(ALWAYS_OPEN)
    (config / "queue.toml").write_text(_OUR_QUEUE)
    (config / "agents.toml").write_text(
        "".join(f'[[agent]]\nid = "{agent}"\nname = "{agent}"\n' for agent in agents)
    )
    (config / "menu.toml").unlink()
    county = config / "county.toml"
    county.write_text(county.read_text().partition("[languages]")[0])


def _write_dialplan(dialplan: Path, installation: Installation) -> None:
    custom = dialplan / "custom"
    greeting = _sounds(installation) / _GREETING
    (custom / "extensions.conf").write_text(
        _DIALPLAN.format(greeting=greeting, queue=_QUEUE, bare=_BARE)
    )
    (custom / "queues.conf").write_text(_QUEUES.format(queue=_QUEUE))
    # Telephones that measure say nothing, for longer than is allowed otherwise.
    pjsip = dialplan / "templates" / "pjsip.conf.j2"
    pjsip.write_text(pjsip.read_text().replace("rtp_timeout = 60", "rtp_timeout = 0"))
    # Asterisk warns each time it plays a file of no length, which nobody has outside of here.
    logger = dialplan / "templates" / "logger.conf.j2"
    logger.write_text(logger.read_text().replace("notice,warning,error", "notice,error"))


def _sounds(installation: Installation) -> Path:
    return installation.state / "sounds" / "de"


def _ready(agents: Sequence[dict[str, str]]) -> set[str]:
    return {agent["id"] for agent in agents if agent["state"] == "ready"}
