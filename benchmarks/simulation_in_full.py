"""The whole model of a county's service, by this program's engine and by simpy, side by side.

    python -m benchmarks.simulation_in_full [WEEKS]

Callers come by chance at the rates of each hour of opening time, want a department or dialled the
common number, are greeted, and wait for somebody who answers for it, in their order. Agents are
rung a few seconds, sometimes miss it, talk, wrap up, have a break in each hour, and some do not
come at all. Who is out of patience hangs up or asks for a callback; who waits at closing time is
served. Of several idle agents the one idle longest is rung.

simpy's model is written as its manual shows it: a process for each caller and each agent's breaks,
a ``FilterStore`` of idle agents, whose requests are sorted as those of a ``PriorityResource`` are.
ciw has no servers that break off and come back in the course of their day by chance, nor any who
leave a customer unanswered, so it is left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from datetime import time as clock_time
from random import Random
from statistics import fmean
from typing import Any, Final

import simpy
from simpy.resources.resource import SortedQueue
from simpy.resources.store import FilterStoreGet

from benchmarks import names
from benchmarks.figures import Figure
from benchmarks.simulations import Compared, Run, by_the_engine, in_turn, show
from ivr.application.simulating.arriving import Days
from ivr.application.simulating.habits import COMMON, Habits
from ivr.application.simulating.scenario import Scenario
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.week import Expected, Interval, Week
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT

AGENTS: Final = 14
DEPARTMENTS: Final = 6
DEPARTMENTS_EACH: Final = 4
HABITS: Final = Habits()
WRAP_UP: Final = 10.0
RING_TIME: Final = 20.0
OPENS: Final = 7
_CALLS: Final = (120, 190, 280, 280, 250, 170, 190, 230, 200, 150, 90)
RATES: Final = tuple(calls / 3600 for calls in _CALLS)
"""Calls a second in each hour of opening time, from Monday to Friday."""
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
_CLOSES: Final = (OPENS + len(RATES)) * HOUR
_OPEN_DAYS: Final = 5
_LOOK_AGAIN: Final = 30.0
_MONDAY: Final = date(2026, 11, 23)


def full_simulated_calls(weeks: int) -> list[Figure]:
    """Measure what a call costs in each."""
    return [
        Figure(names.fully_simulated_call(way.name), [run.microseconds for run in way.runs], "µs")
        for way in compare(weeks)
    ]


def compare(weeks: int) -> list[Compared]:
    """Run each way with each seed, in turn."""
    return in_turn({names.IVR: engine, names.SIMPY: with_simpy}, weeks)


# -- this program ----------------------------------------------------------------------------------


def engine(weeks: int, seed: int) -> Run:
    """Let the engine serve the callers."""
    county = load_county(PROJECT / "config").county
    open_time = (Span(clock_time(OPENS), clock_time(OPENS + len(RATES))),)
    county = replace(
        county,
        hours=OpeningHours(UTC, dict.fromkeys(range(_OPEN_DAYS), open_time)),
        rules=replace(
            county.rules,
            wrap_up=timedelta(seconds=WRAP_UP),
            ring_time=timedelta(seconds=RING_TIME),
        ),
    )
    assert len(county.departments) == DEPARTMENTS, "the model of simpy has as many as the county"
    week = Week(
        {
            Interval(weekday, clock_time(OPENS + hour), 3600): Expected(rate * HOUR)
            for weekday in range(_OPEN_DAYS)
            for hour, rate in enumerate(RATES)
        },
        variation=0.0,
    )
    period = Days(_MONDAY, _MONDAY + timedelta(weeks=weeks, days=-1))
    calls = round(sum(RATES) * HOUR * _OPEN_DAYS * weeks)
    scenario = Scenario(county, period, calls, week, lambda _at: AGENTS, DEPARTMENTS_EACH, HABITS)
    return by_the_engine(scenario, seed)


# -- simpy -----------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Agent:
    departments: frozenset[int]
    there: bool = True
    break_is_due: bool = False


class _Wanted(FilterStoreGet):
    """A caller's request for an agent; ``key`` sorts those who wait."""

    def __init__(self, idle: _Idle, arrived: float, department: int | None) -> None:
        self.key = arrived
        super().__init__(idle, lambda agent: department is None or department in agent.departments)


class _Idle(simpy.FilterStore):
    """Idle agents, who is idle longest first, and callers' requests, earliest first."""

    GetQueue = SortedQueue


@dataclass(slots=True)
class _Counted:
    waits: list[float] = field(default_factory=list)
    gone: int = 0
    callbacks: int = 0


def with_simpy(weeks: int, seed: int) -> Run:
    """Let simpy serve the callers: a process for each."""
    began = time.process_time()
    model = _Model(Random(seed))  # noqa: S311 - chance, not a secret
    model.environment.process(model.service(weeks))
    model.environment.run()
    counted = model.counted
    offered = len(counted.waits) + counted.gone + counted.callbacks
    asa, gone = fmean(counted.waits), counted.gone / offered
    return Run(offered, asa, gone, time.process_time() - began)


