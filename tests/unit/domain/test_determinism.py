"""The same facts lead to the same commands, in whatever order a process puts its sets."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.unit.domain.scripted_day import ScriptedDay


def digest_with(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.domain.scripted_day"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_day_is_the_same_in_every_process() -> None:
    assert digest_with("1") == digest_with("2") != ""


def test_another_day_is_another() -> None:
    assert ScriptedDay(1).digest(50) != ScriptedDay(2).digest(50)
