"""Whose business it is what a third party does."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, assert_never

from ivr.domain import events as on
from ivr.domain.events_of_calls import EventsOfCalls
from ivr.domain.floor import Floor
from ivr.domain.live import Party, Purpose
from ivr.domain.parts import Parts


class Dialling(Protocol):
    """A part that has third parties dialled. The floor has noted what is told here."""

    def answered(self, party: Party, now: datetime) -> None:
        """The party picked up."""
        ...

    def failed(self, party: Party, now: datetime) -> None:
        """Nobody picked up in time, or the party could not be joined; its leg is gone."""
        ...

    def left(self, party: Party, now: datetime) -> None:
        """The party, who had picked up, hung up."""
        ...


class EventsOfParties:
    """To the part that has dialled the party, once the floor knows."""

    def __init__(self, floor: Floor, parts: Parts, calls: EventsOfCalls) -> None:
        """Route to ``parts``, which work on ``floor``."""
        self._floor = floor
        self._parts = parts
        self._calls = calls
        self._dialling: dict[Purpose, Dialling] = {
            Purpose.CONSULTATION: parts.transferring,
            Purpose.OVERFLOW: parts.limiting,
            Purpose.PHONING_BACK: parts.phoning_back,
            Purpose.RETURNED_CALL: parts.returning,
            Purpose.SUPERVISION: parts.supervising,
            Purpose.CASEWORKER: parts.calling_back,
            Purpose.CITIZEN: parts.calling_back,
        }

    def happened(self, event: on.OfParty, now: datetime) -> None:
        """Have the part take note whose business it is; unknown or over: nobody's."""
        party = self._floor.parties.get(event.leg)
        if party is None:
            if isinstance(event, on.PartyFailed | on.PartyHungUp):
                self._floor.lines.ended(event.leg, now)  # given up, but an agent's line is free
                self._of_caller_s_leg(event, now)
            return
        match event:
            case on.PartyAnswered():
                if not party.answered:
                    self._floor.third_parties.answered(party, now)
                    self._dialling[party.purpose].answered(party, now)
            case on.PartyFailed(cause=cause):
                party.cause = cause
                self._failed(party, now)
            case on.PartyHungUp():
                if party.answered:
                    self._floor.third_parties.forget(party, now)
                    self._dialling[party.purpose].left(party, now)
                else:
                    self._failed(party, now)
            case on.PartyPressed(key=key):
                if party.purpose is Purpose.SUPERVISION:
                    self._parts.supervising.pressed(party, key)
            case _:
                assert_never(event)

    def _of_caller_s_leg(self, event: on.PartyFailed | on.PartyHungUp, now: datetime) -> None:
        """Who was phoned and adopted hung up before the switch knew whose leg it is."""
        call = self._floor.adopted.get(event.leg)
        if call in self._floor.outgoing:
            self._parts.calling_back.hung_up(self._floor.outgoing[call], now)
        elif call is not None:
            self._calls.hung_up(self._floor.calls[call], now)

    def _failed(self, party: Party, now: datetime) -> None:
        if party.answered:  # could not be joined: the leg may still be there
            self._floor.third_parties.end(party, now)
        else:
            self._floor.third_parties.forget(party, now)
        self._dialling[party.purpose].failed(party, now)

    def silent(self, party: Party, now: datetime) -> None:
        """The ring time is over."""
        self._floor.third_parties.end(party, now)
        self._dialling[party.purpose].failed(party, now)
