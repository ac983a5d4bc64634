"""Supervisors listen in, whisper and join in: only where it is allowed, and always audited."""

from __future__ import annotations

import pytest

from testbed.audio import tones_among
from testbed.stack import Stack
from tests.e2e.conftest import Admin

JUGEND = "044619195010"
_TONES = (440, 660, 880)


@pytest.mark.parametrize(
    ("command", "key", "caller_hears", "agent_hears"),
    [
        ("listen", "", {440}, {660}),
        ("whisper", "", {440}, {660, 880}),
        ("barge", "", {440, 880}, {660, 880}),
        ("listen", "3", {440, 880}, {660, 880}),
    ],
)
async def test_who_hears_whom(
    stack: Stack,
    admin: Admin,
    command: str,
    key: str,
    caller_hears: set[int],
    agent_hears: set[int],
) -> None:
    await admin.sets(queue="supervision = true")
    by_key = ["barge"] if key else []
    async with (
        stack.ready_agent("1001", tone=440) as agent,
        stack.agent_phone("1002", tone=880) as supervisor,
        stack.citizen(tone=660) as citizen,
    ):
        call = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        live = (await stack.api("GET", "calls"))["live"][0]["id"]

        await stack.command("calls", command, live, "--phone", "1002", "--by", "heike.janssen")
        supervising = await supervisor.incoming()
        await supervising.answer()
        await call.talk(1)
        if key:
            await supervising.press(key)
        await call.talk(2)
        await call.hang_up()
        await ringing.ended()
        await supervising.ended()

        assert tones_among(call.heard(), _TONES) == caller_hears
        assert tones_among(ringing.heard(), _TONES) == agent_hears
        assert tones_among(supervising.heard(), _TONES) == {440, 660}
        entries = (await stack.api("GET", "audit"))["entries"]
        latest = [(entry["by"], entry["action"]) for entry in entries if entry["target"] == live]
        assert latest == [("heike.janssen", each) for each in (*by_key, command)]


async def test_it_is_off_unless_the_configuration_says_otherwise(stack: Stack) -> None:
    async with stack.ready_agent("1001") as agent, stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        live = (await stack.api("GET", "calls"))["live"][0]["id"]
        refused = await stack.refused(
            "POST", f"calls/{live}/supervise", how="listen", phone="1002", by="heike.janssen"
        )
        await call.hang_up()
        await ringing.ended()
    assert (refused.status_code, refused.json()["code"]) == (409, "supervision_off")


async def test_a_waiting_caller_is_moved_up_and_another_taken_out(stack: Stack) -> None:
    async with stack.citizen("+491713920045") as first, stack.citizen("+491713920046") as second:
        early = await first.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 1, "one waits")
        late = await second.dial(JUGEND)
        status = await stack.status(lambda status: len(status["waiting"]) == 2, "two wait")
        behind = status["waiting"][1]["call"]
        await stack.command("calls", "move-up", behind)
        status = await stack.status(lambda status: len(status["waiting"]) == 2, "two wait")
        assert status["waiting"][0]["call"] == behind
        since = len(stack.ivr.output)
        await stack.command("calls", "take-out", behind)
        await late.ended()
        assert (await stack.ended_call(since=since))["outcome"] == "overflowed"
        await early.hang_up()
