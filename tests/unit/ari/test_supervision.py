"""A supervisor has one snoop channel at a time, and leaves none behind."""

from __future__ import annotations

import pytest

from ivr.adapters.ari import messages as ari
from ivr.adapters.ari import supervision
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.supervision import Supervision
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.events import Event, FailureCause
from ivr.domain.ids import CallId, LegId, OfferId
from tests.unit.ari.scripted_connection import ScriptedConnection, refused

CALL, OFFER, LEG = CallId("c"), OfferId("o"), LegId("l")
LISTEN = do.Supervise(CALL, OFFER, LEG, do.Supervision.LISTEN)
BARGE = do.Supervise(CALL, OFFER, LEG, do.Supervision.BARGE)
BEGINNING = ["POST bridges/l-sb", "POST channels/o/snoop/l-s1", "POST bridges/l-sb/addChannel"]


class Room:
    def __init__(self) -> None:
        self.ari = ScriptedConnection()
        self.posted: list[Event] = []
        self.errands = Errands(self.ari)
        self.legs = Legs()
        self.legs.expect_party(LEG)
        self.supervision = Supervision(self.ari, self.legs, self.posted.append, self.errands)
        self.ari.then = self._enters

    def _enters(self, request: str) -> None:
        """A snoop channel enters before anybody knows that it was made."""
        *_, made, channel = request.split("/")
        if made == "snoop":
            self.supervision.heard(ari.StasisStart(channel, ("snoop", LEG)))

    async def asked(self) -> list[str]:
        """What was asked since the last time, errands included."""
        while self.errands._requests:
            await self.errands.do_next()
        asked, self.ari.asked = self.ari.asked, []
        return asked


@pytest.fixture
def room() -> Room:
    return Room()


async def test_a_supervisor_takes_a_seat(room: Room) -> None:
    await room.supervision.execute(LISTEN)
    assert await room.asked() == BEGINNING
    assert room.ari.queries[1] == {
        "spy": "both",
        "whisper": "none",
        "app": "ivr",
        "appArgs": "snoop,l",
    }
    assert room.ari.queries[2] == {"channel": "l,l-s1"}
    assert room.supervision.snoops() == {"l-s1"}


async def test_a_repeat_asks_nothing(room: Room) -> None:
    await room.supervision.execute(LISTEN)
    await room.asked()
    await room.supervision.execute(LISTEN)
    assert await room.asked() == []


async def test_another_way_is_another_snoop_channel(room: Room) -> None:
    await room.supervision.execute(LISTEN)
    await room.asked()
    room.ari.refusals["POST bridges/l-sb"] = refused(409)  # it is there
    await room.supervision.execute(BARGE)
    assert room.ari.queries[-1] == {"channel": "l-s2"}
    assert await room.asked() == [
        "POST bridges/l-sb",
        "POST channels/o/snoop/l-s2",
        "POST bridges/l-sb/addChannel",
        "DELETE channels/l-s1",
    ]
    room.supervision.heard(ari.StasisEnd("l-s1"))
    assert await room.asked() == []
    assert room.supervision.snoops() == {"l-s2"}


@pytest.mark.parametrize("channel", [LEG, "l-s1"])
async def test_nothing_is_left_where_one_side_goes(room: Room, channel: str) -> None:
    await room.supervision.execute(LISTEN)
    await room.asked()
    room.supervision.heard(ari.StasisStart("other", ()))
    room.supervision.heard(ari.StasisEnd("other"))
    assert await room.asked() == []
    room.supervision.heard(ari.StasisEnd(channel))
    room.supervision.heard(ari.ChannelDestroyed(channel, 16, 0))
    assert await room.asked() == ["DELETE channels/l-s1", "DELETE bridges/l-sb"]
    assert room.supervision.snoops() == set()
    assert room.posted == []


async def test_a_talk_that_is_over_has_no_seat(room: Room) -> None:
    room.ari.refusals["POST channels/o/snoop/l-s1"] = refused(404)
    await room.supervision.execute(LISTEN)
    assert room.posted == [on.PartyFailed(LEG, FailureCause.FAULT)]
    assert await room.asked() == [
        *BEGINNING[:2],
        "DELETE channels/l-s1",
        "DELETE bridges/l-sb",
        "DELETE channels/l",
    ]
    assert room.legs.translate(ari.ChannelDestroyed(LEG, 16, 0)) == on.LegEnded(LEG)


async def test_a_snoop_channel_that_does_not_enter_is_no_seat(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_ENTER_SECONDS", 0.01)
    room.ari.then = lambda _: None
    await room.supervision.execute(LISTEN)
    assert room.posted == [on.PartyFailed(LEG, FailureCause.FAULT)]
    assert room.supervision.snoops() == set()


async def test_a_seat_asterisk_is_away_for_is_free_again(room: Room) -> None:
    room.ari.refusals["POST bridges/l-sb"] = Unavailable("away")
    with pytest.raises(Unavailable):
        await room.supervision.execute(LISTEN)
    assert room.posted == []
    assert room.supervision.snoops() == set()
    assert room.legs.needed() == set()
