"""The file of ``queue_log``: appended aside, rotated, and never in the way of calls."""

from __future__ import annotations

import asyncio
import re
import resource
import signal
import stat
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.adapters.system import queue_log
from ivr.adapters.system.queue_log import QueueLogFile
from ivr.application.queue_log import QueueLog
from ivr.domain import events as on
from ivr.domain.privacy import PrivacyRules, StaffRules
from tests.examples import ALL_ROUND
from tests.service_lab import running_service

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "use-queue-log-tools.md"


# ruff: noqa: ASYNC240 - the tests may wait for their disk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "log" / "queue_log"


@asynccontextmanager
async def running(log: QueueLogFile) -> AsyncIterator[None]:
    task = asyncio.create_task(log.run(), name="queue log")
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def write(log: QueueLogFile, *lines: str) -> None:
    async with running(log):
        for line in lines:
            log.add(line)


async def test_lines_are_appended_in_order_for_the_service_and_its_group(file: Path) -> None:
    log = QueueLogFile(file, largest=1_000_000, kept=1)
    await write(log, "a", "b")
    await write(log, "c")
    assert file.read_text() == "a\nb\nc\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


async def test_a_file_that_was_moved_away_is_begun_anew(file: Path) -> None:
    log = QueueLogFile(file, largest=1_000_000, kept=1)
    await write(log, "a")
    file.rename(file.with_name("elsewhere"))
    await write(log, "b")
    assert file.read_text() == "b\n"


async def test_a_large_file_is_moved_and_the_oldest_goes(file: Path) -> None:
    log = QueueLogFile(file, largest=2, kept=3)
    for number in range(6):
        await write(log, str(number))
    names = sorted(path.name for path in file.parent.iterdir())
    assert names == sorted(["queue_log", *(f"queue_log.{n}" for n in range(1, 4))])
    assert file.read_text() == "5\n"
    assert file.with_name("queue_log.1").read_text() == "4\n"
    assert file.with_name("queue_log.3").read_text() == "2\n"


async def test_what_can_t_be_written_waits_and_is_told_once(file: Path) -> None:
    file.mkdir(parents=True)
    log = QueueLogFile(file, largest=1_000_000, kept=1)
    with capture_logs() as told:
        await write(log, "a")
        await write(log, "b", "c")
        file.rmdir()
        await write(log, "d")
    assert [(line["event"], line.get("lost")) for line in told] == [
        ("queue_log_not_written", None),
        ("queue_log_lost", 1),  # would be, were this the program's end
        ("queue_log_lost", 3),
        ("queue_log_written_again", 0),
    ]
    assert file.read_text() == "a\nb\nc\nd\n"


async def test_of_too_many_lines_the_oldest_are_lost(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_log, "MOST_WAITING", 3)
    file.mkdir(parents=True)
    log = QueueLogFile(file, largest=1_000_000, kept=1)
    with capture_logs() as told:
        for line in "abcde":
            await write(log, line)
        file.rmdir()
        await write(log, "f")
    assert told[-1]["lost"] == 2
    assert file.read_text() == "c\nd\ne\nf\n"


async def test_a_full_disk_leaves_no_half_a_line(file: Path) -> None:
    log = QueueLogFile(file, largest=1_000_000, kept=1)
    await write(log, "a")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len("a\nlong"), limit[1]))
    try:
        with capture_logs() as told:
            await write(log, "longer than there is room")
        assert file.read_text() == "a\n"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert told[0]["event"] == "queue_log_not_written"
    with capture_logs():
        await write(log, "b")
    assert file.read_text() == "a\nlonger than there is room\nb\n"


async def test_a_report_reads_what_a_service_wrote(file: Path) -> None:
    log = QueueLogFile(file, largest=1_000_000, kept=1)
    async with running(log), running_service() as lab:
        QueueLog(log).follow(lab.dispatcher)
        await lab.caller_waits("call-1")
        lab.later(13)
        await lab.agent_answers(ALL_ROUND)
        lab.later(60)
        await lab.agent_hangs_up(lab.switch.offers[0].offer)
    [program] = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    report = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-c", program],
        env={"PATH": "/usr/bin:/bin", "QUEUE_LOG": str(file), "TZ": "Europe/Berlin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert report.stdout == "2026-11-23 calls 1 answered 1 within20 1 asa 13.0\n"
    assert [line.split("|")[4] for line in file.read_text().splitlines()] == [
        "DID",
        "ENTERQUEUE",
        "ADDMEMBER",
        "CONNECT",
        "COMPLETEAGENT",
    ]


@pytest.mark.parametrize(("per_agent", "name"), [(False, "agents"), (True, ALL_ROUND)])
async def test_agents_are_named_where_the_county_wants_it(
    file: Path, *, per_agent: bool, name: str
) -> None:
    log = QueueLogFile(file, largest=1_000_000, kept=1)
    async with running(log), running_service() as lab:
        staff = PrivacyRules(staff=StaffRules(per_agent=per_agent))
        await lab.inbox.handled(on.CountyChanged(replace(lab.county, privacy=staff)))
        QueueLog(log).follow(lab.dispatcher)
        await lab.caller_waits("call-1")
        await lab.agent_answers(ALL_ROUND)
    lines = [line.split("|")[3:5] for line in file.read_text().splitlines()]
    assert lines == [
        ["NONE", "DID"],
        ["NONE", "ENTERQUEUE"],
        [name, "ADDMEMBER"],
        [name, "CONNECT"],
    ]


async def test_lines_wait_for_more_unless_somebody_is_in_a_hurry(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_log, "_GATHERS_SECONDS", 3600)
    log, loop, written = (
        QueueLogFile(file, 1_000_000, 1),
        asyncio.get_running_loop(),
        asyncio.Event(),
    )
    write_now = log.write

    def noticed() -> None:
        write_now()
        loop.call_soon_threadsafe(written.set)

    monkeypatch.setattr(log, "write", noticed)
    async with running(log), asyncio.timeout(5):
        log.add("a")
        await asyncio.sleep(0)
        assert not file.exists()
        log.hurry()
        await written.wait()
        assert file.read_text() == "a\n"
