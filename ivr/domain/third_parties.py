"""Third parties in calls: whoever is dialled, until the leg is gone or is the caller."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.domain import commands as do
from ivr.domain import due
from ivr.domain.agents import Agent
from ivr.domain.due import LEG_LIMIT, Due
from ivr.domain.ids import AgentId, LegId, Target
from ivr.domain.lines import Lines
from ivr.domain.live import LiveCall, Party, Purpose
from ivr.domain.outgoing import OutgoingCall
from ivr.domain.state import State


class ThirdParties:
    """Third parties, from dialling to the end."""

    def __init__(self, state: State, lines: Lines) -> None:
        """Work on ``state``."""
        self._state = state
        self._lines = lines

    def dial(
        self,
        call: LiveCall | OutgoingCall,
        purpose: Purpose,
        to: Target,
        label: str,
        ring_time: timedelta,
        now: datetime,
        leg: LegId | None = None,
    ) -> Party:
        """Ring a third party for the call, who sees the common number and perhaps ``label``.

        Nothing else rings an agent's phone meanwhile. ``leg`` where the id is given.
        """
        party = Party(leg or self._leg_id(call), call.id, purpose, to)
        self._state.parties[party.id] = party
        call.parties.append(party.id)
        self._state.seekers.touch(call.id)
        agent = self._agent_at(party)
        if agent is not None:
            self._state.roster.occupied(agent, party.id)
        self._state.timers.set((Due.PARTY, party.id), now + ring_time)
        shown = self._state.county.common_number
        kept = call.kept if isinstance(call, LiveCall) and purpose is Purpose.PHONING_BACK else None
        self._state.command(do.DialParty(call.id, party.id, to, shown, label, ring_time, kept))
        return party

    def can_ring(self, target: Target) -> bool:
        """Whether dialling makes sense: an agent's phone must be there and not in use."""
        agent = self._state.roster.get(AgentId(target))
        return agent is None or agent.can_be_party

    def answered(self, party: Party, now: datetime) -> None:
        """The third party picked up."""
        party.answered = True
        self._state.timers.cancel((Due.PARTY, party.id))
        agent = self._agent_at(party)
        if agent is not None:
            self._state.roster.takes_part(agent, party.id, now)

    def end(self, party: Party, now: datetime) -> None:
        """End the third party's leg, ringing or not."""
        self._state.command(do.EndParty(party.call, party.id))
        if self._agent_at(party) is not None:
            self._state.timers.set((due.LEG, party.id), now + LEG_LIMIT)
        self._drop(party)

    def forget(self, party: Party, now: datetime) -> None:
        """The third party's leg is gone."""
        self._lines.ended(party.id, now)
        self._drop(party)

    def adopt(self, party: Party, now: datetime) -> None:
        """From now on the party is the caller."""
        self._state.command(do.AdoptCaller(party.call, party.id))
        self._state.with_parties(party.call).adopted = party.id
        self._state.adopted[party.id] = party.call
        self.forget(party, now)

    def disown(self, call: LiveCall | OutgoingCall) -> None:
        """The leg that was the caller, where there was one, is so no more."""
        if call.adopted is not None:
            del self._state.adopted[call.adopted]
            call.adopted = None

    def _drop(self, party: Party) -> None:
        del self._state.parties[party.id]
        self._state.with_parties(party.call).parties.remove(party.id)
        self._state.seekers.touch(party.call)
        self._state.timers.cancel((Due.PARTY, party.id))

    def _agent_at(self, party: Party) -> Agent | None:
        return self._state.roster.get(AgentId(party.to))

    def _leg_id(self, call: LiveCall | OutgoingCall) -> LegId:
        call.legs += 1
        return LegId(f"{call.id}-{self._state.run}-l{call.legs}")
