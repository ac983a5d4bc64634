"""Callers and agents meet: order, sound, and everybody hanging up in every phase."""

from __future__ import annotations

from testbed.audio import dominant_frequency
from testbed.stack import Stack

COMMON = "044619197777"
JUGEND = "044619195010"


async def test_caller_and_agent_hear_each_other(stack: Stack) -> None:
    async with (
        stack.ready_agent("1001", tone=440) as agent,
        stack.citizen(tone=660) as citizen,
    ):
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await ringing.audible()
        await stack.agent_state("1001", "on_call")
        await caller.talk(1.5)
        await caller.hang_up()
        await ringing.ended()

        assert dominant_frequency(caller.heard()) == 440
        assert dominant_frequency(ringing.heard()) == 660


async def test_three_callers_are_served_in_the_order_they_came(stack: Stack) -> None:
    numbers = ["+491713920011", "+491713920012", "+491713920013"]
    served = []
    async with (
        stack.citizen(numbers[0]) as first,
        stack.citizen(numbers[1]) as second,
        stack.citizen(numbers[2]) as third,
    ):
        calls = []
        for phone, did in ((first, JUGEND), (second, COMMON), (third, "044619193010")):
            calls.append(await phone.dial(did))
            await _until_waiting(stack, len(calls))
        async with stack.ready_agent("1001") as agent:
            for _ in calls:
                ringing = await agent.incoming()
                served.append(ringing.display.number)
                await stack.talk("1001", ringing)
                await ringing.hang_up()
        for call in calls:
            await call.ended()

    assert numbers == served


async def test_agent_hangs_up_and_wraps_up(stack: Stack) -> None:
    since = len(stack.ivr.output)
    async with stack.ready_agent("1001") as agent, stack.citizen() as citizen:
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await ringing.hang_up()
        await caller.ended()
        ended = await stack.ended_call(since=since)

        assert (ended["outcome"], ended["agent"]) == ("completed", "1001")
        await stack.agent_state("1001", "ready")


async def test_a_call_is_in_the_queue_log(stack: Stack) -> None:
    since = len(stack.ivr.output)
    async with stack.ready_agent("1001") as agent, stack.citizen("+491713920014") as citizen:
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await caller.hang_up()
        await ringing.ended()
        ended = await stack.ended_call(since=since)

    lines = await stack.queue_log(ended["call"])
    assert [line[4] for line in lines] == ["DID", "ENTERQUEUE", "CONNECT", "COMPLETECALLER"]


async def test_caller_hangs_up_while_waiting(stack: Stack) -> None:
    since = len(stack.ivr.output)
    async with stack.citizen() as citizen:
        caller = await citizen.dial(JUGEND)
        await caller.answered()
        await _until_waiting(stack, 1)
        await caller.hang_up()
        ended = await stack.ended_call(since=since)

        assert (ended["outcome"], ended["offers"]) == ("abandoned", 0)


async def test_caller_hangs_up_while_the_agent_is_ringing(stack: Stack) -> None:
    since = len(stack.ivr.output)
    async with stack.ready_agent("1001") as agent, stack.citizen() as citizen:
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await caller.hang_up()
        await ringing.ended()
        ended = await stack.ended_call(since=since)

        assert (ended["outcome"], ended["offers"]) == ("abandoned", 1)
        await stack.agent_state("1001", "ready")


async def test_agent_does_not_answer_and_the_next_one_does(stack: Stack) -> None:
    async with stack.ready_agent("1001") as sleeper, stack.citizen() as citizen:
        caller = await citizen.dial(JUGEND)
        missed = await sleeper.incoming()
        async with stack.ready_agent("1002") as other:
            await missed.ended()
            ringing = await other.incoming()
            await stack.talk("1002", ringing)
            view = await stack.agent_state("1001", "paused")
            await ringing.hang_up()
            await caller.ended()

        assert view["reason"] == "missed"


async def test_agent_rejects_and_the_caller_keeps_the_place(stack: Stack) -> None:
    async with (
        stack.ready_agent("1001") as agent,
        stack.citizen("+491713920021") as first,
        stack.citizen("+491713920022") as second,
    ):
        early = await first.dial(JUGEND)
        rejected = await agent.incoming()
        late = await second.dial(JUGEND)
        await _until_waiting(stack, 2)
        await rejected.reject()
        view = await stack.agent_state("1001", "paused")
        await stack.wants("1001", "ready")
        ringing = await agent.incoming()
        await early.hang_up()
        await ringing.ended()
        await (await agent.incoming()).reject()
        await late.hang_up()

        assert view["reason"] == "rejected"
        assert ringing.display.number == "+491713920021"


async def test_agent_whose_phone_is_not_registered_is_passed_over(stack: Stack) -> None:
    async with stack.ready_agent("1001") as gone:
        await gone.unregister()
        await _until_unreachable(stack, "1001")
        async with stack.citizen() as citizen:
            caller = await citizen.dial(JUGEND)
            await _until_waiting(stack, 1)
            async with stack.ready_agent("1002") as there:
                ringing = await there.incoming()
                await caller.hang_up()
                await ringing.ended()


async def test_agent_logs_in_pauses_and_logs_out_by_feature_code(stack: Stack) -> None:
    async with stack.agent_phone("1003") as phone:
        for code, state in (("*11", "ready"), ("*12", "paused"), ("*13", "logged_out")):
            call = await phone.dial(code)
            await call.ended()

            await stack.agent_state("1003", state)


async def _until_waiting(stack: Stack, callers: int) -> None:
    await stack.status(lambda status: len(status["waiting"]) == callers, f"{callers} waiting")


async def _until_unreachable(stack: Stack, agent: str) -> None:
    await stack.status(
        lambda status: any(
            each["id"] == agent and not each["reachable"] for each in status["agents"]
        ),
        f"{agent} unreachable",
    )
