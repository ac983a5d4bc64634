"""A caseworker calls a citizen back: two real telephones on the trunk, joined by the system."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from testbed.audio import dominant_frequency
from testbed.exchange import Exchange
from testbed.phone import Call, Phone
from testbed.stack import Stack
from tests.e2e.conftest import Admin
from tests.e2e.prompt_tones import prompts_heard

COMMON = "44619197777"
DESK = "+4944619193020"
"""Antje Petersen's, who owns callbacks of the department Umwelt."""
ANNOUNCED = ["call-back-for", "department-umwelt", "call-back-dialling"]


@pytest_asyncio.fixture(loop_scope="session")
async def exchange(stack: Stack) -> AsyncIterator[Exchange]:
    async with Exchange(stack.installation.exchange) as exchange:
        yield exchange


async def _promised(stack: Stack, number: str) -> str:
    """Request a callback; returns its id."""
    wish = {"number": number, "department": "umwelt"}
    callback: dict[str, Any] = await stack.api("POST", "callbacks", **wish)
    assert callback["caseworker"] == "antje.petersen"
    return str(callback["id"])


async def _rung(stack: Stack, callback: str, caseworker: Phone) -> Call:
    """Ask for the call; the caseworker picks up."""
    begun = await stack.command("callbacks", "call", callback, "--by", "onken")
    assert (begun["caseworker"], begun["phase"]) == ("antje.petersen", "caseworker")
    ringing = await caseworker.incoming()
    assert ringing.display.number.endswith(COMMON)
    await ringing.answer()
    return ringing


async def _over(stack: Stack) -> None:
    await stack.status(lambda status: status["outgoing"] == [], "nobody calls back")


async def _result(stack: Stack, callback: str) -> dict[str, Any]:
    """Return the latest call for ``callback`` once it is known what came of it."""
    await _over(stack)
    async with asyncio.timeout(5):
        while True:
            calls = (await stack.api("GET", f"callbacks/{callback}/calls"))["calls"]
            if calls[-1]["result"] is not None:
                return dict(calls[-1])
            await asyncio.sleep(0.05)


async def _attempts(stack: Stack, callback: str) -> list[str]:
    """The ledger, as ``ivr callbacks show`` has it."""
    shown = await stack.command("callbacks", "show", callback)
    results = [version["result"] for version in shown["history"] if version["result"] is not None]
    assert shown["attempts"] == len(results)
    return results


async def test_busy_then_reached(stack: Stack, exchange: Exchange) -> None:
    number = "+491713920051"
    callback = await _promised(stack, number)
    async with (
        stack.citizen(DESK, tone=440) as caseworker,
        stack.citizen(number, tone=660) as citizen,
    ):
        exchange.connect(DESK, caseworker)
        exchange.refuse(number, 486)
        first = await _rung(stack, callback, caseworker)
        await first.ended(within=20)
        assert prompts_heard(first.heard())[:3] == ANNOUNCED
        assert prompts_heard(first.heard())[-1] == "call-back-busy"
        assert (await _result(stack, callback))["result"] == "busy"

        exchange.connect(number, citizen)
        second = await _rung(stack, callback, caseworker)
        phoned = await citizen.incoming()
        assert phoned.display.number.endswith(COMMON)
        live = await stack.command("calls", "list")
        assert [(each["kind"], each["phase"]) for each in live] == [("outgoing", "citizen")]
        await phoned.answer()
        await phoned.talk(1.5)
        await phoned.hang_up()
        await second.ended()
        ended = await _result(stack, callback)

        assert (ended["result"], ended["asked_by"]) == ("reached", "onken")
        # From the joining on, which comes after the telephone's own "answered".
        assert 1 < ended["talked_seconds"] <= 1.5 + 5
        assert dominant_frequency(phoned.heard()) == 440
        assert dominant_frequency(second.heard()) == 660
        await stack.caseworker.told("attempted", id=callback, result="reached")
        assert await _attempts(stack, callback) == ["busy", "reached"]


async def test_the_owner_asks_over_mqtt_and_ends_the_talk(stack: Stack, exchange: Exchange) -> None:
    number = "+491713920052"
    callback = await _promised(stack, number)
    told = await stack.caseworker.told("requested", id=callback)
    async with stack.citizen(DESK) as caseworker, stack.citizen(number) as citizen:
        exchange.connect(DESK, caseworker)
        exchange.connect(number, citizen)
        command = await stack.caseworker.send("call", told)
        assert (await stack.caseworker.reply(command))["ok"]
        ringing = await caseworker.incoming()
        await ringing.answer()
        phoned = await citizen.incoming()
        await phoned.answer()
        await ringing.talk(0.5)
        again = await stack.caseworker.send("call", told)
        assert (await stack.caseworker.reply(again))["code"] == "call_back_under_way"
        await ringing.hang_up()
        await phoned.ended()
        attempted = await stack.caseworker.told("attempted", id=callback)
        assert attempted["callback"]["result"] == "reached"


