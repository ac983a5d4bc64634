"""Who has an open callback and calls: recognised, added to, put through; and numbers read back."""

from __future__ import annotations

from typing import Any

from testbed.audio import dominant_frequency
from testbed.exchange import Exchange
from testbed.stack import Stack
from tests.e2e.prompt_tones import prompts_heard

UMWELT = "044619193010"
JUGEND = "044619195010"
COMMON = "044619197777"
ANTJE = "+4944619193020"
"""The telephone of the caseworker of Umwelt."""


async def promised(stack: Stack, number: str, department: str = "umwelt") -> dict[str, Any]:
    """Let a citizen have an open callback."""
    return dict(await stack.command("callbacks", "request", number, "--department", department))


async def missed(stack: Stack, number: str) -> str:
    """Let a citizen have missed the caseworker's call; returns the callback's id."""
    callback = str((await promised(stack, number))["id"])
    await stack.api("POST", f"callbacks/{callback}/acknowledge", by="antje.petersen")
    await stack.api("POST", f"callbacks/{callback}/attempt", by="antje.petersen")
    return callback


async def test_the_agent_sees_what_was_promised_and_adds_to_it(stack: Stack) -> None:
    number = "+491713920081"
    callback = await promised(stack, number)
    async with stack.ready_agent("1001") as agent, stack.citizen(number) as citizen:
        caller = await citizen.dial(UMWELT)
        ringing = await agent.incoming()
        [waiting] = (await stack.api("GET", "status"))["callers"]
        shown = await stack.api("GET", f"calls/{waiting['call']}")
        await stack.talk("1001", ringing)
        await ringing.press("*7")
        added = await stack.caseworker.told("commented", id=callback["id"])
        await ringing.talk(1)
        await ringing.press("*7")
        second = await stack.caseworker.told("requested", source="agent_dtmf", caller_number=number)
        await ringing.hang_up()
        await caller.ended()

    assert ringing.display.name.startswith("Umwelt · Rückruf bis ")
    assert ringing.display.number == number
    assert waiting["callback"]["caseworker_name"] == "Antje Petersen"
    assert [each["id"] for each in shown["callbacks"]] == [callback["id"]]
    assert added["callback"]["changed_by"] == "1001"
    assert second["callback"]["id"] != callback["id"]


async def test_the_caller_s_key_adds_to_it_and_pressed_again_makes_another(stack: Stack) -> None:
    number = "+491713920082"
    callback = await promised(stack, number)
    async with stack.citizen(number) as citizen:
        caller = await citizen.dial(UMWELT)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("1")
        await stack.caseworker.told("commented", within=30, id=callback["id"])
        await caller.ended(within=20)
        heard = prompts_heard(caller.heard())
        assert "callback-another" in heard
        assert heard[-2:] == ["callback-added", "goodbye"]

        again = await citizen.dial(UMWELT)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await again.press("11#")
        second = await stack.caseworker.told(
            "requested", source="caller_dtmf", caller_number=number
        )
        await again.ended(within=20)
        assert second["callback"]["id"] != callback["id"]
        assert second["callback"]["department"] == "umwelt"


async def test_a_callback_of_another_department_is_another_matter(stack: Stack) -> None:
    number = "+491713920088"
    callback = await promised(stack, number)
    async with stack.citizen(number) as citizen:
        caller = await citizen.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        [waiting] = (await stack.api("GET", "status"))["callers"]
        await caller.press("1#")
        told = await stack.caseworker.told("requested", source="caller_dtmf", caller_number=number)
        await caller.ended(within=20)
        assert waiting["callback"]["id"] == callback["id"]
        assert told["callback"]["department"] == "jugend"
        assert "callback-known" not in prompts_heard(caller.heard())


async def test_on_the_common_number_no_department_is_named(stack: Stack) -> None:
    number = "+491713920089"
    callback = await promised(stack, number)
    async with stack.citizen(number) as citizen:
        caller = await citizen.dial(COMMON)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("1")
        await stack.caseworker.told("commented", within=30, id=callback["id"])
        await caller.ended(within=20)
        heard = prompts_heard(caller.heard())
        assert heard[heard.index("callback-known") + 1] == "callback-due"


async def test_who_returns_a_missed_call_is_put_through_to_the_caseworker(stack: Stack) -> None:
    number = "+491713920083"
    callback = await missed(stack, number)
    since = len(stack.ivr.output)
    async with (
        Exchange(stack.installation.exchange) as exchange,
        stack.citizen(number, tone=660) as citizen,
        stack.citizen(ANTJE, tone=880) as desk,
    ):
        exchange.connect(ANTJE, desk)
        caller = await citizen.dial(UMWELT)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("3")
        ringing = await desk.incoming(within=20)
        await ringing.answer()
        told = await stack.caseworker.told("attempted", id=callback, result="reached")
        await caller.talk(1.5)
        await caller.hang_up()
        await ringing.ended()
        ended = await stack.ended_call(since=since)

        assert told["callback"]["attempts"] == 2
        assert ended["outcome"] == "completed"
        assert "putting-through" in prompts_heard(caller.heard())
        assert dominant_frequency(caller.heard()) == 880
        assert dominant_frequency(ringing.heard()) == 660


async def test_where_the_caseworker_is_busy_the_caller_is_back_in_the_queue(stack: Stack) -> None:
    number = "+491713920084"
    await missed(stack, number)
    async with (
        Exchange(stack.installation.exchange) as exchange,
        stack.citizen(number) as citizen,
    ):
        exchange.refuse(ANTJE, 486)
        caller = await citizen.dial(UMWELT)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("3")
        await exchange.calls.first(lambda call: call.number == ANTJE, "a call to Antje", within=20)
        await stack.status(lambda status: len(status["waiting"]) == 1, "the caller waits again")
        async with stack.ready_agent("1001") as agent:
            ringing = await agent.incoming()
            await caller.talk(1)
            await caller.hang_up()
            await ringing.ended()
        heard = prompts_heard(caller.heard())
        assert [prompt for prompt in heard if prompt.startswith(("return", "putting"))] == [
            "return-offer",
            "putting-through",
            "return-not-reached",
        ]


async def test_another_number_is_keyed_in_and_read_back(stack: Stack) -> None:
    async with stack.citizen("+491713920085") as citizen:
        caller = await citizen.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("1")
        await caller.talk(1)
        await caller.press("2")
        await caller.talk(1)
        await caller.press("01713920086#")
        told = await stack.caseworker.told("requested", within=40, caller_number="+491713920086")
        await caller.ended(within=20)

        assert told["callback"]["source"] == "caller_dtmf"
        heard = prompts_heard(caller.heard())
        assert [prompt for prompt in heard if prompt.startswith("callback-number")] == [
            *("callback-number", "callback-number-other"),
            *("callback-number", "callback-number-change"),
        ]
        assert "callback-promised" in heard
        assert heard[-2:] == ["by", "goodbye"]  # by when


async def test_the_dialled_number_tells_what_the_callback_is_about(stack: Stack) -> None:
    async with stack.citizen("+491713920087") as citizen:
        caller = await citizen.dial("044619193011")
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("1")
        await caller.talk(0.5)
        await caller.hang_up()  # counts as right
        told = await stack.caseworker.told("requested", caller_number="+491713920087")
        assert (told["callback"]["topic"], told["callback"]["language"]) == ("abfall", "de")
