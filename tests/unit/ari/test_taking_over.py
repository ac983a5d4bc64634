"""What the parts of the switch make of the memory of an earlier run, beside what scenes show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.adapters.ari import messages as ari
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.supervision import Supervision
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Agent
from ivr.domain.events import Event, FailureCause
from ivr.domain.ids import CallId, LegId, OfferId, VisitId
from ivr.domain.live import Consultation, LiveCall, Offer, Party, Phase, Purpose
from ivr.domain.memory import Memory
from tests.examples import ALL_ROUND, CALLER, DIDS, ONLY_JUGEND, UMWELT, county
from tests.unit.ari.scripted_connection import ScriptedConnection

CALL, OFFER, LEG, VISIT = CallId("c"), OfferId("o"), LegId("l"), VisitId("v")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def call(**known: object) -> LiveCall:
    live = LiveCall(CALL, DIDS[UMWELT], UMWELT, CALLER, NOW, "de", phase=Phase.TALKING)
    for name, value in known.items():
        setattr(live, name, value)
    return live


def taken_over(memory: Memory) -> Legs:
    legs = Legs()
    legs.take_over(memory)
    return legs


def test_a_caller_who_was_phoned_back_is_at_the_leg() -> None:
    legs = taken_over(Memory(calls=(call(adopted=LEG),), adopted={LEG: CALL}))
    assert legs.caller_of(CALL) == LEG
    assert legs.translate(ari.StasisEnd(LEG)) == on.CallerHungUp(CALL)


def test_a_caller_who_is_gone_is_not_missed() -> None:
    legs = taken_over(Memory(calls=(call(phase=Phase.GONE),)))
    assert legs.needed() == set()
    assert legs.translate(ari.StasisEnd(CALL)) is None


@pytest.mark.parametrize(
    ("answered", "end"),
    [(True, on.PartyHungUp(LEG)), (False, on.PartyFailed(LEG, FailureCause.FAULT))],
)
def test_third_parties_end_as_they_were(answered: bool, end: Event) -> None:  # noqa: FBT001
    party = Party(LEG, CALL, Purpose.CONSULTATION, ONLY_JUGEND, answered=answered)
    legs = taken_over(Memory(calls=(call(),), parties=(party,)))
    assert legs.translate(ari.ChannelDestroyed(LEG, 0, 0)) == end


def test_a_second_call_is_needed_and_a_leg_that_is_being_ended_is_not() -> None:
    agent = Agent(ALL_ROUND, county().agents[ALL_ROUND], legs={OFFER, VISIT, OfferId("old")})
    legs = taken_over(
        Memory(
            calls=(call(consultation=Consultation(LEG, visit=VISIT)),),
            offers=(Offer(OFFER, CALL, ALL_ROUND, NOW),),
            agents=(agent,),
        )
    )
    assert legs.needed() == {CALL, OFFER, VISIT}
    assert legs.ending() == {"old"}
    assert legs.translate(ari.ChannelDestroyed("old", 16, 0)) == on.LegEnded(OfferId("old"))
    assert legs.translate(ari.StasisEnd(VISIT)) == on.LegEnded(VISIT)


class Room:
    def __init__(self) -> None:
        self.posted: list[Event] = []
        self.ari = ScriptedConnection()
        legs = Legs()
        errands = Errands(self.ari)
        self.supervision = Supervision(self.ari, legs, self.posted.append, errands)
        party = Party(LEG, CALL, Purpose.SUPERVISION, ONLY_JUGEND, answered=True)
        memory = Memory(calls=(call(offer=OFFER),), parties=(party,))
        legs.take_over(memory)
        self.supervision.take_over(memory)


async def test_a_supervisor_keeps_the_seat_and_the_next_snoop_channel_is_new() -> None:
    room = Room()
    room.supervision.found({"l", "l-s2", "l-sb"})
    assert room.supervision.snoops() == {"l-s2"}
    room.ari.then = lambda asked: room.supervision.heard(
        ari.StasisStart(asked.rpartition("/")[2], ("snoop", LEG))
    )
    await room.supervision.execute(do.Supervise(CALL, OFFER, LEG, do.Supervision.WHISPER))
    assert room.supervision.snoops() == {"l-s3"}
    assert room.posted == []


def test_a_supervisor_who_hears_nobody_is_put_out() -> None:
    room = Room()
    room.supervision.found({"l"})
    assert room.posted == [on.PartyFailed(LEG, FailureCause.FAULT)]


def test_a_supervisor_who_is_gone_has_no_seat() -> None:
    room = Room()
    room.supervision.found(set())
    assert room.posted == []
    assert room.supervision.snoops() == set()
