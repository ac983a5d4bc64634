"""`ivr doctor` where nothing runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def doctor(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "ivr", "doctor", *arguments],
        cwd=PROJECT,
        env={"IVR_STATE": str(home), "PATH": "/usr/bin:/bin", "HOME": str(home), **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_doctor_names_what_is_not_in_order_and_says_so_by_its_status(tmp_path: Path) -> None:
    run = doctor(tmp_path)

    assert run.returncode == 1
    assert "ivr serve" in run.stdout
    assert "docker/asterisk/cached-root" in run.stdout


def test_programs_get_the_same_in_every_language(tmp_path: Path) -> None:
    english, german = (doctor(tmp_path, "--json", LANG=lang) for lang in ("C", "de_DE.UTF-8"))

    assert english.stdout == german.stdout
    found = {finding["name"]: finding for finding in json.loads(english.stdout)}
    assert not found["service"]["in_order"]


def test_people_get_it_in_their_language(tmp_path: Path) -> None:
    assert (
        "Dienst\tnicht in Ordnung\tDer Dienst läuft nicht"
        in doctor(tmp_path, LANG="de_DE.UTF-8").stdout
    )
