"""Ten, a hundred, a thousand callers wait with music: the dispatch gap then, and the cost.

Us and Asterisk's own queue; one round each, for it takes a while to let a thousand call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from benchmarks import names
from benchmarks.dispatch import AGENTS, Shift
from benchmarks.figures import Figure
from benchmarks.laboratory import Laboratory, Side
from benchmarks.machine import Usage
from benchmarks.progress import Progress
from benchmarks.telephones import caller_number, now

WAITING: Final = (10, 100, 1000)
GAPS: Final = 40
_SIDES: Final = (names.IVR, names.APP_QUEUE)
_CALLS_A_SECOND: Final = 25.0
_STEADY_SECONDS: Final = 4.0
"""So long nothing happens but music, while it is looked what that costs."""
_MIB: Final = 2**20
_WITHIN_SECONDS: Final = 120.0


async def growth(
    laboratory: Laboratory, progress: Progress, waiting: tuple[int, ...] = WAITING
) -> list[Figure]:
    """Measure both sides with ever more callers."""
    figures: list[Figure] = []
    for callers in waiting:
        for side in laboratory.sides:
            if side.name in _SIDES:
                progress.says(f"{callers} callers waiting: {side.name}")
                figures += await _with(laboratory, side, callers)
    return figures


async def _with(laboratory: Laboratory, side: Side, waiting: int) -> list[Figure]:
    async with laboratory.served_by(side, AGENTS) as app:
        shift = Shift(laboratory, side, waiting)
        await _let_call(laboratory, side, waiting)
        figures = list(await _at_rest(laboratory, side, waiting, app))
        gaps = await shift.work(GAPS)
    return [Figure(names.gap_with_waiting(side.name, waiting), gaps), *figures]


async def _let_call(laboratory: Laboratory, side: Side, waiting: int) -> None:
    """Let all call; the agents do not pick up yet. Raises TimeoutError."""
    citizens = laboratory.citizens
    callers = []
    for number in range(waiting + AGENTS):
        callers.append(citizens.call(caller_number(number), side.dialled))
        await asyncio.sleep(1 / _CALLS_A_SECOND)
    async with asyncio.timeout(_WITHIN_SECONDS):
        for caller in callers:
            await caller.answered.wait()


async def _at_rest(
    laboratory: Laboratory, side: Side, waiting: int, app: int | None
) -> Iterator[Figure]:
    before, began = _usages(laboratory, app), now()
    await asyncio.sleep(_STEADY_SECONDS)
    after, took = _usages(laboratory, app), now() - began
    loads = [
        (late.cpu_seconds - early.cpu_seconds) / took * 100
        for early, late in zip(before, after, strict=True)
    ]
    memory = [each.resident_bytes / _MIB for each in after]
    figures = [
        Figure(names.asterisk_load(side.name, waiting), [loads[0]], "%"),
        Figure(names.asterisk_memory(side.name, waiting), [memory[0]], "MiB"),
    ]
    if app is not None:
        figures += [
            Figure(names.app_load(waiting), [loads[1]], "%"),
            Figure(names.app_memory(waiting), [memory[1]], "MiB"),
        ]
    return iter(figures)


def _usages(laboratory: Laboratory, app: int | None) -> list[Usage]:
    return [Usage.of(pid) for pid in (laboratory.asterisk, app) if pid is not None]
