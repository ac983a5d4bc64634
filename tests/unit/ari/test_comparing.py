"""In which order differences are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ivr.adapters.ari.comparing import Comparison
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.left_over import LeftOvers
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.messages import ChannelDestroyed, Message
from ivr.adapters.ari.recordings import Recordings
from ivr.adapters.ari.supervision import Supervision
from ivr.domain import events as on
from ivr.domain.events import Event
from ivr.domain.ids import E164, CallId, LegId, OfferId
from ivr.domain.live import Offer, Party, Purpose
from ivr.domain.memory import Memory
from tests.examples import ALL_ROUND
from tests.unit.ari.scripted_connection import ScriptedConnection
from tests.unit.ari.test_taking_over import CALL, NOW, call

OFFER = OfferId("c-o1")
STARTED = "2026-11-23T07:00:00.000+0000"


class Start:
    """The program begins, and remembers; Asterisk has these channels in our application."""

    def __init__(self, memory: Memory, *channels: dict[str, Any]) -> None:
        self.ari, self.legs = ScriptedConnection(), Legs()
        self.heard: list[Message] = []
        self.posted: list[Event] = []
        self.errands = Errands(self.ari)
        parts = (
            Recordings(self.ari, self.legs, self.posted.append, Path(), self.errands),
            Supervision(self.ari, self.legs, self.posted.append, self.errands),
            LeftOvers(self.ari, self.errands),
        )
        self.comparison = Comparison(self.ari, self.legs, parts, self._hear, self.posted.append)
        self.legs.take_over(memory)
        self.comparison.take_over(memory)
        ours = {"channel_ids": [each["id"] for each in channels], "bridge_ids": []}
        self.ari.answers = {
            "GET applications/ivr": ours,
            "GET channels": list(channels),
            "GET asterisk/info": {"status": {"startup_time": STARTED}},
        }

    def _hear(self, message: Message) -> None:
        self.heard.append(message)
        self.comparison.heard(message)
        event = self.legs.translate(message)
        if event is not None:
            self.posted.append(event)

    @property
    def missed(self) -> list[Event]:
        """What was told, after that something was: only then may anybody enter the queue."""
        first, *missed = self.posted
        assert first == on.SwitchWasAway()
        return missed

    async def ended(self) -> list[str]:
        """Compare, and return the channels that were ended."""
        await self.comparison.tell_differences()
        while self.errands._requests:
            await self.errands.do_next()
        return [each for each in self.ari.asked if each.startswith("DELETE")]


def channel(name: str, state: str, *arguments: str, context: str = "from-agents") -> dict[str, Any]:
    application = "Stasis" if arguments else "Queue"
    data = ",".join(("ivr", *arguments))
    dialplan = {"context": context, "app_name": application, "app_data": data}
    return {"id": name, "state": state, "dialplan": dialplan, "creationtime": STARTED}


def ringing(*legs: LegId) -> Memory:
    parties = tuple(Party(leg, CALL, Purpose.CONSULTATION, E164("+494461555001")) for leg in legs)
    return Memory(calls=(call(),), offers=(Offer(OFFER, CALL, ALL_ROUND),), parties=parties)


CALLER_IS_THERE = channel(CALL, "Up", "caller", "+4944619197777", "", "", "")


async def test_all_callers_ends_are_told_before_any_agent_s() -> None:
    """Else an agent who is free again would be offered somebody who is gone as well."""
    later = call()
    later.id = CallId("z")
    talk = Offer(OFFER, CALL, ALL_ROUND, NOW, joining=True, connected=True)
    start = Start(Memory(calls=(call(), later), offers=(talk,)))
    await start.comparison.tell_differences()
    told = [each.channel for each in start.heard if isinstance(each, ChannelDestroyed)]
    assert told == ["c", "z", "c-o1"]


@pytest.mark.parametrize(
    ("state", "requests"), [("Ring", [f"POST channels/{CALL}/answer"]), ("Up", [])]
)
async def test_a_caller_for_whom_it_rings_still_is_answered(
    state: str, requests: list[str]
) -> None:
    """Who hears ringing waits, as far as we know, with music: the request was lost."""
    start = Start(Memory(calls=(call(),)), {**CALLER_IS_THERE, "state": state})
    await start.comparison.tell_differences()
    assert [each for each in start.ari.asked if each.startswith("POST")] == requests
    assert start.missed == []


async def test_an_offer_whose_telephone_is_silent_failed_and_is_ended() -> None:
    """The program died between making the leg and dialling it."""
    start = Start(ringing(), CALLER_IS_THERE, channel(OFFER, "Down", "agent", OFFER))
    assert await start.ended() == [f"DELETE channels/{OFFER}"]
    assert start.missed == [on.OfferFailed(OFFER, on.FailureCause.FAULT)]


async def test_an_offer_that_rings_goes_on() -> None:
    start = Start(ringing(), CALLER_IS_THERE, channel(OFFER, "Ringing", "agent", OFFER))
    assert await start.ended() == []
    assert start.missed == []


async def test_an_offer_that_was_answered_is_answered() -> None:
    start = Start(ringing(), CALLER_IS_THERE, channel(OFFER, "Up", "agent", OFFER))
    assert await start.ended() == []
    assert start.missed == [on.OfferAnswered(OFFER)]


async def test_an_outside_line_that_is_silent_may_ring() -> None:
    leg = LegId("c-l1")
    offer = channel(OFFER, "Ringing", "agent", OFFER)
    start = Start(ringing(leg), CALLER_IS_THERE, offer, channel(leg, "Down", "party", leg))
    assert await start.ended() == []
    assert start.missed == []


async def test_a_caller_whom_the_fallback_queue_serves_is_left_alone() -> None:
    """Asterisk lists who is subscribed to, too: a telephone was rung for that caller."""
    start = Start(Memory(), channel(CALL, "Up", context="ivr-fallback-moved"))
    assert await start.ended() == []
    assert start.missed == []
