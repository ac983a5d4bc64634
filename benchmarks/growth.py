"""Ever more callers wait: the dispatch gap then, and what it costs.

Us and Asterisk's own queue; one round each, for it takes a while to let a thousand call. Music is
Asterisk's work, a packet for each caller fifty times a second: where the machine can't bear it for
so many, that is said and not tried. What so many callers mean to who serves them is measured in
silence.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Final

from benchmarks import names
from benchmarks.dispatch import AGENTS, Shift
from benchmarks.figures import Figure, NotMeasured
from benchmarks.laboratory import GIVEN_UP, Laboratory, Side
from benchmarks.machine import Usage
from benchmarks.names import Crowd
from benchmarks.progress import Progress
from benchmarks.telephones import caller_number, now

WAITING: Final = (10, 100, 500, 1000)
CROWDS: Final = (*(Crowd(callers) for callers in WAITING), Crowd(WAITING[-1], music=False))
GAPS: Final = 40
_SIDES: Final = (names.IVR, names.APP_QUEUE)
_CALLS_A_SECOND: Final = 25.0
_STEADY_SECONDS: Final = 4.0
"""So long nothing happens but music, while it is looked what that costs."""
_MIB: Final = 2**20
_WITHIN_SECONDS: Final = 30.0
"""Who called has to be answered."""
_LONGEST_SECONDS: Final = 110.0
"""For one crowd and side, until it is given up."""
_ENOUGH_SECONDS: Final = 240.0
"""Then no further crowd is begun."""


async def growth(
    laboratory: Laboratory, progress: Progress, crowds: Sequence[Crowd] = CROWDS
) -> list[Figure | NotMeasured]:
    """Measure both sides with ever more callers."""
    found: list[Figure | NotMeasured] = []
    music = {side.name: Music() for side in laboratory.sides}
    began = now()
    for crowd in crowds:
        for side in laboratory.sides:
            if side.name not in _SIDES:
                continue
            name = names.gap_with_waiting(side.name, crowd)
            progress.says(f"{crowd}: {side.name}")
            too_much = music[side.name].too_much(crowd)
            if too_much:
                found.append(NotMeasured(name, too_much, failed=False))
            elif now() - began > _ENOUGH_SECONDS:
                found.append(NotMeasured(name, "what was measured before took too long"))
            else:
                found += await _tried(laboratory, side, crowd, music[side.name], progress)
    return found


class Music:
    """What music costs, and so for how many callers this machine can bear it."""

    def __init__(self, cores: int | None = None) -> None:
        """``cores`` are this machine's where nothing is said."""
        self._most = (cores or len(os.sched_getaffinity(0))) * 100
        self._callers = 0
        self._load = 0.0

    def took(self, crowd: Crowd, load: float) -> None:
        """Take note of the load, in per cent of one core, with so many callers."""
        if crowd.music:
            self._callers, self._load = crowd.callers, load

    def too_much(self, crowd: Crowd) -> str:
        """Say why it is too much for so many callers; empty where it is not."""
        if not crowd.music or not self._callers:
            return ""
        needed = self._load * crowd.callers / self._callers
        if needed <= self._most:
            return ""
        return (
            f"music for {self._callers} took {self._load:.0f} % of a core, so for "
            f"{crowd.callers} it would take {needed:.0f} %, and this machine has {self._most} %"
        )


async def _tried(
    laboratory: Laboratory, side: Side, crowd: Crowd, music: Music, progress: Progress
) -> list[Figure | NotMeasured]:
    """Measure; what comes to nothing leaves the other crowds their turn."""
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            return [*await _measured(laboratory, side, crowd, music)]
    except GIVEN_UP as error:
        why = str(error) or f"it took longer than {_LONGEST_SECONDS:.0f} s"
        progress.says(f"{crowd}: {side.name} FAILED: {why}")
        return [NotMeasured(names.gap_with_waiting(side.name, crowd), why)]


async def _measured(laboratory: Laboratory, side: Side, crowd: Crowd, music: Music) -> list[Figure]:
    silence = nullcontext() if crowd.music else laboratory.silence()
    async with silence, laboratory.served_by(side, AGENTS) as app:
        shift = Shift(laboratory, side, crowd.callers)
        await _let_call(laboratory, side, crowd.callers)
        loads, memory = await _at_rest(laboratory, app)
        music.took(crowd, sum(loads))
        gaps = await shift.work(GAPS)
    figures = [
        Figure(names.gap_with_waiting(side.name, crowd), gaps),
        Figure(names.asterisk_load(side.name, crowd), [loads[0]], "%"),
        Figure(names.asterisk_memory(side.name, crowd), [memory[0]], "MiB"),
    ]
    if app is not None:
        figures += [
            Figure(names.app_load(crowd), [loads[1]], "%"),
            Figure(names.app_memory(crowd), [memory[1]], "MiB"),
        ]
    return figures


async def _let_call(laboratory: Laboratory, side: Side, waiting: int) -> None:
    """Let all call; the agents do not end a call yet. Raises TimeoutError."""
    citizens = laboratory.citizens
    callers = []
    for number in range(waiting + AGENTS):
        callers.append(citizens.call(caller_number(number), side.dialled))
        await asyncio.sleep(1 / _CALLS_A_SECOND)
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            for caller in callers:
                await caller.answered.wait()
    except TimeoutError:
        answered = sum(caller.answered.is_set() for caller in callers)
        refused = sum(caller.refused is not None for caller in callers)
        raise TimeoutError(
            f"of {len(callers)} callers {answered} were answered and {refused} refused, "
            f"{_WITHIN_SECONDS:.0f} s after the last had called"
        ) from None


async def _at_rest(laboratory: Laboratory, app: int | None) -> tuple[list[float], list[float]]:
    """Return the loads (per cent of one core) and MiB of Asterisk and the program, if there is."""
    before, began = _usages(laboratory, app), now()
    await asyncio.sleep(_STEADY_SECONDS)
    after, took = _usages(laboratory, app), now() - began
    loads = [
        (late.cpu_seconds - early.cpu_seconds) / took * 100
        for early, late in zip(before, after, strict=True)
    ]
    return loads, [each.resident_bytes / _MIB for each in after]


def _usages(laboratory: Laboratory, app: int | None) -> list[Usage]:
    return [Usage.of(pid) for pid in (laboratory.asterisk, app) if pid is not None]
