"""Parts of the system die or are missing while people are on the phone."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from testbed import AGENT_ADDRESS
from testbed.installation import IVR, Installation
from testbed.ports import Ports
from testbed.process import Process
from testbed.service import Service
from testbed.stack import Stack

JUGEND = "044619195010"
_RECHECK_SECONDS = 1.1
"""The folder of the sounds is looked at once a second at most."""


async def test_stops_within_seconds_and_in_order(fragile: Stack) -> None:
    since = len(fragile.ivr.output)

    assert await fragile.ivr.stop(within=5) == 0
    assert await fragile.ivr.line('"stopped"', since=since)
    await fragile.start_ivr()


async def test_second_start_with_the_same_state_is_refused(fragile: Stack) -> None:
    async with await Process.start(
        IVR, "serve", name="second", env=fragile.installation.environment
    ) as second:
        status = await second.ended(60)  # on a busy machine; else a second

    assert status == 1
    assert "already" in "\n".join(second.output)


async def test_another_program_takes_the_calls_over_and_the_first_ends(
    fragile: Stack, ports: Ports, tmp_path: Path
) -> None:
    """With a state of its own the second can't know of the first; Asterisk does."""
    theirs = fragile.installation
    shutil.copy2(theirs.state / "secrets.toml", tmp_path)
    (tmp_path / "sounds").symlink_to(theirs.state / "sounds")
    http = f"{AGENT_ADDRESS}:{ports.one()}"
    other = Installation({**theirs.environment, "IVR_STATE": str(tmp_path), "IVR_HTTP_BIND": http})
    async with await Process.start(IVR, "serve", name="other", env=other.environment) as run:
        await run.line('"asterisk_connected"', within=60)
        status = await fragile.ivr.ended(60)
        said = "\n".join(fragile.ivr.output)
        service = Service(other, ports)
        await service.ready()
        async with service.ready_agent("1001") as agent, service.citizen("+491713920115") as phone:
            caller = await phone.dial(JUGEND)
            await service.talk("1001", await agent.incoming())
            await caller.hang_up()
    await fragile.start_ivr()

    assert status == 2
    assert "another program has taken over the calls" in said
    await fragile.asterisk.idle()


async def test_calls_go_on_without_the_program(fragile: Stack) -> None:
    """Who comes meanwhile is served by Asterisk's own queue; who was there keeps the place."""
    async with (
        fragile.ready_agent("1001") as agent,
        fragile.citizen("+491713920041") as early,
        fragile.citizen("+491713920042") as late,
    ):
        waiting = await early.dial(JUGEND)
        ringing = await agent.incoming()
        await ringing.reject()
        before = await fragile.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await fragile.ivr.kill()
        # Rejecting was a pause; the codes work without the program as well.
        code = await agent.dial("*11")
        await code.ended()
        during = await late.dial(JUGEND)
        from_fallback = await agent.incoming(within=20)
        await from_fallback.answer()
        await from_fallback.hang_up()
        await during.ended()
        await fragile.start_ivr()
        from_before = await agent.incoming(within=20)
        await fragile.talk("1001", from_before)
        await from_before.hang_up()
        await waiting.ended()
        ended = await fragile.ended_call(since=0)
        finished = await fragile.command("calls", "list", "--finished", "10")

    assert from_fallback.display.name == "Jugend"
    assert from_before.display.number == "+491713920041"
    assert (ended["outcome"], ended["offers"]) == ("completed", 2)
    assert [ended["call"]] == [call["call"] for call in before["waiting"]]
    by_fallback = {call["caller_number"]: call["by_fallback"] for call in finished}
    assert not by_fallback["+491713920041"]
    await fragile.asterisk.idle()


async def test_talk_goes_on_without_the_program_and_ends_for_both(fragile: Stack) -> None:
    async with fragile.ready_agent("1001") as agent, fragile.citizen() as citizen:
        caller = await citizen.dial(JUGEND)
        talk = await agent.incoming()
        await fragile.talk("1001", talk)
        await fragile.ivr.kill()
        await fragile.start_ivr()
        assert len(await fragile.asterisk.channels()) == 2
        await fragile.agent_state("1001", "on_call")
        await caller.hang_up()

        await talk.ended()
        ended = await fragile.ended_call(since=0)
    assert (ended["outcome"], ended["agent"]) == ("completed", "1001")
    await fragile.asterisk.idle()
    assert await fragile.asterisk.bridges() == []


async def test_callback_outlives_the_broker(fragile: Stack) -> None:
    await fragile.broker.kill()
    await fragile.ivr.line('"broker_away"')
    async with fragile.citizen("+491713920043") as citizen:
        caller = await citizen.dial(JUGEND)
        await caller.answered()
        await fragile.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await caller.press("1#")
        await caller.ended(within=30)
    unpublished = await fragile.command("callbacks", "list", "--unpublished")
    async with fragile.listening_again():
        told = await fragile.caseworker.told("requested", within=20, caller_number="+491713920043")

    assert [told["callback"]["id"]] == [callback["id"] for callback in unpublished]


async def test_locked_database_promises_nothing_and_costs_no_place(fragile: Stack) -> None:
    database = fragile.installation.state / "ivr.db"
    since = len(fragile.ivr.output)
    async with fragile.citizen("+491713920044") as citizen:
        caller = await citizen.dial(JUGEND)
        await caller.answered()
        await fragile.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        with closing(sqlite3.connect(database, isolation_level=None)) as locker:
            locker.execute("BEGIN IMMEDIATE")
            await caller.press("1#")
            await fragile.ivr.line('"callback_not_stored"', since=since, within=20)
            locker.execute("ROLLBACK")
        await fragile.status(lambda status: len(status["waiting"]) == 1, "the caller is back")
        await caller.hang_up()
        ended = await fragile.ended_call(since=since)

    assert ended["outcome"] == "abandoned"


async def test_missing_prompt_is_skipped_and_logged(fragile: Stack) -> None:
    sounds = fragile.installation.state / "sounds" / "de"
    aside = [(path, path.with_name(f"{path.name}.aside")) for path in sounds.glob("greeting.*")]
    since = len(fragile.ivr.output)
    async with fragile.ready_agent("1001") as agent, fragile.citizen() as citizen:
        for path, hidden in aside:
            path.rename(hidden)
        await asyncio.sleep(_RECHECK_SECONDS)
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await fragile.ivr.line('"prompts_missing"', since=since)
        await caller.hang_up()
        await ringing.ended()
        for path, hidden in aside:
            hidden.rename(path)

    assert aside
