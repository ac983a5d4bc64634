"""What whoever keeps spoken messages must do, shown on the fake and on files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.adapters.system.spoken_messages import SpokenMessageFiles
from ivr.application.ports import SpokenMessages
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import RecordingId
from tests.fakes.spoken_messages import FakeSpokenMessages

MESSAGE = RecordingId("1763884800.12-68a1-m1")


@pytest.fixture(params=["fake", "files"])
def messages(request: pytest.FixtureRequest, tmp_path: Path) -> SpokenMessages:
    (tmp_path / "secret.wav").write_bytes(b"another's")
    if request.param == "fake":
        fake = FakeSpokenMessages()
        fake.files[MESSAGE] = b"RIFF"
        return fake
    folder = tmp_path / "recording"
    folder.mkdir()
    (folder / f"{MESSAGE}.wav").write_bytes(b"RIFF")
    return SpokenMessageFiles(folder)


def test_what_was_said_is_read(messages: SpokenMessages) -> None:
    assert messages.read(MESSAGE) == b"RIFF"


@pytest.mark.parametrize("name", ["gone", "../secret", "..", "", ".hidden", "a/b", "x\0"])
def test_there_is_nothing_else_to_be_read(messages: SpokenMessages, name: str) -> None:
    with pytest.raises(Refused) as refused:
        messages.read(RecordingId(name))
    assert refused.value.code == "message_not_found"


def test_what_can_t_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / f"{MESSAGE}.wav").mkdir()
    with pytest.raises(Unavailable, match="directory"):
        SpokenMessageFiles(tmp_path).read(MESSAGE)
