"""The world outside the engine where agents consult, put callers through and are supervised."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import Callback
from ivr.domain.county import County
from ivr.domain.due import LEG_LIMIT, VISIT_LIMIT
from ivr.domain.ids import AgentId, CallId, LegId, OfferId, Target, VisitId
from tests.unit.domain.outside import Outside


class OutsideWithTransfers(Outside):
    """Third parties at agents' telephones, agents' second calls, and who is on hold."""

    def __init__(self, county: County, now: datetime) -> None:
        super().__init__(county, now)
        self.party_phones: dict[LegId, AgentId] = {}
        """Agents' telephones that ring, or talk, as third parties."""
        self.visits: dict[VisitId, AgentId] = {}
        """Agents' second calls."""
        self.visits_ever: set[VisitId] = set()
        self.held: set[CallId] = set()
        """Callers who hear music while their agent is elsewhere."""
        self.handed_over: set[CallId] = set()

    # -- facts ---------------------------------------------------------------------------------

    def notice(self, event: on.Event) -> Callback | None:
        match event:
            case on.NumberDialled(visit=visit, agent=agent):
                self.visits[visit] = agent
                self.visits_ever.add(visit)
            case on.LegEnded(leg=leg):
                self.visits.pop(VisitId(leg), None)
            case on.PartyFailed(leg=leg) | on.PartyHungUp(leg=leg):
                self.party_phones.pop(leg, None)
                self.ending.pop(leg, None)
            case _:
                pass
        return super().notice(event)

    # -- commands ------------------------------------------------------------------------------

    def obey(self, command: do.Command, committed: Callback | None) -> None:
        if isinstance(command, do.SpeakAndHangUp) and command.visit in self.visits:
            self._end_visit(command.visit, self.now + VISIT_LIMIT)
        if isinstance(command, do.RecordCall):
            self.held.discard(command.record.id)
        super().obey(command, committed)

    def _obey(self, command: do.Command, call: CallId, committed: Callback | None) -> None:
        if isinstance(command, do.Supervise):
            assert command.offer in self.joined
            assert command.leg in self.party_phones
            assert self.parties[command.leg] == call
        else:
            super()._obey(command, call, committed)

    def _obey_about_party(self, command: do.PartyCommand, call: CallId) -> None:
        match command:
            case do.DialParty(leg=leg, to=to):
                self._dial(leg, to)
            case do.EndParty(leg=leg) if leg in self.party_phones:
                self.ending[leg] = self.party_phones.pop(leg), self.now + LEG_LIMIT
            case do.HandOver():
                self.held.discard(call)
                self.handed_over.add(call)
            case (
                do.HoldCaller()
                | do.ReturnToCaller()
                | do.Consult()
                | do.JoinThree()
                | do.ConsultByVisit()
                | do.EndVisit()
                | do.ReportTransfer()
            ):
                self._consult(command, call)
                return
            case do.EndParty() | do.AdoptCaller():
                pass
            case _:
                assert_never(command)
        super()._obey_about_party(command, call)

    def _dial(self, leg: LegId, to: Target) -> None:
        agent = AgentId(to)
        if agent not in self._county.agents:
            assert self._county.numbering.parse(to) == to
            return
        assert agent in self.reachable
        assert agent not in self.busy
        assert agent not in (*self.phones_in_use, *self.party_phones.values())
        assert not self.occupied(agent), "the line is not free yet"
        self.party_phones[leg] = agent

    def _consult(
        self,
        command: do.HoldCaller
        | do.ReturnToCaller
        | do.Consult
        | do.JoinThree
        | do.ConsultByVisit
        | do.EndVisit
        | do.ReportTransfer,
        call: CallId,
    ) -> None:
        match command:
            case do.HoldCaller(offer=offer):
                assert offer in self.joined
                assert call not in self.held
                assert call not in self.playing
                self.held.add(call)
            case do.ReturnToCaller(offer=offer):
                assert offer in self.joined
                self.held.discard(call)  # is not, where all three talked
            case do.Consult(offer=offer, leg=leg):
                assert offer in self.joined
                assert self.parties[leg] == call
                assert call in self.held
            case do.JoinThree(offer=offer, leg=leg):
                assert offer in self.joined
                assert self.parties[leg] == call
                self.held.remove(call)
            case do.ConsultByVisit(visit=visit, leg=leg):
                assert visit in self.visits
                assert self.parties[leg] == call
            case do.EndVisit(visit=visit):
                self._end_visit(visit, self.now + LEG_LIMIT)
            case do.ReportTransfer(offer=offer):
                assert offer in {**self.ringing, **self.joining, **self.joined}
            case _:
                assert_never(command)

    def _end_visit(self, visit: VisitId, until: datetime) -> None:
        self.ending[visit] = self.visits.pop(visit), until

    def _sound(self, command: do.SoundCommand, call: CallId, committed: Callback | None) -> None:
        if isinstance(command, do.PlayToAgent) and command.offer in self.joined:
            return  # nothing waits for its end
        if isinstance(command, do.StartMusic) and call in self.held | self.handed_over:
            self.held.discard(call)
            self.came_back.add(call)
        assert call not in self.held
        super()._sound(command, call, committed)

    def _ring(self, offer: OfferId, agent: AgentId) -> None:
        assert agent not in (*self.party_phones.values(), *self.visits.values())
        super()._ring(offer, agent)
