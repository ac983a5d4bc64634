"""Every number the county has lands in the one queue, and the agent sees for what."""

from __future__ import annotations

import pytest

from testbed.sipp import Caller, diversion
from testbed.stack import Stack

NUMBERS = {
    "04461 919-3010": "Umwelt",
    "04461 919-4010": "Soziales und Senioren",
    "04461 919-5010": "Jugend",
    "04461 919-6010": "Ordnung",
    "04461 919-7010": "Straßenverkehr",
    "04461 919-8010": "Jobcenter",
    "04461 919 77 77": "Landkreis Friesland",
}


def dialled(number: str) -> str:
    return number.replace(" ", "").replace("-", "")


async def test_agent_sees_the_department_of_every_number(stack: Stack) -> None:
    seen = {}
    async with stack.ready_agent("1001") as agent:
        for number in NUMBERS:
            async with stack.citizen("+491713920001") as citizen:
                caller = await citizen.dial(dialled(number))
                ringing = await agent.incoming()
                seen[number] = ringing.display.name
                await caller.hang_up()
                await ringing.ended()

    assert {number: f"{name} · 0171 3920001" for number, name in NUMBERS.items()} == seen


@pytest.mark.parametrize(
    "written", ["+4944619195010", "4944619195010", "004944619195010", "44619195010", "9195010"]
)
async def test_number_is_known_however_it_is_written(stack: Stack, written: str) -> None:
    async with stack.ready_agent("1001") as agent, stack.citizen() as citizen:
        caller = await citizen.dial(written)
        ringing = await agent.incoming()
        await caller.hang_up()

        assert ringing.display.name.startswith("Jugend")


@pytest.mark.parametrize(
    "headers",
    [
        (diversion("044619194010"),),
        (
            "History-Info: <sip:044619194010@127.0.0.2>;index=1",
            "History-Info: <sip:044619197777@127.0.0.2;cause=302>;index=1.1",
        ),
    ],
    ids=["Diversion", "History-Info"],
)
async def test_forwarding_number_decides_the_department(
    stack: Stack, headers: tuple[str, ...]
) -> None:
    caller = Caller("+491713920002", "044619197777", headers=headers, rings_for=5, talks_for=5)
    async with stack.ready_agent("1001") as agent, await stack.callers(caller) as callers:
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await ringing.hang_up()
        await callers.ended()

        assert ringing.display.name.startswith("Soziales und Senioren")


async def test_number_that_is_not_ours_is_refused_with_404(stack: Stack) -> None:
    async with stack.citizen() as citizen:
        call = await citizen.dial("044619191234")

        assert "404" in await call.ended()
