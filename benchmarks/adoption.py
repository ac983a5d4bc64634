"""The program dies with people waiting and talking: how soon it goes on with all of them.

Agents have telephones that neither play nor hear anything, and callers are made by SIPp: what is
measured is the program, started again at once, with a real Asterisk that holds the calls.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.figures import Figure
from testbed.desk_phone import DeskCall, DeskPhone
from testbed.installation import ALWAYS_OPEN, PROJECT, Installation
from testbed.ports import Ports
from testbed.sipp import Caller
from testbed.stack import Stack

WAITING: Final = 100
TALKING: Final = 20
ROUNDS: Final = 5
_AGENTS: Final = [str(2001 + number) for number in range(TALKING)]
_RTP_PORTS: Final = 600
_SILENCE_ENDS: Final = "rtp_timeout = 60"
_WITHIN_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.02


async def adoption() -> list[Figure]:
    """Measure several times with the same callers, of whom one is served each time."""
    with tempfile.TemporaryDirectory() as folder, Ports() as ports:
        installation = _prepared(Path(folder), ports)
        async with Stack(installation, ports) as stack, AsyncExitStack() as open_:
            phones = [
                await open_.enter_async_context(_phone(installation, ports, agent))
                for agent in _AGENTS
            ]
            callers = WAITING + TALKING + ROUNDS
            caller = Caller("+4917139[call_number]", "044619197777")
            await open_.enter_async_context(
                await stack.callers(caller, calls=callers, at_once=callers, per_second=10)
            )
            talks = await asyncio.gather(*(_talks(stack, phone) for phone in phones))
            await _adopted(stack, waiting=WAITING + ROUNDS, talking=TALKING)
            rounds = [await _round(stack, phones, talks, number) for number in range(ROUNDS)]
    return [
        Figure(f"start to {WAITING} waiting, {TALKING} talking adopted", [r[0] for r in rounds]),
        Figure("killed, to the next waiting caller's ring", [r[1] for r in rounds]),
    ]


async def _round(
    stack: Stack, phones: list[DeskPhone], talks: list[DeskCall], number: int
) -> tuple[float, float]:
    """Kill; an agent hangs up meanwhile; return milliseconds to adoption and to the next ring."""
    await stack.ivr.kill()
    killed = time.monotonic()
    await talks[number].hang_up()
    began = time.monotonic()
    await stack.spawn_ivr()
    ringing = asyncio.create_task(_rings(phones[number]))
    await _adopted(stack, waiting=WAITING + ROUNDS - number - 1, talking=TALKING - 1)
    adopted = time.monotonic()
    call, rang = await ringing
    await call.answer()
    await _adopted(stack, waiting=WAITING + ROUNDS - number - 1, talking=TALKING)
    return (adopted - began) * 1000, (rang - killed) * 1000


async def _rings(phone: DeskPhone) -> tuple[DeskCall, float]:
    call = await phone.incoming(within=_WITHIN_SECONDS)
    return call, time.monotonic()


async def _talks(stack: Stack, phone: DeskPhone) -> DeskCall:
    await stack.wants(phone.agent, "ready")
    call = await phone.incoming(within=_WITHIN_SECONDS)
    await call.answer()
    return call


async def _adopted(stack: Stack, *, waiting: int, talking: int) -> None:
    """Wait until the program knows of so many, or of one fewer waiting who rings already."""

    def complete(status: dict[str, Any]) -> bool:
        states = [agent["state"] for agent in status["agents"]]
        return (
            len(status["waiting"]) in (waiting, waiting + 1) and states.count("on_call") == talking
        )

    async with asyncio.timeout(_WITHIN_SECONDS):
        while True:
            try:
                if complete(await stack.api("GET", "status")) and await stack.is_ready():
                    return
            except (httpx.TransportError, RuntimeError):
                pass
            await asyncio.sleep(_POLL_SECONDS)


def _phone(installation: Installation, ports: Ports, agent: str) -> DeskPhone:
    return DeskPhone(
        agent, installation.agent_password(agent), server=installation.sip, ports=ports
    )


def _prepared(folder: Path, ports: Ports) -> Installation:
    config = folder / "config"
    shutil.copytree(PROJECT / "config", config)
    (config / "hours.toml").write_text(ALWAYS_OPEN)
    (config / "queue.toml").write_text("wrap_up = 0\nring_time = 60\n")
    (config / "agents.toml").write_text(
        "".join(
            f'[[agent]]\nid = "{agent}"\nname = "{agent}"\nlanguages = ["de", "en"]\n'
            for agent in _AGENTS
        )
    )
    installation = Installation.plan(
        folder / "state", ports, config, PROJECT / "prompts", rtp_ports=_RTP_PORTS
    )
    installation.prepare()
    # The agents' telephones are silent, for longer than is allowed otherwise.
    pjsip = installation.state / "asterisk" / "etc" / "pjsip.conf"
    pjsip.write_text(pjsip.read_text().replace(_SILENCE_ENDS, "rtp_timeout = 3600"))
    return installation
