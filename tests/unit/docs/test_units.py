"""The units for systemd are what systemd understands, and take away what is not needed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
UNITS = sorted((PROJECT / "packaging" / "systemd").glob("*.service"))
OK_BELOW = "30"
"""Of a hundred; systemd's own words for it are OK."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],  # noqa: S607
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_there_is_one_for_each_process() -> None:
    assert {unit.stem for unit in UNITS} == {"ivr", "ivr-asterisk", "ivr-fallback"}


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_it(unit: Path, tmp_path: Path) -> None:
    here = tmp_path / unit.name
    text = unit.read_text()
    for program in ("/opt/ivr/bin/ivr", "/opt/ivr-src/docker/asterisk/run"):
        text = text.replace(program, "/bin/true")
    here.write_text(text)
    found = analyze("verify", here)

    assert (found.returncode, found.stdout) == (0, "")


def test_wrong_files_don_t_keep_asterisk_from_starting() -> None:
    lines = (PROJECT / "packaging" / "systemd" / "ivr-asterisk.service").read_text().splitlines()
    before = [line for line in lines if line.startswith("ExecStartPre=")]

    assert [line.startswith("ExecStartPre=-") for line in before] == [True, True]


@needs_systemd
@pytest.mark.parametrize("name", ["ivr", "ivr-fallback"])
def test_little_is_left_to_a_burglar(name: str) -> None:
    unit = PROJECT / "packaging" / "systemd" / f"{name}.service"
    found = analyze("security", "--offline=true", f"--threshold={OK_BELOW}", unit)

    assert found.returncode == 0, found.stdout


def test_a_long_replay_is_not_cut_off() -> None:
    unit = (PROJECT / "packaging" / "systemd" / "ivr.service").read_text()

    assert "\nTimeoutStartSec=10min\n" in unit
