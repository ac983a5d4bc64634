"""What arrives by telephone is anybody's: it is served or dropped, and harms nothing."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest

from testbed import CITIZEN_ADDRESS
from testbed.installation import IVR
from testbed.process import Process
from testbed.sipp import Caller
from testbed.stack import Stack

UMWELT = "044619193010"
MARK = "pwned"
"""Is in every hostile text: where it turns up, the text went through."""

NUMBERS = {
    "SQL": f"1'; DROP TABLE calls; -- {MARK}",
    "a terminal's codes": f"\x1b]0;{MARK}\x07\x1b[2J",
    "a shell's": f"$(touch {MARK})`touch {MARK}`",
    "the dialplan's": f"${{SHELL(touch {MARK})}}${{CHANNEL({MARK})}}",
    "more fields": f"1|{MARK},2,{MARK}|ADDMEMBER|",
    "more lines": f"1\r\nVia: {MARK}\r\n\r\n{MARK}",
    "written from right to left": f"\u202e{MARK}\u2066",
    "pictures": f"\U0001f4de{MARK}\U0001f9d1\u200d\U0001f4bb",
    "no UTF-8": f"\udcff\udcfe{MARK}",
    "a long one": "1" * 900 + MARK,
    "a path": f"../../../../tmp/{MARK}",
}


def _escaped(text: str) -> str:
    return quote(text, safe="", errors="surrogateescape")


@pytest.mark.parametrize("text", NUMBERS.values(), ids=NUMBERS.keys())
async def test_an_absurd_caller_id_goes_nowhere(stack: Stack, text: str) -> None:
    since = len(stack.ivr.output)
    escaped = _escaped(text)
    shown = "".join(c for c in text if c.isprintable() and c not in '"\\[]').encode(
        "utf-8", "replace"
    )
    headers = (
        f'P-Asserted-Identity: "{shown.decode()}" <sip:{escaped}@{CITIZEN_ADDRESS}>',
        f'Diversion: "{shown.decode()}" <sip:{escaped}@{CITIZEN_ADDRESS}>;reason={MARK}',
        f"History-Info: <sip:{escaped}@{CITIZEN_ADDRESS}>;index=1",
    )
    caller = Caller(escaped, UMWELT, headers=headers)
    async with await stack.callers(caller) as callers:
        status = await stack.status(lambda status: len(status["waiting"]) == 1, "the caller waits")
        page = await _table(stack, "status")
        await stack.command("calls", "take-out", status["waiting"][0]["call"])
        await callers.ended()
    ended = await stack.ended_call(since=since)
    lines = await stack.queue_log(ended["call"])

    assert MARK not in str(status)
    assert {c for c in page if unicodedata.category(c) in {"Cc", "Cf"}} <= {"\t", "\n"}
    assert MARK not in page
    assert all(len(line) <= 9 and MARK not in "".join(line) for line in lines)
    assert not [line for line in list(stack.ivr.output)[since:] if MARK in line]
    assert not list(stack.installation.state.rglob(f"*{MARK}*"))
    assert re.fullmatch(r"\+\d{2,15}", _stored_number(stack, ended["call"]) or "+00")


async def _table(stack: Stack, *arguments: str) -> str:
    """What ``ivr`` shows people."""
    async with await Process.start(IVR, *arguments, env=stack.installation.environment) as run:
        assert await run.ended(20) == 0
        return "\n".join(run.output)


def _stored_number(stack: Stack, call: str) -> str | None:
    with closing(sqlite3.connect(stack.installation.state / "ivr.db")) as database:
        [(number,)] = database.execute("SELECT caller_number FROM calls WHERE id = ?", (call,))
    return None if number is None else str(number)


async def test_what_is_no_sip_at_all_disturbs_nobody(stack: Stack) -> None:
    server = stack.installation.sip
    async with stack.ready_agent("1001") as agent, stack.citizen("+491713920171") as citizen:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind((CITIZEN_ADDRESS, 0))
            for message in _garbage():
                wire.sendto(message, (server.host, server.port))
                await asyncio.sleep(0)
        caller = await citizen.dial(UMWELT)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await ringing.hang_up()
        await caller.ended()


def _garbage() -> Iterator[bytes]:
    chance = random.Random(20261122)  # noqa: S311 - repeatable, not secret
    invite = (
        "INVITE sip:044619193010@127.0.0.1 SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 127.0.0.2:5099;branch=z9hG4bK-{n}\r\n"
        "From: <sip:x@127.0.0.2>;tag={n}\r\nTo: <sip:044619193010@127.0.0.1>\r\n"
        "Call-ID: garbage-{n}\r\nCSeq: 1 INVITE\r\nContact: <sip:x@127.0.0.2:5099>\r\n"
        "Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    yield b""
    yield b"\0" * 1000
    yield b"\r\n" * 5000
    yield b"INVITE\r\n\r\n"
    yield b"INVITE sip: SIP/2.0\r\n\r\n"
    yield b"SIP/2.0 200 OK\r\n\r\n"
    yield b"BYE sip:nobody SIP/2.0\r\nCSeq: 99999999999999999999 BYE\r\n\r\n"
    yield invite.format(n=1, length=-1, body="").encode()
    yield invite.format(n=2, length=2_000_000_000, body="v=0").encode()
    yield invite.format(n=3, length=30, body="m=audio -1 RTP/AVP 999\r\n" * 50).encode()
    yield invite.format(n=4, length=3, body="\x00\x01\x02").encode()
    yield invite.format(n=5, length=0, body="").replace("From: <", "From: " + "<" * 8000).encode()
    yield invite.format(n=6, length=0, body="").replace("\r\nTo", "\r\nX: y" * 3000).encode()
    whole = invite.format(n=7, length=5, body="v=0\r\n").encode()
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        # An address of its own, or the answers to what is still an INVITE would come back here.
        yield bytes(broken[: chance.randrange(1, len(broken))])


async def test_a_flood_of_keys_is_no_more_than_a_caller(stack: Stack) -> None:
    """Somebody holds a phone to a generator of tones; others are served as ever."""
    async with (
        stack.citizen("+491713920172") as flood,
        stack.citizen("+491713920173") as citizen,
        stack.ready_agent("1001") as agent,
    ):
        other = await citizen.dial(UMWELT)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        caller = await flood.dial(UMWELT)
        await caller.answered()
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        for _ in range(10):
            await caller.press("*0579*8#46" * 5)
        await ringing.hang_up()
        await other.ended()
        mine = await agent.incoming(within=30)
        await stack.talk("1001", mine)
        await mine.hang_up()
        await caller.ended(within=30)
