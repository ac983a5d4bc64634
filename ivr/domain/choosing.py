"""Choosing: which of several suitable idle agents is offered a call.

Whatever the strategy, agents who missed their last offers come after those who did not, and
equals are taken by who is idle longest. Who is suitable :mod:`ivr.domain.need` says, who is idle
:mod:`ivr.domain.staff`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, assert_never

from ivr.domain.agents import Agent
from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId
from ivr.domain.live import LiveCall
from ivr.domain.need import level_for
from ivr.domain.rules import Strategy

Turn = tuple[int, int, datetime, AgentId]
"""Offers missed in a row, what the strategy goes by, idle since, id: the least is offered."""


_BY_LEVEL: Final = Strategy.BY_LEVEL


def turns(strategy: Strategy) -> Callable[[Agent], Turn]:
    """Say how to find out when it is the turn of an idle agent, among those who can do the same."""
    measure = _measure(strategy)

    def turn(agent: Agent) -> Turn:
        if agent.idle_since is None:
            raise AssertionError(f"agent {agent.id} is ready without having become so")
        return agent.missed, measure(agent), agent.idle_since, agent.id

    return turn


def turn_for(call: LiveCall, strategy: Strategy, turn: Turn, profile: AgentProfile) -> Turn:
    """Say when it is that turn for ``call``, among all: the level depends on both."""
    if strategy is not _BY_LEVEL:
        return turn
    missed, _, idle_since, agent = turn
    return missed, level_for(call, profile), idle_since, agent


def _measure(strategy: Strategy) -> Callable[[Agent], int]:
    match strategy:
        case Strategy.LONGEST_IDLE | Strategy.RING_SEVERAL:
            return lambda _agent: 0
        case Strategy.ROUND_ROBIN:
            return lambda agent: agent.last_offer
        case Strategy.FEWEST_CALLS:
            return lambda agent: agent.calls
        case Strategy.BY_LEVEL:
            return lambda _agent: 0  # the same for all with the same skills and languages
        case _:
            assert_never(strategy)
