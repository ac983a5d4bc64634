"""Callers who can't be served here are put through elsewhere, where the admin says so."""

from __future__ import annotations

from testbed.audio import dominant_frequency
from testbed.exchange import Exchange
from testbed.stack import Stack
from tests.e2e.conftest import Admin
from tests.e2e.prompt_tones import prompts_heard

JUGEND = "044619195010"
SWITCHBOARD = "+4944619190"
LIMITS = '[limits]\njoin_empty = false\nway_out = "number"\nnumber = "04461/919-0"\n'


async def test_the_overflow_number_takes_the_caller(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue=LIMITS)
    since = len(stack.ivr.output)
    async with (
        Exchange(stack.installation.exchange) as exchange,
        stack.citizen("+491713920051", tone=660) as citizen,
        stack.citizen(SWITCHBOARD, tone=880) as switchboard,
    ):
        exchange.connect(SWITCHBOARD, switchboard)
        call = await citizen.dial(JUGEND)
        ringing = await switchboard.incoming(within=20)
        await ringing.answer()
        await call.talk(1.5)
        await call.hang_up()
        await ringing.ended()
        ended = await stack.ended_call(since=since)

        assert ended["outcome"] == "overflowed"
        assert "putting-through" in prompts_heard(call.heard())
        assert dominant_frequency(call.heard()) == 880
        assert dominant_frequency(ringing.heard()) == 660


async def test_where_nobody_takes_the_caller_there_is_a_callback(
    stack: Stack, admin: Admin
) -> None:
    await admin.sets(queue=LIMITS)
    async with (
        Exchange(stack.installation.exchange) as exchange,
        stack.citizen("+491713920052") as citizen,
    ):
        exchange.refuse(SWITCHBOARD, 486)
        call = await citizen.dial(JUGEND)
        await exchange.calls.first(lambda _: True, "a call to the switchboard", within=20)
        await call.talk(3)
        await call.press("1#")
        await stack.caseworker.told("requested", caller_number="+491713920052")
        await call.ended(within=20)
        assert "way-out-callback" in prompts_heard(call.heard())
