"""The system that is to survive: its parts, each kept running, and what can be done to them."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import AsyncExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Final, Self

from testbed import CITIZEN_ADDRESS
from testbed.asterisk import RUN, AsteriskInstance
from testbed.faults.supervisor import Supervised
from testbed.installation import ALWAYS_OPEN, IVR, PROJECT, Installation
from testbed.ports import Ports
from testbed.process import Process
from testbed.service import Service
from tests.e2e.prompt_tones import write_prompts

AGENTS: Final = {"1001": 400, "1002": 450, "1003": 500}
"""Who answers calls, and the tone (Hz) by which callers know each of them."""
BYSTANDER: Final = "1004"
"""An agent without a telephone, who only logs in and out."""
STATE_MEGABYTES: Final = 64
RING_SECONDS: Final = 5
WRAP_UP_SECONDS: Final = 1

_FOLDERS: Final = ("run", "log", "spool/recording", "lib/keys")
_BLOCK: Final = bytes(1 << 20)
_QUEUE: Final = f"""\
ring_time = {RING_SECONDS}
wrap_up = {WRAP_UP_SECONDS}
redial_within = 0

[announcements]
after = 5
every = 15

[keep_place]
first = "agent"
attempts = 2
retry_after = 30
ring_time = 10
"""


class System(Service):
    """One installation whose parts are started again when they die; an async context manager."""

    def __init__(self, installation: Installation, ports: Ports, phones: Path) -> None:
        """``phones`` is a folder that is not on the disk that gets full."""
        super().__init__(installation, ports)
        self.state = installation.state
        self.cli = AsteriskInstance(installation.state)
        """For questions to it; its process is a part like the others."""
        config = installation.broker().configured()
        self.app = Supervised("ivr", self._start_app)
        self.fallback = Supervised("ivr-fallback", self._start_fallback)
        self.asterisk = Supervised("asterisk", lambda: Process.start(RUN, self.state))
        self.broker = Supervised("mosquitto", lambda: Process.start("mosquitto", "-c", config))
        self._phones = phones
        self._numbers = count(1)
        self._open = AsyncExitStack()

    @classmethod
    def plan(cls, folder: Path, ports: Ports, phones: Path) -> Self:
        """Prepare an installation below ``folder``: the shipped county, open day and night."""
        config, prompts = folder / "config", folder / "prompts"
        shutil.copytree(PROJECT / "config", config)
        shutil.copytree(PROJECT / "prompts", prompts)
        write_prompts(prompts / "recordings")
        (config / "hours.toml").write_text(ALWAYS_OPEN)
        (config / "queue.toml").write_text(_QUEUE)
        (config / "privacy.toml").write_text("[staff]\nper_agent = true\n")
        (config / "agents.toml").write_text(
            "".join(
                f'[[agent]]\nid = "{id_}"\nname = "{id_}"\nlanguages = ["de", "en"]\n'
                for id_ in (*AGENTS, BYSTANDER)
            )
        )
        installation = Installation.plan(folder / "state", ports, config, prompts)
        installation.prepare()
        for name in _FOLDERS:
            (installation.state / "asterisk" / name).mkdir(parents=True, exist_ok=True)
        return cls(installation, ports, phones)

    async def _start_app(self) -> Process:
        return await Process.start(IVR, "serve", name="ivr", env=self.installation.environment)

    async def _start_fallback(self) -> Process:
        environment = self.installation.environment
        return await Process.start(IVR, "fallback", name="ivr-fallback", env=environment)

    @property
    def parts(self) -> tuple[Supervised, ...]:
        """All processes, in the order in which they start."""
        return self.broker, self.asterisk, self.fallback, self.app

    async def __aenter__(self) -> Self:
        """Start everything, and return when the program is ready."""
        await self._open.__aenter__()
        try:
            for part in self.parts:
                self._open.push_async_callback(part.end)
                await part.begin()
            await self.ready()
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything."""
        await self._open.aclose()

    def write_logs(self) -> None:
        """Write down what the parts printed, one life after the other."""
        for part in self.parts:
            lines = (line for life in part.lives for line in ("-- started --", *life.output))
            (self.state / f"{part.name}.output").write_text("\n".join(lines))

    def _folder(self, name: str) -> Path:
        return self._phones / f"{next(self._numbers)}-{name}"


class Disk:
    """A small disk of its own under a folder, which can be filled; a context manager.

    Root's, in a namespace.
    """

    def __init__(self, folder: Path) -> None:
        """Mount it. Raises CalledProcessError."""
        folder.mkdir(parents=True, exist_ok=True)
        options = f"size={STATE_MEGABYTES}m,mode=700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
        self._folder = folder
        self._ballast = folder / "ballast"

    def __enter__(self) -> Self:
        """Already mounted."""
        return self

    def __exit__(self, *_: object) -> None:
        """Unmount it, with all that is on it."""
        subprocess.run(["umount", "--lazy", self._folder], check=True)

    def fill(self) -> None:
        """Leave not one free byte."""
        with suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            while True:
                ballast.write(_BLOCK)

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)


class Network:
    """Drops packets between citizens and Asterisk, in a network namespace of our own."""

    async def drop(self, share: float) -> None:
        """Lose this share of the packets, in both directions; the others arrive."""
        for side in ("--source", "--destination"):
            await self._iptables(
                *("--insert", "INPUT", "--protocol", "udp", side, CITIZEN_ADDRESS),
                *("--match", "statistic", "--mode", "random", "--probability", str(share)),
                *("--jump", "DROP"),
            )

    async def heal(self) -> None:
        """Let everything through again."""
        await self._iptables("--flush", "INPUT")

    @staticmethod
    async def _iptables(*arguments: str) -> None:
        async with await Process.start("iptables", "--wait", *arguments) as run:
            status = await run.ended(10)
        if status != 0:
            raise RuntimeError("iptables: " + " ".join(run.output))
