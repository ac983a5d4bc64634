"""Two real phones on a real Asterisk."""

from __future__ import annotations

from pathlib import Path

import pytest

from testbed.audio import dominant_frequency
from testbed.phone import Display, Phone
from tests.integration.asterisk_lab import lab


async def test_two_phones_hear_each_other(tmp_path: Path) -> None:
    async with lab(tmp_path) as network:
        async with network.agent("1001", tone=440) as one, network.agent("1002", tone=950) as two:
            await one.registered()
            await two.registered()
            out = await one.dial("1002")
            ringing = await two.incoming()
            await ringing.answer()
            await out.answered()
            await out.audible()
            await ringing.audible()
            await out.talk(1)
            await out.hang_up()
            await ringing.ended()
            await network.asterisk.idle()
        assert ringing.display == Display("Agent 1001", "1001")
        assert dominant_frequency(out.heard()) == pytest.approx(950, abs=10)
        assert dominant_frequency(ringing.heard()) == pytest.approx(440, abs=10)


async def test_a_phone_records_in_a_folder_with_a_long_path(tmp_path: Path) -> None:
    async with lab(tmp_path) as network:
        deep = Phone.citizen(
            "04461987654",
            server=network.server,
            ports=network.ports,
            folder=tmp_path / ("f" * 120),
        )
        async with network.agent("1001", tone=950) as agent, deep as citizen:
            await agent.registered()
            out = await citizen.dial("044619197777")
            ringing = await agent.incoming()
            await ringing.answer()
            await out.answered()
            await out.audible()
            await out.talk(1)
            await ringing.hang_up()
            await out.ended()
        assert dominant_frequency(out.heard()) == pytest.approx(950, abs=10)


async def test_a_rejected_call_ends_with_busy(tmp_path: Path) -> None:
    async with (
        lab(tmp_path) as network,
        network.agent("1001") as one,
        network.agent("1002") as two,
    ):
        await one.registered()
        await two.registered()
        out = await one.dial("1002")
        ringing = await two.incoming()
        await ringing.reject()
        assert "486" in await out.ended()


async def test_the_called_side_hangs_up(tmp_path: Path) -> None:
    async with (
        lab(tmp_path) as network,
        network.agent("1001") as one,
        network.agent("1002") as two,
    ):
        await one.registered()
        await two.registered()
        for _ in range(2):  # the second call is not taken for the first
            out = await one.dial("1002")
            ringing = await two.incoming()
            await ringing.answer()
            await ringing.hang_up()
            await out.ended()


async def test_keys_arrive(tmp_path: Path) -> None:
    async with lab(tmp_path) as network, network.agent("1001") as phone:
        await phone.registered()
        call = await phone.dial("200")
        await call.answered()
        await call.press("122")
        await call.ended()
        assert await network.seen("digits") == "122"


async def test_a_citizen_shows_a_number(tmp_path: Path) -> None:
    async with lab(tmp_path) as network:
        async with network.agent("1001") as agent, network.citizen("04461987654") as citizen:
            await agent.registered()
            out = await citizen.dial("044619197777")
            ringing = await agent.incoming()
            assert ringing.display.number == "04461987654"
            await ringing.answer()
            await out.answered()
            await out.audible()
            await ringing.audible()
            await out.talk(1)
            await ringing.hang_up()
            await out.ended()
        assert await network.seen("dialled") == "044619197777"
        assert dominant_frequency(ringing.heard()) == pytest.approx(660, abs=10)
        assert dominant_frequency(out.heard()) == pytest.approx(440, abs=10)


async def test_a_citizen_withholds_the_number(tmp_path: Path) -> None:
    async with lab(tmp_path) as network:
        async with network.agent("1001") as agent, network.citizen(None) as citizen:
            await agent.registered()
            out = await citizen.dial("044619197777")
            ringing = await agent.incoming()
            await out.hang_up()
            await ringing.ended()
        assert await network.seen("caller") == "anonymous"


async def test_an_unregistered_phone_is_not_called_until_it_registers_again(
    tmp_path: Path,
) -> None:
    async with (
        lab(tmp_path) as network,
        network.agent("1001") as one,
        network.agent("1002") as two,
    ):
        await one.registered()
        await two.registered()
        await two.unregister()
        out = await one.dial("1002")
        assert await out.ended()
        await two.register()
        out = await one.dial("1002")
        ringing = await two.incoming()
        await out.hang_up()
        await ringing.ended()
