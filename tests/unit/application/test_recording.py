"""Writing down what the engine is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from ivr.application.journal import Input
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallId
from ivr.domain.rules import QueueRules
from tests import examples
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.application.recorded_run import FILES, RecordedRun


def test_every_step_is_there_with_its_time() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    d.caller_arrives("anna")
    d.wait(100)
    assert journal.last.header.run == "r1"
    assert journal.last.header.config == FILES
    assert isinstance(journal.last.inputs[0].event, on.CallArrived)
    timers = [step for step in journal.last.inputs if step.event is None]
    assert timers
    assert [step.at for step in timers] == sorted({step.at for step in timers})


def test_a_segment_begins_after_so_many_steps_when_all_is_in_the_store() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal, longest=5)
    d.settled = False
    for _ in range(7):
        d.feed(on.PhoneReachable(examples.ALL_ROUND))
    assert len(journal.segments) == 1
    d.settled = True
    d.feed(on.PhoneReachable(examples.ALL_ROUND))
    assert len(journal.segments) == 2
    assert journal.last.header.settled
    assert journal.last.inputs == []
    assert journal.last.memory == d.real.memory()


def test_what_gathers_for_the_store_is_hurried_only_when_a_segment_is_to_begin() -> None:
    d = RecordedRun(FakeJournal(), longest=5)
    d.settled = False
    for _ in range(4):
        d.feed(on.PhoneReachable(examples.ALL_ROUND))
    assert d.hurried == 0
    d.feed(on.PhoneReachable(examples.ALL_ROUND))
    assert d.hurried == 1
    d.settled = True
    d.feed(on.PhoneReachable(examples.ALL_ROUND))
    assert d.hurried == 1


def test_a_segment_that_began_unsettled_is_soon_followed_by_a_settled_one() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    d.settled = False
    d.recording.begin(d.now)
    d.feed(on.PhoneReachable(examples.ALL_ROUND))
    assert not journal.last.header.settled
    d.settled = True
    d.feed(on.PhoneReachable(examples.ALL_ROUND))
    assert [segment.header.settled for segment in journal.segments.values()][-1]
    before = len(journal.segments)
    d.feed(on.PhoneReachable(examples.ALL_ROUND))
    assert len(journal.segments) == before


def test_changed_files_begin_a_segment_that_holds_them() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    d.caller_waits("anna")
    d.files = {"county.toml": "new"}
    d.feed(on.CountyChanged(examples.county()))
    segments = [journal.segments[name] for name in journal.names()]
    assert [segment.header.config for segment in segments] == [FILES, d.files, d.files]
    assert all(
        not isinstance(step.event, on.CountyChanged)
        for segment in segments
        for step in segment.inputs
    )
    assert journal.last.memory == d.real.memory()


def test_a_full_disk_is_said_once_and_calls_go_on() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    with capture_logs() as told:
        journal.full = True
        d.caller_waits("anna")
        tries = journal.tries
        d.caller_waits("bert")  # within the same second nobody tries again
        assert journal.tries == tries
        d.later(1)
        d.feed(on.PhoneReachable(examples.ALL_ROUND))
        assert journal.tries == tries + 1
        journal.full = False
        d.later(2)
        d.hangs_up("bert")
        lost = d.recording.lost
        d.caller_waits("carl")
    assert [(line["event"], line.get("lost")) for line in told] == [
        ("journal_not_written", None),
        ("journal_written_again", lost),
    ]
    assert d.recording.lost == lost > 0
    waiting = [view.id for view in d.real.snapshot().calls]
    assert waiting == ["anna", "carl"]


def test_the_step_that_ends_the_program_is_there_to_be_looked_at() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    d.caller_waits("anna")
    hung_up = on.CallerHungUp(CallId("anna"))
    d.recording.broke(hung_up, d.now)
    assert (journal.last.inputs[-1].event, journal.last.inputs[-1].digest) == (hung_up, None)


def test_changed_files_that_end_the_program_are_there_as_a_step_without_a_fact() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    d.recording.broke(on.CountyChanged(examples.county()), d.now)
    assert journal.last.inputs == [Input(d.now, None, None)]


@pytest.mark.parametrize(
    ("end", "broken"),
    [
        (ExceptionGroup("", [ExceptionGroup("", [KeyError("a channel")])]), 1),
        (ExceptionGroup("", [Unavailable("Another program connected.", code="replaced")]), 0),
    ],
)
def test_only_a_defect_counts_as_the_end_of_a_run_by_one(end: Exception, broken: int) -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    with pytest.raises(ExceptionGroup), d.recording.of_a_run(FakeClock(d.now)):
        raise end
    assert [step.digest for step in journal.last.inputs] == [None] * broken


def test_the_end_by_a_defect_is_written_down_once() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    d.recording.begin(d.now)
    d.recording.broke(on.CallerHungUp(CallId("anna")), d.now)
    d.recording.broke(None, d.now)  # as the group of tasks ends with it
    assert len(journal.last.inputs) == 1


def test_a_segment_can_begin_without_somebody_s_lost_place() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal, county=examples.county(QueueRules(redial_within=timedelta(minutes=3))))
    d.caller_waits("anna")
    d.wait(60)
    d.feed(on.CallerLost(CallId("anna")))
    assert examples.CALLER in d.real.memory().lost_places
    d.recording.forget(examples.CALLER, d.now)
    assert journal.last.memory.lost_places == {}
    assert examples.CALLER in d.real.memory().lost_places


def test_a_lost_place_that_stays_in_a_journal_nobody_can_write_is_said() -> None:
    journal = FakeJournal()
    d = RecordedRun(journal)
    journal.full = True
    with pytest.raises(Unavailable) as error:
        d.recording.forget(examples.CALLER, d.now)
    assert error.value.code == "journal_not_usable"
