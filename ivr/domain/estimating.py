"""How long a waiting caller will probably still wait. Pure: it reads the engine's state.

With ``c`` agents busy who are done after a time ``S`` on average, somebody gets free every
``S / c``; a caller with ``n`` callers ahead is served by the ``n + 1``-th to get free, so

    estimate = (n + 1) · S / c

This is the expected time until the ``k``-th departure from ``c`` exponential servers that always
have work, an Erlang distribution with mean ``k · S / c`` (Whitt, "Predicting queueing delays",
Management Science 45/6, 1999). Telephone talks are not exponential, but departures of many
independent servers are nearly Poisson whatever the talks are like. ``S`` is the mean of the last
handling times, talk and wrap-up.

Not every agent can serve every caller. Each caller ahead is taken to be shared evenly by the
agents who can serve that caller, which gives every agent a load; the estimated caller goes to the
agents with the least load. For ``m`` of them with the loads ``l`` that takes as many handling
times as ``(1 + l₁ + … + lₘ) / m``, and ``m`` is chosen so that it is least. Where everybody can
serve everybody it is the formula above.

Needs count as wide as they become with time. So there is no clock in it, and an estimate never
grows just because time passes. It may grow when an agent leaves, when a caller is put in ahead,
and with the handling times.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from ivr.domain.ids import AgentId, CallId, DepartmentId
from ivr.domain.live import LiveCall
from ivr.domain.need import Need, need_at_last, widest
from ivr.domain.rules import Widening
from ivr.domain.staff import Group

RECENT = 50
"""So many handling times are remembered."""
FEW = 5
"""Fewer say nothing about the next one."""
LONGEST = timedelta(minutes=30)
"""No handling time counts for more: one forgotten line must not frighten all callers."""


class HandlingTimes:
    """How long the last calls kept their agents: talk and wrap-up."""

    def __init__(self) -> None:
        """Start without any experience."""
        self._recent: deque[timedelta] = deque(maxlen=RECENT)

    def add(self, handled: timedelta) -> None:
        """Learn from a talk that is over."""
        self._recent.append(min(handled, LONGEST))

    def recent(self) -> tuple[timedelta, ...]:
        """Return what it has learnt from, earliest first."""
        return tuple(self._recent)

    def mean(self) -> timedelta | None:
        """Return what to expect of the next call; None while too little is known."""
        if len(self._recent) < FEW:
            return None
        return sum(self._recent, timedelta(0)) / len(self._recent)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands in the queue.

    ``position`` counts the callers ahead who may be served by the same agents. ``estimate`` is
    None where nothing can be said.
    """

    position: int
    estimate: timedelta | None


class Abilities:
    """Which needs a group of agents meets, remembered for as long as profiles stay as they are."""

    def __init__(self) -> None:
        """Start without having looked at anybody."""
        self._needs: set[Need] = set()
        self._met: dict[AgentId, frozenset[Need]] = {}

    def learn(self, needs: Iterable[Need]) -> None:
        """Have ``needs`` among those that are looked at."""
        if not self._needs.issuperset(needs):
            self._needs.update(needs)
            self._met.clear()

    def met_by(self, group: Group) -> frozenset[Need]:
        """Return which of the needs the agents of a group meet."""
        profile = group.profile
        met = self._met.get(profile.id)
        if met is None:
            met = frozenset(need for need in self._needs if need.met_by(profile))
            self._met[profile.id] = met
        return met


def standings(
    queue: Iterable[LiveCall],
    staff: Sequence[Group],
    abilities: Abilities,
    widening: Widening,
    handling: timedelta | None,
) -> Iterator[tuple[CallId, Standing]]:
    """Say how each caller of ``queue`` stands, in its order."""
    needs = [(call, need_at_last(call, widening)) for call in queue]
    line = _Line({need for _, need in needs}, staff, abilities)
    for call, need in needs:
        yield call.id, line.standing(call, need, handling)
        if not call.ringing:  # whoever rings has an agent, and keeps nobody else waiting
            line.put(need, 1)


def standing(
    call: LiveCall,
    ahead: Mapping[tuple[DepartmentId | None, str], int],
    staff: Sequence[Group],
    abilities: Abilities,
    widening: Widening,
    handling: timedelta | None,
) -> Standing:
    """Say how one caller stands, without looking at everybody else.

    So many callers are ``ahead`` for whom no phone rings, by department and language.
    """
    need = need_at_last(call, widening)
    needs = [(widest(*kind, widening), number) for kind, number in ahead.items()]
    line = _Line({need, *(each for each, _ in needs)}, staff, abilities)
    for each, number in needs:
        line.put(each, number)
    return line.standing(call, need, handling)


@dataclass(slots=True)
class _Servers:
    """Agents who can serve the same callers. ``load`` is what each of them has to serve before."""

    needs: frozenset[Need]
    size: int
    load: float


class _Line:
    """The agents with the load that the callers ahead are to them."""

    def __init__(self, needs: set[Need], staff: Sequence[Group], abilities: Abilities) -> None:
        abilities.learn(needs)
        sizes: Counter[tuple[frozenset[Need], bool]] = Counter()
        for group in staff:
            for idle, size in ((True, group.free), (False, group.occupied)):
                if size:
                    sizes[abilities.met_by(group), idle] += size
        # An idle agent has served somebody already, so to speak.
        groups = [
            _Servers(served, size, -1.0 if idle else 0.0) for (served, idle), size in sizes.items()
        ]
        self._able = {need: [group for group in groups if need in group.needs] for need in needs}
        self._rivals = {
            need: frozenset[Need]().union(*(group.needs for group in able))
            if able
            else frozenset(needs)
            for need, able in self._able.items()
        }
        self._ahead: Counter[Need] = Counter()

    def put(self, need: Need, number: int) -> None:
        """Let ``number`` callers with ``need`` be ahead of those who follow."""
        self._ahead[need] += number
        able = self._able[need]
        if able:
            share = number / sum(group.size for group in able)
            for group in able:
                group.load += share

    def standing(self, call: LiveCall, need: Need, handling: timedelta | None) -> Standing:
        """Say how the next in the line stands, who has ``need``."""
        estimate = timedelta(0) if call.ringing else self._estimate(need, handling)
        return Standing(self._position(need), estimate)

    def _position(self, need: Need) -> int:
        """Count the callers ahead whom the same agents could serve, and the caller."""
        rivals = self._rivals[need]
        return 1 + sum(number for other, number in self._ahead.items() if other in rivals)

    def _estimate(self, need: Need, handling: timedelta | None) -> timedelta | None:
        """Say how long it takes until somebody is free; None: nobody is there, or can say."""
        able = sorted(self._able[need], key=lambda group: group.load)
        if not able or handling is None:
            return None
        calls = accumulate(each.size * each.load for each in able)
        agents = accumulate(each.size for each in able)
        turns = min((1 + ahead) / free for ahead, free in zip(calls, agents, strict=True))
        return handling * max(turns, 0.0)
