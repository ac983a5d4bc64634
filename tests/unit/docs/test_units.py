"""The units for systemd are what systemd understands, and take away what is not needed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
UNITS = sorted((PROJECT / "packaging" / "systemd").glob("*.service"))
PREPARES = "ivr-asterisk-prepare"
OK_BELOW = "30"
"""Of a hundred; systemd's own words for it are OK."""

REMADE = ("prompts build", "dialplan render")

IMPLY_NO_NEW_PRIVILEGES = {
    *("NoNewPrivileges", "DynamicUser", "LockPersonality", "MemoryDenyWriteExecute"),
    *("PrivateDevices", "ProtectClock", "ProtectHostname", "ProtectKernelLogs"),
    *("ProtectKernelModules", "ProtectKernelTunables", "RestrictAddressFamilies"),
    *("RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "SystemCallArchitectures"),
    *("SystemCallFilter", "SystemCallLog"),
}
"""For a user without rights, says systemd.exec(5)."""

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


def settings(name: str) -> list[tuple[str, str]]:
    """Return the unit's settings in their order, some keys more than once."""
    lines = (PROJECT / "packaging" / "systemd" / f"{name}.service").read_text().splitlines()
    parts = (line.partition("=") for line in lines if not line.startswith("#"))
    return [(key, value) for key, found, value in parts if found]


def test_there_is_one_for_each_process() -> None:
    assert {unit.stem for unit in UNITS} == {
        *("ivr", "ivr-asterisk", PREPARES, "ivr-backup", "ivr-fallback")
    }


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
    made_anew = [value for key, value in settings(PREPARES) if key == "ExecStart"]
    asterisk = settings("ivr-asterisk")

    assert made_anew[:2] == [f"-/opt/ivr/bin/ivr {words}" for words in REMADE]
    assert ("Wants", f"{PREPARES}.service") in asterisk
    assert ("After", f"{PREPARES}.service") in asterisk


def test_newuidmap_may_gain_the_rights_it_needs_for_a_root_file_system() -> None:
    assert not IMPLY_NO_NEW_PRIVILEGES & {key for key, _ in settings(PREPARES)}


@needs_systemd
@pytest.mark.parametrize("name", sorted(unit.stem for unit in UNITS if unit.stem != PREPARES))
def test_little_is_left_to_a_burglar(name: str) -> None:
    unit = PROJECT / "packaging" / "systemd" / f"{name}.service"
    found = analyze("security", "--offline=true", f"--threshold={OK_BELOW}", unit)

    assert found.returncode == 0, found.stdout


def test_a_long_replay_is_not_cut_off() -> None:
    assert ("TimeoutStartSec", "10min") in settings("ivr")