class _Model:
    def __init__(self, chance: Random) -> None:
        self.environment = simpy.Environment()
        self.counted = _Counted()
        self._chance = chance
        self._idle = _Idle(self.environment)
        self._here = 0
        """Callers whose calls are not over."""

    def service(self, weeks: int) -> Generator[simpy.Event, Any, None]:
        """Open on each working day."""
        environment = self.environment
        for day in range(7 * weeks):
            if day % 7 < _OPEN_DAYS:
                yield environment.timeout(day * DAY + OPENS * HOUR - environment.now)
                yield environment.process(self._day(day * DAY + _CLOSES))

    def _day(self, closes: float) -> Generator[simpy.Event, Any, None]:
        environment, chance = self.environment, self._chance
        agents = [
            _Agent(frozenset((number + step) % DEPARTMENTS for step in range(DEPARTMENTS_EACH)))
            for number in range(AGENTS)
            if chance.random() >= HABITS.no_show
        ]
        self._idle.items = list(agents)
        environment.process(self._callers(closes))
        for agent in agents:
            environment.process(self._breaks(agent, closes))
        yield environment.timeout(closes - environment.now)
        while self._here:
            yield environment.timeout(_LOOK_AGAIN)
        for agent in agents:
            agent.there = False
        self._idle.items.clear()

    # -- agents ------------------------------------------------------------------------------

    def _breaks(self, agent: _Agent, closes: float) -> Generator[simpy.Event, Any, None]:
        environment, length = self.environment, HABITS.break_each_hour
        while environment.now < closes:
            next_hour = environment.now + HOUR
            yield environment.timeout(self._chance.uniform(0, HOUR - length))
            if agent in self._idle.items:
                self._idle.items.remove(agent)
                environment.process(self._returns(agent, length))
            else:
                agent.break_is_due = True
            yield environment.timeout(next_hour - environment.now)

    def _returns(self, agent: _Agent, seconds: float) -> Generator[simpy.Event, Any, None]:
        """The agent is idle after so many seconds."""
        if agent.break_is_due:
            agent.break_is_due = False
            seconds += HABITS.break_each_hour
        yield self.environment.timeout(seconds)
        if agent.break_is_due:
            self.environment.process(self._returns(agent, 0.0))
        elif agent.there:
            yield self._idle.put(agent)

    # -- callers -----------------------------------------------------------------------------

    def _callers(self, closes: float) -> Generator[simpy.Event, Any, None]:
        environment, chance, highest = self.environment, self._chance, max(RATES)
        while True:
            yield environment.timeout(chance.expovariate(highest))
            if environment.now >= closes:
                return
            hour = int(environment.now % DAY // HOUR) - OPENS
            if chance.random() * highest < RATES[hour]:
                environment.process(self._caller())

    def _caller(self) -> Generator[simpy.Event, Any, None]:
        environment, chance = self.environment, self._chance
        common = chance.random() < HABITS.shares[COMMON]
        department = None if common else chance.randrange(DEPARTMENTS)
        talk = HABITS.talks.draw(chance)
        self._here += 1
        yield environment.timeout(HABITS.prompt)
        arrived = environment.now
        assert HABITS.patience is not None
        patience = environment.timeout(chance.expovariate(1 / HABITS.patience))
        agent = yield from self._answer(department, arrived, patience)
        if agent is not None:
            self.counted.waits.append(environment.now - arrived)
            yield environment.timeout(talk)
            environment.process(self._returns(agent, WRAP_UP))
        elif chance.random() < HABITS.callback_instead:
            self.counted.callbacks += 1
        else:
            self.counted.gone += 1
        self._here -= 1

    def _answer(
        self, department: int | None, arrived: float, patience: simpy.Event
    ) -> Generator[simpy.Event, Any, _Agent | None]:
        """Wait for an agent who answers; None where the patience is over before."""
        environment, chance = self.environment, self._chance
        while True:
            wanted = _Wanted(self._idle, arrived, department)
            yield wanted | patience
            if not wanted.triggered:
                wanted.cancel()
                return None
            agent: _Agent = wanted.value  # type: ignore[assignment]  # simpy's may be None
            missed = chance.random() < HABITS.missed
            seconds = RING_TIME if missed else chance.uniform(*HABITS.answer_after)
            ringing = environment.timeout(seconds)
            yield ringing | patience
            if not ringing.processed:
                environment.process(self._returns(agent, 0.0))
                return None
            if not missed:
                return agent
            environment.process(self._returns(agent, HABITS.back_after_missed))


def main() -> None:
    """Compare and print."""
    show(compare(int(sys.argv[1]) if len(sys.argv) > 1 else 2))


if __name__ == "__main__":
    main()
