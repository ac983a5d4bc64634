"""Starts that end at once, again and again, go on without what was remembered."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from ivr.application.recovery import Recovered, recover
from ivr.application.setting_aside import AT_ONCE, RUNS, breaks_at_once, without_memory
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.ids import CallId
from tests import examples
from tests.fakes.journal import FakeJournal
from tests.unit.application.recorded_run import FILES, RecordedRun
from tests.unit.domain.driver import MONDAY_NOON

AGAIN = on.CallerHungUp(CallId("anna"))
"""What Asterisk tells anew after each start."""


def recovered(journal: FakeJournal) -> Recovered:
    found = recover(journal, lambda _: examples.county(), lambda _engine, _memory: lambda *_: None)
    assert found is not None
    return found


def starts(journal: FakeJournal, number: int, at: datetime = MONDAY_NOON) -> RecordedRun:
    engine = recovered(journal).engine if journal.segments else None
    return RecordedRun(journal, f"r{number}", engine=engine, at=at)


def breaks(journal: FakeJournal, number: int, after: timedelta = timedelta(seconds=2)) -> None:
    run = starts(journal, number)
    run.recording.broke(AGAIN, run.now + after)


@pytest.fixture
def journal() -> FakeJournal:
    """Somebody waits, and the program was killed."""
    journal = FakeJournal()
    starts(journal, 0).caller_waits("anna")
    return journal


def test_three_in_a_row_are_no_coincidence(journal: FakeJournal) -> None:
    for number in range(1, RUNS + 1):
        assert not breaks_at_once(journal)
        breaks(journal, number)
    assert breaks_at_once(journal)


def test_a_run_may_have_begun_several_segments(journal: FakeJournal) -> None:
    for number in range(1, RUNS + 1):
        run = starts(journal, number)
        run.recording.begin(run.now, settled=False)
        run.recording.begin(run.now, settled=True)
        run.recording.broke(None, run.now)
    assert breaks_at_once(journal)


def test_a_run_without_a_defect_between_makes_an_end(journal: FakeJournal) -> None:
    breaks(journal, 1)
    breaks(journal, 2)
    starts(journal, 3)  # and was killed
    breaks(journal, 4)
    assert not breaks_at_once(journal)
    breaks(journal, 5)
    breaks(journal, 6)
    assert breaks_at_once(journal)
    starts(journal, 7)
    assert not breaks_at_once(journal)


def test_who_lived_a_minute_has_served_calls(journal: FakeJournal) -> None:
    breaks(journal, 1)
    breaks(journal, 2, AT_ONCE)
    breaks(journal, 3)
    assert not breaks_at_once(journal)


def test_two_runs_are_not_three() -> None:
    journal = FakeJournal()
    assert not breaks_at_once(journal)
    for number in range(1, RUNS):
        breaks(journal, number)
        assert not breaks_at_once(journal)


def test_what_can_t_be_read_tells_nothing(journal: FakeJournal) -> None:
    for number in range(1, RUNS + 1):
        breaks(journal, number)
    journal.unreadable.add(journal.names()[-1])
    assert not breaks_at_once(journal)


def test_nobody_is_remembered_and_what_was_decided_is_written() -> None:
    journal = FakeJournal()
    run = starts(journal, 0)
    run.agent_ready(examples.ALL_ROUND)
    run.caller_waits("anna")
    run.caller_waits("bert")
    run.hangs_up("bert")
    past = recovered(journal)
    assert past.told_again
    changed = examples.county()

    with capture_logs() as told:
        fresh = without_memory(past, changed, {**FILES, "queue.toml": ""})

    assert fresh.engine.snapshot().calls == ()
    assert fresh.engine.county is changed
    assert fresh.config == {**FILES, "queue.toml": ""}
    assert (fresh.run, fresh.at, fresh.told_again) == (past.run, past.at, ())
    assert fresh.again == past.again
    assert any(isinstance(each.command, do.RecordCall) for each in fresh.again)
    [line] = told
    assert (line["event"], line["log_level"], line["calls"]) == ("memory_set_aside", "error", 1)


def test_the_start_after_that_is_remembered_again(journal: FakeJournal) -> None:
    for number in range(1, RUNS + 1):
        breaks(journal, number)
    past = recovered(journal)
    fresh = without_memory(past, examples.county(), FILES)
    run = RecordedRun(journal, "r4", engine=fresh.engine)
    run.caller_waits("carl")
    assert not breaks_at_once(journal)
    assert [call.id for call in recovered(journal).engine.memory().calls] == ["carl"]
