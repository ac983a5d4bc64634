"""Who vanishes without a word, as when a line is cut, does not stay for ever.

With a time-out of seconds in place of a minute.
"""

from __future__ import annotations

import asyncio
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
IN_SECONDS = "rtp_timeout = 3\n"
NEVER = "rtp_timeout = 0\n"

SHORTEST_SESSION = 90
"""Seconds; less RFC 4028 does not allow."""


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
    _says(installation, IN_SECONDS, instead_of=AS_RENDERED)
    async with Stack(installation, ports) as stack:
        yield stack


def _says(installation: Installation, line: str, *, instead_of: str) -> None:
    pjsip = installation.state / "asterisk" / "etc" / "pjsip.conf"
    assert instead_of in pjsip.read_text()
    pjsip.write_text(pjsip.read_text().replace(instead_of, line))


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


async def _vanished(stack: Stack, number: str, refresher: str) -> None:
    """A caller who agreed to refresh the session, or to answer to that, is never heard of again."""
    session = f"Session-Expires: {SHORTEST_SESSION};refresher={refresher}"
    caller = Caller(number, UMWELT, headers=("Supported: timer", session) if refresher else ())
    waiting = len((await stack.api("GET", "status"))["waiting"])
    async with await stack.callers(caller) as callers:
        await stack.status(lambda now: len(now["waiting"]) == waiting + 1, f"{number} waits")
        await callers.kill()


async def test_a_session_that_is_not_refreshed_ends(impatient: Stack) -> None:
    """Where RTP tells nothing: it is on hold, or somebody between goes on sending it."""
    _says(impatient.installation, NEVER, instead_of=IN_SECONDS)
    await impatient.asterisk.cli("module reload res_pjsip.so")
    since = len(impatient.ivr.output)
    await _vanished(impatient, "+491713920311", "uac")
    await _vanished(impatient, "+491713920312", "uas")
    await _vanished(impatient, "+491713920313", "")
    # The one who was to refresh it has all the time but a third; Asterisk itself asks half way
    # through, and waits 32 seconds for the answer (RFC 4028, 10; RFC 3261, timers B and F).
    await asyncio.sleep(SHORTEST_SESSION / 2)
    status = await impatient.api("GET", "status")
    assert len(status["waiting"]) == 3
    for _ in range(2):
        ended = await impatient.ended_call(since=since, within=SHORTEST_SESSION)
        assert ended["outcome"] == "abandoned"
        since = len(impatient.ivr.output)
    # Nothing else ended them: who has agreed to nothing is still there.
    [waiting] = (await impatient.api("GET", "status"))["waiting"]
    await impatient.command("calls", "take-out", waiting["call"])
    await impatient.asterisk.idle()
