"""Erlang's formulas against a simulation that shares nothing with them: simpy's.

The same seeds every time. Each case is simulated several times over; the formulas have to lie
within the 95 % confidence interval of the means, which has to be narrow enough to say something.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from math import sqrt
from random import Random
from statistics import fmean, stdev
from typing import Any

import pytest
import simpy

from ivr.domain.erlang import Demand, waits

SEEDS = range(1, 11)
STUDENT = 2.262
"""95 % of Student's t with 9 degrees of freedom are within so many standard errors."""
CALLS = 3000
WARM_UP = 300
"""So many callers come before anybody is counted: the queue begins empty."""


@dataclass
class Seen:
    waits: list[float] = field(default_factory=list)
    abandoned: int = 0

    @property
    def asa(self) -> float:
        return fmean(self.waits)

    @property
    def share_abandoned(self) -> float:
        return self.abandoned / (len(self.waits) + self.abandoned)

    @property
    def within(self) -> float:
        in_time = sum(wait <= 20 for wait in self.waits)
        return in_time / (len(self.waits) + self.abandoned)


def simulated(demand: Demand, agents: int, seed: int) -> Seen:
    chance = Random(seed)  # noqa: S311  repeatable, no secret
    environment = simpy.Environment()
    crew = simpy.Resource(environment, agents)
    seen = Seen()

    def caller(number: int) -> Generator[simpy.Event, Any]:
        came = environment.now
        patience = chance.expovariate(1 / demand.patience) if demand.patience else float("inf")
        with crew.request() as request:
            if demand.patience:
                yield request | environment.timeout(patience)
            else:
                yield request
            counted = number >= WARM_UP
            if not request.triggered:
                seen.abandoned += counted
                return
            if counted:
                seen.waits.append(environment.now - came)
            yield environment.timeout(chance.expovariate(1 / demand.handling))

    def arrivals() -> Generator[simpy.Event, Any]:
        for number in range(CALLS + WARM_UP):
            environment.process(caller(number))
            yield environment.timeout(chance.expovariate(demand.rate))

    environment.process(arrivals())
    environment.run()
    return seen


@pytest.mark.parametrize(
    ("load", "patience", "agents"),
    [(6.33, None, 9), (6.33, 180.0, 8), (19.0, 180.0, 20), (19.0, 60.0, 16)],
)
def test_formulas_agree_with_simulation(load: float, patience: float | None, agents: int) -> None:
    demand = Demand(rate=load / 190, handling=190.0, patience=patience)
    said = waits(demand, agents, within=20)
    runs = [simulated(demand, agents, seed) for seed in SEEDS]
    for name, formula, values in (
        ("asa", said.asa, [run.asa for run in runs]),
        ("abandoned", said.abandoned, [run.share_abandoned for run in runs]),
        ("within", said.within, [run.within for run in runs]),
    ):
        margin = STUDENT * stdev(values) / sqrt(len(values))
        assert abs(fmean(values) - formula) <= margin + 1e-12, name
        assert margin <= 0.25 * formula, f"{name} says nothing"
