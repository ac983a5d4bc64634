"""The engine, simulated as Erlang's formulas see the world, waits as they say.

Exponential talks, one skill, no wrap-up, agents who answer at once. The same seeds every time, so
a difference is a change of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from datetime import time as clock_time
from statistics import fmean

import pytest

from benchmarks.simulations import AS_FORMULAS, SEEDS, with_margin
from ivr.application.simulating.arriving import Days
from ivr.application.simulating.habits import ExponentialTalks
from ivr.application.simulating.results import Results
from ivr.application.simulating.scenario import Scenario, simulate
from ivr.domain.erlang import Demand, waits
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.domain.rules import Announcing, QueueRules
from ivr.domain.week import Expected, Week, intervals
from tests import examples

ALWAYS = OpeningHours(UTC, dict.fromkeys(range(7), (Span(clock_time.min, END_OF_DAY),)))
A_DAY = Days(date(2026, 11, 23), date(2026, 11, 23))
SECONDS = 86_400
TALK = 180.0


@dataclass(frozen=True)
class Seen:
    """What the simulated days of all seeds were like: means, and how far off they may be."""

    asa: float
    asa_within: float
    abandoned: float
    abandoned_within: float
    level: float
    level_within: float
    occupancy: float


def days(agents: int, load: float, patience: float | None) -> Seen:
    rules = QueueRules(
        wrap_up=timedelta(0), announcing=Announcing(after=timedelta(0)), redial_within=timedelta(0)
    )
    county = replace(examples.county(rules), hours=ALWAYS)
    week = Week({piece: Expected(1) for piece in intervals(ALWAYS.weekly, 60)}, variation=0.0)
    habits = replace(AS_FORMULAS, talks=ExponentialTalks(TALK), patience=patience)
    calls = round(load / TALK * SECONDS)
    scenario = Scenario(county, A_DAY, calls, week, lambda _at: agents, habits=habits)
    parts = []
    for seed in SEEDS:
        results = Results(UTC)
        simulate(scenario, seed, results.ended, results)
        parts.append(results.total())
    assert {part.figures.offered for part in parts} == {calls}
    asas = [part.figures.asa_seconds or 0.0 for part in parts]
    abandoned = [part.figures.abandoned / part.figures.offered for part in parts]
    levels = [part.figures.answered_within[20] / part.figures.offered for part in parts]
    return Seen(
        *with_margin(asas),
        *with_margin(abandoned),
        *with_margin(levels),
        fmean(part.occupancy or 0.0 for part in parts),
    )


def test_callers_who_never_give_up_wait_as_erlang_c_says() -> None:
    agents, load = 5, 3.5
    said = waits(Demand(load / TALK, TALK), agents, within=20)
    seen = days(agents, load, None)
    assert seen.asa == pytest.approx(said.asa, abs=seen.asa_within)
    assert seen.asa_within < said.asa / 4, "it would say nothing"
    assert seen.level == pytest.approx(said.within, abs=seen.level_within)
    assert seen.occupancy == pytest.approx(said.occupancy, rel=0.03)
    assert seen.abandoned == 0


def test_impatient_callers_wait_and_leave_as_erlang_a_says() -> None:
    agents, load = 5, 5.5
    said = waits(Demand(load / TALK, TALK, patience=120), agents, within=20)
    seen = days(agents, load, 120.0)
    assert seen.asa == pytest.approx(said.asa, abs=seen.asa_within)
    assert seen.abandoned == pytest.approx(said.abandoned, abs=seen.abandoned_within)
    assert seen.abandoned_within < said.abandoned / 4, "it would say nothing"
    assert seen.level == pytest.approx(said.within, abs=seen.level_within)
    assert seen.occupancy == pytest.approx(said.occupancy, rel=0.03)
