"""The telephone that speaks SIP by itself, on a real Asterisk that carries out its transfers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from testbed.audio import dominant_frequency
from testbed.desk_phone import DeskPhone
from testbed.exchange import Exchange, OutboundCall
from testbed.phone import Phone
from tests.integration.asterisk_lab import Lab, lab

NUMBER = "494461919501"


@pytest.fixture
async def network(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as running:
        yield running


@pytest.fixture
async def desk(network: Lab) -> AsyncIterator[DeskPhone]:
    async with network.desk_phone("1001") as phone:
        yield phone


@pytest.fixture
async def colleague(network: Lab) -> AsyncIterator[Phone]:
    async with network.agent("1002") as phone:
        await phone.registered()
        yield phone


async def test_it_is_called_and_hung_up_on(desk: DeskPhone, colleague: Phone) -> None:
    out = await colleague.dial("1001")
    ringing = await desk.incoming()
    assert ringing.number == "1002"
    await ringing.answer()
    await out.answered()
    await out.hang_up()
    await ringing.ended()


async def test_it_rejects_and_hangs_up(desk: DeskPhone, colleague: Phone) -> None:
    out = await colleague.dial("1001")
    await (await desk.incoming()).hang_up()
    assert "486" in await out.ended()
    out = await colleague.dial("1001")
    ringing = await desk.incoming()
    await ringing.answer()
    await out.answered()
    await ringing.hang_up()
    await out.ended()


async def test_it_calls_and_gives_up(desk: DeskPhone, colleague: Phone) -> None:
    call = await desk.dial("1002")
    ringing = await colleague.incoming()
    await call.hang_up()
    await ringing.ended()
    refused = await desk.dial("404")
    await refused.ended()
    assert (call.refusal, refused.refusal) == (487, 404)


async def test_it_holds_and_is_refused_a_transfer(desk: DeskPhone, colleague: Phone) -> None:
    call = await desk.dial("1002")
    ringing = await colleague.incoming()
    await ringing.answer()
    await call.answered()
    await call.hold()
    await call.resume()
    await call.transfer("404")
    assert await call.told() == 404
    await call.hang_up()
    await ringing.ended()


async def test_it_joins_its_two_calls(network: Lab, desk: DeskPhone, colleague: Phone) -> None:
    first = await desk.dial("1002")
    ringing = await colleague.incoming()
    await ringing.answer()
    await first.answered()
    async with (
        Exchange(network.exchange) as exchange,
        network.citizen(NUMBER, tone=950) as outside,
    ):
        exchange.connect(NUMBER, outside)
        second = await desk.dial(f"9{NUMBER}")
        rung = await outside.incoming()
        await rung.answer()
        await second.answered()
        await first.transfer_to(second)
        assert await first.told() == 200
        await ringing.talk(1.5)
        await rung.hang_up()
        await ringing.ended()
    assert dominant_frequency(ringing.heard()) == 950


async def test_a_number_nobody_has_and_one_that_is_busy(network: Lab, desk: DeskPhone) -> None:
    async with Exchange(network.exchange) as exchange:
        exchange.refuse("49446199", 486)
        statuses = []
        for number in (NUMBER, "49446199"):
            call = await desk.dial(f"9{number}")
            await call.ended()
            statuses.append(call.refusal)
        assert statuses == [503, 486]  # Dial() makes a 503 of a 404
        assert next(iter(exchange.calls)) == OutboundCall(NUMBER, "1001", "1001")
