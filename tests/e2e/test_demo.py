"""README's first command does what README says, and says so when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from testbed import story
from testbed.installation import PROJECT
from testbed.process import Process


@pytest.mark.timeout(400)
async def test_demo_shows_every_step_and_leaves_nothing_running() -> None:
    async with await Process.start("make", "demo", "ONCE=1", cwd=PROJECT) as demo:
        status = await demo.ended(360)
        told = list(demo.output)

    assert status == 0, "\n".join(told)
    assert "Every step happened." in told
    assert any("calls; the answered ones waited" in line for line in told)
    assert sum("callback stored and delivered over MQTT" in line for line in told) == 4


def test_demo_fails_when_something_does_not_happen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IVR_STATE", str(tmp_path))
    monkeypatch.setattr(story, "_READY_SECONDS", 0.2)
    monkeypatch.setattr("sys.argv", ["story", "--once"])

    assert story.main() == 1
    assert "This did not happen" in capsys.readouterr().out
