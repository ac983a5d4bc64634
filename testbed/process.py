"""Programs started for a test: their output can be waited for, and none outlives us.

The kernel kills a program whose starter died (PR_SET_PDEATHSIG), so that a crashed or killed
test run leaves nothing behind either.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from testbed.transcript import Transcript

_LINE_LIMIT = 1 << 20
_SBIN = ":/usr/sbin:/sbin"  # mosquitto is there, and not on an ordinary user's path


class Process:
    """One running program, in a process group of its own; an async context manager."""

    def __init__(self, name: str, child: asyncio.subprocess.Process) -> None:
        """Use :meth:`start`."""
        self.output: Transcript[str] = Transcript(name)
        self._child = child
        self._reading = asyncio.create_task(self._read(), name=f"output of {name}")

    @classmethod
    async def start(
        cls,
        *command: str | Path,
        name: str = "",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Self:
        """Start ``command``; ``env`` is added to our own environment.

        ``name`` (default: the program's) appears in failures.
        """
        child = await asyncio.create_subprocess_exec(
            *("setpriv", "--pdeathsig", "KILL", "--"),
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=cwd,
            env={**os.environ, "PATH": os.environ["PATH"] + _SBIN, **(env or {})},
            start_new_session=True,
            limit=_LINE_LIMIT,
        )
        return cls(name or Path(command[0]).name, child)

    async def _read(self) -> None:
        assert self._child.stdout is not None
        async for line in self._child.stdout:
            self.output.add(line.decode(errors="replace").rstrip())
        self.output.end()

    @property
    def pid(self) -> int:
        """The process id, also of one that has ended."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """It has not ended yet."""
        return self._child.returncode is None

    async def line(self, pattern: str, *, since: int = 0, within: float = 10) -> str:
        """Wait for an output line that holds the regular expression ``pattern``.

        Raises TimeoutError, and Ended where the program ended without saying so.
        """
        search = re.compile(pattern).search
        return await self.output.first(
            lambda line: search(line) is not None, f"/{pattern}/", since=since, within=within
        )

    async def ended(self, within: float | None = None) -> int:
        """Wait for the end and return the exit status (minus the signal that ended it).

        Raises TimeoutError.
        """
        async with asyncio.timeout(within):
            status = await self._child.wait()
            await self._reading
        return status

    async def stop(self, within: float = 5) -> int:
        """End it politely, after ``within`` seconds by force; return the exit status."""
        self.send(signal.SIGTERM)
        try:
            return await self.ended(within)
        except TimeoutError:
            return await self.kill()

    async def kill(self) -> int:
        """End it as a crash would: at once, without its knowing."""
        self.send(signal.SIGKILL)
        return await self.ended()

    def freeze(self) -> None:
        """Let it stand still, as a machine without a free moment would, until :meth:`thaw`."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.send(signal.SIGCONT)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all of it, if it has not ended."""
        if self.running:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, number)

    async def __aenter__(self) -> Self:
        """Already started."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        await self.stop()
