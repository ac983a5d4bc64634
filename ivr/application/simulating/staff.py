"""Agents by chance: they come and go with their duty, pause, and sometimes miss an offer.

Also how long they are there, and how long they have work: for the occupancy. It knows no callers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final, Protocol

from ivr.application.simulating.clockwork import Clockwork
from ivr.application.simulating.habits import Habits
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId, OfferId
from ivr.domain.rules import QueueRules

_HOUR: Final = 3600.0


class WorkingTimes(Protocol):
    """Where it is counted how long agents work."""

    def there(self, since: datetime, seconds: float) -> None:
        """An agent was ready for calls, or had one, for so long; in one quarter of an hour."""

    def occupied(self, since: datetime, seconds: float) -> None:
        """An agent was rung, talked or wrapped up for so long."""


@dataclass(slots=True, eq=False)
class _Agent:
    id: AgentId
    wrap_up: timedelta
    on_duty: bool = False
    resting: bool = False
    """On a break, or has missed an offer and not noticed yet."""
    resigned: bool = False
    """Does not come today."""
    next_rest: float = 0.0
    """As soon as the agent is free: this long a break; zero: none."""
    offer: OfferId | None = None
    busy_since: datetime | None = None
    there_since: datetime | None = None


class Staff:
    """All agents there can be; the first ones come first."""

    def __init__(
        self,
        agents: Iterable[AgentProfile],
        rules: QueueRules,
        habits: Habits,
        clock: Clockwork,
        times: WorkingTimes,
        chance: Random,
    ) -> None:
        """Begin with nobody there; every telephone is registered."""
        self._agents = {
            each.id: _Agent(each.id, rules.wrap_up if each.wrap_up is None else each.wrap_up)
            for each in agents
        }
        self._habits = habits
        self._clock = clock
        self._times = times
        self._chance = chance
        for agent in self._agents:
            clock.happens(on.PhoneReachable(agent))

    # -- duty ----------------------------------------------------------------------------------

    def begin_day(self) -> None:
        """Say who does not come on this day."""
        for agent in self._agents.values():
            agent.resigned = self._chance.random() < self._habits.no_show

    def be(self, wanted: int) -> None:
        """Let ``wanted`` agents be on duty, less those who do not come today."""
        for number, agent in enumerate(self._agents.values()):
            on_duty = number < wanted and not agent.resigned
            self._count_time_there(agent)
            if on_duty and not agent.on_duty:
                agent.on_duty = True
                self._be_ready(agent)
            elif agent.on_duty and not on_duty:
                agent.on_duty = False
                self._rest_when_free(agent)

    def plan_breaks(self) -> None:
        """Give everybody on duty a break at some moment of the next hour."""
        length = self._habits.break_each_hour
        if not length:
            return
        for agent in self._agents.values():
            if agent.on_duty:
                begin = self._chance.uniform(0, max(0.0, _HOUR - length))
                self._clock.plan(begin, self._break, agent)

    @property
    def anybody(self) -> bool:
        """Whether somebody is on duty."""
        return any(agent.on_duty for agent in self._agents.values())

    def _break(self, agent: _Agent, _: object) -> None:
        if agent.on_duty and not agent.resting:
            agent.next_rest = self._habits.break_each_hour
            self._rest_when_free(agent)

    def _rest_when_free(self, agent: _Agent) -> None:
        """Leave, or begin a break; who has an offer does so after it."""
        if agent.offer is None:
            self._rest(agent, 0.0)

    def _rest(self, agent: _Agent, wrap_up: float) -> None:
        """Leave, or begin a break, ``wrap_up`` seconds from now; no call comes before that."""
        if agent.on_duty and not agent.next_rest:
            return
        self._stop_time_there(agent, wrap_up)
        if agent.on_duty:
            self._be_away(agent, wrap_up + agent.next_rest)
            self._clock.happens(on.PresenceChosen(agent.id, Presence.PAUSED))
        else:
            self._clock.happens(on.PresenceChosen(agent.id, Presence.LOGGED_OUT))
        agent.next_rest = 0.0

    def _be_away(self, agent: _Agent, seconds: float) -> None:
        agent.resting = True
        self._clock.plan(seconds, self._is_back, agent)

    def _is_back(self, agent: _Agent, _: object) -> None:
        agent.resting = False
        if agent.on_duty:
            self._be_ready(agent)

    def _be_ready(self, agent: _Agent) -> None:
        if not agent.resting:
            agent.there_since = self._clock.now
            self._clock.happens(on.PresenceChosen(agent.id, Presence.READY))

    # -- offers --------------------------------------------------------------------------------

    def rung(self, command: do.OfferCall) -> None:
        """The agent's phone rings; the agent picks up after a while, or does not notice."""
        agent = self._agents[command.agent]
        agent.offer, agent.busy_since = command.offer, self._clock.now
        if not agent.resting and self._chance.random() >= self._habits.missed:
            seconds = self._chance.uniform(*self._habits.answer_after)
            self._clock.plan(seconds, self._pick_up, agent, command.offer)

    def _pick_up(self, agent: _Agent, offer: OfferId) -> None:
        if agent.offer == offer:
            self._clock.happens(on.OfferAnswered(offer))

    def withdrawn(self, agent_id: AgentId, why: do.Withdrawal) -> None:
        """The agent's phone falls silent."""
        agent = self._agents[agent_id]
        self._freed(agent, timedelta(0))
        if why is do.Withdrawal.NO_ANSWER:
            self._stop_time_there(agent)
            agent.next_rest = 0.0
            self._be_away(agent, self._habits.back_after_missed)

    def released(self, agent_id: AgentId) -> None:
        """The agent's talk is over; wrap-up begins."""
        agent = self._agents[agent_id]
        self._freed(agent, agent.wrap_up)

    def _freed(self, agent: _Agent, wrap_up: timedelta) -> None:
        now = self._clock.now
        if agent.busy_since is not None:
            busy = now - agent.busy_since + wrap_up
            self._times.occupied(agent.busy_since, busy.total_seconds())
        agent.offer = agent.busy_since = None
        if agent.next_rest or not agent.on_duty:
            self._clock.plan_at(now, self._rest, agent, wrap_up.total_seconds())

    # -- time there ----------------------------------------------------------------------------

    def _count_time_there(self, agent: _Agent) -> None:
        """Count what has passed, so that it is counted in the hour in which it passed."""
        if agent.there_since is not None:
            now = self._clock.now
            self._times.there(agent.there_since, (now - agent.there_since).total_seconds())
            agent.there_since = now

    def _stop_time_there(self, agent: _Agent, wrap_up: float = 0.0) -> None:
        self._count_time_there(agent)
        if agent.there_since is not None:
            self._times.there(self._clock.now, wrap_up)
        agent.there_since = None
