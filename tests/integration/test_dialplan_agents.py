"""What agents can dial: feature codes, and numbers that the program is asked about."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from ivr.domain.rules import QueueRules
from tests.examples import COMMON_NUMBER, always_open, county
from tests.integration.dialplan_lab import Lab, dialplan_lab, invite


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with dialplan_lab(tmp_path) as running:
        yield running


async def test_a_feature_code_reaches_the_app_with_the_agent(tmp_path: Path) -> None:
    where = county(QueueRules(pause_reasons={"1": "Mittag"}), always_open())
    async with (
        dialplan_lab(tmp_path, where) as lab,
        lab.app() as app,
        lab.agent("1001") as phone,
    ):
        await phone.registered()
        for code in ("*11", "*12", "*121", "*13", "*14", "*15", "*16", "*171"):
            seen = len(app.entered)
            call = await phone.dial(code)
            arguments = await app.entered.first(lambda _: True, code, since=seen)
            assert arguments == ["feature", code, "1001"]
            await call.ended()


@pytest.mark.parametrize("number", ["1002", "0900123456", COMMON_NUMBER, "5"])
async def test_a_number_reaches_nobody_but_the_app(lab: Lab, number: str) -> None:
    async with lab.app() as app, lab.agent("1001") as phone, lab.agent("1002") as colleague:
        await phone.registered()
        await colleague.registered()
        call = await phone.dial(number)
        assert await app.entered.first(lambda _: True, number) == ["dial", number, "1001"]
        await call.ended()
        assert "CALL_INCOMING" not in [event["type"] for event in colleague.events]


async def test_what_is_no_number_is_taken_out_of_it(lab: Lab) -> None:
    async with lab.app() as app, lab.agent("1001") as phone:
        await phone.registered()
        call = await phone.dial("0441,1&PJSIP%2f1002")
        assert await app.entered.first(lambda _: True, "a number") == ["dial", "044111002", "1001"]
        await call.ended()


@pytest.mark.parametrize("number", ["*14", "*15", "*16", "*171", "04461987654"])
async def test_what_is_dialled_is_refused_while_the_app_is_away(lab: Lab, number: str) -> None:
    async with lab.agent("1001") as phone:
        await phone.registered()
        call = await phone.dial(number)
        assert "503" in await call.ended()


@pytest.mark.parametrize("number", ["*7", "*17", "*1211", "s", "trunk", "+"])
async def test_nothing_else_can_be_dialled(lab: Lab, number: str) -> None:
    async with lab.app() as app, lab.agent("1001") as phone, lab.agent("1002") as colleague:
        await phone.registered()
        await colleague.registered()
        call = await phone.dial(number)
        assert "404" in await call.ended()
        assert len(app.entered) == 0


async def counted(lab: Lab, *, ready: set[str], paused: Mapping[str, str]) -> None:
    """Wait until the fallback queue counts exactly these, paused for these reasons."""
    async with asyncio.timeout(5):
        while True:
            shown = await lab.asterisk.cli("queue show ivr-fallback")
            members = re.findall(r"^ +(\d+) \(PJSIP/\d+\)(.*)$", shown, re.MULTILINE)
            reasons = {who: re.search(r"\(paused:?(\w*)", how) for who, how in members}
            found = {who: "" if found is None else found[1] for who, found in reasons.items()}
            pausing = {who for who, how in members if "(paused" in how}
            if found.keys() - pausing == ready and {w: found[w] for w in pausing} == paused:
                return
            await asyncio.sleep(0.05)


async def test_while_the_app_is_away_agents_choose_in_the_fallback_queue(tmp_path: Path) -> None:
    where = county(QueueRules(pause_reasons={"1": "Mittag"}), always_open())
    async with dialplan_lab(tmp_path, where) as lab, lab.agent("1001") as phone:
        await phone.registered()
        for code, note, ready, paused in (
            ("*11", "ready:", {"1001"}, {}),
            ("*12", "paused:", set(), {"1001": ""}),
            ("*11", "ready:", {"1001"}, {}),
            ("*121", "paused:", set(), {"1001": "Mittag"}),
            ("*13", "logged_out:", set(), {}),
            ("*121", "paused:", set(), {"1001": "Mittag"}),
        ):
            call = await phone.dial(code)
            await call.answered()
            await call.ended()
            await counted(lab, ready=ready, paused=paused)
            noted = await lab.asterisk.cli("database get ivr-standby 1001")
            assert noted.removeprefix("Value: ").startswith(note)
            assert noted.strip().endswith(":1" if code == "*121" else ":")


async def test_an_agent_chooses_for_nobody_else(lab: Lab) -> None:
    assert await invite(lab.server, "*11", caller="<sip:1001@127.0.0.1>", source="127.0.0.1") == 401
    await counted(lab, ready=set(), paused={})
