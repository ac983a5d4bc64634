"""How many agents a week of calls needs, interval by interval, and what callers meet then.

The formulas of waiting are :mod:`ivr.domain.erlang`'s, the calls :mod:`ivr.domain.week`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ivr.domain.erlang import Demand, Target, Waits, agents_needed, waits
from ivr.domain.week import Expected, Interval, Week, most_calls

BUSY_DAY = 0.9
"""On so many of all days no more calls come than on what is called a busy day."""
QUIET_DAY = 0.1

FORMULAS = {
    "erlang_c": (
        "load a = calls / interval * handling; B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1));"
        " C = B(c) / (1 - a/c (1 - B(c))); ASA = C * handling / (c - a);"
        " within T = 1 - C * e^(-(c - a) T / handling); nobody gives up"
    ),
    "erlang_a": (
        "as Erlang C, but callers give up: patience is exponential (Palm 1957; Baccelli and"
        " Hebuterne 1981); the density of the wait of the most patient is proportional to"
        " e^(calls * patience * (1 - e^(-t/patience)) - agents * t / handling)"
    ),
    "asa_seconds": "waits of answered calls / answered calls",
    "within": "calls answered within the seconds / all calls",
    "abandoned": "callers who give up / all calls",
    "occupancy": "time in which agents talk or wrap up / their time",
    "agents": "the fewest who reach the target on an average day, and at least the fewest allowed",
    "busy": (
        "the day than which 9 of 10 bring no more calls: counts are negative binomial, their"
        " variance mean + (variation * mean)^2"
    ),
    "rostered": "agents / (1 - shrinkage), rounded up",
}
"""What each figure is, in words."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is made for.

    ``handling`` is talk and wrap-up in seconds; ``patience`` as in ``Demand``. ``shrinkage`` is
    the share of paid time in which agents are not there: breaks, training, illness. ``fewest``
    agents are there whenever it is open.
    """

    handling: float
    patience: float | None
    target: Target
    shrinkage: float = 0.0
    fewest: int = 1

    def rostered(self, agents: int) -> int:
        """How many have to be on the roster so that ``agents`` are there."""
        return math.ceil(agents / (1 - self.shrinkage) - 1e-9)  # 9 / (1 - 0.1) is 10

    @property
    def model(self) -> str:
        """The key of the model in FORMULAS that is planned with."""
        return "erlang_c" if self.patience is None else "erlang_a"

    def patient(self) -> Terms:
        """The same with callers who never give up."""
        return replace(self, patience=None)


@dataclass(frozen=True, slots=True)
class Staffed:
    """So many ``agents`` for so many ``calls``, and what comes of it."""

    calls: float
    agents: int
    waits: Waits


@dataclass(frozen=True, slots=True)
class Need:
    """What one interval needs. Without patience in the terms, ``with_patience`` is None."""

    interval: Interval
    expected: Expected
    patient: Staffed
    """By Erlang C, on an average day."""
    with_patience: Staffed | None
    """By Erlang A, on an average day."""
    busy: Staffed
    """The agents a busy day needs, on such a day."""
    quiet_waits: Waits
    """The average day's agents on a quiet day, and on a busy one."""
    busy_waits: Waits
    quiet_calls: int
    rostered: int
    busy_rostered: int

    @property
    def usual(self) -> Staffed:
        """What is planned with: Erlang A where patience is known, else Erlang C."""
        return self.with_patience or self.patient


@dataclass(frozen=True, slots=True)
class Sum:
    """A week's needs together. Hours are agents' hours."""

    calls: float
    hours: float
    busy_hours: float
    rostered_hours: float
    most_agents: int
    waits: Waits
    """Of all calls of an average week; ``occupancy`` of all agents."""
    thin: int
    """Intervals that were counted too seldom."""


def needs(week: Week, terms: Terms) -> list[Need]:
    """Return what each interval of ``week`` needs, in order."""
    staffed = _staffing(terms)
    patient = _staffing(terms.patient())
    return [
        _need(at, expected, week.variation, terms, staffed, patient)
        for at, expected in sorted(week.calls.items())
    ]


