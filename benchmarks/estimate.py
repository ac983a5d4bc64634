"""How good the estimated wait is: the real engine serves simulated days in virtual time.

Callers come at random (Poisson), talk as people do (lognormal, three quarters of the talks under
three minutes), and hear announcements at the shipped rhythm. Each estimate is compared with the
wait that really remained. Nobody hangs up: what an impatient caller would still have waited, nobody
knows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from statistics import fmean
from typing import Final

from ivr.application.simulating.habits import Habits
from ivr.application.simulating.outside import Outside
from ivr.application.simulating.results import Results
from ivr.domain import commands as do
from ivr.domain.calls import CallRecord
from ivr.domain.county import AgentProfile, County
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import E164, AgentId, CallId, DepartmentId
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.domain.rules import QueueRules
from ivr.domain.speech import Sound
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT

AGENTS: Final = 8
WRAP_UP: Final = 10.0
_HABITS: Final = Habits(
    patience=None, callback_taken=0, missed=0, break_each_hour=0, no_show=0, callback_instead=0
)
HANDLING: Final = fmean(_HABITS.answer_after) + _HABITS.talks.mean + WRAP_UP
HOUR: Final = 3600.0
_START: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)

Load = Callable[[float], float]
"""How busy the agents would be with those who come at a second of the day; 1: all the time."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of day. ``skills`` says for how many of the departments each agent answers."""

    name: str
    load: Load
    agents: int = AGENTS
    skills: Callable[[int, Sequence[DepartmentId]], Sequence[DepartmentId]] = (
        lambda _number, departments: departments
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller was told at ``at``; the estimate in seconds."""

    call: CallId
    at: datetime
    estimate: float | None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How the estimates compare with the waits that really remained; in seconds."""

    name: str
    announcements: int
    silent: float
    """The share of announcements without an estimate."""
    bias: float
    """The mean of estimate less wait: positive where callers are told too much."""
    error: float
    """The mean absolute error."""
    within_a_minute: float
    within_a_quarter: float
    """The share that was wrong by at most a quarter of the wait."""
    mean_wait: float
    """What remained, on average."""


def _three_departments(number: int, departments: Sequence[DepartmentId]) -> Sequence[DepartmentId]:
    return [departments[(number + step) % len(departments)] for step in range(3)]


def _waves(at: float) -> float:
    """Twenty minutes of rush, forty of calm."""
    return 1.4 if at % HOUR < HOUR / 3 else 0.6


SCENES: Final = (
    Scene("off-peak", lambda _at: 0.85),
    Scene("peak", _waves),
    Scene("peak, three departments each", _waves, skills=_three_departments),
)


def estimates(scenes: Sequence[Scene] = SCENES, hours: float = 8, seed: int = 1) -> list[Accuracy]:
    """Simulate ``hours`` of each scene; the same ``seed``, the same figures."""
    return [accuracy(scene.name, Day(scene, seed).run(hours)) for scene in scenes]


def accuracy(name: str, told: Sequence[tuple[float | None, float]]) -> Accuracy:
    """Sum up pairs of an estimate, None for a silent announcement, and the wait that remained."""
    pairs = [(estimate, wait) for estimate, wait in told if estimate is not None]
    errors = [(estimate - wait, wait) for estimate, wait in pairs]
    return Accuracy(
        name=name,
        announcements=len(told),
        silent=1 - len(pairs) / len(told),
        bias=fmean(error for error, _ in errors),
        error=fmean(abs(error) for error, _ in errors),
        within_a_minute=fmean(abs(error) <= 60 for error, _ in errors),
        within_a_quarter=fmean(abs(error) <= wait / 4 for error, wait in errors),
        mean_wait=fmean(wait for _, wait in errors),
    )


class Day:
    """One scene, served by the real engine; what callers are told is noted."""

    def __init__(self, scene: Scene, seed: int) -> None:
        """``seed`` decides who comes when, and how long people talk."""
        self._scene = scene
        self._seed = seed
        self._engine = QueueEngine(_county(scene), "simulated")
        self._told: list[Told] = []
        self._answered: dict[CallId, datetime] = {}

    def run(self, hours: float) -> list[tuple[float | None, float]]:
        """Return each estimate given, with the seconds the caller then really waited."""
        outside = Outside(
            self._engine, _HABITS, Results(UTC), self._ended, _START, self._seed, self._prompt
        )
        end = _START + timedelta(hours=hours)
        outside.run(self._arrivals(end), iter([(_START, self._scene.agents), (end, None)]))
        return [
            (told.estimate, (self._answered[told.call] - told.at).total_seconds())
            for told in self._told
            if told.call in self._answered
        ]

    def _ended(self, record: CallRecord) -> None:
        if record.answered_at is not None:
            self._answered[record.id] = record.answered_at

    def _prompt(self, command: do.Play, now: datetime) -> float:
        """Note what is told; say how long that takes."""
        if {Sound("position-next"), Sound("position")} & set(command.utterance):
            views = self._engine.snapshot().calls
            estimate = next(view.estimate for view in views if view.id == command.call)
            seconds = estimate.total_seconds() if estimate is not None else None
            self._told.append(Told(command.call, now, seconds))
        return _HABITS.prompt

    def _arrivals(self, end: datetime) -> Iterator[tuple[datetime, E164]]:
        """Callers thinned out, since the load changes with the time of day."""
        chance = random.Random(f"{self._scene.name} {self._seed}")  # noqa: S311 - no secret
        county = self._engine.county
        dids = [county.common_number]
        dids += [each.dids[0] for each in county.departments.values()]
        highest = 2 * self._scene.agents / HANDLING
        at = 0.0
        while True:
            at += chance.expovariate(highest)
            now = _START + timedelta(seconds=at)
            if now >= end:
                return
            if chance.random() * 2 < self._scene.load(at):
                yield now, chance.choice(dids)


def _county(scene: Scene) -> County:
    """The shipped county, always open, with the scene's agents and plain rules."""
    county = load_county(PROJECT / "config").county
    departments = sorted(county.departments)
    agents = {
        AgentId(name): AgentProfile(
            AgentId(name),
            name,
            dict.fromkeys(scene.skills(number, departments), 1),
            {county.language: 1},
        )
        for number, name in enumerate(f"agent-{number}" for number in range(scene.agents))
    }
    return replace(
        county,
        hours=OpeningHours(UTC, dict.fromkeys(range(7), (Span(clock_time.min, END_OF_DAY),))),
        departments={
            name: replace(each, hours=None, head_start=timedelta(0))
            for name, each in county.departments.items()
        },
        agents=agents,
        menu=None,
        rules=QueueRules(wrap_up=timedelta(seconds=WRAP_UP)),
    )
