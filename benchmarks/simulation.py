"""How fast a year is simulated, and how much of that is the engine's.

    python -m benchmarks.simulation [CALLS]

A November of the shipped county: as many calls, hours and habits as in a year of 500,000. The
engine's own time is measured by giving a new engine the same facts at the same instants again,
without the outside. Processor time, not time of day: other programs matter less.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from benchmarks import names
from benchmarks.figures import Figure
from ivr.application.simulating.arriving import Days
from ivr.application.simulating.results import Results
from ivr.application.simulating.scenario import RUN, Scenario, simulate
from ivr.domain.commands import Command
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine
from ivr.domain.events import Event
from ivr.provisioning.call_counts import pilot_counts
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT

YEAR: Final = 500_000
MONTH: Final = 42_000
AGENTS: Final = 20
_NOVEMBER: Final = Days(date(2026, 11, 1), date(2026, 11, 30))


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast calls are simulated; the seconds are of processor time."""

    calls: int
    steps: int
    """Facts and deadlines the engine was told of."""
    seconds: float
    engine_seconds: float
    """Of these, what the engine takes alone."""

    @property
    def calls_per_second(self) -> float:
        """How many calls are simulated in a second."""
        return self.calls / self.seconds

    @property
    def year_seconds(self) -> float:
        """How long 500,000 calls take."""
        return YEAR / self.calls_per_second

    @property
    def engine_share(self) -> float:
        """How much of the time is the engine's."""
        return self.engine_seconds / self.seconds

    @property
    def step_microseconds(self) -> float:
        """What a step costs the engine."""
        return self.engine_seconds / self.steps * 1e6


class _Recording(QueueEngine):
    """Remembers what it was told, and when."""

    def __init__(self, county: County, run: str) -> None:
        super().__init__(county, run)
        self.steps: list[tuple[Event | None, datetime]] = []

    def handle(self, event: Event, now: datetime) -> list[Command]:
        self.steps.append((event, now))
        return super().handle(event, now)

    def handle_timer(self, now: datetime) -> list[Command]:
        self.steps.append((None, now))
        return super().handle_timer(now)


def simulation_speed(calls: int = MONTH) -> Speed:
    """Simulate ``calls`` of November twice: once for the time, once to record the steps."""
    county = load_county(PROJECT / "config").county
    week = pilot_counts().week(county.hours, minutes=60)
    assert week is not None, "the pilot had calls"
    scenario = Scenario(county, _NOVEMBER, calls, week, lambda _at: AGENTS)
    results = Results(county.hours.zone)
    seconds = _processor_seconds(lambda: simulate(scenario, 1, results.ended, results))
    engines: list[_Recording] = []

    def recording(county: County, run: str) -> QueueEngine:
        engines.append(_Recording(county, run))
        return engines[0]

    again = Results(county.hours.zone)
    simulate(scenario, 1, again.ended, again, recording)
    steps = engines[0].steps
    engine = QueueEngine(scenario.staffed_county, RUN)
    return Speed(calls, len(steps), seconds, _processor_seconds(lambda: _again(engine, steps)))


def _again(engine: QueueEngine, steps: list[tuple[Event | None, datetime]]) -> None:
    for event, now in steps:
        engine.next_deadline()
        if event is None:
            engine.handle_timer(now)
        else:
            engine.handle(event, now)


def _processor_seconds(work: Callable[[], None]) -> float:
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def simulated_year(calls: int) -> Figure:
    """Measure how long 500,000 calls take, by simulating a few."""
    return Figure(names.SIMULATED_YEAR, [simulation_speed(calls).year_seconds], "s")


def main() -> None:
    """Measure and print."""
    speed = simulation_speed(int(sys.argv[1]) if len(sys.argv) > 1 else MONTH)
    print(f"{speed.calls} calls, {speed.steps} steps: {speed.seconds:.1f} s of processor time")
    print(f"{speed.calls_per_second:.0f} calls/s; 500,000 calls in {speed.year_seconds:.0f} s")
    print(f"the engine alone: {speed.engine_share:.0%}, {speed.step_microseconds:.1f} µs a step")


if __name__ == "__main__":
    main()
