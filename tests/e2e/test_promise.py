"""A promise from the request to its end: taken, ignored, phoned back, closed."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from testbed.audio import dominant_frequency
from testbed.exchange import Exchange
from testbed.installation import Installation
from testbed.phone import Call, Phone
from testbed.ports import Ports
from testbed.stack import Stack

UMWELT = "044619193010"
OWNER, DEPUTY, HEAD = "antje.petersen", "gerd.onken", "hinrich.focken"
"""Of the department Umwelt in the shipped files."""
DESK = "+4944619193020"
"""The owner's telephone."""
CITIZEN = "+491713920072"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system whose clock may be ahead: others would not like what it writes then."""
    folder = tmp_path_factory.mktemp("promise") / "config"
    shutil.copytree(config, folder)
    async with Stack(another(folder), ports) as stack:
        yield stack


async def test_from_the_key_to_the_end(stack: Stack) -> None:
    caseworker = stack.caseworker
    async with (
        stack.citizen(CITIZEN, tone=660) as citizen,
        stack.citizen(DESK, tone=880) as desk,
        Exchange(stack.installation.exchange) as exchange,
    ):
        exchange.connect(DESK, desk)
        told = await _asked_for(stack, citizen)
        await _obeyed(stack, "acknowledge", told)

        exchange.refuse(CITIZEN, 486)
        await _obeyed(stack, "call", told)
        in_vain = await desk.incoming(within=20)
        await in_vain.answer()
        first = await caseworker.told("attempted", id=told["callback"]["id"], within=30)
        await in_vain.ended(within=20)

        exchange.connect(CITIZEN, citizen)
        await _obeyed(stack, "call", told)
        phoned, ringing = await _both_answer(desk, citizen)
        await ringing.talk(2)
        await ringing.hang_up()
        await phoned.ended()
        second = await caseworker.told(
            "attempted", id=told["callback"]["id"], attempts=2, within=30
        )
        await _obeyed(stack, "close", told)
        closed = await caseworker.told("closed", id=told["callback"]["id"])

    assert ringing.display.number.endswith("44619197777")
    assert (dominant_frequency(phoned.heard()), dominant_frequency(ringing.heard())) == (660, 880)
    assert [each["callback"]["result"] for each in (first, second)] == ["busy", "reached"]
    assert (closed["callback"]["state"], closed["callback"]["close_reason"]) == (
        "closed",
        "settled",
    )


async def test_what_is_ignored_goes_to_the_deputy_and_then_to_the_head(stack: Stack) -> None:
    requested = await stack.command("callbacks", "request", "0171 3920071", "-d", "umwelt")
    told = await stack.caseworker.told("requested", id=requested["id"])
    assert told["callback"]["caseworker"] == OWNER

    await _later(stack, timedelta(hours=25))
    await _escalated(stack, requested, DEPUTY)
    await _later(stack, timedelta(hours=25 + 9))
    await _escalated(stack, requested, HEAD)
    await _later(stack, timedelta(hours=25 + 9 + 24))
    [overdue] = await stack.command("callbacks", "list", "--overdue")
    shown = await stack.command("callbacks", "show", requested["id"])

    assert (overdue["id"], overdue["caseworker"]) == (requested["id"], HEAD)
    assert [each["event"] for each in shown["history"]].count("escalated") == 2


async def _asked_for(stack: Stack, citizen: Phone) -> dict[str, Any]:
    """The citizen waits, presses 1, and hears the promise out; returns what its owner is told."""
    call = await citizen.dial(UMWELT)
    await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits", within=20)
    await call.press("1")
    told = await stack.caseworker.told("requested", caller_number=CITIZEN, within=30)
    await call.ended(within=30)
    assert told["callback"]["caseworker"] == OWNER
    return told


async def _obeyed(stack: Stack, command: str, told: dict[str, Any]) -> None:
    reply = await stack.caseworker.reply(await stack.caseworker.send(command, told))
    assert reply["ok"], reply


async def _both_answer(desk: Phone, citizen: Phone) -> tuple[Call, Call]:
    phoned = await desk.incoming(within=20)
    await phoned.answer()
    ringing = await citizen.incoming(within=20)
    await ringing.answer()
    return phoned, ringing


async def _escalated(stack: Stack, requested: dict[str, Any], to: str) -> None:
    await stack.caseworker.told("escalated", id=requested["id"], caseworker=to, within=60)


async def _later(stack: Stack, ahead: timedelta) -> None:
    await stack.stop_ivr()
    await stack.start_ivr(ahead=ahead)
