"""A drive that fails while it prepares tells why, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from testbed.faults.plan import Kind
from testbed.installation import PROJECT


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount the small disk")
def test_the_cause_is_all_that_is_told_and_the_disk_is_unmounted(tmp_path: Path) -> None:
    sounds, temporary = tmp_path / "sounds", tmp_path / "temporary"
    sounds.mkdir()
    temporary.mkdir()
    (sounds / "greeting.wav").symlink_to(tmp_path / "nowhere")
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "testbed.faults", "--only", Kind.DISK_FULL),
            *("--rounds", "1", "--sounds", sounds),
        ],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=30,
    )

    assert ended.returncode == 1
    assert ended.stderr.count("Traceback") == 1
    assert ended.stderr.splitlines()[-1].startswith("shutil.Error: ")
    assert list(temporary.iterdir()) == []
