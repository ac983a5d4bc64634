"""A short drive through deaths of the program. The long one is ``make faults``."""

from __future__ import annotations

import json
import subprocess
import sys

from testbed.installation import PROJECT, Installation

KILLS = 12
AT_LEAST_CALLS = 15
SEED = 20261123


def test_a_dozen_deaths_of_the_program_lose_nobody(installation: Installation) -> None:
    drive = subprocess.run(
        [
            *(sys.executable, "-m", "testbed.faults", "--json"),
            *("--seed", str(SEED), "--rounds", str(KILLS), "--only", "app-killed,app-killed-twice"),
            *("--gap", "0.5", "3", "--sounds", installation.state / "sounds"),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    report = json.loads(drive.stdout)
    print(drive.stdout)  # noqa: T201 - what pytest shows of a failure

    assert report["findings"] == []
    assert drive.returncode == 0
    assert sum(fault["times"] for fault in report["faults"]) == KILLS
    assert sum(fault["waiting"] for fault in report["faults"]) > 0
    assert sum(fault["talking"] for fault in report["faults"]) > 0
    assert report["calls"] >= AT_LEAST_CALLS
