"""The journal, on the fake and on files: what is written is there for the next run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ivr.adapters.journal.files import JournalFiles
from ivr.application.journal import Header, Input, Journal
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallId
from tests.fakes.journal import FakeJournal
from tests.unit.domain.driver import MONDAY_NOON, Driver

HEADER = Header("0.1.0", "r1", MONDAY_NOON, {"county.toml": 'name = "Jever"\n'})
PRESSED = on.CallerPressed(CallId("anna"), "1")
MUSIC = [do.StartMusic(CallId("anna"))]


@pytest.fixture(params=["fake", "files"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return FakeJournal() if request.param == "fake" else JournalFiles(tmp_path / "journal")


def test_a_segment_holds_what_was_remembered_and_every_step(journal: Journal) -> None:
    d = Driver()
    d.caller_waits("anna")
    memory = d.engine.memory()
    journal.begin(HEADER, memory)
    journal.add(MONDAY_NOON, PRESSED, MUSIC)
    journal.add(MONDAY_NOON + timedelta(microseconds=1), None, [])
    journal.add_broken(MONDAY_NOON, PRESSED)

    (name,) = journal.names()
    segment = journal.read(name)

    assert segment.name == name
    assert segment.header == journal.header(name) == HEADER
    assert segment.memory == memory
    assert segment.damage == ""
    assert list(segment.inputs) == [
        Input(MONDAY_NOON, PRESSED, journal.digest(MUSIC)),
        Input(MONDAY_NOON + timedelta(microseconds=1), None, journal.digest([])),
        Input(MONDAY_NOON, PRESSED, None),
    ]


def test_what_the_engine_does_later_changes_no_beginning(journal: Journal) -> None:
    d = Driver()
    d.caller_waits("anna")
    journal.begin(HEADER, d.engine.memory())
    d.hangs_up("anna")

    (call,) = journal.read(journal.names()[0]).memory.calls
    assert call.id == "anna"
    assert call.queued_at is not None


def test_segments_come_in_the_order_in_which_they_were_begun(journal: Journal) -> None:
    """Also where the clock was set back."""
    for run, hours in (("r1", 0), ("r2", -3), ("r3", -5)):
        at = MONDAY_NOON + timedelta(hours=hours)
        journal.begin(Header("0.1.0", run, at, {}, settled=False), Driver().engine.memory())
        journal.add(at, PRESSED, [])

    assert [journal.header(name).run for name in journal.names()] == ["r1", "r2", "r3"]
    assert not journal.header(journal.names()[0]).settled
    assert all(len(journal.read(name).inputs) == 1 for name in journal.names())


def test_before_anything_was_begun_there_is_nothing(journal: Journal) -> None:
    assert journal.names() == []
    with pytest.raises(Unavailable):
        journal.add(MONDAY_NOON, PRESSED, [])


def test_different_commands_have_different_digests(journal: Journal) -> None:
    assert journal.digest(MUSIC) == journal.digest(list(MUSIC))
    assert journal.digest(MUSIC) != journal.digest([])
    assert journal.digest(MUSIC) != journal.digest([do.StopMusic(CallId("anna"))])
