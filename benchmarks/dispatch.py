"""The whole system: an agent's call ends, and the same agent's phone rings for the next caller."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure
from testbed.installation import ALWAYS_OPEN, PROJECT, Installation
from testbed.phone import Phone
from testbed.ports import Ports
from testbed.sipp import Caller
from testbed.stack import Stack

CALLS: Final = 40
AGENT: Final = "1001"


async def dispatch_gaps() -> Figure:
    """Measure with callers always waiting and no wrap-up."""
    with tempfile.TemporaryDirectory() as folder, Ports() as ports:
        installation = Installation.plan(
            Path(folder) / "state", ports, _config(Path(folder)), PROJECT / "prompts"
        )
        installation.prepare()
        async with Stack(installation, ports) as stack:
            caller = Caller("+4917139200[call_number]", "044619197777")
            async with await stack.callers(caller, calls=CALLS, at_once=CALLS, per_second=20):
                await stack.status(
                    lambda status: len(status["waiting"]) == CALLS, "all waiting", within=60
                )
                async with stack.ready_agent(AGENT) as phone:
                    gaps = await _serve_all(stack, phone)
                await stack.asterisk.idle()
    return Figure("dispatch gap: agent's call ends, next call rings", gaps)


async def _serve_all(stack: Stack, phone: Phone) -> list[float]:
    gaps = []
    ended: float | None = None
    for _ in range(CALLS):
        ringing = await phone.incoming()
        if ended is not None:
            gaps.append((time.monotonic() - ended) * 1000)
        await stack.talk(AGENT, ringing)
        ended = time.monotonic()
        await ringing.hang_up()
    return gaps


def _config(folder: Path) -> Path:
    config = folder / "config"
    shutil.copytree(PROJECT / "config", config)
    (config / "hours.toml").write_text(ALWAYS_OPEN)
    (config / "queue.toml").write_text("wrap_up = 0\n")
    return config
