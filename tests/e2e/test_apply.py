"""``ivr apply`` while people talk: nothing is touched that goes on, and what is new holds."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from testbed.audio import dominant_frequency
from testbed.installation import IVR, Installation
from testbed.ports import Ports
from testbed.process import Process
from testbed.stack import Stack

JUGEND = "044619195010"
NEW_DID = "044619195099"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, config: Path) -> Path:
    """The admin's files, to be edited."""
    folder = tmp_path_factory.mktemp("edited") / "config"
    shutil.copytree(config, folder)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stack(
    files: Path, another: Callable[[Path], Installation], ports: Ports
) -> AsyncIterator[Stack]:
    async with Stack(another(files), ports) as stack:
        yield stack


async def test_a_new_agent_and_number_work_while_others_talk(stack: Stack, files: Path) -> None:
    async with (
        stack.ready_agent("1001", tone=440) as agent,
        stack.citizen(tone=660) as citizen,
        stack.citizen("+491713920002") as another,
    ):
        talking = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        _edit(files / "agents.toml", "", '\n[[agent]]\nid = "1077"\nname = "Neu"\n')
        _edit(files / "departments.toml", '"04461/919-5010"', f'"04461/919-5010", "{NEW_DID}"')

        change = await stack.command("apply")

        assert {"agents[1077]", "departments[jugend].dids"} <= {
            value["what"] for value in change["values"]
        }
        assert {"pjsip.conf", "extensions.conf"} <= {file["name"] for file in change["files"]}
        assert change["restart"] == []
        async with stack.ready_agent("1077") as newcomer:
            call = await another.dial(NEW_DID)
            offered = await newcomer.incoming()
            await stack.talk("1077", offered)
            await offered.hang_up()
            await call.ended()

        await talking.talk(1)
        await talking.hang_up()
        await ringing.ended()
        assert dominant_frequency(talking.heard()) == 440
        assert dominant_frequency(ringing.heard()) == 660
    await stack.asterisk.idle()


async def test_the_caller_who_waits_keeps_the_place(stack: Stack, files: Path) -> None:
    async with stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        _edit(files / "queue.toml", "ring_time = 5", "ring_time = 7")
        change = await stack.command("apply")
        assert [(value["what"], value["after"]) for value in change["values"]] == [
            ("queue.ring_time", "7 s")
        ]
        async with stack.ready_agent("1002") as agent:
            await (await agent.incoming()).reject()
        await call.hang_up()
    await stack.asterisk.idle()


async def test_a_dry_run_tells_and_changes_nothing(stack: Stack, files: Path) -> None:
    _edit(files / "queue.toml", "wrap_up = 1", "wrap_up = 2")
    told = await _apply(stack, "--dry-run")
    assert "queue.wrap_up\t1 s\t2 s" in told
    assert "-wrapuptime = 1" in told
    assert (await stack.command("apply"))["values"][0]["what"] == "queue.wrap_up"
    assert "Nothing would change." in await _apply(stack, "--dry-run", status=0)


async def test_who_is_away_gets_no_new_callbacks(stack: Stack, files: Path) -> None:
    assert await _owner(stack, "0171 3920071") == "wiebke.harms"
    _send_away(files, "wiebke.harms")
    change = await stack.command("apply")
    assert [value["what"] for value in change["values"]] == ["departments[jugend].absences"]
    assert await _owner(stack, "0171 3920072") == "tomke.eilers"

    good = (files / "duty.toml").read_text()
    _send_away(files, "tomke.eilers")
    _send_away(files, "onno.siebels")
    try:
        told = await _apply(stack, status=2)
    finally:
        (files / "duty.toml").write_text(good)
    assert "departments.toml: department[jugend]" in told
    assert "absent are wiebke.harms, tomke.eilers, onno.siebels" in told
    assert await _owner(stack, "0171 3920073") == "tomke.eilers"


async def test_a_wrong_file_changes_nothing_and_says_why(stack: Stack, files: Path) -> None:
    good = (files / "queue.toml").read_text()
    (files / "queue.toml").write_text(good.replace("ring_time = 7", "ring_time = 0"))
    try:
        told = await _apply(stack, status=2)
        refused = await stack.refused("POST", "configuration/apply")
    finally:
        (files / "queue.toml").write_text(good)
    assert "queue.toml: ring_time" in told
    assert "5 to 120" in told
    assert (refused.status_code, refused.json()["code"]) == (422, "configuration")
    assert refused.json()["problems"][0]["field"] == "queue.toml: ring_time"
    assert (await stack.command("apply"))["values"] == []


async def test_a_dismissed_agent_finishes_the_call(stack: Stack, files: Path) -> None:
    since = len(stack.ivr.output)
    agents = (files / "agents.toml").read_text()
    async with stack.agent_phone("1003") as phone, stack.citizen() as citizen:
        await stack.wants("1003", "ready")
        call = await citizen.dial(JUGEND)
        ringing = await phone.incoming()
        await stack.talk("1003", ringing)
        entry = agents.index('[[agent]]\nid = "1003"')
        rest = agents.index("[[agent]]", entry + 1)
        (files / "agents.toml").write_text(agents[:entry] + agents[rest:])
        await stack.command("apply")
        await call.talk(0.5)
        await call.hang_up()
        ended = await stack.ended_call(since=since)
    assert (ended["outcome"], ended["agent"]) == ("completed", "1003")
    await stack.status(
        lambda status: "1003" not in {agent["id"] for agent in status["agents"]}, "no agent 1003"
    )
    await stack.asterisk.idle()


async def _owner(stack: Stack, number: str) -> str:
    """Request a callback and say whose it is."""
    requested = await stack.command("callbacks", "request", number, "--department", "jugend")
    return str(requested["caseworker"])


def _send_away(files: Path, caseworker: str) -> None:
    days = "from = 2020-01-01\nto = 2999-12-31"
    _edit(files / "duty.toml", "", f'\n[[absence]]\ncaseworker = "{caseworker}"\n{days}\n')


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1) if old else text + new)


async def _apply(stack: Stack, *options: str, status: int = 1) -> str:
    environment = {**stack.installation.environment, "LANG": "C.UTF-8"}
    async with await Process.start(IVR, "apply", *options, env=environment) as run:
        assert await run.ended(30) == status, run.output
        return "\n".join(run.output)
