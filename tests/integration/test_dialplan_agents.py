"""What agents can dial: feature codes, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.examples import COMMON_NUMBER
from tests.integration.dialplan_lab import Lab, dialplan_lab


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with dialplan_lab(tmp_path) as running:
        yield running


async def test_a_feature_code_reaches_the_app_with_the_agent(lab: Lab) -> None:
    async with lab.app() as app, lab.agent("1001") as phone:
        await phone.registered()
        for code in ("*11", "*12", "*13", "*14"):
            seen = len(app.entered)
            call = await phone.dial(code)
            arguments = await app.entered.first(lambda _: True, code, since=seen)
            assert arguments == ["feature", code, "1001"]
            await call.ended()


async def test_a_feature_code_is_refused_while_the_app_is_away(lab: Lab) -> None:
    async with lab.agent("1001") as phone:
        await phone.registered()
        call = await phone.dial("*11")
        assert "503" in await call.ended()


@pytest.mark.parametrize(
    "number", ["1002", "0900123456", COMMON_NUMBER, "04461123456", "*7", "s", "trunk"]
)
async def test_nothing_else_can_be_dialled(lab: Lab, number: str) -> None:
    async with lab.app() as app, lab.agent("1001") as phone, lab.agent("1002") as colleague:
        await phone.registered()
        await colleague.registered()
        call = await phone.dial(number)
        assert "404" in await call.ended()
        assert len(app.entered) == 0
