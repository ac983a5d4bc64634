"""The same model simulated by this program's engine, by ciw and by simpy, side by side.

    python -m benchmarks.simulation_libraries [DAYS]

Callers come by chance at the rates of each hour, talk as the pilot's did, give up as soon as their
patience is over; agents wrap up. The libraries' models are written as their manuals show it: a node
with servers and reneging in ciw, a process for each caller in simpy. Agents answer at once, miss
nothing and take no breaks, since the libraries' agents do so.

The libraries move customers between two numbers; the engine also greets every caller, tells
positions, watches opening hours, phones and departments, and writes a record: all it does for a
real call. Processor time, each in turn, so that other programs matter less.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from datetime import time as clock_time
from random import Random
from statistics import fmean
from typing import Any, Final

import ciw
import simpy

from benchmarks import names
from benchmarks.figures import Figure
from benchmarks.simulations import AS_FORMULAS, Compared, Run, by_the_engine, in_turn, show
from ivr.application.simulating.arriving import Days
from ivr.application.simulating.habits import LognormalTalks
from ivr.application.simulating.scenario import Scenario
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.domain.week import Expected, Interval, Week
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT

AGENTS: Final = 14
PATIENCE: Final = 180.0
WRAP_UP: Final = 10.0
TALKS: Final = LognormalTalks()
RATES: Final = tuple(calls / 3600 for calls in (150, 220, 330, 330, 290, 200, 220, 270, 230, 180))
"""Calls a second in each of ten hours; then they begin again."""
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR


def simulated_calls(days: int) -> list[Figure]:
    """Measure what a call costs in each."""
    return [
        Figure(names.simulated_call(way.name), [run.microseconds for run in way.runs], "µs")
        for way in compare(days)
    ]


def compare(days: int) -> list[Compared]:
    """Run each way with each seed, in turn."""
    return in_turn({names.IVR: engine, names.CIW: with_ciw, names.SIMPY: with_simpy}, days)


# -- this program ----------------------------------------------------------------------------------


def engine(days: int, seed: int) -> Run:
    """Let the engine serve the callers."""
    county = load_county(PROJECT / "config").county
    always = OpeningHours(UTC, dict.fromkeys(range(7), (Span(clock_time.min, END_OF_DAY),)))
    county = replace(
        county, hours=always, rules=replace(county.rules, wrap_up=timedelta(seconds=WRAP_UP))
    )
    habits = replace(AS_FORMULAS, talks=TALKS, patience=PATIENCE)
    first = date(2026, 11, 23)
    week = Week(
        {
            Interval(weekday, clock_time(hour), 3600): Expected(_rate(hour * HOUR) * HOUR)
            for weekday in range(7)
            for hour in range(24)
        },
        variation=0.0,
    )
    calls = round(sum(_rate(hour * HOUR) for hour in range(24)) * HOUR * days)
    period = Days(first, first + timedelta(days=days - 1))
    scenario = Scenario(county, period, calls, week, lambda _at: AGENTS, habits=habits)
    return by_the_engine(scenario, seed)


def _rate(at: float) -> float:
    """Calls a second at a second of the period; every day is alike."""
    return RATES[int(at % DAY // HOUR) % len(RATES)]


# -- ciw -------------------------------------------------------------------------------------------


def with_ciw(days: int, seed: int) -> Run:
    """Let ciw serve the callers: one node, reneging customers."""
    began = time.process_time()
    ciw.seed(seed)
    hours = days * 24
    network = ciw.create_network(
        arrival_distributions=[
            ciw.dists.PoissonIntervals(
                rates=[_rate(hour * HOUR) for hour in range(hours)],
                endpoints=[(hour + 1) * HOUR for hour in range(hours)],
                max_sample_date=days * DAY,
            )
        ],
        service_distributions=[
            ciw.dists.Lognormal(TALKS.mu, TALKS.spread) + ciw.dists.Deterministic(WRAP_UP)
        ],
        number_of_servers=[AGENTS],
        reneging_time_distributions=[ciw.dists.Exponential(1 / PATIENCE)],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(days * DAY)
    records: list[Any] = simulation.get_all_records()
    waits = [record.waiting_time for record in records if record.record_type == "service"]
    return _run(waits, len(records) - len(waits), time.process_time() - began)


# -- simpy -----------------------------------------------------------------------------------------


def with_simpy(days: int, seed: int) -> Run:
    """Let simpy serve the callers: a process for each."""
    began = time.process_time()
    chance = Random(seed)  # noqa: S311 - chance, not a secret
    environment = simpy.Environment()
    agents = simpy.Resource(environment, AGENTS)
    waits: list[float] = []
    gone: list[float] = []

    def caller() -> Generator[simpy.Event, Any, None]:
        arrived = environment.now
        with agents.request() as answer:
            patience = environment.timeout(chance.expovariate(1 / PATIENCE))
            yield answer | patience
            if not answer.triggered:
                gone.append(environment.now)
                return
            waits.append(environment.now - arrived)
            yield environment.timeout(TALKS.draw(chance) + WRAP_UP)

    def callers() -> Generator[simpy.Event, Any, None]:
        highest = max(RATES)
        while True:
            yield environment.timeout(chance.expovariate(highest))
            if chance.random() * highest < _rate(environment.now):
                environment.process(caller())

    environment.process(callers())
    environment.run(until=days * DAY)
    return _run(waits, len(gone), time.process_time() - began)


def _run(waits: Sequence[float], gone: int, seconds: float) -> Run:
    calls = len(waits) + gone
    return Run(calls, fmean(waits), gone / calls, seconds)


def main() -> None:
    """Compare and print."""
    show(compare(int(sys.argv[1]) if len(sys.argv) > 1 else 5))


if __name__ == "__main__":
    main()
