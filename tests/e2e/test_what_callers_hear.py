"""What callers hear, from the first word to the last."""

from __future__ import annotations

from testbed.stack import Stack
from tests.e2e.prompt_tones import prompts_heard

JUGEND = "044619195010"


async def test_a_caller_is_greeted_and_asked_to_wait(stack: Stack) -> None:
    async with stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await call.talk(1)
        await call.hang_up()
        assert prompts_heard(call.heard()) == ["greeting", "en:language-offer", "please-wait"]
