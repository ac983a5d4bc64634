"""Who called, in queue_log: found and masked, on the fake and on files."""

from __future__ import annotations

import os
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.adapters.system.queue_log import QueueLogFile
from ivr.adapters.system.queue_log_numbers import QueueLogNumbers
from ivr.application.personal_store import QueueLogs
from ivr.domain.errors import Unavailable
from tests.fakes.queue_logs import FakeQueueLogs

CITIZEN = ("+494461123456", "04461123456")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LINES = [
    f"{int(NOW.timestamp()) - 60}|c-1|ivr|NONE|ENTERQUEUE||+494461123456|1",
    f"{int(NOW.timestamp()) - 40}|c-2|ivr|NONE|DID|+494461193010|04461123456",
    f"{int(NOW.timestamp()) - 20}|c-3|ivr|NONE|ENTERQUEUE||+4944611234567|1",
    f"{int(NOW.timestamp())}|c-4|ivr|NONE|ENTERQUEUE|||2",
]


@pytest.fixture(params=["fake", "files"])
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> QueueLogs:
    if request.param == "fake":
        fake = FakeQueueLogs()
        fake.lines = list(LINES)
        return fake
    ours, asterisk = tmp_path / "queue_log", tmp_path / "asterisk_queue_log"
    ours.write_text(LINES[3] + "\n")
    ours.with_name("queue_log.1").write_text(f"{LINES[0]}\n{LINES[2]}\n")
    asterisk.write_text(f"{LINES[1]}\n")
    for file in tmp_path.iterdir():
        os.utime(file, (NOW.timestamp(), NOW.timestamp()))
    return QueueLogNumbers(ours, asterisk, write=lambda: None)


def test_the_lines_of_a_number_are_found_in_all_spellings(logs: QueueLogs) -> None:
    assert sorted(logs.lines_of(CITIZEN)) == LINES[:2]
    assert logs.lines_of(["+49446112"]) == []


def test_a_number_is_masked_once(logs: QueueLogs) -> None:
    assert logs.mask(CITIZEN) == 2
    assert logs.lines_of(CITIZEN) == []
    assert logs.mask(CITIZEN) == 0
    assert logs.lines_of(["+4944611234567"]) == [LINES[2]]


def test_older_numbers_are_masked_and_no_withheld_ones(logs: QueueLogs) -> None:
    before = NOW - timedelta(seconds=20)
    assert logs.outdated(before) == 2
    assert logs.purge(before) == 2
    assert logs.outdated(before) == logs.purge(before) == 0
    assert logs.lines_of(["+4944611234567"]) == [LINES[2]]
    assert logs.outdated(NOW) == 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "queue_log"


def of(file: Path) -> QueueLogNumbers:
    return QueueLogNumbers(file, write=lambda: None)


def test_all_but_the_number_stays(file: Path) -> None:
    file.write_text("".join(f"{line}\n" for line in LINES))
    of(file).mask(CITIZEN)
    masked = [
        re.sub(r"(?<=\|)(\+49|0)4461123456(?=\||$)", lambda number: "x" * len(number[0]), line)
        for line in LINES
    ]
    assert file.read_text().splitlines() == masked
    assert "xxxxxxxxxxxxx" in masked[0]


def test_full_files_that_are_over_are_removed(file: Path) -> None:
    old, young = file.with_name("queue_log.2"), file.with_name("queue_log.1")
    for each in (file, old, young):
        each.write_text(f"{LINES[0]}\n{LINES[1]}\n")
    for each in (file, old):
        os.utime(each, (0, 0))
    os.utime(young, (NOW.timestamp(), NOW.timestamp()))
    logs = of(file)
    before = NOW - timedelta(days=30)
    assert logs.outdated(before) == 2
    assert logs.purge(before) == 2
    assert not old.exists()
    assert young.exists()
    assert file.exists(), "whoever writes into it goes on"


def test_files_of_others_beside_it_are_left_alone(file: Path) -> None:
    other = file.with_name("queue_log.1.gz")
    other.write_bytes(LINES[0].encode() + b"\n")
    assert of(file).mask(CITIZEN) == 0
    assert of(file).outdated(NOW) == 0


def test_lines_that_are_none_of_ours_are_passed_over(file: Path) -> None:
    file.write_bytes(
        b"\xff\x00|ENTERQUEUE|\n|||NONE|ENTERQUEUE||04461123456|1\n\n" + LINES[0].encode()
    )
    assert of(file).mask(CITIZEN) == 0, "the last line is still being written"


def test_there_may_be_no_file_yet(file: Path) -> None:
    logs = of(file)
    assert (logs.outdated(NOW), logs.purge(NOW), logs.mask(CITIZEN)) == (0, 0, 0)


def test_what_can_t_be_written_is_told(file: Path) -> None:
    file.mkdir()
    with pytest.raises(Unavailable) as away:
        of(file).mask(CITIZEN)
    assert away.value.code == "queue_log_not_usable"


def test_what_waits_to_be_written_is_written_before(file: Path) -> None:
    writer = QueueLogFile(file, largest=1_000_000, kept=3)
    writer.add(LINES[0])
    assert QueueLogNumbers(file, write=writer.write).mask(CITIZEN) == 1
    assert "+494461123456" not in file.read_text()


def test_no_line_is_lost_that_is_written_and_rotated_meanwhile(file: Path) -> None:
    writer = QueueLogFile(file, largest=20_000, kept=1000)
    line = LINES[0].replace("c-1", "c-{}")
    wanted = 3000

    def write() -> None:
        for number in range(wanted):
            writer.add(line.format(number))
            writer.write()

    writing = threading.Thread(target=write)
    logs = QueueLogNumbers(file, write=writer.write)
    writing.start()
    masked = 0
    while writing.is_alive():
        masked += logs.mask(CITIZEN)
    writing.join()
    masked += logs.mask(CITIZEN)
    text = "".join(each.read_text() for each in file.parent.iterdir())
    assert masked == wanted
    assert sorted(re.findall(r"\|c-(\d+)\|", text), key=int) == [str(n) for n in range(wanted)]
    assert "4461123456" not in text
