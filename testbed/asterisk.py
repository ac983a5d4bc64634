"""A real Asterisk, run from a state folder by ``docker/asterisk/run``.

It reads what others have written to ``<state>/asterisk/etc``; this module writes no
configuration.
"""

from __future__ import annotations

import asyncio
import os
import socket
from itertools import count
from pathlib import Path
from typing import Final

from testbed.part import Part
from testbed.process import Process

RUN: Final = Path(__file__).parent.parent / "docker" / "asterisk" / "run"

_BUILD_SECONDS: Final = 900
_POLL_SECONDS: Final = 0.05
_FOLDERS: Final = ("run", "log", "spool/recording", "lib/keys")

_instances = count(1)


class AsteriskInstance(Part):
    """One Asterisk; an async context manager. Can be started again after its end."""

    def __init__(self, state: Path) -> None:
        """``state``: the state folder, with the configuration in ``asterisk/etc``."""
        self.state = state

    @property
    def running(self) -> bool:
        """It was started and has not ended."""
        return self._process is not None and self._process.running

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None, "Asterisk is not started"
        return self._process.pid

    async def start(self, *, within: float = 20) -> None:
        """Return when it is fully booted; the first time on a machine it is built as well.

        Raises TimeoutError, and RuntimeError with its last words where it ended instead.
        """
        for folder in _FOLDERS:
            (self.state / "asterisk" / folder).mkdir(parents=True, exist_ok=True)
        await self._command("-V", within=_BUILD_SECONDS)
        name = f"ivr-testbed-{os.getpid()}-{next(_instances)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as ready:
            ready.bind(f"\0{name}")
            self._process = await Process.start(
                RUN, self.state, name="asterisk", env={"NOTIFY_SOCKET": f"@{name}"}
            )
            await self._booted(self._process, ready, within)

    async def _booted(self, process: Process, ready: socket.socket, within: float) -> None:
        """Wait for the READY that Asterisk sends to its supervisor, or for its end."""
        told = asyncio.create_task(asyncio.get_running_loop().sock_recv(ready, 4096))
        ended = asyncio.create_task(process.ended())
        try:
            await asyncio.wait({told, ended}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if told.done():
                return
            if ended.done():
                raise RuntimeError("asterisk ended: " + "\n".join(process.output))
            await process.kill()
            raise TimeoutError(f"asterisk was not ready within {within} s")
        finally:
            for task in (told, ended):
                task.cancel()
            await asyncio.gather(told, ended, return_exceptions=True)

    async def restart(self) -> None:
        """Stop it and start it again."""
        await self.stop()
        await self.start()

    async def cli(self, command: str, *, within: float = 10) -> str:
        """Return what the running Asterisk prints for a command of its own command line."""
        return await self._command("-rx", command, within=within)

    async def channels(self) -> list[str]:
        """Names of all channels."""
        table = await self.cli("core show channels concise")
        return [line.split("!")[0] for line in table.splitlines() if "!" in line]

    async def bridges(self) -> list[str]:
        """Ids of all bridges."""
        table = await self.cli("bridge show all")
        lines = table.splitlines()
        header = next(n for n, line in enumerate(lines) if line.startswith("Bridge-ID"))
        return [line.split()[0] for line in lines[header + 1 :] if line.strip()]

    async def idle(self, *, within: float = 10) -> None:
        """Return when no channel is left. Raises TimeoutError naming those that are."""
        left: list[str] = []
        try:
            async with asyncio.timeout(within):
                while True:
                    left = await self.channels()
                    if not left:
                        return
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise TimeoutError(f"channels left after {within} s: {left}") from None

    async def _command(self, *arguments: str, within: float) -> str:
        async with await Process.start(RUN, self.state, *arguments, name="asterisk -rx") as run:
            status = await run.ended(within)
            output = "\n".join(run.output)
        if status != 0:
            raise RuntimeError(f"asterisk {' '.join(arguments)}: {output}")
        return output
