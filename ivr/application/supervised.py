"""What the supervisor is told: that the service is served, and in words how it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ivr.application.inbox import Inbox
from ivr.application.ports.machine import Supervisor

_REST_SECONDS = 10.0


class Supervised:
    """Tells ``supervisor``.

    ``opened`` returns once the doors are open, ``readiness`` says why something outside does not
    work (None: it does), by name.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        inbox: Inbox,
        opened: Callable[[], Awaitable[object]],
        readiness: Callable[[], Awaitable[dict[str, str | None]]],
    ) -> None:
        self._supervisor = supervisor
        self._inbox = inbox
        self._opened = opened
        self._readiness = readiness

    async def run(self) -> None:
        """Tell until cancelled.

        Ready means: asked, the program answers, and told, it decides. Asterisk, store and broker
        may still be away; they are served as soon as they come.
        """
        await self._opened()
        await self._inbox.passed()
        self._supervisor.ready()
        while True:
            self._supervisor.stands(_words(await self._readiness()))
            await asyncio.sleep(_REST_SECONDS)


def _words(readiness: dict[str, str | None]) -> str:
    missing = [reason for reason in readiness.values() if reason is not None]
    return " ".join(missing) or "Everything works."
