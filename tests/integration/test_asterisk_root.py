"""docker/asterisk: the root file system and the runner, as whoever runs this test."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.adapters.system.asterisk import OLDEST_VERSION, find_asterisk
from ivr.provisioning.asterisk_modules import NEEDED_MODULES
from testbed.asterisk import RUN, AsteriskInstance
from testbed.phone import SipServer
from testbed.ports import Ports
from testbed.process import Process
from tests.integration.asterisk_lab import lab, write_configuration


def mounts() -> str:
    return Path("/proc/self/mounts").read_text()


async def test_every_needed_module_is_running_and_nothing_complains(tmp_path: Path) -> None:
    async with lab(tmp_path) as network:
        shown = await network.asterisk.cli("module show")
        running = {line.split()[0] for line in shown.splitlines() if " Running " in line}
        log = (tmp_path / "state/asterisk/log/messages.log").read_text()
    assert set(NEEDED_MODULES) <= running
    assert "loader.c: Error" not in log
    found = find_asterisk(NEEDED_MODULES)
    assert found.version >= OLDEST_VERSION


async def test_two_instances_run_side_by_side_and_leave_nothing_mounted(tmp_path: Path) -> None:
    before = mounts()
    async with lab(tmp_path / "one") as one, lab(tmp_path / "two") as two:
        for network in (one, two):
            assert "PJSIP" in await network.asterisk.cli("core show channeltypes")
        assert mounts() == before
    assert mounts() == before


async def test_a_killed_asterisk_can_be_started_again(tmp_path: Path) -> None:
    async with lab(tmp_path) as network:
        await network.asterisk.kill()
        assert not network.asterisk.running
        await network.asterisk.start()
        await network.asterisk.restart()
        assert await network.asterisk.channels() == []


async def test_a_failed_start_tells_why(tmp_path: Path) -> None:
    with Ports() as ports:
        write_configuration(tmp_path, ports, SipServer("127.0.0.2", ports.one()))
    (tmp_path / "asterisk/etc/extensions.conf").unlink()
    (tmp_path / "asterisk/etc/modules.conf").write_text("[modules]\nrequire = no_such.so\n")
    with pytest.raises(RuntimeError, match="no_such"):
        await AsteriskInstance(tmp_path).start()


async def test_without_a_configuration_it_says_so(tmp_path: Path) -> None:
    async with await Process.start(RUN, tmp_path) as run:
        await run.line("asterisk.conf is missing")
        assert await run.ended() == 1
