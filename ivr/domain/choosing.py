"""Choosing: which of several suitable idle agents is offered a call.

Whatever the strategy, agents who missed their last offers come after those who did not, and
equals are taken by who is idle longest. Who is suitable :mod:`ivr.domain.need` says.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from ivr.domain.agents import Agent
from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId
from ivr.domain.live import LiveCall
from ivr.domain.need import Need, level_for
from ivr.domain.rules import Strategy

Turn = tuple[int, int, datetime, AgentId]
"""Offers missed in a row, what the strategy goes by, idle since, id: the least is offered."""


class _Line:
    """Idle agents who suit the same callers: they have the skills and languages of ``profile``."""

    def __init__(self, profile: AgentProfile) -> None:
        self.profile = profile
        self.turns: list[Turn] = []
        """Whose turn it is, in order."""

    def first(self, call: LiveCall, *, by_level: bool) -> Turn:
        """When it is the turn of the first of them for ``call``; levels tell lines apart."""
        missed, measure, idle_since, agent = self.turns[0]
        if by_level:
            measure = level_for(call, self.profile)
        return missed, measure, idle_since, agent


class IdleAgents:
    """Those who may be offered a call now, found without a look at everybody.

    An index: worked out of the agents, kept in step by :meth:`note`, never remembered. Agents with
    the same skills and languages stand in one line, and only the first of each line is looked at.
    """

    def __init__(self, strategy: Strategy, agents: Iterable[Agent]) -> None:
        """Look at ``agents``. It holds for as long as their profiles and the strategy do."""
        self._strategy = strategy
        self._idle: dict[AgentId, tuple[Agent, Turn]] = {}
        self._line_of: dict[AgentId, _Line] = {}
        self._able: dict[Need, list[_Line]] = {}
        """Which lines meet a need, for the needs somebody had."""
        lines: dict[object, _Line] = {}
        for agent in agents:
            profile = agent.profile
            able = frozenset(profile.skills.items()), frozenset(profile.languages.items())
            self._line_of[agent.id] = lines.setdefault(able, _Line(profile))
            self.note(agent)
        self._lines = list(lines.values())

    def __len__(self) -> int:
        """Count them."""
        return len(self._idle)

    def __iter__(self) -> Iterator[Agent]:
        """Go through them in no order."""
        return (agent for agent, _ in self._idle.values())

    def note(self, agent: Agent) -> None:
        """See how things stand with ``agent``: to be called after whatever changes that."""
        known = self._idle.get(agent.id)
        if agent.can_be_offered:
            turn = _turn(self._strategy, agent)
            if known is None or known[1] != turn:
                self.drop(agent)
                self._idle[agent.id] = agent, turn
                insort(self._line_of[agent.id].turns, turn)
        elif known is not None:
            self.drop(agent)

    def drop(self, agent: Agent) -> None:
        """Leave ``agent`` out until something changes; harmless where not in."""
        known = self._idle.pop(agent.id, None)
        if known is not None:
            turns = self._line_of[agent.id].turns
            del turns[bisect_left(turns, known[1])]

    def best(self, call: LiveCall, need: Need) -> Agent | None:
        """Return the agent who is to be offered ``call``; None: nobody idle meets ``need``."""
        by_level = self._strategy is Strategy.BY_LEVEL
        firsts = [line.first(call, by_level=by_level) for line in self._meeting(need) if line.turns]
        if not firsts:
            return None
        *_, chosen = min(firsts)
        return self._idle[chosen][0]

    def _meeting(self, need: Need) -> list[_Line]:
        if need not in self._able:
            self._able[need] = [line for line in self._lines if need.met_by(line.profile)]
        return self._able[need]


def _turn(strategy: Strategy, agent: Agent) -> Turn:
    """Say when it is the turn of ``agent`` among those of the same line."""
    if agent.idle_since is None:
        raise AssertionError(f"agent {agent.id} is ready without having become so")
    return agent.missed, _measure(strategy, agent), agent.idle_since, agent.id


def _measure(strategy: Strategy, agent: Agent) -> int:
    match strategy:
        case Strategy.LONGEST_IDLE | Strategy.RING_SEVERAL:
            return 0
        case Strategy.ROUND_ROBIN:
            return agent.last_offer
        case Strategy.FEWEST_CALLS:
            return agent.calls
        case Strategy.BY_LEVEL:
            return 0  # the same for all in a line; which it is depends on the call
        case _:
            assert_never(strategy)
