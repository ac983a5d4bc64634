"""Wishes: what agents want, by feature code or command, and what their phones do to them.

Presence, wrap-up, the last call before logging out. It never offers a call; it only takes back
an offer that the agent does not want, or can't answer, any more.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain import due
from ivr.domain import events as on
from ivr.domain.agents import READY, Agent, AgentState, PauseReason, Presence
from ivr.domain.calls import CallResult
from ivr.domain.due import Due
from ivr.domain.floor import Floor
from ivr.domain.keys import Dialled, Wish
from ivr.domain.speech import Sound

_PRESENT: dict[Presence, Sound] = {
    Presence.READY: Sound("agent-ready"),
    Presence.PAUSED: Sound("agent-paused"),
    Presence.LOGGED_OUT: Sound("agent-logged-out"),
}


class Wishes:
    """What agents choose to be."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def happened(self, event: on.OfAgent, now: datetime) -> None:
        """Take note of what an agent wants, or what happened to the phone."""
        agent = self._floor.roster.configured(event.agent)
        if agent is None:
            return
        match event:
            case on.PresenceChosen(presence=presence, reason=reason):
                self.presence_chosen(agent, presence, reason, now)
            case on.WrapUpEnded():
                self.wrap_up_ended(agent, now)
            case on.WrapUpExtended():
                self.wrap_up_extended(agent)
            case on.LastCallChosen():
                self.last_call_chosen(agent)
            case on.ResultGiven(result=result):
                self.result_given(agent, result)
            case on.PhoneReachable():
                self.phone_reachable(agent, now)
            case on.PhoneUnreachable():
                self.phone_unreachable(agent, now)
            case on.PhoneBusy():
                self._floor.roster.busy(agent, busy=True)
            case on.PhoneFree():
                self._floor.roster.busy(agent, busy=False)
            case _:
                assert_never(event)

    # -- presence ------------------------------------------------------------------------------

    def presence_chosen(self, agent: Agent, presence: Presence, reason: str, now: datetime) -> None:
        """Take note of what the agent wants; a ringing phone of one who leaves falls silent."""
        floor = self._floor
        floor.roster.choose(agent, presence, reason, now)
        if presence is READY:
            floor.timers.cancel((due.WRAP_UP, agent.id))
            floor.timers.cancel((Due.REST, agent.id))
        else:
            floor.talks.take_back(agent, now)

    def last_call_chosen(self, agent: Agent) -> None:
        """Log the agent out after the talk that goes on, or else after the next.

        Only for one who gets calls; any presence chosen afterwards counts instead.
        """
        if agent.presence is Presence.READY or agent.state is AgentState.ON_CALL:
            self._floor.roster.wants_a_last_call(agent)

    # -- results -------------------------------------------------------------------------------

    def result_given(self, agent: Agent, result: CallResult) -> bool:
        """Note what came of the agent's latest call; False where there is none of the agent's.

        One that is not over, because the caller talks with somebody else now, has it in its
        record.
        """
        latest = agent.talked_last
        if latest is None:
            return False
        call = self._floor.calls.get(latest)
        if call is None:
            self._floor.command(do.NoteResult(latest, agent.id, result))
        elif call.agent == agent.id:
            call.result = result
        else:
            return False
        return True

    # -- wrap-up -------------------------------------------------------------------------------

    def wrap_up_ended(self, agent: Agent, now: datetime) -> None:
        """The agent is done with the last call, or the time for it is over."""
        if agent.wrap_up_until is not None:
            self._floor.timers.cancel((due.WRAP_UP, agent.id))
            self._floor.roster.end_wrap_up(agent, now)

    def wrap_up_extended(self, agent: Agent) -> None:
        """The agent needs more time, added to what is left."""
        if agent.wrap_up_until is not None:
            agent.wrap_up_until += self._floor.rules.wrap_up_extension
            self._floor.timers.set((due.WRAP_UP, agent.id), agent.wrap_up_until)

    # -- feature codes -------------------------------------------------------------------------

    def feature_code(self, event: on.FeatureCodeDialled, now: datetime) -> None:
        """Do what an agent dialled, and say how things stand then."""
        agent = self._floor.roster.configured(event.agent)
        if agent is None:
            sound = Sound("agent-unknown")
        else:
            self._floor.roster.occupied(agent, event.visit)
            dialled = self._floor.codes.dialled(event.code)
            sound = Sound("agent-code-unknown") if not dialled else self._grant(agent, dialled, now)
        self._floor.lines.speak_and_end(event.visit, sound, now)

    def _grant(self, agent: Agent, dialled: Dialled, now: datetime) -> Sound:
        match dialled.wish:
            case Wish.READY:
                self.presence_chosen(agent, Presence.READY, "", now)
            case Wish.PAUSE:
                self.presence_chosen(agent, Presence.PAUSED, dialled.reason, now)
            case Wish.LOG_OUT:
                self.presence_chosen(agent, Presence.LOGGED_OUT, "", now)
            case Wish.END_WRAP_UP:
                self.wrap_up_ended(agent, now)
                return Sound("agent-wrap-up-ended")
            case Wish.EXTEND_WRAP_UP:
                self.wrap_up_extended(agent)
                extended = agent.wrap_up_until is not None
                return Sound("agent-wrap-up-extended") if extended else _present(agent)
            case Wish.LAST_CALL:
                self.last_call_chosen(agent)
                return Sound("agent-last-call") if agent.last_call else _present(agent)
            case Wish.RESULT:
                given = dialled.result and self.result_given(agent, dialled.result)
                return Sound("agent-result-noted" if given else "agent-no-call")
            case _:
                assert_never(dialled.wish)
        return _present(agent)

    # -- telephones ----------------------------------------------------------------------------

    def phone_reachable(self, agent: Agent, now: datetime) -> None:
        """The phone is back; so is an agent who was paused for its absence."""
        self._floor.roster.reachable(agent, reachable=True)
        if agent.presence is Presence.PAUSED and agent.reason == PauseReason.UNREACHABLE.value:
            self._floor.roster.choose(agent, Presence.READY, "", now)

    def phone_unreachable(self, agent: Agent, now: datetime) -> None:
        """The phone is gone: its caller need not wait for it, and nobody missed anything."""
        self._floor.roster.reachable(agent, reachable=False)
        self._floor.talks.take_back(agent, now)


def _present(agent: Agent) -> Sound:
    return _PRESENT[agent.presence]
