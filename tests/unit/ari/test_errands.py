"""What Asterisk shall end: in order, once, and after the next connection where it was away."""

from __future__ import annotations

import asyncio

import pytest

from ivr.adapters.ari import errands
from ivr.adapters.ari.errands import Errands
from ivr.domain.errors import Unavailable
from tests.unit.ari.scripted_connection import ScriptedConnection, refused


async def done(waiting: Errands) -> None:
    async with asyncio.timeout(5):
        while waiting._requests:
            await waiting.do_next()


async def test_errands_are_done_in_order_and_once() -> None:
    ari = ScriptedConnection({"DELETE channels/x": refused(404)})
    waiting = Errands(ari)
    waiting.delete("channels/x", "channels/y")
    waiting.delete("bridges/b", "channels/x")
    await done(waiting)
    assert ari.asked == ["DELETE channels/x", "DELETE channels/y", "DELETE bridges/b"]


async def test_what_could_not_be_sent_is_sent_again_before_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(errands, "_AGAIN_SECONDS", 0)
    ari = ScriptedConnection({"DELETE channels/x": Unavailable("away")})
    waiting = Errands(ari)
    waiting.delete("channels/x", "channels/y")
    await waiting.do_next()
    ari.refusals.clear()
    await done(waiting)
    assert ari.asked == ["DELETE channels/x", "DELETE channels/x", "DELETE channels/y"]


async def test_nothing_is_sent_before_there_is_a_connection() -> None:
    ari = ScriptedConnection()
    ari.up.clear()
    waiting = Errands(ari)
    waiting.refuse_transfer("c")
    doing = asyncio.create_task(waiting.do_next())
    await asyncio.sleep(0)
    assert ari.asked == []
    ari.up.set()
    await asyncio.wait_for(doing, 5)
    assert ari.asked == ["POST channels/c/transfer_progress"]
