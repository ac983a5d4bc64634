"""How good the estimated wait is: the real engine serves simulated days in virtual time.

Callers come at random (Poisson), talk as people do (lognormal, three quarters of the talks under
three minutes), and hear announcements at the shipped rhythm. Each estimate is compared with the
wait that really remained. Nobody hangs up: what an impatient caller would still have waited, nobody
knows.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from itertools import count
from math import exp, log
from statistics import NormalDist, fmean
from typing import Final

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.county import AgentProfile, County
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import AgentId, CallId, DepartmentId
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.domain.rules import QueueRules
from ivr.domain.speech import Sound
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT

AGENTS: Final = 8
WRAP_UP: Final = 10.0
ANSWER_AFTER: Final = (2.0, 6.0)
"""How long a phone rings before the agent picks up, at least and at most."""
PROMPT: Final = 6.0
"""How long a prompt takes."""
SPREAD: Final = 0.8
"""The standard deviation of the logarithm of talk times."""
MEDIAN_TALK: Final = 180 * exp(-NormalDist().inv_cdf(0.75) * SPREAD)
MEAN_TALK: Final = MEDIAN_TALK * exp(SPREAD**2 / 2)
HANDLING: Final = fmean(ANSWER_AFTER) + MEAN_TALK + WRAP_UP
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
    """What a caller was told at ``at``; seconds of the day."""

    call: CallId
    at: float
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
    chance = random.Random(seed)  # noqa: S311 - chance, not a secret
    return [accuracy(scene.name, Day(scene, chance).run(hours)) for scene in scenes]


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


@dataclass(order=True, slots=True)
class _Due:
    at: float
    number: int
    event: on.Event | None = field(compare=False)
    """None: the next caller comes."""


class Day:
    """One engine and an outside that obeys it, in virtual time."""

    def __init__(self, scene: Scene, chance: random.Random) -> None:
        """``chance`` decides who comes when, and how long people talk."""
        self._scene = scene
        self._chance = chance
        self._county = _county(scene)
        self._engine = QueueEngine(self._county, "simulated")
        self._dids = [self._county.common_number]
        self._dids += [each.dids[0] for each in self._county.departments.values()]
        self._numbers = count()
        self._due: list[_Due] = []
        self._now = 0.0
        self._told: list[Told] = []
        self._answered: dict[CallId, float] = {}
        self._calls: dict[str, CallId] = {}

    def run(self, hours: float) -> list[tuple[float | None, float]]:
        """Return each estimate given, with the seconds the caller then really waited."""
        for agent in self._county.agents:
            self._do(self._happens(on.PhoneReachable(agent)))
            self._do(self._happens(on.PresenceChosen(agent, Presence.READY)))
        self._next_caller()
        while self._now < hours * HOUR:
            self._step()
        return [
            (told.estimate, self._answered[told.call] - told.at)
            for told in self._told
            if told.call in self._answered
        ]

    def _step(self) -> None:
        """Go on to whatever comes next: something outside, or a deadline of the engine."""
        deadline = self._engine.next_deadline()
        due = self._due[0].at
        if deadline is not None and (deadline - _START).total_seconds() <= due:
            self._now = max(self._now, (deadline - _START).total_seconds())
            self._do(self._engine.handle_timer(self._instant()))
            return
        next_due = heapq.heappop(self._due)
        self._now = next_due.at
        if next_due.event is None:
            call = CallId(f"call-{next(self._numbers)}")
            dialled = self._chance.choice(self._dids)
            self._do(self._happens(on.CallArrived(call, dialled)))
            self._next_caller()
        else:
            self._do(self._happens(next_due.event))

    def _happens(self, event: on.Event) -> list[do.Command]:
        return self._engine.handle(event, self._instant())

    def _do(self, commands: list[do.Command]) -> None:
        for command in commands:
            for seconds, event in self._answers(command):
                heapq.heappush(self._due, _Due(self._now + seconds, next(self._numbers), event))

    def _answers(self, command: do.Command) -> Iterator[tuple[float, on.Event]]:
        """What an obedient outside makes of ``command``, and after how long."""
        match command:
            case do.Play(call=call, playback=playback, utterance=utterance):
                if {Sound("position-next"), Sound("position")} & set(utterance):
                    self._note(call)
                yield PROMPT, on.PlaybackFinished(call, playback)
            case do.OfferCall(offer=offer):
                yield self._chance.uniform(*ANSWER_AFTER), on.OfferAnswered(offer)
            case do.ConnectCall(call=call, offer=offer):
                self._answered[call] = self._now
                yield 0, on.CallConnected(offer)
                yield self._chance.lognormvariate(log(MEDIAN_TALK), SPREAD), on.CallerHungUp(call)
            case do.ReleaseAgent(offer=offer) | do.WithdrawOffer(offer=offer):
                yield 0, on.LegEnded(offer)
            case _:
                pass

    def _note(self, call: CallId) -> None:
        views = self._engine.snapshot().calls
        estimate = next(view.estimate for view in views if view.id == call)
        seconds = estimate.total_seconds() if estimate is not None else None
        self._told.append(Told(call, self._now, seconds))

    def _next_caller(self) -> None:
        """Let the next caller come: thinned out, since the load changes with the time of day."""
        highest = 2 * self._scene.agents / HANDLING
        at = self._now
        while True:
            at += self._chance.expovariate(highest)
            if self._chance.random() * 2 < self._scene.load(at):
                break
        heapq.heappush(self._due, _Due(at, next(self._numbers), None))

    def _instant(self) -> datetime:
        return _START + timedelta(seconds=self._now)


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
