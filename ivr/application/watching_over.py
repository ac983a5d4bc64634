"""Watching over the service: does it still decide? If not for too long, its callers are freed.

A dead service is one that does not answer, whether it is gone or frozen. Nothing is done while it
answers, nor before it has been silent for long enough; it is asked again all the time while
callers are moved, and left alone as soon as it answers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

import structlog

from ivr.application.stranded import Held, Line, Rescue, Stranded
from ivr.domain.errors import IvrError, Unavailable, UnexpectedMessage

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
_GAP_SECONDS = 10.0
"""Whoever looks for so long, or has not looked for so long, was frozen as well, and knows nothing
about that time: to ask takes a few seconds at most."""
_PACE_SECONDS = 0.05
"""Between two callers: whoever comes first is to be in the queue first."""
_ASK_SECONDS = 0.2


def pulse_seconds(after: timedelta) -> float:
    """Return how long a service that counts as dead ``after`` that time has for one answer.

    One that is slow is not dead: it is asked several times, and has a while each time.
    """
    return min(5.0, max(2.0, after.total_seconds() / 3))


class Pulse(Protocol):
    """The running service."""

    async def beats(self) -> bool:
        """Whether it answers; a few seconds pass before it counts as frozen."""
        ...


class Exchange(Protocol):
    """Asterisk, reached without taking anything over from the service.

    Every method raises Unavailable where Asterisk is away.
    """

    async def held(self) -> Held:
        """Return what the service holds. Raises UnexpectedMessage where that can't be read."""
        ...

    async def move(self, line: Line) -> None:
        """Let a caller go on in Asterisk's own queue; harmless where the caller is gone.

        Raises UnexpectedMessage where Asterisk is there and does not do it, or not in time.
        """
        ...

    async def end(self, line: Line) -> None:
        """End a line; harmless where it is gone. Raises as ``move`` does."""
        ...


class Absence:
    """How long the service has been silent. Times are monotonic seconds."""

    def __init__(self, after: timedelta) -> None:
        """``after`` that time without an answer it counts as dead."""
        self._after = after.total_seconds()
        self._since: float | None = None
        self._busy_until = float("-inf")

    def look(self, began: float, ended: float, *, beats: bool) -> bool:
        """Take note of a look at the service; say whether it counts as dead."""
        if beats:
            self._since = None
        elif ended - began > _GAP_SECONDS:
            self._since = ended
        elif self._since is None or began - self._busy_until > _GAP_SECONDS:
            self._since = began
        self._busy_until = ended
        return self._since is not None and ended - self._since >= self._after

    def busy_until(self, at: float) -> None:
        """What was to be done about the last look took until then."""
        self._busy_until = at


class WatchingOver:
    """Looks at the service every second and frees its callers where it is dead."""

    def __init__(
        self,
        pulse: Pulse,
        exchange: Exchange,
        after: timedelta,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pace_seconds: float = _PACE_SECONDS,
    ) -> None:
        self._pulse = pulse
        self._exchange = exchange
        self._absence = Absence(after)
        self._stranded = Stranded()
        self._monotonic = monotonic
        self._pace_seconds = pace_seconds
        self._silent = False
        self._dead = False
        self._asterisk_away = False
        self._refused: set[str] = set()
        """Channels Asterisk would not move or end since the service last answered; said once."""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Look once, and do what is to be done."""
        began = self._monotonic()
        beats = await self._pulse.beats()
        dead = self._absence.look(began, self._monotonic(), beats=beats)
        self._tell(beats=beats, dead=dead)
        if beats:
            self._stranded.forget()
            self._refused.clear()
            return
        try:
            rescue = self._stranded.see(await self._exchange.held())
            if dead:
                await self._carry_out(rescue)
        except (Unavailable, UnexpectedMessage) as error:
            self._tell_asterisk(error)
        else:
            self._tell_asterisk(None)
        self._absence.busy_until(self._monotonic())

    async def _carry_out(self, rescue: Rescue) -> None:
        """Move and end, until all is done or the service answers. Raises Unavailable.

        One after the other is begun, and none waits for the one before: it may be slow.
        """
        back = asyncio.create_task(self._until_back(), name="asking for the service")
        under_way: list[asyncio.Task[None]] = []
        wanted = [(self._move, line) for line in rescue.moved]
        wanted += [(self._end, line) for line in rescue.ended]
        try:
            for do, line in wanted:
                if back.done():
                    break
                under_way.append(asyncio.create_task(do(line), name=f"freeing {line.channel}"))
                await asyncio.sleep(self._pace_seconds)
            await asyncio.gather(*under_way)
        finally:
            for task in (back, *under_way):
                task.cancel()
            await asyncio.gather(back, *under_way, return_exceptions=True)

    async def _move(self, line: Line) -> None:
        if await self._done(self._exchange.move, line):
            log.warning("caller_moved", call=line.channel)

    async def _end(self, line: Line) -> None:
        if await self._done(self._exchange.end, line):
            log.warning("line_ended", channel=line.channel)

    async def _done(self, do: Callable[[Line], Awaitable[None]], line: Line) -> bool:
        """Whether Asterisk did it; if not, it is tried again with the next look.

        Raises Unavailable.
        """
        try:
            await do(line)
        except UnexpectedMessage as error:
            if line.channel not in self._refused:
                log.error("line_not_freed", channel=line.channel, reason=error.message)
            self._refused.add(line.channel)
            return False
        return True

    async def _until_back(self) -> None:
        while True:
            if await self._pulse.beats():
                return
            await asyncio.sleep(_ASK_SECONDS)

    def _tell(self, *, beats: bool, dead: bool) -> None:
        """Log what has changed."""
        if beats:
            if self._silent:
                log.info("ivr_answers")
        elif dead and not self._dead:
            log.error("ivr_is_dead")
        elif not self._silent:
            log.warning("ivr_is_silent")
        self._silent, self._dead = not beats, dead

    def _tell_asterisk(self, error: IvrError | None) -> None:
        if error is not None and not self._asterisk_away:
            log.warning("asterisk_away", reason=error.message)
        self._asterisk_away = error is not None
