"""The parts of a measurement, in the order in which they are measured."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks import answer, dispatch, growth, load, promises
from benchmarks.adoption import adoption
from benchmarks.callbacks import callback_costs
from benchmarks.engine import engine_costs
from benchmarks.figures import Figure, NotMeasured
from benchmarks.laboratory import Laboratory
from benchmarks.names import Crowd
from benchmarks.progress import Progress
from benchmarks.reports import CALLS, report_costs
from benchmarks.simulation import MONTH, simulated_year
from benchmarks.simulation_in_full import full_simulated_calls
from benchmarks.simulation_libraries import simulated_calls

ROUNDS: Final = 3
QUICK_ROUNDS: Final = 1
_SMALL_CROWDS: Final = (Crowd(10), Crowd(100), Crowd(100, music=False))
_FEW_CALLS: Final = 3000
_SIMULATED_DAYS: Final = 5
_SIMULATED_WEEKS: Final = 1


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: everything, or (quick) only so much that it is seen to work."""

    quick: bool

    @property
    def rounds(self) -> int:
        """Return how often each side has its turn."""
        return QUICK_ROUNDS if self.quick else ROUNDS


Measured = Sequence[Figure | NotMeasured]
InLaboratory = Callable[[Laboratory, Extent, Progress], Awaitable[Measured]]
Alone = Callable[[Extent, Progress], Awaitable[Measured]]


async def _dispatch(laboratory: Laboratory, extent: Extent, progress: Progress) -> list[Figure]:
    return await dispatch.dispatch_gaps(laboratory, extent.rounds, progress)


async def _answer(laboratory: Laboratory, extent: Extent, progress: Progress) -> list[Figure]:
    return await answer.answer_paths(laboratory, extent.rounds, progress)


async def _load(laboratory: Laboratory, extent: Extent, progress: Progress) -> list[Figure]:
    return await load.most_calls(laboratory, extent.rounds, progress)


async def _growth(laboratory: Laboratory, extent: Extent, progress: Progress) -> Measured:
    crowds = _SMALL_CROWDS if extent.quick else growth.CROWDS
    return await growth.growth(laboratory, progress, crowds)


async def _promises(laboratory: Laboratory, extent: Extent, progress: Progress) -> list[Figure]:
    count = promises.PROMISES // 10 if extent.quick else promises.PROMISES
    return await promises.promises(laboratory, progress, count)


async def _engine(_extent: Extent, progress: Progress) -> list[Figure]:
    progress.says("engine")
    return list(engine_costs())


async def _adoption(_extent: Extent, progress: Progress) -> list[Figure]:
    progress.says("adoption after a crash")
    return await adoption()


async def _callbacks(_extent: Extent, progress: Progress) -> list[Figure]:
    progress.says("lists of callbacks")
    return [figure async for figure in callback_costs()]


async def _reports(extent: Extent, progress: Progress) -> list[Figure]:
    progress.says("reports")
    return await report_costs(CALLS // 10 if extent.quick else CALLS, extent.rounds)


async def _simulation(extent: Extent, progress: Progress) -> list[Figure]:
    progress.says("simulation, ours and two libraries'")
    year = simulated_year(_FEW_CALLS if extent.quick else MONTH)
    queue = simulated_calls(1 if extent.quick else _SIMULATED_DAYS)
    return [year, *queue, *full_simulated_calls(_SIMULATED_WEEKS)]


ALONE: Final[Mapping[str, Alone]] = {
    "engine": _engine,
    "simulation": _simulation,
    "callbacks": _callbacks,
    "reports": _reports,
    "adoption": _adoption,
}
IN_LABORATORY: Final[Mapping[str, InLaboratory]] = {
    "dispatch": _dispatch,
    "answer": _answer,
    "load": _load,
    "growth": _growth,
    "promises": _promises,
}
ESTIMATES: Final = "estimates"
ALL: Final = (*ALONE, *IN_LABORATORY, ESTIMATES)
AGENTS: Final = max(dispatch.AGENTS, answer.AGENTS, load.AGENTS)
