"""How long callers wait for how many agents: the formulas of Erlang and Palm.

Arrivals are Poisson, handling and patience are exponential, every agent serves every caller. Real
days differ (see docs/explanation/thirteen-seconds.md); the simulation shows by how much.

Times are in seconds, rates in calls per second; the load is in Erlang: arrivals times handling.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges" (1917); C. Palm, "Research on telephone traffic carried by full
availability groups" (1957); F. Baccelli and G. Hebuterne, "On queues with impatient customers"
(1981), for the waiting time with patience.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

_STEPS = 64
"""Into so many pieces a stretch of time is cut, an even number, as Simpson's rule wants it."""
_PEAK = 30.0
"""A stretch holds at most so many standard deviations of a bell, and so two steps for each."""
_NEGLIGIBLE = 40.0
"""A density of e^-40 of its peak adds nothing to what is shown."""


def erlang_b(load: float, agents: int) -> float:
    """Return the share of callers turned away where nobody can wait (load in Erlang)."""
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """Return the share of callers who have to wait where nobody ever gives up.

    It is 1 where the agents cannot keep up: then the queue only grows.
    """
    if agents <= load:
        return 1.0
    blocked = erlang_b(load, agents)
    return blocked / (1 - load / agents * (1 - blocked))


@dataclass(frozen=True, slots=True)
class Demand:
    """What callers bring: ``rate`` in calls per second, ``handling`` and ``patience`` in seconds.

    ``handling`` is talk and wrap-up. ``patience`` is how long a caller waits on average before
    giving up; None: callers never do.
    """

    rate: float
    handling: float
    patience: float | None = None

    @property
    def load(self) -> float:
        """In Erlang: how many agents would be busy if nobody waited or gave up."""
        return self.rate * self.handling


@dataclass(frozen=True, slots=True)
class Waits:
    """What callers and agents meet, in the long run. Shares are from 0 to 1, times in seconds."""

    asa: float
    """Average wait of those who are answered; infinite where the queue only grows."""
    within: float
    """Share of all callers who are answered within the time asked for."""
    waiting: float
    """Share of callers who are not answered at once."""
    abandoned: float
    """Share of callers who give up."""
    occupancy: float
    """Share of their time in which agents talk or wrap up."""


def waits(demand: Demand, agents: int, within: float) -> Waits:
    """Return what ``agents`` make of ``demand``; ``within`` is the time of the service level."""
    if demand.rate == 0:
        return Waits(asa=0.0, within=1.0, waiting=0.0, abandoned=0.0, occupancy=0.0)
    if demand.patience is None:
        return _patient(demand, agents, within)
    if agents == 0:
        return Waits(asa=math.inf, within=0.0, waiting=1.0, abandoned=1.0, occupancy=0.0)
    return _impatient(demand, demand.patience, agents, within)


def _patient(demand: Demand, agents: int, within: float) -> Waits:
    spare = agents - demand.load
    if spare <= 0:
        return Waits(asa=math.inf, within=0.0, waiting=1.0, abandoned=0.0, occupancy=1.0)
    waiting = erlang_c(demand.load, agents)
    return Waits(
        asa=waiting * demand.handling / spare,
        within=1 - waiting * math.exp(-spare * within / demand.handling),
        waiting=waiting,
        abandoned=0.0,
        occupancy=demand.load / agents,
    )


