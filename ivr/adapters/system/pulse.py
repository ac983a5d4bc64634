"""Whether the service answers at its own door, for the process beside it."""

from __future__ import annotations

from pathlib import Path

import aiohttp


class ServicePulse:
    """Implements :class:`ivr.application.watching_over.Pulse`."""

    def __init__(self, door: Path, seconds: float) -> None:
        """``door`` is the service's unix socket; ``seconds`` it has to answer.

        Whoever does not answer in this time is frozen, or as good as that.
        """
        self._door = door
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def beats(self) -> bool:
        """Whether the service answers, whatever it says.

        A frozen one takes connections, the kernel does that for it, and answers nothing.
        """
        connector = aiohttp.UnixConnector(str(self._door), force_close=True)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=self._timeout) as session,
                session.get("http://localhost/healthz"),
            ):
                return True
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False
