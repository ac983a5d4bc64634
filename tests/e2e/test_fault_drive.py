"""Short drives: deaths of the program, then faults of all parts. Long ones: ``make faults``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any, Final

from testbed.faults.plan import Kind
from testbed.installation import PROJECT, Installation

DEATHS: Final = (Kind.APP_KILLED, Kind.APP_KILLED_TWICE)
FAULTS: Final = (
    Kind.APP_KILLED,
    Kind.APP_FROZEN,
    Kind.FALLBACK_KILLED,
    Kind.BROKER_KILLED,
    Kind.ASTERISK_KILLED,
    Kind.ASTERISK_FROZEN,
    Kind.DISK_FULL,
    Kind.NETWORK_LOSSY,
)


def drive(installation: Installation, kinds: Iterable[Kind], *, seed: int, rounds: int) -> None:
    """Drive; pytest shows the report where something is wrong."""
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "testbed.faults", "--json"),
            *("--seed", str(seed), "--rounds", str(rounds), "--only", ",".join(kinds)),
            *("--gap", "0.5", "3", "--sounds", installation.state / "sounds"),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(ended.stdout)  # noqa: T201 - what pytest shows of a failure
    report: dict[str, Any] = json.loads(ended.stdout)
    assert report["findings"] == []
    assert ended.returncode == 0
    assert sum(fault["times"] for fault in report["faults"]) == rounds
    assert sum(fault["waiting"] for fault in report["faults"]) > 0
    assert sum(fault["talking"] for fault in report["faults"]) > 0
    assert report["calls"] > rounds


def test_a_dozen_deaths_of_the_program_lose_nobody(installation: Installation) -> None:
    drive(installation, DEATHS, seed=20261123, rounds=12)


def test_faults_of_all_parts_lose_nobody(installation: Installation) -> None:
    drive(installation, FAULTS, seed=20261139, rounds=9)
