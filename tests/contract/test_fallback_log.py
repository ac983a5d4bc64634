"""What every reader of the fallback queue's log must do, shown on the fake and on real files."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from ivr.adapters.system.fallback_log import FallbackLogFile
from ivr.application.ports.standby import FallbackLog, LogPlace
from ivr.domain.errors import Unavailable
from tests.fakes.fallback_log import FakeFallbackLog


class Scene(Protocol):
    """A log, and what Asterisk does with it."""

    @property
    def log(self) -> FallbackLog: ...

    def written(self, *lines: str) -> None: ...

    def restarted(self) -> FallbackLog:
        """The reader of the program's next run."""
        ...


class FakeScene:
    def __init__(self) -> None:
        self.log = FakeFallbackLog()

    def written(self, *lines: str) -> None:
        self.log.lines += lines

    def restarted(self) -> FallbackLog:
        self.log = self.log.restarted()
        return self.log


class FileScene:
    def __init__(self, folder: Path) -> None:
        self.file = folder / "asterisk" / "queue_log"
        self.file.parent.mkdir()
        self.bookmark = folder / "log" / "place"
        self.log = self.restarted()

    def written(self, *lines: str) -> None:
        with self.file.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def restarted(self) -> FallbackLogFile:
        self.log = FallbackLogFile(self.file, self.bookmark)
        return self.log


@pytest.fixture(params=["fake", "file"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    return FakeScene() if request.param == "fake" else FileScene(tmp_path)


def texts(log: FallbackLog) -> list[str]:
    return [line.text for line in log.more()]


def test_lines_come_once_and_in_order(scene: Scene) -> None:
    assert scene.log.more() == []
    assert scene.log.place is None
    scene.written("a", "b")
    assert texts(scene.log) == ["a", "b"]
    assert texts(scene.log) == []
    scene.written("c")
    assert texts(scene.log) == ["c"]


def test_after_a_restart_it_goes_on_where_it_is_told_to(scene: Scene) -> None:
    scene.written("a", "b", "c")
    _first, second, _third = scene.log.more()
    scene.log.remember(second.place)
    log = scene.restarted()
    assert texts(log) == ["b", "c"]
    assert log.place is not None
    log.remember(log.place)
    scene.written("d")
    assert texts(scene.restarted()) == ["d"]


def test_what_was_not_remembered_is_read_again(scene: Scene) -> None:
    scene.written("a")
    assert texts(scene.log) == ["a"]
    assert texts(scene.restarted()) == ["a"]


# --- Files only --------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> FileScene:
    return FileScene(tmp_path)


def rotated(scene: FileScene) -> None:
    for number in (2, 1):
        newer = scene.file.with_name(f"queue_log.{number - 1}") if number > 1 else scene.file
        if newer.exists():
            newer.rename(scene.file.with_name(f"queue_log.{number}"))


def test_a_line_that_is_not_whole_waits(files: FileScene) -> None:
    files.file.write_text("a\nb")
    assert texts(files.log) == ["a"]
    files.written("b")
    assert texts(files.log) == ["bb"]


def test_what_is_left_of_a_rotated_file_comes_before_the_next(files: FileScene) -> None:
    files.written("a")
    assert texts(files.log) == ["a"]
    files.written("b")
    rotated(files)
    files.written("c")
    rotated(files)
    files.written("d")
    assert [texts(files.log), texts(files.log), texts(files.log)] == [["b"], ["c"], ["d"]]
    assert texts(files.log) == []


def test_a_restart_after_a_rotation(files: FileScene) -> None:
    files.written("a", "b")
    files.log.remember(files.log.more()[1].place)
    rotated(files)
    files.written("c")
    log = files.restarted()
    assert [texts(log), texts(log), texts(log)] == [["b"], ["c"], []]


def test_a_file_that_is_gone_or_begun_anew_is_read_from_its_start(files: FileScene) -> None:
    files.written("a", "b")
    assert texts(files.log) == ["a", "b"]
    files.file.write_text("c\n")
    assert texts(files.log) == ["c"]
    files.file.unlink()
    assert files.log.more() == []


def test_a_large_file_comes_in_pieces(files: FileScene) -> None:
    line = "x" * 999
    files.written(*[line] * 10_000)
    counts = []
    while found := files.log.more():
        counts.append(len(found))
    assert sum(counts) == 10_000
    assert len(counts) > 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"inode": 1}', '{"inode": "x", "offset": 0}'])
def test_a_damaged_bookmark_is_none(files: FileScene, content: str) -> None:
    files.bookmark.parent.mkdir()
    files.bookmark.write_text(content)
    files.written("a")
    assert texts(files.restarted()) == ["a"]


def test_others_can_not_read_the_bookmark(files: FileScene) -> None:
    files.log.remember(LogPlace(1, 2))
    assert files.bookmark.stat().st_mode & 0o007 == 0


def test_what_can_not_be_read_or_kept_is_said(files: FileScene) -> None:
    files.file.mkdir()
    with pytest.raises(Unavailable) as unreadable:
        files.log.more()
    assert unreadable.value.code == "queue_log_not_usable"
    files.bookmark.parent.write_text("no folder")
    with pytest.raises(Unavailable):
        files.log.remember(LogPlace(1, 2))
