"""As many calls as go: how many a second, and what each costs the program and Asterisk.

So many callers at a time, each of whom hangs up as soon as an agent has picked up and calls again.
There are more agents than callers: nobody waits for anything but the machine.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks import names
from benchmarks.figures import Figure, of_rounds
from benchmarks.laboratory import Laboratory, Side
from benchmarks.machine import Usage
from benchmarks.progress import Progress
from benchmarks.telephones import AgentCall, CitizenCall, caller_number, now

AGENTS: Final = 40
AT_ONCE: Final = 16
SECONDS: Final = 6.0
_WARM_UP_SECONDS: Final = 1.5
_TALK_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Spent:
    """What a round of a side came to."""

    rate: float
    app_ms: float
    """CPU per call."""
    asterisk_ms: float


class Rush:
    """Callers who call again and again, each as soon as the call before is over."""

    def __init__(self, laboratory: Laboratory, side: Side) -> None:
        """``side`` serves."""
        self.calls = 0
        self._laboratory = laboratory
        self._side = side
        self._numbers = itertools.count()
        self._calling: dict[str, CitizenCall] = {}
        self._over = False

    async def go(self, seconds: float) -> None:
        """Call for so long."""
        agents = self._laboratory.agents
        agents.on_ring, agents.on_end = self._rang, self._ended
        for _ in range(AT_ONCE):
            self._call()
        await asyncio.sleep(seconds)
        self._over = True
        agents.on_end = lambda _: None

    def _call(self) -> None:
        number = caller_number(next(self._numbers))
        self._calling[number] = self._laboratory.citizens.call(number, self._side.dialled)

    def _rang(self, call: AgentCall) -> None:
        self._laboratory.agents.pick_up(call)
        asyncio.get_running_loop().call_later(_TALK_SECONDS, self._leave, call)

    def _leave(self, call: AgentCall) -> None:
        citizen = self._calling.pop(call.number, None)
        if citizen is not None and not self._over:
            self._laboratory.citizens.hang_up(citizen)

    def _ended(self, _: AgentCall) -> None:
        self.calls += 1
        if not self._over:
            self._call()


async def most_calls(laboratory: Laboratory, rounds: int, progress: Progress) -> list[Figure]:
    """Measure all sides in turn, several times."""
    spent: dict[str, list[Spent]] = {side.name: [] for side in laboratory.sides}
    for number in range(rounds):
        for side in laboratory.sides:
            progress.says(f"most calls a second, round {number + 1} of {rounds}: {side.name}")
            spent[side.name].append(await _round(laboratory, side))
    return list(_figures(spent))


async def _round(laboratory: Laboratory, side: Side) -> Spent:
    async with laboratory.served_by(side, AGENTS) as app:
        rush = Rush(laboratory, side)
        going = asyncio.create_task(rush.go(_WARM_UP_SECONDS + SECONDS))
        await asyncio.sleep(_WARM_UP_SECONDS)
        processes = [pid for pid in (laboratory.asterisk, app) if pid is not None]
        before, calls, began = [Usage.of(pid) for pid in processes], rush.calls, now()
        await going
        after, calls, took = [Usage.of(pid) for pid in processes], rush.calls - calls, now() - began
    if not calls:
        raise RuntimeError(f"{side.name}: no call was served in {SECONDS:.0f} s")
    asterisk, *program = (
        (late.cpu_seconds - early.cpu_seconds) * 1000 / calls
        for early, late in zip(before, after, strict=True)
    )
    return Spent(calls / took, sum(program), asterisk)


def _figures(spent: dict[str, list[Spent]]) -> Iterator[Figure]:
    for side, rounds in spent.items():
        rates = [[each.rate] for each in rounds]
        yield of_rounds(names.rate(side), rates, "calls/s", more_is_better=True)
        if side != names.APP_QUEUE:
            yield of_rounds(names.app_cpu(side), [[each.app_ms] for each in rounds])
        yield of_rounds(names.asterisk_cpu(side), [[each.asterisk_ms] for each in rounds])
