"""What every site must do, shown on the fake and on real files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from ivr.application.ports.site import Site
from ivr.domain.errors import ConfigError, Problem, Unavailable
from ivr.domain.ids import AgentId
from ivr.provisioning.settings import Settings
from ivr.provisioning.site import FileSite
from testbed.installation import PROJECT
from tests.examples import ALL_ROUND, county
from tests.fakes.site import FakeSite


class _Scene(Protocol):
    @property
    def site(self) -> Site: ...

    def rename_agent(self) -> None: ...

    def break_files(self) -> None: ...

    def fill_disk(self) -> None: ...


class _FakeScene:
    def __init__(self) -> None:
        self.site = FakeSite(county())

    def rename_agent(self) -> None:
        self.site.wanted = {"pjsip.conf": b"renamed"}

    def break_files(self) -> None:
        self.site.problems = (Problem("agents.toml", "agent", "", "is missing", "one or more"),)

    def fill_disk(self) -> None:
        self.site.disk_full = True


class _FileScene:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._config = folder / "config"
        self._monkeypatch = monkeypatch
        shutil.copytree(PROJECT / "config", self._config)
        self.site = FileSite(
            Settings(
                config=self._config,
                state=folder / "state",
                dialplan=PROJECT / "dialplan",
                prompts=PROJECT / "prompts",
            )
        )
        self.site.write(self.site.plan().content)

    def rename_agent(self) -> None:
        agents = self._config / "agents.toml"
        agents.write_text(agents.read_text().replace("Sabine Krüger", "Sabine Neumann"))

    def add_agent(self) -> None:
        with (self._config / "agents.toml").open("a") as agents:
            agents.write('\n[[agent]]\nid = "1077"\nname = "Neu"\n')

    def send_everybody_away(self) -> None:
        """All of Umwelt, for ever."""
        with (self._config / "duty.toml").open("a") as plan:
            for name in ("antje.petersen", "gerd.onken", "hinrich.focken"):
                days = "from = 2026-01-01\nto = 2999-12-31"
                plan.write(f'\n[[absence]]\ncaseworker = "{name}"\n{days}\n')

    def break_files(self) -> None:
        (self._config / "agents.toml").write_text("agent = 1")

    def fill_disk(self) -> None:
        def full(_path: Path, _content: bytes) -> None:
            raise OSError(28, "No space left on device", "pjsip.conf")

        self._monkeypatch.setattr("ivr.provisioning.asterisk.write_private", full)


@pytest.fixture(params=["fake", "files"])
def scene(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> _Scene:
    scenes: dict[str, Callable[[], _Scene]] = {
        "fake": _FakeScene,
        "files": lambda: _FileScene(tmp_path, monkeypatch),
    }
    return scenes[str(request.param)]()


def test_unchanged_files_change_nothing(scene: _Scene) -> None:
    plan = scene.site.plan()
    assert (plan.files, plan.modules, plan.restart) == ((), (), ())
    assert ALL_ROUND in plan.county.agents


def test_a_change_is_written_once_and_can_be_taken_back(scene: _Scene) -> None:
    scene.rename_agent()
    plan = scene.site.plan()
    assert [(file.name, file.kind) for file in plan.files] == [("pjsip.conf", "changed")]
    assert plan.modules != ()

    before = scene.site.write(plan.content)
    assert scene.site.plan().files == ()

    scene.site.write(before)
    assert scene.site.plan().files == plan.files


def test_a_look_finds_the_same(scene: _Scene) -> None:
    scene.rename_agent()
    assert scene.site.look() == scene.site.plan()


def test_a_look_makes_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = _FileScene(tmp_path, monkeypatch)
    secrets = tmp_path / "state" / "secrets.toml"
    before = secrets.read_bytes()
    scene.add_agent()

    assert [file.name for file in scene.site.look().files] == ["pjsip.conf"]
    assert secrets.read_bytes() == before

    scene.site.plan()
    assert b"1077" in secrets.read_bytes()


def test_a_plan_that_leaves_nobody_responsible_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = _FileScene(tmp_path, monkeypatch)
    scene.send_everybody_away()
    with pytest.raises(ConfigError) as refused:
        scene.site.look()
    assert {problem.key for problem in refused.value.problems} == {"department[umwelt]"}


def test_passwords_are_not_told(scene: _Scene) -> None:
    scene.rename_agent()
    assert scene.site.plan().files[0].difference is None


def test_wrong_files_are_told_and_nothing_is_planned(scene: _Scene) -> None:
    scene.break_files()
    with pytest.raises(ConfigError) as caught:
        scene.site.plan()
    assert caught.value.problems[0].file == "agents.toml"


def test_a_full_disk_leaves_all_as_it_was(scene: _Scene) -> None:
    scene.rename_agent()
    plan = scene.site.plan()
    scene.fill_disk()
    with pytest.raises(Unavailable):
        scene.site.write(plan.content)
    assert scene.site.plan().files == plan.files
    assert AgentId("1001") in plan.county.agents
