"""``ivr replay`` on the files of a service."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from ivr.adapters.journal import JournalFiles
from ivr.application.recording import Recording
from ivr.cli import replay as command
from ivr.domain import events as on
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import Refused
from ivr.domain.ids import CallId
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT
from tests.unit.domain.driver import MONDAY_NOON

NUMBER = "01713920101"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A segment in which a caller comes and goes."""
    monkeypatch.setenv("IVR_STATE", str(tmp_path))
    monkeypatch.setenv("LANG", "C")
    configuration = load_county(PROJECT / "config")
    engine = QueueEngine(configuration.county, "r1")
    recording = Recording(
        JournalFiles(tmp_path / "journal"),
        engine,
        "r1",
        configuration.files,
        config_now=lambda: configuration.files,
        settled=lambda: True,
    )
    recording.begin(MONDAY_NOON)
    call = CallId("anna")
    for event in (on.CallArrived(call, "044619197777", NUMBER), on.CallerHungUp(call)):
        recording.took(event, engine.handle(event, MONDAY_NOON), MONDAY_NOON)
    (file,) = (tmp_path / "journal").iterdir()
    return file


def test_nothing_differs(file: Path) -> None:
    for arguments in ([], [str(file)], [f"{MONDAY_NOON.astimezone():%Y-%m-%d}"]):
        result = CliRunner().invoke(command.app, arguments)
        assert result.exit_code == 0, result.output
        assert file.name in result.output


def test_a_changed_fact_is_found_without_naming_anybody(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"CallerHungUp", b"CallerLost"))
    shown, as_json = (CliRunner().invoke(command.app, options) for options in ([], ["--json"]))
    for result in (shown, as_json):
        assert result.exit_code == 1
        assert "CallerLost" in result.output
        assert NUMBER[1:] not in result.output
        assert "anna" not in result.output
    (replayed,) = orjson.loads(as_json.output)
    assert [each["position"] for each in replayed["differences"]] == [2]
    assert not replayed["same"]


@pytest.mark.usefixtures("file")
def test_a_day_without_a_segment_is_refused() -> None:
    result = CliRunner().invoke(command.app, ["1999-01-01"])
    assert isinstance(result.exception, Refused)


@pytest.mark.usefixtures("file")
def test_what_is_neither_file_nor_day_is_wrong_use() -> None:
    assert CliRunner().invoke(command.app, ["yesterday"]).exit_code == 2
