"""The staff: how many agents are there for a need, and who of them is next, without a look at all.

An index: worked out of the agents, kept in step by :meth:`Staff.note`, never remembered. Agents
with the same skills and languages suit the same callers and make a group. Whoever asks looks at
groups, of which there are few, and not at agents. It decides nothing: whose turn it is
:mod:`ivr.domain.choosing` says.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ivr.domain.agents import LOGGED_OUT, READY, Agent
from ivr.domain.choosing import Turn, turn_for, turns
from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId
from ivr.domain.live import LiveCall
from ivr.domain.need import Need
from ivr.domain.rules import Strategy


@dataclass(slots=True)
class Group:
    """Agents with the same skills and languages, those of ``profile``."""

    profile: AgentProfile
    idle: list[Turn] = field(default_factory=list)
    """Whose turn it is of those who may be offered a call now, in order."""
    there: int = 0
    """How many are logged in and have a phone."""
    free: int = 0
    """How many take calls and may be offered one now; who takes but one more does not count."""
    occupied: int = 0
    """How many take calls and can't be offered one now."""


_Noted = tuple[Turn | None, bool, bool, bool]
"""What is known of an agent: whose turn, and whether there, free, occupied."""
_NOTHING: _Noted = (None, False, False, False)


class Staff:
    """The agents by what they can do."""

    def __init__(self, strategy: Strategy, agents: Iterable[Agent]) -> None:
        """Look at ``agents``. It holds for as long as their profiles and the strategy do."""
        self._strategy = strategy
        self._turn = turns(strategy)
        self._agents = {agent.id: agent for agent in agents}
        self._noted: dict[AgentId, _Noted] = dict.fromkeys(self._agents, _NOTHING)
        self._group_of: dict[AgentId, Group] = {}
        self._able: dict[Need, list[Group]] = {}
        """Who meets a need, for the needs somebody had."""
        self._idle = 0
        groups: dict[object, Group] = {}
        for agent in self._agents.values():
            profile = agent.profile
            able = frozenset(profile.skills.items()), frozenset(profile.languages.items())
            self._group_of[agent.id] = groups.setdefault(able, Group(profile))
            self.note(agent)
        self.groups = list(groups.values())

    def note(self, agent: Agent) -> None:
        """See how things stand with ``agent``: to be called after whatever changes that."""
        there = agent.reachable and agent.presence is not LOGGED_OUT
        turn = self._turn(agent) if there and agent.can_be_offered else None
        takes_calls = there and agent.presence is READY and not agent.last_call
        free = takes_calls and turn is not None
        now = turn, there, free, takes_calls and not free
        if now != self._noted[agent.id]:
            self._know(agent, now)

    def leave_out(self, agent: Agent) -> None:
        """Know nothing of ``agent`` until something changes."""
        self._know(agent, _NOTHING)

    def _know(self, agent: Agent, now: _Noted) -> None:
        group = self._group_of[agent.id]
        old_turn, was_there, was_free, was_occupied = self._noted[agent.id]
        self._noted[agent.id] = now
        turn, there, free, occupied = now
        group.there += there - was_there
        group.free += free - was_free
        group.occupied += occupied - was_occupied
        if old_turn is not None:
            del group.idle[bisect_left(group.idle, old_turn)]
            self._idle -= 1
        if turn is not None:
            insort(group.idle, turn)
            self._idle += 1

    # -- who is idle ---------------------------------------------------------------------------

    def idle(self) -> Iterator[Agent]:
        """Go through those who may be offered a call now, in no order that means anything."""
        return (self._agents[agent] for group in self.groups for *_, agent in group.idle)

    @property
    def is_occupied(self) -> bool:
        """Whether nobody may be offered a call now."""
        return not self._idle

    def meets(self, need: Need) -> bool:
        """Whether anybody idle meets ``need``."""
        for group in self._meeting(need):  # noqa: SIM110 - asked for each caller: any() takes longer
            if group.idle:
                return True
        return False

    def next_for(self, call: LiveCall, need: Need) -> Agent:
        """Return who is to be offered ``call``, of those idle who meet ``need``: there are some."""
        *_, chosen = min(
            turn_for(call, self._strategy, group.idle[0], group.profile)
            for group in self._meeting(need)
            if group.idle
        )
        return self._agents[chosen]

    # -- who is there --------------------------------------------------------------------------

    def is_there_for(self, need: Need) -> bool:
        """Whether anybody is logged in, with a phone, who meets ``need``."""
        return any(group.there for group in self._meeting(need))

    def _meeting(self, need: Need) -> list[Group]:
        able = self._able.get(need)
        if able is None:
            able = [group for group in self.groups if need.met_by(group.profile)]
            self._able[need] = able
        return able
