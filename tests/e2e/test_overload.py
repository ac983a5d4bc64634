"""More calls than the machine bears: refused early and cheaply, and those inside are served."""

from __future__ import annotations

import re
import shutil
import statistics
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx
import pytest
import pytest_asyncio

from testbed.installation import Installation
from testbed.ports import Ports
from testbed.sipp import Caller
from testbed.stack import Stack

JUGEND: Final = "044619195010"
MOST: Final = 3
TOO_MANY: Final = 500
PER_SECOND: Final = 100


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def small(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system for no more than three callers at once."""
    folder = tmp_path_factory.mktemp("small") / "config"
    shutil.copytree(config, folder)
    planned = another(folder)
    installation = replace(planned, environment={**planned.environment, "IVR_MAX_CALLS": str(MOST)})
    installation.ivr("dialplan", "render")
    async with Stack(installation, ports) as stack:
        yield stack


async def test_one_too_many_is_refused_at_once_and_those_inside_are_served(small: Stack) -> None:
    inside = Caller("+491713920161", JUGEND)
    outside = Caller("+491713920162", JUGEND)
    async with (
        small.ready_agent("1001") as agent,
        small.citizen("+491713920163") as citizen,
        await small.callers(inside, calls=MOST - 1),
    ):
        await small.status(lambda status: status["counts"]["calls"], "somebody is there")
        first = await agent.incoming()
        await small.talk("1001", first)
        caller = await citizen.dial(JUGEND)
        await small.status(lambda status: len(status["callers"]) == MOST, "the house is full")
        before = _facts(await _metrics(small)), _memory(small.ivr.pid)

        async with await small.callers(
            outside, calls=TOO_MANY, per_second=PER_SECOND, at_once=TOO_MANY
        ) as flood:
            outcomes = await flood.ended()
            after = _facts(await _metrics(small)), _memory(small.ivr.pid)
            took = flood.refused_after()

        assert outcomes == {"refused": TOO_MANY}
        assert len(took) == TOO_MANY
        assert statistics.median(took) < 0.1
        # The program heard nothing of any of them.
        assert after[0] - before[0] < TOO_MANY / 10
        assert after[1] - before[1] < 10 * 1024
        # Who is in is served, and one more may come for each who leaves.
        await first.hang_up()
        for _ in range(MOST - 1):
            ringing = await agent.incoming()
            await small.talk("1001", ringing)
            await ringing.hang_up()
        await caller.ended()
        async with small.citizen("+491713920164") as late:
            let_in = await late.dial(JUGEND)
            await let_in.answered()
            await let_in.hang_up()
    log = (small.installation.state / "asterisk" / "log" / "messages.log").read_text()
    said = re.findall(f"There are {MOST} calls at once already", log)
    assert 1 <= len(said) <= TOO_MANY / PER_SECOND


async def _metrics(stack: Stack) -> str:
    transport = httpx.AsyncHTTPTransport(uds=str(stack.installation.state / "ivr.sock"))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.get("/metrics")).text


def _facts(metrics: str) -> float:
    found = re.search(r"^ivr_facts_total (\S+)$", metrics, re.MULTILINE)
    assert found is not None
    return float(found[1])


def _memory(process: int) -> int:
    """Resident memory in kB."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1])
