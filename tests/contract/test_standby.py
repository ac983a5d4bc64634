"""What every fallback queue must do, shown on the fake and on a real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from structlog.testing import capture_logs

from ivr.adapters.ami import AmiAddress, AmiStandby
from ivr.application.ports.standby import Choice, Standby, StandbyPresence
from ivr.domain.agents import Presence
from ivr.domain.errors import Unavailable
from ivr.domain.ids import AgentId
from tests.fakes.standby import FakeStandby
from tests.integration.dialplan_lab import Lab, dialplan_lab

ANNA, BERND = AgentId("1001"), AgentId("1002")
READY = StandbyPresence(Presence.READY)
LOGGED_OUT = StandbyPresence(Presence.LOGGED_OUT)
LUNCH = StandbyPresence(Presence.PAUSED, "Mittag")
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class Scene(Protocol):
    """A fallback queue, with what only a test can do."""

    @property
    def standby(self) -> Standby: ...

    async def chooses(self, choice: Choice) -> None:
        """Let an agent choose while the program is away."""
        ...

    async def go_away(self) -> None: ...

    async def restarts(self) -> None:
        """Let Asterisk stop and start again."""
        ...


class FakeScene:
    def __init__(self) -> None:
        self.standby = FakeStandby()

    async def chooses(self, choice: Choice) -> None:
        self.standby.chooses(choice)

    async def go_away(self) -> None:
        self.standby.down = True

    async def restarts(self) -> None:
        self.standby.down = False


class AsteriskScene:
    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._connected = asyncio.Event()
        bind = lab.settings.asterisk_ami_bind
        self.standby = AmiStandby(
            AmiAddress(bind.host, bind.port, "ivr", lab.secrets.ami_password), self._connected.set
        )

    async def connected(self) -> None:
        async with asyncio.timeout(20):
            await self._connected.wait()

    async def chooses(self, choice: Choice) -> None:
        at = int(choice.at.timestamp())
        note = f"{choice.presence}:{at}:{choice.reason_key}"
        await self._lab.asterisk.cli(f"database put ivr-standby {choice.agent} {note}")

    async def go_away(self) -> None:
        await self._lab.asterisk.stop()

    async def restarts(self) -> None:
        self._connected.clear()
        await self._lab.asterisk.restart()
        await self.connected()


@asynccontextmanager
async def asterisk_scene(folder: Path) -> AsyncIterator[AsteriskScene]:
    async with dialplan_lab(folder) as lab:
        scene = AsteriskScene(lab)
        running = asyncio.create_task(scene.standby.run(), name="standby")
        try:
            await scene.connected()
            yield scene
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(params=["fake", "asterisk"])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    if request.param == "fake":
        yield FakeScene()
        return
    async with asterisk_scene(tmp_path) as real:
        yield real


async def test_it_knows_what_it_was_told(scene: Scene) -> None:
    standby = scene.standby
    assert await standby.presences() == {}
    await standby.tell(ANNA, READY)
    await standby.tell(BERND, LUNCH)
    assert await standby.presences() == {ANNA: READY, BERND: LUNCH}
    await standby.tell(ANNA, LUNCH)
    await standby.tell(BERND, READY)
    assert await standby.presences() == {ANNA: LUNCH, BERND: READY}
    await standby.tell(ANNA, LOGGED_OUT)
    assert await standby.presences() == {BERND: READY}


async def test_telling_it_twice_changes_nothing(scene: Scene) -> None:
    for wanted in (READY, LUNCH, LOGGED_OUT):
        await scene.standby.tell(ANNA, wanted)
        await scene.standby.tell(ANNA, wanted)
    assert await scene.standby.presences() == {}


async def test_it_remembers_over_a_restart(scene: Scene) -> None:
    await scene.standby.tell(ANNA, READY)
    await scene.standby.tell(BERND, LUNCH)
    await scene.restarts()
    assert await scene.standby.presences() == {ANNA: READY, BERND: LUNCH}


async def test_a_choice_is_there_until_it_is_forgotten(scene: Scene) -> None:
    assert await scene.standby.choices() == []
    ready = Choice(ANNA, Presence.READY, "", MONDAY)
    paused = Choice(BERND, Presence.PAUSED, "1", MONDAY)
    await scene.chooses(ready)
    await scene.chooses(paused)
    found = await scene.standby.choices()
    assert {each.agent: each for each in found} == {ANNA: ready, BERND: paused}
    await scene.standby.forget(BERND)
    assert await scene.standby.choices() == [ready]


async def test_of_several_choices_the_latest_is_there(scene: Scene) -> None:
    await scene.chooses(Choice(ANNA, Presence.READY, "", MONDAY))
    latest = Choice(ANNA, Presence.LOGGED_OUT, "", MONDAY)
    await scene.chooses(latest)
    assert await scene.standby.choices() == [latest]


async def test_nothing_can_be_told_while_it_is_away(scene: Scene) -> None:
    await scene.go_away()
    with pytest.raises(Unavailable):
        await scene.standby.tell(ANNA, READY)
    with pytest.raises(Unavailable):
        await scene.standby.presences()


# --- What only the real one can be asked -------------------------------------------------------


@pytest.mark.parametrize("reason", ["Mittag, lang; oder|so", "ä" * 100, "a\r\nAction: Ping"])
async def test_no_reason_breaks_what_it_keeps(tmp_path: Path, reason: str) -> None:
    async with asterisk_scene(tmp_path) as scene:
        await scene.standby.tell(ANNA, StandbyPresence(Presence.PAUSED, reason))
        await scene.standby.tell(BERND, READY)
        await scene.restarts()
        counted = await scene.standby.presences()
    assert {agent: each.presence for agent, each in counted.items()} == {
        ANNA: Presence.PAUSED,
        BERND: Presence.READY,
    }


async def test_a_queue_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with dialplan_lab(tmp_path) as lab:
        (lab.settings.asterisk / "etc" / "queues.conf").write_text("[general]\n")
        await lab.asterisk.cli("queue reload all")
        scene = AsteriskScene(lab)
        running = asyncio.create_task(scene.standby.run(), name="standby")
        await scene.connected()
        with pytest.raises(Unavailable, match="queue"):
            await scene.standby.tell(ANNA, READY)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_wrong_password_is_said_once(tmp_path: Path) -> None:
    async with dialplan_lab(tmp_path) as lab:
        bind = lab.settings.asterisk_ami_bind
        standby = AmiStandby(AmiAddress(bind.host, bind.port, "ivr", "secret-1"), lambda: None)
        with capture_logs() as logs:
            running = asyncio.create_task(standby.run(), name="standby")
            await lab.logged("InvalidPassword")
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    assert not standby.connected
    assert [entry["event"] for entry in logs] in ([], ["ami_away"])
    assert "secret-1" not in str(logs)
