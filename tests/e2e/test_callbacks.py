"""A key press becomes a promise, and the promise reaches the caseworker."""

from __future__ import annotations

from testbed.stack import Stack

JUGEND = "044619195010"


async def test_caller_asks_for_a_callback_and_the_caseworker_takes_it(stack: Stack) -> None:
    since = len(stack.ivr.output)
    async with stack.citizen("+491713920031") as citizen:
        caller = await citizen.dial(JUGEND)
        await caller.answered()
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("1#")  # the number is right
        await caller.ended(within=30)
    ended = await stack.ended_call(since=since)
    told = await stack.caseworker.told("requested", caller_number="+491713920031")
    command = await stack.caseworker.send("acknowledge", told)
    reply = await stack.caseworker.reply(command)
    taken = await stack.caseworker.told("acknowledged", id=told["callback"]["id"])
    shown = await stack.command("callbacks", "show", told["callback"]["id"])

    assert ended["outcome"] == "callback"
    assert ended["call"] == told["callback"]["call_id"]
    assert tuple(
        told["callback"][key] for key in ("department", "caseworker", "source", "state")
    ) == ("jugend", "wiebke.harms", "caller_dtmf", "requested")
    assert reply["ok"]
    assert "acknowledged" == taken["callback"]["state"] == shown["state"]


async def test_agent_asks_for_a_callback_in_the_call(stack: Stack) -> None:
    async with stack.ready_agent("1001") as agent, stack.citizen("+491713920032") as citizen:
        caller = await citizen.dial("044619193010")
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await ringing.press("*7")
        told = await stack.caseworker.told("requested", caller_number="+491713920032")
        await ringing.hang_up()
        await caller.ended()

        assert (
            told["callback"]["department"],
            told["callback"]["source"],
        ) == ("umwelt", "agent_dtmf")


async def test_withheld_number_is_asked_for(stack: Stack) -> None:
    async with stack.citizen(None) as citizen:
        caller = await citizen.dial("044619197777")
        await caller.answered()
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("1")
        await caller.press("01713920033##")
        told = await stack.caseworker.told("requested", caller_number="+491713920033")
        await caller.ended(within=30)

        assert told["callback"]["department"] == "ordnung"


async def test_same_message_is_never_processed_twice(stack: Stack) -> None:
    requested = await stack.command(
        "callbacks", "request", "0171 3920034", "--department", "umwelt"
    )
    told = await stack.caseworker.told("requested", id=requested["id"])
    await stack.caseworker.send("acknowledge", told, message_id="once")
    first = await stack.caseworker.reply("once")
    since = len(stack.caseworker.replies)
    await stack.caseworker.send("acknowledge", told, message_id="once")
    again = await stack.caseworker.reply("once", since=since)
    shown = await stack.command("callbacks", "show", requested["id"])

    assert first == again
    assert [version["state"] for version in shown["history"]] == ["requested", "acknowledged"]


async def test_second_caseworker_program_is_told_who_was_first(stack: Stack) -> None:
    requested = await stack.command(
        "callbacks", "request", "0171 3920035", "--department", "umwelt"
    )
    told = await stack.caseworker.told("requested", id=requested["id"])
    await stack.command("callbacks", "acknowledge", requested["id"], "--by", "vertretung")
    late = await stack.caseworker.reply(await stack.caseworker.send("acknowledge", told))

    assert not late["ok"]
    assert "vertretung" in late["detail"]
