"""What is simulated: days of a county's service, with so many calls and agents of such habits."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from random import Random

from ivr.application.simulating.arriving import Days, arrivals, slots
from ivr.application.simulating.habits import Habits
from ivr.application.simulating.on_duty import Staffing, quarters
from ivr.application.simulating.outside import Outside
from ivr.application.simulating.remembered_numbers import RememberedNumbers
from ivr.application.simulating.staff import WorkingTimes
from ivr.domain.calls import CallRecord
from ivr.domain.county import AgentProfile, County
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import AgentId
from ivr.domain.week import Week

RUN = "simulated"
"""What ids of offers and prompts contain."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Days of a county's service. ``county`` gives numbers, opening hours and rules."""

    county: County
    days: Days
    calls: int
    """How many come, all in opening hours."""
    week: Week
    """How they spread; how many it has altogether does not matter."""
    staffing: Staffing
    departments_each: int | None = None
    """For how many of the departments each agent answers, one after the other; None: all."""
    habits: Habits = field(default_factory=Habits)

    @property
    def start(self) -> datetime:
        """The midnight with which the days begin, in UTC."""
        zone = self.county.hours.zone
        return datetime.combine(self.days.first, time.min, zone).astimezone(UTC)

    @property
    def staffed_county(self) -> County:
        """The county with as many agents as are ever wanted at once, in place of its own."""
        county = self.county
        times = (slot.start for slot in slots(county.hours, self.days))
        most = max((self.staffing(at) for at in times), default=0)
        departments = sorted(county.departments)
        each = self.departments_each or len(departments)
        languages = dict.fromkeys(county.languages, 1)
        agents = {}
        for number in range(most):
            skills = {departments[(number + step) % len(departments)]: 1 for step in range(each)}
            agent = AgentId(f"agent-{number + 1}")
            agents[agent] = AgentProfile(agent, agent, skills, languages)
        numbering = RememberedNumbers(county.numbering.country, county.numbering.area_code)
        return replace(county, agents=agents, numbering=numbering)


def simulate(
    scenario: Scenario,
    seed: int,
    ended: Callable[[CallRecord], None],
    times: WorkingTimes,
    engine_of: Callable[[County, str], QueueEngine] = QueueEngine,
) -> None:
    """Let the days pass; ``ended`` gets every finished call, in the order of arrival.

    The same scenario and seed lead to the same calls, in any process. Raises Refused where nobody
    can call on these days.
    """
    county = scenario.staffed_county
    engine = engine_of(county, RUN)
    outside = Outside(engine, scenario.habits, times, ended, scenario.start, seed)
    chance = Random(f"arrivals {seed}")  # noqa: S311 - chance, not a secret
    callers = arrivals(
        county, scenario.week, scenario.habits.shares, scenario.days, scenario.calls, chance
    )
    with _nothing_to_collect():
        outside.run(callers, quarters(county.hours, scenario.staffing, scenario.days))


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Keep Python from looking for what only refers to itself: no call leaves such a thing."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
