"""The agents: who may be offered a call, and what an offer's end does to an agent.

It knows nothing of callers; the engine tells it what happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ivr.domain.agents import (
    LOGGED_OUT,
    READY,
    Agent,
    AgentState,
    AgentView,
    PauseReason,
    Presence,
)
from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId, CallId, LegId, OfferId, VisitId
from ivr.domain.rules import Strategy
from ivr.domain.staff import Staff

Leg = OfferId | VisitId | LegId


class Roster:
    """All configured agents with what they want and what the system does with them.

    Whatever changes whether an agent may be offered a call happens here.
    """

    def __init__(self, profiles: Iterable[AgentProfile], strategy: Strategy) -> None:
        """Everybody starts logged out, with no phone; ``strategy`` says whose turn it is."""
        self._agents = {profile.id: Agent(profile.id, profile) for profile in profiles}
        self._look_at_all(strategy)
        self.offers = 0
        """How many offers were made, over all agents."""
        self.chose: list[Agent] = []
        """Whose wish may have changed since the engine's step began."""

    def _look_at_all(self, strategy: Strategy) -> None:
        """Work out again what is worked out of the agents."""
        self.staff = Staff(strategy, self)
        """The same agents by what they can do, kept up to date."""
        self._strategy = strategy
        self._by_leg: dict[Leg, list[Agent]] = {}
        """Whose line a leg occupies."""
        for agent in self:
            for leg in agent.legs:
                self._by_leg.setdefault(leg, []).append(agent)

    def adopt(
        self, profiles: Iterable[AgentProfile], strategy: Strategy, now: datetime
    ) -> list[Agent]:
        """Go on with these agents; return those who are not among them any more.

        Who stays keeps presence and state. Who is new starts logged out, but the phone may be
        there already: that is for the switch to tell. Who is gone is logged out and kept until
        nothing occupies the phone's line and no deadline is left.
        """
        self._agents = {agent.id: agent for agent in self if not _is_gone(agent)}
        for agent in self:
            agent.dismissed = True
        for profile in profiles:
            agent = self._agents.setdefault(profile.id, Agent(profile.id, profile))
            agent.profile, agent.dismissed = profile, False
        self._look_at_all(strategy)
        dismissed = [agent for agent in self if agent.dismissed]
        for agent in dismissed:
            self.choose(agent, Presence.LOGGED_OUT, "", now)
        return dismissed

    def recall(self, remembered: Iterable[Agent]) -> None:
        """Go on with agents as they were in an earlier run, in its order; profiles are today's.

        Who is not configured any more is kept like one whom ``adopt`` dismissed.
        """
        configured, self._agents = self._agents, {agent.id: agent for agent in remembered}
        for agent in self:
            now = configured.pop(agent.id, None)
            agent.dismissed = now is None
            if now is not None:
                agent.profile = now.profile
        self._agents.update(configured)
        self._look_at_all(self._strategy)

    def get(self, agent: AgentId) -> Agent | None:
        """Return an agent, also a dismissed one; None for one who is unknown."""
        return self._agents.get(agent)

    def configured(self, agent: AgentId) -> Agent | None:
        """Return an agent who may still choose something; None for one who is dismissed."""
        found = self._agents.get(agent)
        return None if found is None or found.dismissed else found

    def __iter__(self) -> Iterator[Agent]:
        """Go through all agents."""
        return iter(self._agents.values())

    def idle(self) -> Iterator[Agent]:
        """Go through the agents who may be offered a call now, in no order that means anything."""
        return self.staff.idle()

    def choose(self, agent: Agent, presence: Presence, reason: str, now: datetime) -> None:
        """Let ``agent`` want ``presence``; a wish to be ready also ends wrap-up."""
        state, old_reason = agent.state, agent.reason
        was_ready = state is AgentState.READY
        if agent.presence is LOGGED_OUT:
            agent.calls = 0
        agent.presence = presence
        agent.reason = reason if presence is Presence.PAUSED else ""
        agent.last_call = False
        agent.missed = 0
        self.chose.append(agent)
        if presence is READY:
            agent.wrap_up_until = None
            agent.rest_until = None
        if not was_ready or presence is not READY:
            agent.idle_since = now
        if (agent.state, agent.reason) != (state, old_reason):
            agent.since = now
        self.staff.note(agent)

    def wants_a_last_call(self, agent: Agent) -> None:
        """The agent is to be logged out after the next talk."""
        agent.last_call = True
        self.staff.note(agent)

    def offered(self, agent: Agent, offer: OfferId, call: CallId, now: datetime) -> None:
        """The agent's phone is to ring."""
        self.offers += 1
        agent.last_offer = self.offers
        agent.offer, agent.call = offer, call
        agent.since = now
        self.occupied(agent, offer)

    def answered(self, agent: Agent) -> None:
        """The agent picked up."""
        agent.missed = 0

    def missed(self, agent: Agent, pause_after: int, now: datetime) -> None:
        """The agent did not pick up; pause after so many in a row.

        An empty chair must not cost every caller.
        """
        agent.missed += 1
        if agent.missed >= pause_after:
            self.pause(agent, PauseReason.MISSED, now)
        else:
            self.free(agent, now)

    def talking(self, agent: Agent, now: datetime) -> None:
        """The agent and the caller are connected."""
        agent.talking = True
        agent.talked_last = agent.call
        agent.calls += 1
        agent.since = now

    def pause(self, agent: Agent, reason: PauseReason, now: datetime) -> None:
        """Free the agent of the offer and pause; one who wanted to leave keeps to that."""
        self.free(agent, now)
        if agent.presence is Presence.READY:
            self.choose(agent, Presence.PAUSED, reason.value, now)

    def rest(self, agent: Agent, until: datetime, now: datetime) -> None:
        """Free the agent of an offer that failed for no fault of the agent's, after a while."""
        agent.rest_until = until
        self.free(agent, now)

    def rested(self, agent: Agent) -> None:
        """The rest is over."""
        agent.rest_until = None
        self.staff.note(agent)

    def wrap_up(self, agent: Agent, until: datetime, now: datetime) -> None:
        """The talk is over; if it was the last, so is the agent's day."""
        agent.wrap_up_until = until if until > now else None
        agent.idle_since = now
        self.free(agent, now)
        if agent.last_call:
            self.choose(agent, Presence.LOGGED_OUT, "", now)

    def end_wrap_up(self, agent: Agent, now: datetime) -> None:
        """The agent is done with the last call."""
        agent.wrap_up_until = None
        agent.idle_since = agent.since = now
        self.staff.note(agent)

    def free(self, agent: Agent, now: datetime) -> None:
        """The agent has no offer and no call any more."""
        agent.offer = agent.call = None
        agent.talking = False
        agent.since = now
        self.staff.note(agent)

    def takes_part(self, agent: Agent, leg: LegId, now: datetime) -> None:
        """The agent is a third party in somebody else's call."""
        agent.party = leg
        agent.since = now

    # -- telephones ----------------------------------------------------------------------------

    def reachable(self, agent: Agent, *, reachable: bool) -> None:
        """The agent's phone is there, or gone."""
        agent.reachable = reachable
        self.staff.note(agent)

    def busy(self, agent: Agent, *, busy: bool) -> None:
        """The agent's phone has a call that is none of ours, or has none any more."""
        agent.busy = busy
        self.staff.note(agent)

    def occupied(self, agent: Agent, leg: Leg) -> None:
        """The leg occupies the line of the agent's phone."""
        if leg not in agent.legs:
            agent.legs.add(leg)
            self._by_leg.setdefault(leg, []).append(agent)
            self.staff.note(agent)

    def leg_ended(self, leg: Leg, now: datetime) -> None:
        """The leg occupies nobody's line any more."""
        for agent in self._by_leg.pop(leg, ()):
            agent.legs.discard(leg)
            if agent.party == leg:
                agent.party = None
                agent.since = agent.idle_since = now
            self.staff.note(agent)

    def views(self) -> tuple[AgentView, ...]:
        """Return all agents as shown to people."""
        return tuple(
            _view(agent)
            for agent in self
            if not agent.dismissed or agent.state is not AgentState.LOGGED_OUT
        )


def _is_gone(agent: Agent) -> bool:
    """Whether nothing is left of an agent who was dismissed."""
    left = agent.offer or agent.legs or agent.wrap_up_until or agent.rest_until
    return agent.dismissed and not left


def _view(agent: Agent) -> AgentView:
    return AgentView(
        id=agent.id,
        name=agent.profile.name,
        presence=agent.presence,
        reason=agent.reason,
        state=agent.state,
        reachable=agent.reachable,
        call=agent.call,
        idle_since=agent.idle_since,
        since=agent.since,
        until=agent.wrap_up_until,
        busy=agent.busy,
        last_call=agent.last_call,
        calls=agent.calls,
        talked_last=agent.talked_last,
    )