def _impatient(demand: Demand, patience: float, agents: int, within: float) -> Waits:
    """Follow Baccelli and Hebuterne: the wait of somebody with endless patience has a density.

    For t > 0 it is ``rate * busy_but_one * exp(rate * patience * (1 - e^(-t/patience)) - agents *
    t / handling)``, where ``busy_but_one`` is the probability that exactly one agent is free.
    A real caller is answered after t if the patience lasts that long.
    """
    out = agents / demand.handling
    gain = demand.rate * patience

    def growth(time: float) -> float:
        return -gain * math.expm1(-time / patience) - out * time

    # Beyond the peak the density only falls; where it is negligible the callers end as well.
    peak = max(0.0, patience * math.log(demand.rate / out))
    highest = growth(peak)
    end = peak + 1 / out
    while highest - growth(end) < _NEGLIGIBLE:
        end += end - peak

    def masses(time: float) -> tuple[float, float, float]:
        """The density (relative to its peak): of all callers, of the answered, of their waits."""
        density = math.exp(growth(time) - highest)
        answered = density * math.exp(-time / patience)
        return density, answered, answered * time

    finest = min(patience, 1 / out)
    widest = _PEAK * math.sqrt(patience / out)  # where far too many call, a bell around the peak
    everybody, answered_later, waited = _integrals(masses, end, finest, widest)
    _, answered_soon, _ = _integrals(masses, min(within, end), finest, widest)
    # At least one agent is free 1 / blocked times as often as exactly one. All shares add up to
    # 1; e^-highest is left out of the density and so of all else.
    blocked = erlang_b(demand.load, agents - 1)
    scale = 1 / (math.exp(-highest) + demand.rate * blocked * everybody)
    at_once = math.exp(-highest) * scale
    density = demand.rate * blocked * scale
    answered = at_once + density * answered_later
    return Waits(
        asa=density * waited / answered,
        within=at_once + density * answered_soon,
        waiting=1 - at_once,
        abandoned=1 - answered,
        occupancy=demand.load * answered / agents,
    )


def _integrals(
    function: Callable[[float], tuple[float, float, float]],
    until: float,
    finest: float,
    widest: float,
) -> tuple[float, float, float]:
    """Integrate from 0 by Simpson's rule, in stretches that double: it changes fast at first."""
    totals = (0.0, 0.0, 0.0)
    start, end = 0.0, min(finest, until)
    while start < until:
        step = (end - start) / _STEPS
        for piece in range(_STEPS + 1):
            weight = step / 3 * (1 if piece in (0, _STEPS) else 4 if piece % 2 else 2)
            values = function(start + piece * step)
            totals = (
                totals[0] + weight * values[0],
                totals[1] + weight * values[1],
                totals[2] + weight * values[2],
            )
        start, end = end, min(end * 2, end + widest, until)
    return totals


@dataclass(frozen=True, slots=True)
class Target:
    """What callers and agents are to meet; what is None is not asked for.

    An average wait of at most ``asa`` seconds; at least ``share`` of all callers answered
    ``within`` seconds; at most ``abandoned`` of them giving up; agents who talk or wrap up during
    at most ``occupancy`` of their time. Shares are from 0 to 1. A ``share`` of 1, or an ``asa`` or
    ``abandoned`` of 0, is never reached while anybody calls, and not allowed.
    """

    asa: float | None = None
    share: float | None = None
    within: float = 20.0
    abandoned: float | None = None
    occupancy: float | None = None

    def reached(self, found: Waits) -> bool:
        """Whether ``found``, made with this ``within``, is all that is asked for."""
        return (
            (self.asa is None or found.asa <= self.asa)
            and (self.share is None or found.within >= self.share)
            and (self.abandoned is None or found.abandoned <= self.abandoned)
            and (self.occupancy is None or found.occupancy <= self.occupancy)
        )


def agents_needed(demand: Demand, target: Target) -> int:
    """Return the fewest agents who reach ``target``; none where nobody calls."""
    if demand.rate == 0:
        return 0

    def enough(agents: int) -> bool:
        return target.reached(waits(demand, agents, target.within))

    # Nearly always the answer lies a few agents above the load.
    highest = math.ceil(demand.load + math.sqrt(demand.load))
    while not enough(highest):
        highest *= 2
    below = highest // 2
    while below and enough(below):
        highest, below = below, below // 2
    return below + 1 + bisect_left(range(below + 1, highest), True, key=enough)
