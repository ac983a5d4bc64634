"""What callers hear, from the first word to the last."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from testbed.audio import tones
from testbed.stack import Stack
from tests.e2e.conftest import Admin
from tests.e2e.prompt_tones import prompts_heard

JUGEND = "044619195010"


async def test_a_caller_is_greeted_and_asked_to_wait(stack: Stack) -> None:
    async with stack.citizen(None) as citizen:
        call = await citizen.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await call.talk(1)
        await call.hang_up()
        assert prompts_heard(call.heard()) == ["greeting", "en:language-offer", "please-wait"]


async def test_out_of_hours_the_words_say_when(stack: Stack, admin: Admin) -> None:
    await admin.sets(hours=_closed_until_in_three_days())
    async with stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        await call.audible()
        await call.talk(6)
        await call.hang_up()
        heard = prompts_heard(call.heard())
        assert heard[:4] == ["closed", "open-again", "on-day", "from"]


async def test_out_of_hours_what_the_caller_says_is_kept(stack: Stack, admin: Admin) -> None:
    await admin.sets(
        hours=_closed_until_in_three_days(),
        queue="[spoken_messages]\nlongest = 10\nsilence = 2",
    )
    async with stack.citizen("+491713920043", tone=660) as citizen:
        call = await citizen.dial(JUGEND)
        await call.audible()
        await call.press("1#")
        told = await stack.caseworker.told(
            "requested", within=40, caller_number="+491713920043", source="out_of_hours"
        )
        await call.ended(within=30)

        heard = prompts_heard(call.heard())
        promise = ["message-offer", "message-kept", "callback-promised", "callback-due"]
        assert heard[heard.index("message-offer") :] == [*promise, "by", "goodbye"]
        file = stack.installation.state / "message.wav"
        callback = told["callback"]["id"]
        stack.installation.ivr("callbacks", "message", callback, "--output", str(file))
        assert tones(file) == pytest.approx([660], abs=2)


def _closed_until_in_three_days() -> str:
    day = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=3)
    return f'[week]\n{day:%A} = ["07:00-18:00"]\n'.lower()
