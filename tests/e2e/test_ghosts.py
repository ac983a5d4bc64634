"""Who vanishes without a word, as when a line is cut, does not stay for ever.

With a time-out of seconds in place of a minute.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from testbed.installation import Installation
from testbed.ports import Ports
from testbed.sipp import Caller
from testbed.stack import Stack

UMWELT = "044619193010"
AS_RENDERED = "rtp_timeout = 60\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def impatient(
    tmp_path_factory: pytest.TempPathFactory,
    config: Path,
    another: Callable[[Path], Installation],
    ports: Ports,
) -> AsyncIterator[Stack]:
    folder = tmp_path_factory.mktemp("ghosts") / "config"
    shutil.copytree(config, folder)
    installation = another(folder)
    pjsip = installation.state / "asterisk" / "etc" / "pjsip.conf"
    assert AS_RENDERED in pjsip.read_text()
    pjsip.write_text(pjsip.read_text().replace(AS_RENDERED, "rtp_timeout = 3\n"))
    async with Stack(installation, ports) as stack:
        yield stack


async def test_a_caller_who_vanished_while_waiting_leaves_the_queue(impatient: Stack) -> None:
    since = len(impatient.ivr.output)
    async with await impatient.callers(Caller("+491713920181", UMWELT)) as callers:
        await impatient.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await callers.kill()
    ended = await impatient.ended_call(since=since, within=30)
    assert ended["outcome"] == "abandoned"
    await impatient.asterisk.idle()


async def test_a_caller_who_vanished_in_a_talk_frees_the_agent(impatient: Stack) -> None:
    async with impatient.ready_agent("1001") as agent:
        since = len(impatient.ivr.output)
        async with await impatient.callers(Caller("+491713920182", UMWELT)) as callers:
            ringing = await agent.incoming()
            await impatient.talk("1001", ringing)
            await callers.kill()
        await ringing.ended(within=30)
        ended = await impatient.ended_call(since=since, within=30)
        await impatient.agent_state("1001", "ready")
    assert ended["outcome"] == "completed"


async def test_an_agent_who_vanished_in_a_talk_leaves_no_caller_on_the_line(
    impatient: Stack,
) -> None:
    async with impatient.citizen("+491713920183") as citizen:
        async with impatient.agent_phone("1002") as agent:
            await impatient.wants("1002", "ready")
            caller = await citizen.dial(UMWELT)
            ringing = await agent.incoming()
            await impatient.talk("1002", ringing)
            await agent.kill()
            await caller.ended(within=30)
        await impatient.wants("1002", "logged_out")
    await impatient.asterisk.idle()
