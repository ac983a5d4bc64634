"""A telephone rings by being dialled, once, and only while somebody is there to be answered."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from ivr.adapters.ari import messages as ari
from ivr.adapters.ari import ringing as module
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.requests import AriError
from ivr.adapters.ari.ringing import Ringing, Shown
from ivr.domain.errors import Unavailable
from tests.examples import CALLER
from tests.unit.ari.scripted_connection import ScriptedConnection, refused

LEG, CITIZEN = "c-o1", "c"
CREATE, DIAL = "POST channels/create", f"POST channels/{LEG}/dial"
END = f"DELETE channels/{LEG}"
ENTERED = ari.StasisStart(LEG, ("agent", LEG))
ARRIVED = ari.StasisStart(CITIZEN, ("caller", "+4944619197777", "", "", CALLER))


class Bench:
    def __init__(self) -> None:
        self.ari = ScriptedConnection()
        self.legs = Legs()
        self.legs.translate(ARRIVED)
        self.errands = Errands(self.ari)
        self.ringing = Ringing(self.ari, self.legs, self.errands)
        self.told: list[ari.Message] = [ENTERED]
        """What is heard as soon as the leg is made."""
        self.ari.then = self._made

    def _made(self, request: str) -> None:
        if request == CREATE:
            for message in self.told:
                self.ringing.heard(message)
                self.legs.translate(message)

    async def ring(self, caller: str | None = CITIZEN) -> None:
        shown = Shown("Umwelt", CALLER)
        seconds = timedelta(seconds=20)
        await self.ringing.ring(LEG, "PJSIP/1001", "agent", shown, seconds, caller)

    async def asked(self) -> list[str]:
        """What was asked, errands included."""
        while self.errands._requests:
            await self.errands.do_next()
        return self.ari.asked


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_channel_is_made_and_then_dialled(bench: Bench) -> None:
    await bench.ring()
    assert await bench.asked() == [CREATE, DIAL]
    assert bench.ari.queries == [
        {
            "endpoint": "PJSIP/1001",
            "app": "ivr",
            "appArgs": f"agent,{LEG}",
            "channelId": LEG,
            "originator": CITIZEN,
        },
        {"timeout": 30},
    ]


async def test_one_who_is_called_for_nobody_on_the_line_has_no_originator(bench: Bench) -> None:
    await bench.ring(caller=None)
    assert await bench.asked() == [CREATE, DIAL]
    assert "originator" not in bench.ari.queries[0]


async def test_nothing_is_dialled_before_it_is_in_the_application(bench: Bench) -> None:
    bench.told = []
    ringing = asyncio.create_task(bench.ring())
    await asyncio.sleep(0)
    bench.ringing.heard(ari.StasisStart("another", ()))
    await asyncio.sleep(0)
    assert bench.ari.asked == [CREATE]
    bench.ringing.heard(ENTERED)
    await ringing
    assert await bench.asked() == [CREATE, DIAL]


async def test_a_repeated_command_dials_nothing_again(bench: Bench) -> None:
    bench.ari.refusals[CREATE] = refused(409)
    await bench.ring()
    assert await bench.asked() == [CREATE]


@pytest.mark.parametrize("status", [400, 500])
async def test_what_can_not_be_made_is_not_dialled(bench: Bench, status: int) -> None:
    bench.ari.refusals[CREATE] = refused(status)
    with pytest.raises(AriError) as error:
        await bench.ring()
    assert error.value.status == status
    assert await bench.asked() == [CREATE, END]


async def test_no_telephone_rings_for_a_caller_who_was_gone_first(bench: Bench) -> None:
    bench.told = [ari.StasisEnd(CITIZEN), ENTERED]
    with pytest.raises(AriError):
        await bench.ring()
    assert await bench.asked() == [CREATE, END]


@pytest.mark.parametrize("status", [404, 409, 500])
async def test_nothing_is_left_of_a_leg_that_was_not_dialled(bench: Bench, status: int) -> None:
    bench.ari.refusals[DIAL] = refused(status)
    with pytest.raises(AriError) as error:
        await bench.ring()
    assert error.value.status == status
    assert await bench.asked() == [CREATE, DIAL, END]


async def test_nothing_is_left_of_a_leg_that_never_entered(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ENTER_SECONDS", 0)
    bench.told = []
    with pytest.raises(AriError):
        await bench.ring()
    assert await bench.asked() == [CREATE, END]
    assert bench.ringing._entering == {}


@pytest.mark.parametrize("request_", [CREATE, DIAL])
async def test_an_asterisk_that_is_away_is_not_hidden(bench: Bench, request_: str) -> None:
    bench.ari.refusals[request_] = Unavailable("away")
    with pytest.raises(Unavailable):
        await bench.ring()
    assert (await bench.asked())[-1] == END
    assert bench.ringing._entering == {}


async def test_a_leg_that_is_gone_before_it_entered_is_not_waited_for(bench: Bench) -> None:
    bench.told = [ari.ChannelDestroyed(LEG, cause=20, tech_cause=0)]
    bench.ari.refusals[DIAL] = refused(404)
    with pytest.raises(AriError):
        await bench.ring()
    assert bench.ari.asked == [CREATE, DIAL]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Straßenverkehr", "Straßenverkehr"), ('a"b\\<c>\n', "abc"), ("", "")],
)
def test_a_phone_shows_a_name_that_means_nothing_to_asterisk(name: str, shown: str) -> None:
    assert Shown(name, CALLER).variables == {
        "CALLERID(name)": shown,
        "CALLERID(num)": CALLER,
        "CONNECTEDLINE(name,i)": shown,
        "CONNECTEDLINE(num,i)": CALLER,
    }


def test_a_phone_shows_that_nobody_told_a_number() -> None:
    assert Shown("Umwelt", None).variables["CALLERID(num)"] == "anonymous"
