"""A memory that breaks every start is set aside: real starts, ended by a real defect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from ivr.adapters.journal import JournalFiles
from ivr.application.journal import Header
from ivr.application.setting_aside import RUNS
from ivr.domain.due import Due
from ivr.domain.ids import CallId
from ivr.domain.live import LiveCall, Phase
from ivr.domain.memory import Memory
from ivr.provisioning.county import county_files
from testbed.installation import IVR, PROJECT, Installation
from testbed.ports import Ports
from testbed.process import Process
from tests.examples import COMMON_NUMBER

CALL: Final = CallId("1795371805.7")
_BREAKS_SECONDS: Final = 60
"""A deadline waits ten seconds for an Asterisk that is away, and there is none."""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A state folder, without Asterisk, broker and prompts: it has to run all the same."""
    with Ports() as ports:
        planned = Installation.plan(tmp_path / "state", ports, PROJECT / "config", tmp_path)
        planned.state.mkdir()
        yield planned


def remembers_nonsense(journal: JournalFiles) -> None:
    """Somebody hung up to be phoned, whose place nobody knows: a defect must have made this."""
    now = datetime.now(UTC)
    away = LiveCall(
        id=CALL,
        dialled=COMMON_NUMBER,
        department=None,
        caller=None,
        arrived_at=now,
        language="de",
        phase=Phase.AWAY,
        on_line=False,
    )
    header = Header("0", "1", now, county_files(PROJECT / "config"), settled=True)
    journal.begin(header, Memory(calls=(away,), timers=((now, Due.AWAY, CALL),)))


async def test_after_some_starts_that_broke_it_serves_without_what_it_remembered(
    installation: Installation,
) -> None:
    folder = installation.state / "journal"
    remembers_nonsense(JournalFiles(folder))
    [written] = folder.iterdir()
    before = written.read_bytes()
    for _ in range(RUNS):
        async with await Process.start(
            IVR, "serve", name="ivr", env=installation.environment
        ) as broken:
            assert await broken.ended(_BREAKS_SECONDS) == 1
            assert not [line for line in broken.output if "memory_set_aside" in line]
    async with await Process.start(IVR, "serve", name="ivr", env=installation.environment) as ivr:
        await ivr.line('"memory_set_aside"', within=_BREAKS_SECONDS)
        await ivr.line('"started"', within=_BREAKS_SECONDS)
        assert await ivr.stop(within=5) == 0
    # What the defect left behind is still there, for whoever looks for it.
    assert written.read_bytes() == before
