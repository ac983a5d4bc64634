"""Journal files that are damaged, torn or can't be written."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from ivr.adapters.journal.files import JournalFiles
from ivr.application.journal import Header
from ivr.domain import events as on
from ivr.domain.errors import Unavailable, UnexpectedMessage
from ivr.domain.ids import CallId
from ivr.domain.memory import Memory
from tests.unit.domain.driver import MONDAY_NOON

HEADER = Header("0.1.0", "r1", MONDAY_NOON, {})
PRESSED = on.CallerPressed(CallId("anna"), "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(folder: Path) -> JournalFiles:
    journal = JournalFiles(folder)
    journal.begin(HEADER, Memory())
    for _ in range(3):
        journal.add(MONDAY_NOON, PRESSED, [])
    return journal


@pytest.fixture
def file(journal: JournalFiles, folder: Path) -> Path:
    return folder / journal.names()[0]


def test_only_the_owner_may_look(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_torn_last_line_is_left_out(journal: JournalFiles, file: Path, cut: int) -> None:
    file.write_bytes(file.read_bytes()[:-cut])
    segment = journal.read(file.name)
    assert len(segment.inputs) == 2
    assert segment.damage == ""


@pytest.mark.parametrize(
    "damage", [b"nonsense", b"[]", b"{}", b'{"at":7,"event":null,"digest":""}', b"\0" * 40]
)
def test_what_is_before_a_damage_is_read(journal: JournalFiles, file: Path, damage: bytes) -> None:
    lines = file.read_bytes().split(b"\n")
    lines[3] = damage
    file.write_bytes(b"\n".join(lines))
    segment = journal.read(file.name)
    assert len(segment.inputs) == 1
    assert segment.damage.startswith("line 4: ")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}\n{}\n",
        b'{"journal":1}\n{}\n',
        b'{"journal":1,"program":"1","run":"r","at":"today","settled":true,"config":{}}\n{}\n',
    ],
)
def test_a_damaged_header_is_said(journal: JournalFiles, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(UnexpectedMessage):
        journal.read(file.name)
    with pytest.raises(UnexpectedMessage):
        journal.header(file.name)


def test_a_segment_without_what_was_remembered_is_none(journal: JournalFiles, file: Path) -> None:
    file.write_bytes(file.read_bytes().split(b"\n")[0] + b"\n")
    assert journal.header(file.name) == HEADER
    with pytest.raises(UnexpectedMessage):
        journal.read(file.name)


def test_a_format_of_later_is_refused(journal: JournalFiles, file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"journal":1', b'"journal":2'))
    with pytest.raises(UnexpectedMessage, match="format"):
        journal.read(file.name)


def test_a_folder_that_is_gone_is_noticed_and_made_again(
    journal: JournalFiles, folder: Path
) -> None:
    shutil.rmtree(folder)
    with pytest.raises(Unavailable):
        journal.add(MONDAY_NOON, PRESSED, [])
    with pytest.raises(Unavailable):  # until somebody begins anew
        journal.add(MONDAY_NOON, PRESSED, [])
    journal.begin(replace(HEADER, run="r2"), Memory())
    journal.add(MONDAY_NOON, PRESSED, [])
    assert [journal.header(name).run for name in journal.names()] == ["r2"]


def test_what_can_t_be_written_as_text_does_not_pass_for_written(journal: JournalFiles) -> None:
    with pytest.raises(Unavailable):
        journal.add(MONDAY_NOON, on.CallerPressed(CallId("\ud800"), "1"), [])


def test_a_file_that_may_grow_no_longer_is_a_disk_that_is_full(tmp_path: Path) -> None:
    """In a process of its own: the limit holds for all of a process."""
    program = """
        import sys
        from pathlib import Path
        from ivr.adapters.journal.files import JournalFiles
        from ivr.domain.errors import Unavailable
        from ivr.domain.memory import Memory
        from tests.unit.journal.test_files import HEADER, MONDAY_NOON, PRESSED

        journal = JournalFiles(Path(sys.argv[1]))
        journal.begin(HEADER, Memory())
        written = 0
        try:
            for _ in range(1000):
                journal.add(MONDAY_NOON, PRESSED, [])
                written += 1
        except Unavailable:
            segment = journal.read(journal.names()[0])
            assert segment.damage == ""
            assert len(segment.inputs) == written > 0
            journal.begin(HEADER, Memory())
            journal.add(MONDAY_NOON, PRESSED, [])
            print("noticed")
    """

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    done = subprocess.run(
        [sys.executable, "-c", dedent(program), str(tmp_path / "journal")],
        preexec_fn=limited,
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == "noticed\n"


def test_what_a_killed_program_had_begun_goes_with_the_next_segment(
    journal: JournalFiles, folder: Path
) -> None:
    left = folder / "00000002-20261005T120000.new"
    left.write_bytes(b"numbers")
    journal.begin(HEADER, Memory())
    assert not left.exists()
    assert len(journal.names()) == 2
