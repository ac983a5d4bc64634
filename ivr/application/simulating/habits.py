"""How callers and agents behave: what chance is drawn from. Nothing here draws by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import exp, log
from random import Random
from statistics import NormalDist
from typing import Final, Protocol

SHORT_TALK: Final = 180.0
"""Seconds; three quarters of the pilot's talks were shorter."""

COMMON: Final = "common"
"""The share of the county's common number stands under this name."""


class Talks(Protocol):
    """How long people talk, in seconds."""

    @property
    def mean(self) -> float:
        """How long on average."""

    def draw(self, chance: Random) -> float:
        """Return how long one talk is."""


@dataclass(frozen=True, slots=True)
class LognormalTalks:
    """Talks as they are: many short ones, a few very long ones."""

    short: float = 0.75
    """The share under ``SHORT_TALK``."""
    spread: float = 0.8
    """The standard deviation of the logarithm."""

    @property
    def mu(self) -> float:
        """The mean of the logarithm."""
        return _mean_of_logarithm(self.short, self.spread)

    @property
    def mean(self) -> float:
        """How long on average."""
        return exp(self.mu + self.spread**2 / 2)

    def draw(self, chance: Random) -> float:
        """Return how long one talk is."""
        return chance.lognormvariate(self.mu, self.spread)


@cache
def _mean_of_logarithm(short: float, spread: float) -> float:
    """Of talks of which ``short`` is the share under ``SHORT_TALK``."""
    deviations = NormalDist().inv_cdf(short)
    return log(SHORT_TALK) - deviations * spread


@dataclass(frozen=True, slots=True)
class ExponentialTalks:
    """Talks as Erlang's formulas take them for."""

    mean: float

    def draw(self, chance: Random) -> float:
        """Return how long one talk is."""
        return chance.expovariate(1 / self.mean)


@dataclass(frozen=True, slots=True)
class Habits:
    """How callers and agents behave. Times in seconds, shares from 0 to 1.

    But for the talks these are assumptions, not measurements: each county has its own.
    """

    talks: Talks = field(default_factory=LognormalTalks)
    patience: float | None = 180.0
    """How long callers wait on average before they give up, exponential; None: for ever."""
    callback_instead: float = 0.2
    """Of those who give up, or are offered a callback, so many ask for one by key."""
    callback_taken: float = 0.08
    """For so many of those who are answered the agent takes a callback request."""
    prompt: float = 6.0
    """How long something takes that is said to a caller."""
    answer_after: tuple[float, float] = (2.0, 6.0)
    """How long an agent's phone rings before the agent picks up, at least and at most."""
    missed: float = 0.01
    """The share of offers that an agent does not notice."""
    back_after_missed: float = 60.0
    """So long after that the agent is ready again."""
    break_each_hour: float = 300.0
    """So long each agent pauses in each hour on duty; it begins after the talk that goes on."""
    no_show: float = 0.03
    """The share of agents who do not come on a day they should."""
    shares: Mapping[str, float] = field(default_factory=lambda: {COMMON: 0.5})
    """What callers dial: the share of each department by its id, of the county's common number
    under ``COMMON``. Departments that are not named share what is left of 1."""
