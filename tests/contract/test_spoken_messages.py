"""What whoever keeps spoken messages must do, shown on the fake and on files."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.adapters.system.spoken_messages import SpokenMessageFiles
from ivr.application.personal_store import RecordingFiles
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import RecordingId
from tests.fakes.spoken_messages import FakeSpokenMessages

MESSAGE = RecordingId("1763884800.12-68a1-m1")
WRITTEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["fake", "files"])
def messages(request: pytest.FixtureRequest, tmp_path: Path) -> RecordingFiles:
    (tmp_path / "secret.wav").write_bytes(b"another's")
    if request.param == "fake":
        fake = FakeSpokenMessages()
        fake.files[MESSAGE] = b"RIFF"
        fake.written[MESSAGE] = WRITTEN
        return fake
    folder = tmp_path / "recording"
    folder.mkdir()
    file = folder / f"{MESSAGE}.wav"
    file.write_bytes(b"RIFF")
    os.utime(file, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return SpokenMessageFiles(folder)


def test_what_was_said_is_read(messages: RecordingFiles) -> None:
    assert messages.read(MESSAGE) == b"RIFF"


@pytest.mark.parametrize("name", ["gone", "../secret", "..", "", ".hidden", "a/b", "x\0"])
def test_there_is_nothing_else_to_be_read(messages: RecordingFiles, name: str) -> None:
    with pytest.raises(Refused) as refused:
        messages.read(RecordingId(name))
    assert refused.value.code == "message_not_found"


def test_what_can_t_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / f"{MESSAGE}.wav").mkdir()
    with pytest.raises(Unavailable, match="directory"):
        SpokenMessageFiles(tmp_path).read(MESSAGE)


def test_one_is_removed_once(messages: RecordingFiles) -> None:
    assert messages.remove(MESSAGE)
    assert not messages.remove(MESSAGE)
    assert messages.older_than(WRITTEN + timedelta(days=1)) == []


@pytest.mark.parametrize("name", ["gone", "../secret", "..", "", ".hidden", "a/b", "x\0"])
def test_nothing_else_is_removed(messages: RecordingFiles, tmp_path: Path, name: str) -> None:
    assert not messages.remove(RecordingId(name))
    assert (tmp_path / "secret.wav").exists()


def test_old_ones_are_found(messages: RecordingFiles) -> None:
    assert messages.older_than(WRITTEN) == []
    assert messages.older_than(WRITTEN + timedelta(seconds=1)) == [MESSAGE]


def test_what_can_t_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / f"{MESSAGE}.wav").mkdir()
    with pytest.raises(Unavailable) as away:
        SpokenMessageFiles(tmp_path).remove(MESSAGE)
    assert away.value.code == "message_not_removed"


def test_there_may_be_no_folder_yet(tmp_path: Path) -> None:
    assert SpokenMessageFiles(tmp_path / "none").older_than(WRITTEN) == []