def _need(
    at: Interval,
    expected: Expected,
    variation: float,
    terms: Terms,
    staffed: Callable[[float, int], Staffed],
    patient: Callable[[float, int], Staffed],
) -> Need:
    usual = staffed(expected.mean, at.seconds)
    busy = staffed(most_calls(expected.mean, variation, BUSY_DAY), at.seconds)
    if busy.agents < usual.agents:  # hardly any calls: half a call on average, none on most days
        busy = meet(busy.calls, at.seconds, usual.agents, terms)
    quiet_calls = most_calls(expected.mean, variation, QUIET_DAY)
    return Need(
        interval=at,
        expected=expected,
        patient=patient(expected.mean, at.seconds),
        with_patience=None if terms.patience is None else usual,
        busy=busy,
        quiet_waits=meet(quiet_calls, at.seconds, usual.agents, terms).waits,
        busy_waits=meet(busy.calls, at.seconds, usual.agents, terms).waits,
        quiet_calls=quiet_calls,
        rostered=terms.rostered(usual.agents),
        busy_rostered=terms.rostered(busy.agents),
    )


def meet(calls: float, seconds: int, agents: int, terms: Terms) -> Staffed:
    """Return what ``agents`` make of ``calls`` in ``seconds``."""
    demand = Demand(calls / seconds, terms.handling, terms.patience)
    return Staffed(calls, agents, waits(demand, agents, terms.target.within))


def _staffing(terms: Terms) -> Callable[[float, int], Staffed]:
    """Return what finds the agents for so many calls in so many seconds; it remembers them."""

    @cache
    def staffed(calls: float, seconds: int) -> Staffed:
        demand = Demand(calls / seconds, terms.handling, terms.patience)
        agents = max(agents_needed(demand, terms.target), terms.fewest)
        return meet(calls, seconds, agents, terms)

    return staffed


def add_up(found: Sequence[Need]) -> Sum:
    """Return the week's sums."""
    hours = [need.interval.seconds / 3600 for need in found]
    usual = [need.usual for need in found]
    agent_hours = _sum(each.agents * of for each, of in zip(usual, hours, strict=True))
    return Sum(
        calls=_sum(each.calls for each in usual),
        hours=agent_hours,
        busy_hours=_sum(need.busy.agents * of for need, of in zip(found, hours, strict=True)),
        rostered_hours=_sum(need.rostered * of for need, of in zip(found, hours, strict=True)),
        most_agents=max((each.agents for each in usual), default=0),
        waits=_together(usual, agent_hours, hours),
        thin=sum(need.expected.thin for need in found),
    )


def _together(usual: Sequence[Staffed], agent_hours: float, hours: Sequence[float]) -> Waits:
    calls = _sum(each.calls for each in usual)
    answered = [each.calls * (1 - each.waits.abandoned) for each in usual]
    busy = _sum(
        each.waits.occupancy * each.agents * of for each, of in zip(usual, hours, strict=True)
    )

    def average(share: Callable[[Waits], float]) -> float:
        return _sum(each.calls * share(each.waits) for each in usual) / calls if calls else 0.0

    waited = _sum(of * each.waits.asa for of, each in zip(answered, usual, strict=True) if of)
    return Waits(
        asa=waited / _sum(answered) if calls else 0.0,
        within=average(lambda found: found.within) if calls else 1.0,
        waiting=average(lambda found: found.waiting),
        abandoned=average(lambda found: found.abandoned),
        occupancy=busy / agent_hours if agent_hours else 0.0,
    )


_sum = math.fsum


def by_time(found: Iterable[Need]) -> Mapping[object, Mapping[int, Need]]:
    """Return the needs by start, then by weekday: the rows of a week's table."""
    rows: dict[object, dict[int, Need]] = {}
    for need in sorted(found, key=lambda each: (each.interval.start, each.interval.weekday)):
        rows.setdefault(need.interval.start, {})[need.interval.weekday] = need
    return rows
