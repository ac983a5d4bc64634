"""Numbers in the journal: found, made unreadable and let go, on the fake and on files."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ivr.adapters.journal import JournalFiles, JournalNumbers
from ivr.application.journal import Header
from ivr.application.personal_store import Segments, Sought
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.ids import E164, CallId
from ivr.domain.memory import Memory
from tests.examples import county
from tests.fakes.segments import FakeSegments
from tests.unit.domain.driver import MONDAY_NOON

NUMBERING = county().numbering
CITIZEN = Sought(E164("+494461123456"), NUMBERING)
SPELLINGS = ["+494461123456", "04461123456", "00494461123456", "123456", "04461/123456"]
OTHER = "+494461123457"


@pytest.fixture(params=["fake", "files"])
def segments(request: pytest.FixtureRequest, tmp_path: Path) -> Segments:
    """A segment for every hour, in which a citizen called in every way there is; one is open."""
    if request.param == "fake":
        fake = FakeSegments()
        fake.segments = [
            (MONDAY_NOON + timedelta(hours=hour), [spelling, OTHER])
            for hour, spelling in enumerate(SPELLINGS)
        ]
        fake.segments.append((MONDAY_NOON + timedelta(hours=9), []))
        return fake
    for hour, spelling in enumerate(SPELLINGS):
        write(tmp_path, MONDAY_NOON + timedelta(hours=hour), spelling, OTHER)
    write(tmp_path, MONDAY_NOON + timedelta(hours=9))
    return JournalNumbers(tmp_path)


def write(folder: Path, at: datetime, *callers: str) -> Path:
    journal = JournalFiles(folder)
    journal.begin(Header("0.1.0", "r1", at, {}), Memory())
    for caller in callers:
        journal.add(at, on.CallArrived(CallId("anna"), "044619197777", caller), [])
    file = folder / journal.names()[-1]
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


def test_a_number_is_found_in_all_spellings(segments: Segments) -> None:
    assert segments.moments(CITIZEN) == [
        MONDAY_NOON + timedelta(hours=hour) for hour in range(len(SPELLINGS))
    ]
    assert segments.moments(Sought(E164("+494461123458"), NUMBERING)) == []


def test_a_number_is_made_unreadable_once_and_no_other(segments: Segments) -> None:
    assert segments.redact(CITIZEN) == len(SPELLINGS)
    assert segments.moments(CITIZEN) == []
    assert segments.redact(CITIZEN) == 0
    assert len(segments.moments(Sought(E164(OTHER), NUMBERING))) == len(SPELLINGS)


def test_what_is_over_is_removed_but_for_the_last(segments: Segments) -> None:
    before = MONDAY_NOON + timedelta(hours=2)
    assert segments.outdated(before) == 2
    assert segments.purge(before) == 2
    assert segments.outdated(before) == segments.purge(before) == 0
    assert segments.purge(MONDAY_NOON + timedelta(days=9)) == len(SPELLINGS) - 2
    assert segments.purge(MONDAY_NOON + timedelta(days=9)) == 0


# -- what only files have --------------------------------------------------------------------------


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A segment with a number in it, and an open one after it."""
    file = write(tmp_path, MONDAY_NOON, "04461123456")
    write(tmp_path, MONDAY_NOON)
    return file


def test_a_redacted_segment_says_so_and_stays_as_old_and_private(closed: Path) -> None:
    before = JournalFiles(closed.parent).read(closed.name)
    assert JournalNumbers(closed.parent).redact(CITIZEN) == 1
    after = JournalFiles(closed.parent).read(closed.name)
    assert (before.header.redacted, after.header.redacted) == (False, True)
    assert after.inputs[0].event == on.CallArrived(CallId("anna"), "044619197777", "x" * 11)
    assert after.inputs[0].digest == before.inputs[0].digest
    assert closed.stat().st_mtime == MONDAY_NOON.timestamp()
    assert closed.stat().st_mode & 0o777 == 0o600
    assert b"123456" not in closed.read_bytes()


def test_what_is_remembered_at_the_beginning_goes_too(tmp_path: Path) -> None:
    journal = JournalFiles(tmp_path)
    memory = Memory(lost_places={E164("+494461123456"): (MONDAY_NOON, 1)})
    journal.begin(Header("0.1.0", "r1", MONDAY_NOON, {}), memory)
    journal.begin(Header("0.1.0", "r1", MONDAY_NOON, {}), Memory())
    numbers = JournalNumbers(tmp_path)
    assert numbers.moments(CITIZEN) == [MONDAY_NOON]
    assert numbers.redact(CITIZEN) == 1
    assert list(journal.read(journal.names()[0]).memory.lost_places) == ["x" * 13]


def test_keys_that_spell_the_number_go_too(tmp_path: Path) -> None:
    journal = JournalFiles(tmp_path)
    journal.begin(Header("0.1.0", "r1", MONDAY_NOON, {}), Memory())
    for key in "1*04461123456#":
        journal.add(MONDAY_NOON, on.CallerPressed(CallId("anna"), key), [])
        journal.add(MONDAY_NOON, on.CallerPressed(CallId("bert"), "5"), [])
    journal.begin(Header("0.1.0", "r1", MONDAY_NOON, {}), Memory())
    assert JournalNumbers(tmp_path).redact(CITIZEN) == 11
    pressed = [step.event for step in journal.read(journal.names()[0]).inputs]
    keys = {
        call: "".join(
            each.key for each in pressed if isinstance(each, on.CallerPressed) and each.call == call
        )
        for call in ("anna", "bert")
    }
    assert keys == {"anna": "1*00000000000#", "bert": "5" * 14}


def test_what_is_damaged_stays_as_it_is(closed: Path) -> None:
    with closed.open("ab") as file:
        file.write(b'{"at":\n\0\0torn')
    assert JournalNumbers(closed.parent).redact(CITIZEN) == 1
    assert closed.read_bytes().endswith(b'\n{"at":\n\0\0torn')


def test_a_rewriting_that_fails_leaves_nothing_behind(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable):
        JournalNumbers(closed.parent).redact(CITIZEN)
    assert list(closed.parent.glob("*.redacted")) == []
    assert b"123456" in closed.read_bytes()


def test_what_a_rewriting_that_was_cut_off_left_goes_in_time(closed: Path) -> None:
    left = closed.with_suffix(".redacted")
    left.write_bytes(b"numbers")
    os.utime(left, (MONDAY_NOON.timestamp(), MONDAY_NOON.timestamp()))
    numbers = JournalNumbers(closed.parent)
    assert numbers.purge(MONDAY_NOON) == 0
    assert numbers.purge(MONDAY_NOON + timedelta(seconds=1)) == 2
    assert not left.exists()


def test_a_damaged_time_keeps_no_number_from_being_erased(tmp_path: Path) -> None:
    file = write(tmp_path, MONDAY_NOON, SPELLINGS[0])
    write(tmp_path, MONDAY_NOON + timedelta(hours=1))
    *before, last = file.read_bytes().rstrip(b"\n").split(b"\n")
    damaged = last.replace(MONDAY_NOON.isoformat().encode()[:10], b"no-date---", 1)
    assert damaged != last
    file.write_bytes(b"\n".join((*before, damaged, b"")))
    assert JournalNumbers(tmp_path).redact(CITIZEN) == 1
    assert SPELLINGS[0].encode() not in file.read_bytes()
