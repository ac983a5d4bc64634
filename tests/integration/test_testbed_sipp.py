"""SIPp's callers on a real Asterisk."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from testbed.audio import dominant_frequency
from testbed.rtp import Keys, Silence, Sound, Tone
from testbed.sipp import Caller, Callers, diversion
from tests.integration.asterisk_lab import Lab, lab

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="SIPp sends keys as root only")


async def start(network: Lab, caller: Caller, *, name: str = "callers", calls: int = 1) -> Callers:
    return await Callers.start(
        caller,
        server=network.server,
        ports=network.ports,
        folder=network.folder / name,
        calls=calls,
    )


async def test_a_forwarded_call_tells_who_forwarded_it(tmp_path: Path) -> None:
    headers = (diversion("04461919200"),)
    caller = Caller("04461987654", "044619197777", headers=headers, talks_for=0.2)
    async with lab(tmp_path) as network, network.agent("1001") as agent:
        await agent.registered()
        async with await start(network, caller) as callers:
            ringing = await agent.incoming()
            await ringing.answer()
            await ringing.ended()  # the caller hangs up
            assert await callers.ended() == Counter(answered=1)
        assert await network.seen("forwarder") == "04461919200"
        assert await network.seen("caller") == "04461987654"
        await network.asterisk.idle()


async def test_a_withheld_number(tmp_path: Path) -> None:
    headers = ("P-Asserted-Identity: <sip:04461987654@127.0.0.2>", "Privacy: id")
    caller = Caller(None, "044619197777", headers=headers, rings_for=0.5)
    async with lab(tmp_path) as network, network.agent("1001") as agent:
        await agent.registered()
        async with await start(network, caller) as callers:
            ringing = await agent.incoming()
            await ringing.ended()  # the caller gives up
            assert await callers.ended() == Counter({"gave up": 1})
        assert "prohib" in await network.seen("presentation")
        await network.asterisk.idle()


async def test_the_agent_hangs_up_and_has_heard_the_caller(tmp_path: Path) -> None:
    caller = Caller("04461987654", "044619197777", sounds=(Tone(700, 1),))
    async with lab(tmp_path) as network:
        async with network.agent("1001") as agent:
            await agent.registered()
            async with await start(network, caller) as callers:
                ringing = await agent.incoming()
                await ringing.answer()
                await ringing.audible()
                await ringing.talk(1)
                await ringing.hang_up()
                assert await callers.ended() == Counter(answered=1)
        assert dominant_frequency(ringing.heard()) == pytest.approx(700, abs=10)


@needs_root
async def test_keys_of_a_caller_arrive(tmp_path: Path) -> None:
    sounds: tuple[Sound, ...] = (Silence(0.5), Keys("122"), Silence(5))
    caller = Caller("04461987654", "200", sounds=sounds)
    async with lab(tmp_path) as network, await start(network, caller) as callers:
        assert await callers.ended() == Counter(answered=1)
        assert await network.seen("digits") == "122"


async def test_a_busy_agent_refuses(tmp_path: Path) -> None:
    caller = Caller("04461987654", "044619197777")
    async with lab(tmp_path) as network, network.agent("1001") as agent:
        await agent.registered()
        async with await start(network, caller) as callers:
            ringing = await agent.incoming()
            await ringing.reject()
            assert await callers.ended() == Counter(refused=1)


async def test_many_calls_leave_nothing(tmp_path: Path) -> None:
    async with lab(tmp_path) as network:
        talkers = Caller("0446100[call_number]", "300", talks_for=0.3)
        leavers = Caller("0446200[call_number]", "400", rings_for=0.3)
        async with (
            await start(network, talkers, name="talkers", calls=10) as talking,
            await start(network, leavers, name="leavers", calls=10) as leaving,
        ):
            assert await talking.ended() == Counter(answered=10)
            assert await leaving.ended() == Counter({"gave up": 10})
        await network.asterisk.idle()
        assert await network.asterisk.bridges() == []


async def test_an_answer_while_giving_up_is_hung_up(tmp_path: Path) -> None:
    async with lab(tmp_path) as network:
        for attempt in range(5):
            rings_for = 0.001 + 0.001 * attempt
            caller = Caller("04461987654", "300", rings_for=rings_for, talks_for=0.1)
            async with await start(network, caller, name=f"hasty-{attempt}") as hasty:
                assert sum((await hasty.ended()).values()) == 1
        await network.asterisk.idle()
