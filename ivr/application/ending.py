"""The end that was asked for: nothing new is decided, what was decided is done, then all stops.

Talks and waiting callers are left to Asterisk, and telephones that ring go on ringing: the next
run goes on with them. What waits for the store is written by those who keep it, when they are
cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from ivr.application.ports.machine import Supervisor

log = structlog.get_logger(__name__)

REST_SECONDS = 1.0
"""How long what was decided may take to be carried out."""

Rest = Callable[[float], Awaitable[None]]


class Ending:
    """Ends the program once, when it is asked to for the first time.

    ``cancel`` ends everything; before that ``rest``, once there is one, is given time.
    """

    def __init__(self, cancel: Callable[[], object], supervisor: Supervisor) -> None:
        self._cancel = cancel
        self._supervisor = supervisor
        self._task: asyncio.Task[None] | None = None
        self.rest: Rest | None = None
        """Comes to rest within so many seconds; None: nothing has begun yet."""

    @property
    def asked(self) -> bool:
        """Whether the end was asked for."""
        return self._task is not None

    def ask(self) -> None:
        """Say that the program is to end; never waits. Asking again changes nothing."""
        if not self.asked:
            log.info("stopping")
            self._supervisor.stopping()
            self._task = asyncio.get_running_loop().create_task(self._end(), name="ending")

    async def _end(self) -> None:
        try:
            if self.rest is not None:
                await self.rest(REST_SECONDS)
        finally:
            self._cancel()
