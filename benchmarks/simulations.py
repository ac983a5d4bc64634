"""What comparisons of simulations share: runs of one model by several programs, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from math import sqrt
from statistics import fmean, median, stdev
from typing import Final

from rich.console import Console
from rich.table import Table

from ivr.application.simulating.habits import Habits
from ivr.application.simulating.results import Results
from ivr.application.simulating.scenario import Scenario, simulate

SEEDS: Final = (1, 2, 3, 4, 5)
_T_95: Final = 2.776
"""Student's t for five seeds: 95 % lie within so many standard errors."""
AS_FORMULAS: Final = Habits(
    callback_instead=0.0,
    callback_taken=0.0,
    answer_after=(0.0, 0.0),
    missed=0.0,
    break_each_hour=0.0,
    no_show=0.0,
)
"""People as Erlang's formulas see them, but for the talks, which are as they are."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run was like."""

    calls: int
    asa: float
    abandoned: float
    """The share of callers who gave up."""
    seconds: float
    """Of processor time."""

    @property
    def microseconds(self) -> float:
        """What a call costs."""
        return self.seconds / self.calls * 1e6


@dataclass(frozen=True, slots=True)
class Compared:
    """Runs of one way with each seed: means, and how far they may be off (95 %)."""

    name: str
    runs: Sequence[Run]

    @property
    def asa(self) -> tuple[float, float]:
        """The average speed of answer in seconds."""
        return with_margin([run.asa for run in self.runs])

    @property
    def abandoned(self) -> tuple[float, float]:
        """The share of callers who gave up."""
        return with_margin([run.abandoned for run in self.runs])

    @property
    def microseconds(self) -> float:
        """What a call costs, the median of all runs."""
        return median(run.microseconds for run in self.runs)

    def agrees_with(self, other: Compared) -> bool:
        """Whether both figures differ by no more than chance may make them differ."""
        pairs = ((self.asa, other.asa), (self.abandoned, other.abandoned))
        return all(
            abs(mine - theirs) <= sqrt(my_margin**2 + their_margin**2)
            for (mine, my_margin), (theirs, their_margin) in pairs
        )


def in_turn(ways: Mapping[str, Callable[[int, int], Run]], size: int) -> list[Compared]:
    """Run each way with each seed, in turn; ``size`` is how long the simulated time is."""
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for seed in SEEDS:
        for name, way in ways.items():
            runs[name].append(way(size, seed))
    return [Compared(name, of_way) for name, of_way in runs.items()]


def by_the_engine(scenario: Scenario, seed: int) -> Run:
    """Let this program's engine serve the callers."""
    results = Results(UTC)
    began = time.process_time()
    simulate(scenario, seed, results.ended, results)
    seconds = time.process_time() - began
    figures = results.total().figures
    calls, asa = scenario.calls, figures.asa_seconds or 0.0
    return Run(calls, asa, figures.abandoned / figures.offered, seconds)


def show(compared: Sequence[Compared]) -> None:
    """Print what came out, and how long the others take compared with the first."""
    ours = compared[0]
    table = Table("", "calls", "ASA s", "gave up %", "µs a call", "times as long", "agrees")
    for way in compared:
        (asa, asa_margin), (gone, gone_margin) = way.asa, way.abandoned
        table.add_row(
            way.name,
            str(sum(run.calls for run in way.runs)),
            f"{asa:.2f} ± {asa_margin:.2f}",
            f"{gone * 100:.2f} ± {gone_margin * 100:.2f}",
            f"{way.microseconds:.0f}",
            f"{way.microseconds / ours.microseconds:.2f}",
            "yes" if way.agrees_with(ours) else "no",
        )
    Console().print(table)


def with_margin(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean of what came out with each seed, and how far it may be off (95 %)."""
    return fmean(values), _T_95 * stdev(values) / sqrt(len(values))
