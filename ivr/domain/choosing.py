"""Choosing: which of several suitable idle agents is offered a call.

Whatever the strategy, agents who missed their last offers come after those who did not, and
equals are taken by who is idle longest. Who is suitable :mod:`ivr.domain.need` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from ivr.domain.agents import Agent
from ivr.domain.ids import AgentId
from ivr.domain.live import LiveCall
from ivr.domain.need import Need, level_for, need_of
from ivr.domain.rules import QueueRules, Strategy

Turn = tuple[int, int, datetime, AgentId]
"""Offers missed in a row, what the strategy goes by, idle since, id: the least is offered."""


class IdleAgents:
    """Those who may be offered a call at one moment, until they are."""

    def __init__(self, agents: Iterable[Agent], rules: QueueRules, now: datetime) -> None:
        """``rules`` say whose turn it is, and whom a caller needs at ``now``."""
        self._agents = list(agents)
        self._rules = rules
        self._now = now
        self._in_vain: set[Need] = set()
        """Needs that nobody here meets: a long queue is not compared agent by agent."""

    def __bool__(self) -> bool:
        """Whether anybody is left."""
        return bool(self._agents)

    def take(self, call: LiveCall) -> Agent | None:
        """Return the agent who is to be offered ``call``; None: nobody here may be."""
        need = need_of(call, self._rules.widening, self._now)
        if need in self._in_vain:
            return None
        suitable = [agent for agent in self._agents if need.met_by(agent.profile)]
        if not suitable:
            self._in_vain.add(need)
            return None
        chosen = min(suitable, key=lambda agent: turn(self._rules.strategy, agent, call))
        self._agents.remove(chosen)
        return chosen


def turn(strategy: Strategy, agent: Agent, call: LiveCall) -> Turn:
    """Say when it is the turn of ``agent`` for ``call``, among those who may be offered it."""
    if agent.idle_since is None:
        raise AssertionError(f"agent {agent.id} is ready without having become so")
    return agent.missed, _measure(strategy, agent, call), agent.idle_since, agent.id


def _measure(strategy: Strategy, agent: Agent, call: LiveCall) -> int:
    match strategy:
        case Strategy.LONGEST_IDLE | Strategy.RING_SEVERAL:
            return 0
        case Strategy.ROUND_ROBIN:
            return agent.last_offer
        case Strategy.FEWEST_CALLS:
            return agent.calls
        case Strategy.BY_LEVEL:
            return level_for(call, agent.profile)
        case _:
            assert_never(strategy)
