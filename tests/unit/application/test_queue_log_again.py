"""Lines of ``queue_log`` over a restart: each once, whatever was written before the end."""

from __future__ import annotations

import pytest

from ivr.application.queue_log import QueueLog
from ivr.application.recovery import recover
from tests import examples
from tests.fakes.journal import FakeJournal
from tests.unit.application.recorded_run import RecordedRun


class Lines:
    """A file of lines."""

    def __init__(self, *there: str) -> None:
        self.lines = list(there)

    def add(self, line: str) -> None:
        self.lines.append(line)

    def recent(self) -> frozenset[str]:
        return frozenset(self.lines)


def lines_again(journal: FakeJournal, *there: str) -> list[str]:
    lines = Lines(*there)
    queue_log = QueueLog(lines)
    recover(journal, lambda _: examples.county(), queue_log.tell_again)
    queue_log.catch_up()
    return lines.lines


@pytest.fixture
def journal() -> FakeJournal:
    """A caller who came before the last segment began talks and hangs up in it."""
    journal = FakeJournal()
    d = RecordedRun(journal)
    d.agent_ready(examples.ALL_ROUND)
    d.caller_waits("anna")
    d.recording.begin(d.now)
    d.wait(7)
    d.talks("anna")
    d.wait(30)
    d.hangs_up("anna")
    return journal


def test_lines_that_were_not_written_are(journal: FakeJournal) -> None:
    events = [line.split("|")[4] for line in lines_again(journal)]
    assert events == ["CONNECT", "COMPLETECALLER"]  # who entered earlier was told of earlier


def test_lines_that_were_written_are_not_again(journal: FakeJournal) -> None:
    every = lines_again(journal)
    assert lines_again(journal, *every) == every
    assert lines_again(journal, every[0]) == every
