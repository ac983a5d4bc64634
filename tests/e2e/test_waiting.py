"""What a caller meets while waiting: announcements, limits, a way out."""

from __future__ import annotations

from testbed.phone import Call, Phone
from testbed.stack import Stack
from tests.e2e.conftest import Admin
from tests.e2e.prompt_tones import prompts_heard

JUGEND = "044619195010"
_TALKS_UNTIL_KNOWN = 5


async def test_the_place_is_announced_while_waiting(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue="[announcements]\nafter = 1\nevery = 15")
    async with stack.citizen("+491713920191") as first, stack.citizen("+491713920097") as second:
        ahead = await first.dial(JUGEND)
        await _waiting(stack, 1)
        behind = await second.dial(JUGEND)
        await _waiting(stack, 2)
        await behind.talk(3)
        await ahead.hang_up()
        await behind.hang_up()

        assert prompts_heard(ahead.heard()).count("position-next") == 1
        assert prompts_heard(behind.heard()).count("position") == 1


async def test_the_expected_wait_is_announced_once_it_is_known(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue="[announcements]\nafter = 2\nevery = 15")
    async with (
        stack.ready_agent("1001") as agent,
        stack.citizen("+491713920093") as first,
        stack.citizen("+491713920094") as second,
    ):
        for _ in range(_TALKS_UNTIL_KNOWN):
            ended = await _talk(stack, agent, first)
            await ended.hang_up()
            await stack.agent_state("1001", "ready")
        talking = await _talk(stack, agent, first)
        waiting = await second.dial(JUGEND)
        await stack.status(
            lambda status: any(each["estimate_seconds"] for each in status["callers"]),
            "an estimate",
            within=20,
        )
        await waiting.talk(4)
        await waiting.hang_up()
        await talking.hang_up()

    assert prompts_heard(waiting.heard())[-2:] == ["estimate", "estimate-under-a-minute"]


async def _talk(stack: Stack, agent: Phone, citizen: Phone) -> Call:
    """Begin a talk; return the caller's side."""
    call = await citizen.dial(JUGEND)
    ringing = await agent.incoming()
    await stack.talk("1001", ringing)
    return call


async def test_a_caller_with_a_head_start_comes_first(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue='[[head_start]]\nnumber = "+491713920096"\nseconds = 60')
    async with stack.citizen("+491713920095") as first, stack.citizen("+491713920096") as favoured:
        ordinary = await first.dial(JUGEND)
        await _waiting(stack, 1)
        early = await favoured.dial(JUGEND)
        await _waiting(stack, 2)
        async with stack.ready_agent("1001") as agent:
            ringing = await agent.incoming()
            assert ringing.display.number == "+491713920096"
            await ordinary.hang_up()
            await early.hang_up()


async def test_a_full_queue_offers_a_callback(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue="[limits]\nmax_waiting = 1")
    async with stack.citizen("+491713920091") as first, stack.citizen("+491713920092") as second:
        waiting = await first.dial(JUGEND)
        await _waiting(stack, 1)
        since = len(stack.ivr.output)
        refused = await second.dial(JUGEND)
        await stack.status(
            lambda status: status["counts"]["calls"].get("way_out") == 1, "the way out", within=20
        )
        await refused.talk(1)
        await refused.press("1#")
        told = await stack.caseworker.told("requested", caller_number="+491713920092")
        await refused.ended(within=20)
        ended = await stack.ended_call(since=since)
        await waiting.hang_up()

    assert told["callback"]["source"] == "caller_dtmf"
    assert ended["outcome"] == "callback"
    assert "queue-full" in prompts_heard(refused.heard())


async def test_who_has_waited_too_long_is_let_go_with_words(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue='[limits]\nmax_wait = 10\nway_out = "announcement"')
    since = len(stack.ivr.output)
    async with stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        await call.ended(within=20)
        ended = await stack.ended_call(since=since)
        assert ended["outcome"] == "overflowed"
        assert prompts_heard(call.heard())[-2:] == ["waited-too-long", "goodbye"]


async def test_nobody_there_means_no_waiting(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue='[limits]\njoin_empty = false\nway_out = "announcement"')
    since = len(stack.ivr.output)
    async with stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        await call.ended(within=20)
        assert (await stack.ended_call(since=since))["outcome"] == "overflowed"
        assert prompts_heard(call.heard())[-2:] == ["nobody-there", "goodbye"]


async def test_the_last_agent_goes_and_the_caller_is_not_left_waiting(
    stack: Stack, admin: Admin
) -> None:
    await admin.sets(queue='[limits]\nleave_when_empty = true\nway_out = "announcement"')
    since = len(stack.ivr.output)
    async with stack.ready_agent("1001"), stack.citizen() as citizen:
        await stack.wants("1001", "paused")
        call: Call = await citizen.dial(JUGEND)
        await _waiting(stack, 1)
        await stack.wants("1001", "logged_out")
        await call.ended(within=60)
        assert (await stack.ended_call(since=since))["outcome"] == "overflowed"
        assert prompts_heard(call.heard())[-2:] == ["nobody-there", "goodbye"]


async def _waiting(stack: Stack, callers: int) -> None:
    await stack.status(
        lambda status: len(status["waiting"]) == callers, f"{callers} waiting", within=20
    )
