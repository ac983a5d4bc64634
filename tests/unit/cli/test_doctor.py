"""`ivr doctor` where nothing runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def test_doctor_names_what_is_not_in_order_and_says_so_by_its_status(tmp_path: Path) -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "ivr", "doctor"],
        cwd=PROJECT,
        env={"IVR_STATE": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "ivr serve" in run.stdout
    assert "docker/asterisk/cached-root" in run.stdout
