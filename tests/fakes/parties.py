"""Third parties in the switch in memory: people outside, colleagues, and who is where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.commands import Supervision
from ivr.domain.events import FailureCause
from ivr.domain.ids import E164, AgentId, CallId, LegId, OfferId

if TYPE_CHECKING:
    from tests.fakes.switch import FakeCaller, FakePhone, FakeSwitch


def talk_room(offer: OfferId) -> str:
    """Where caller and agent meet, and whoever talks with both."""
    return f"{offer}-b"


def party_room(leg: LegId) -> str:
    """Where a third party talks without the agent's first call."""
    return f"{leg}-b"


@dataclass
class FakeParty:
    """A third party's telephone ringing, then in a call."""

    leg: LegId
    at: FakePerson | FakePhone
    parties: FakeParties
    label: str
    number: E164
    answered: bool = False
    caller: FakeCaller | None = None
    """Who the party is since it became the caller."""

    def answer(self) -> None:
        self.answered = True
        self.parties.world.tell(on.PartyAnswered(self.leg))

    def fail(self, cause: FailureCause) -> None:
        assert not self.answered
        self.parties.forget(self.leg)
        self.parties.world.tell(on.PartyFailed(self.leg, cause))

    def hang_up(self) -> None:
        assert self.answered
        self.parties.forget(self.leg)
        if self.caller is not None:
            self.caller.hang_up()
        else:
            self.parties.world.tell(on.PartyHungUp(self.leg))

    def press(self, keys: str) -> None:
        for key in keys:
            if self.caller is not None:
                self.caller.press(key)
            else:
                self.parties.world.tell(on.PartyPressed(self.leg, key))


@dataclass
class FakePerson:
    """Somebody outside, at a telephone."""

    number: E164
    party: FakeParty | None = None

    @property
    def in_use(self) -> bool:
        return self.party is not None


class FakeParties:
    """All third parties in ``world``; ``people`` are those who can be called outside."""

    def __init__(self, world: FakeSwitch) -> None:
        self.world = world
        self.legs: dict[LegId, FakeParty] = {}
        self.people: dict[E164, FakePerson] = {}
        self.seats: dict[LegId, tuple[OfferId, Supervision]] = {}
        """Supervisors, with the agents' legs where they take part."""

    def person(self, number: E164) -> FakePerson:
        """Somebody who can be called by ``number``."""
        person = self.people[number] = FakePerson(number)
        return person

    def forget(self, leg: LegId) -> None:
        party = self.legs.pop(leg, None)
        if party is not None:
            party.at.party = None
            self.seats.pop(leg, None)
            self.world.rooms.pop(leg, None)

    def crash(self) -> list[on.Event]:
        """Everybody is gone; return what nobody is told."""
        unheard: list[on.Event] = []
        for leg, party in list(self.legs.items()):
            self.forget(leg)
            if party.caller is None:
                unheard.append(
                    on.PartyHungUp(leg)
                    if party.answered
                    else on.PartyFailed(leg, FailureCause.FAULT)
                )
        return unheard

    def supervise(self, command: do.Supervise) -> None:
        leg, offer = command.leg, command.offer
        if leg not in self.legs:
            self.world.tell(on.PartyFailed(leg, FailureCause.FAULT))
        elif offer not in self.world.legs:
            self.forget(leg)
            self.world.tell(on.PartyFailed(leg, FailureCause.FAULT))
        else:
            self.seats[leg] = offer, command.how

    def supervised_sound(self, channel: str) -> set[str]:
        """What ``channel`` hears because of supervisors: as one, or of one."""
        heard: set[str] = set()
        for leg, (offer, how) in self.seats.items():
            talk = self.world.with_(offer)
            if channel == leg:
                heard |= {offer} | talk
            elif (channel == offer and how is not Supervision.LISTEN) or (
                channel in talk and how is Supervision.BARGE
            ):
                heard.add(leg)
        return heard

    def execute(self, command: do.PartyCommand) -> None:
        match command:
            case do.DialParty():
                self._dial(command)
            case do.EndParty(_, leg):
                if leg in self.legs:
                    self.forget(leg)
                    self.world.tell(on.LegEnded(leg))
            case do.AdoptCaller(call, leg):
                self._adopt(call, leg)
            case do.ConsultByVisit(_, visit, leg):
                if visit in self.world.visits and leg in self.legs:
                    self.world.visits[visit].answered = True
                    self.world.join(party_room(leg), visit, leg)
            case do.EndVisit(_, visit):
                self.world.end_visit(visit)
            case do.ReportTransfer(_, offer, progress):
                if offer in self.world.legs:
                    self.world.legs[offer].phone.transfers.append(progress)
            case (
                do.HoldCaller()
                | do.ReturnToCaller()
                | do.Consult()
                | do.JoinThree()
                | do.HandOver()
            ):
                self._move(command)
            case _:
                assert_never(command)

    def _dial(self, command: do.DialParty) -> None:
        leg, to = command.leg, command.to
        if leg in self.legs:
            return
        at = self.people.get(E164(to)) or self.world.phones.get(AgentId(to))
        if at is None or not getattr(at, "registered", True):
            self.world.tell(on.PartyFailed(leg, FailureCause.UNREACHABLE))
        elif at.in_use:
            self.world.tell(on.PartyFailed(leg, FailureCause.BUSY))
        else:
            label = "" if to.startswith("+") else command.label
            self.legs[leg] = at.party = FakeParty(leg, at, self, label, command.shown)

    def _adopt(self, call: CallId, leg: LegId) -> None:
        party = self.legs.get(leg)
        if party is None or not party.answered:
            self.world.tell(on.CallerHungUp(call))
        elif party.caller is None:
            party.caller = self.world.reached(call, leg)

    def _move(
        self,
        command: do.HoldCaller | do.ReturnToCaller | do.Consult | do.JoinThree | do.HandOver,
    ) -> None:
        """Let caller and party be where they shall be, as far as they are there."""
        caller = self.world.callers.get(command.call)
        match command:
            case do.HoldCaller():
                if caller is not None:
                    caller.music = True
                    self.world.rooms.pop(caller.channel, None)
            case do.ReturnToCaller(_, offer) | do.JoinThree(_, offer):
                if caller is not None and offer in self.world.legs:
                    caller.music = False
                    self.world.join(talk_room(offer), caller.channel)
            case do.Consult(_, offer, leg):
                if leg in self.legs and offer in self.world.legs:
                    self.world.join(talk_room(offer), leg)
            case do.HandOver(_, leg):
                self._hand_over(caller, leg)
            case _:
                assert_never(command)

    def _hand_over(self, caller: FakeCaller | None, leg: LegId) -> None:
        if caller is None or leg not in self.legs:
            self.forget(leg)
            self.world.tell(on.PartyFailed(leg, FailureCause.FAULT))
        else:
            caller.music = False
            self.world.join(party_room(leg), caller.channel, leg)