async def test_nobody_answers(stack: Stack, admin: Admin, exchange: Exchange) -> None:
    await admin.sets(callbacks="ring_seconds = 5\n")
    number = "+491713920053"
    callback = await _promised(stack, number)
    async with stack.citizen(DESK) as caseworker, stack.citizen(number) as citizen:
        exchange.connect(DESK, caseworker)
        exchange.connect(number, citizen)
        ringing = await _rung(stack, callback, caseworker)
        await (await citizen.incoming()).ended(within=20)
        await ringing.ended(within=20)
        assert prompts_heard(ringing.heard())[-1] == "call-back-not-reached"
        assert (await _result(stack, callback))["result"] == "not_reached"
        await stack.caseworker.told("attempted", id=callback, result="not_reached")
        assert await _attempts(stack, callback) == ["not_reached"]


async def test_a_caseworker_who_hangs_up_early_has_made_no_attempt(
    stack: Stack, exchange: Exchange
) -> None:
    number = "+491713920054"
    callback = await _promised(stack, number)
    async with stack.citizen(DESK) as caseworker:
        exchange.connect(DESK, caseworker)
        ringing = await _rung(stack, callback, caseworker)
        await ringing.hang_up()
        result = (await _result(stack, callback))["result"]
        assert result == "given_up"
        assert await _attempts(stack, callback) == []
        assert [each.number for each in exchange.calls] == [DESK]


async def test_a_caseworker_who_is_not_there(stack: Stack, exchange: Exchange) -> None:
    callback = await _promised(stack, "+491713920055")
    exchange.refuse(DESK, 480)
    await stack.command("callbacks", "call", callback)
    assert (await _result(stack, callback))["result"] == "caseworker_not_reached"
    assert await _attempts(stack, callback) == []


async def test_how_often_and_which_numbers(stack: Stack, admin: Admin, exchange: Exchange) -> None:
    number, abroad = "+491713920056", "+31205551234"
    await admin.sets(callbacks="calls_a_day_each = 1\ncall_abroad = true\n")
    often, far = await _promised(stack, number), await _promised(stack, abroad)
    async with stack.citizen(DESK) as caseworker:
        exchange.connect(DESK, caseworker)
        exchange.refuse(number, 486)
        ringing = await _rung(stack, often, caseworker)
        await ringing.ended(within=20)
        await _result(stack, often)
        refused = await stack.refused("POST", f"callbacks/{often}/call", by="onken")
        assert refused.json()["code"] == "calls_a_day_used_up"

        await admin.sets(callbacks="call_abroad = false\n")
        refused = await stack.refused("POST", f"callbacks/{far}/call", by="onken")
        assert refused.json()["code"] == "number_not_allowed"
        assert [each.number for each in exchange.calls] == [DESK, number]


async def test_a_citizen_who_is_on_the_line_is_not_called(stack: Stack) -> None:
    number = "+491713920057"
    callback = await _promised(stack, number)
    async with stack.citizen(number) as citizen:
        call = await citizen.dial("044619193010")
        await stack.status(lambda status: len(status["waiting"]) == 1, "the citizen waits")
        refused = await stack.refused("POST", f"callbacks/{callback}/call", by="onken")
        assert refused.json()["code"] == "citizen_on_the_line"
        await call.hang_up()


async def test_a_killed_program_goes_on_with_the_call(stack: Stack, exchange: Exchange) -> None:
    number = "+491713920058"
    callback = await _promised(stack, number)
    async with (
        stack.citizen(DESK, tone=440) as caseworker,
        stack.citizen(number, tone=660) as citizen,
    ):
        exchange.connect(DESK, caseworker)
        exchange.connect(number, citizen)
        ringing = await _rung(stack, callback, caseworker)
        phoned = await citizen.incoming()
        await stack.ivr.kill()
        await stack.start_ivr()
        await phoned.answer()
        await phoned.talk(2)
        await phoned.hang_up()
        await ringing.ended(within=20)
        assert dominant_frequency(phoned.heard()) == 440
        assert (await _result(stack, callback))["result"] == "reached"
        assert await _attempts(stack, callback) == ["reached"]
    await stack.asterisk.idle()
