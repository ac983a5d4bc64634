"""The dispatch gap: an agent's call ends, and the same agent's telephone rings for the next caller.

Callers always wait. Both moments are taken at the agent's telephone: its BYE goes out, the next
INVITE is there.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from typing import Final

from benchmarks import names
from benchmarks.figures import Figure, of_rounds
from benchmarks.laboratory import Laboratory, Side
from benchmarks.progress import Progress
from benchmarks.telephones import AgentCall, caller_number

AGENTS: Final = 4
WAITING: Final = 20
TALKS: Final = (0.3, 0.9)
"""The shortest and the longest talk, in seconds: never in step with a clock."""
GAPS: Final = 110
"""In a round."""
WARM_UP: Final = 8
"""So many at the beginning of a round are not counted."""
_STALLED_SECONDS: Final = 60.0


class Shift:
    """Agents who talk for a while, hang up and are rung again; notes the gaps, in milliseconds.

    Until :meth:`work` whoever was rung first talks on.
    """

    def __init__(self, laboratory: Laboratory, side: Side, waiting: int) -> None:
        """``waiting`` are so many callers besides those who talk."""
        self._laboratory = laboratory
        self._side = side
        self._callers = waiting + AGENTS
        self._chance = random.Random(waiting)  # noqa: S311 - chance, not a secret
        self._numbers = itertools.count()
        self._ended: dict[str, float] = {}
        self._first: list[AgentCall] = []
        self._gaps: list[float] = []
        self._news = asyncio.Event()
        self._works = False
        laboratory.agents.on_ring = self._rang

    def fill(self) -> None:
        """Let so many call that enough wait."""
        citizens = self._laboratory.citizens
        while len(citizens.calls) < self._callers:
            citizens.call(caller_number(next(self._numbers)), self._side.dialled)

    async def work(self, gaps: int) -> list[float]:
        """Return so many gaps. Raises TimeoutError where nobody is rung any more."""
        self._works = True
        for call in self._first:
            self._talk(call)
        while len(self._gaps) < gaps + WARM_UP:
            self._news.clear()
            try:
                async with asyncio.timeout(_STALLED_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                raise TimeoutError(
                    f"{self._side.name}: no telephone rang for {_STALLED_SECONDS:.0f} s"
                ) from None
        self._works = False
        return self._gaps[WARM_UP:]

    def _rang(self, call: AgentCall) -> None:
        ended = self._ended.pop(call.agent, None)
        if ended is not None:
            self._gaps.append((call.rang_at - ended) * 1000)
            self._news.set()
        self._laboratory.agents.pick_up(call)
        if self._works:
            self._talk(call)
        else:
            self._first.append(call)

    def _talk(self, call: AgentCall) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(self._chance.uniform(*TALKS), self._end, call)

    def _end(self, call: AgentCall) -> None:
        if call.ended_at is not None or not self._works:
            return
        self._ended[call.agent] = self._laboratory.agents.hang_up(call)
        # Not at the very moment that is measured.
        asyncio.get_running_loop().call_later(min(TALKS) / 2, self._refill)

    def _refill(self) -> None:
        if self._works:
            self.fill()


async def dispatch_gaps(laboratory: Laboratory, rounds: int, progress: Progress) -> list[Figure]:
    """Measure all sides in turn, several times."""
    gaps: dict[str, list[list[float]]] = {side.name: [] for side in laboratory.sides}
    for number in range(rounds):
        for side in laboratory.sides:
            progress.says(f"dispatch gap, round {number + 1} of {rounds}: {side.name}")
            async with laboratory.served_by(side, AGENTS):
                shift = Shift(laboratory, side, WAITING)
                shift.fill()
                gaps[side.name].append(await shift.work(GAPS))
    return [of_rounds(names.dispatch_gap(side), each) for side, each in gaps.items()]
