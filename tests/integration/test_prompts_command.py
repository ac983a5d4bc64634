"""``ivr prompts`` on its own command line, with the real espeak-ng and sox."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

Ivr = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with German prompts, to be built into ``state``, for a county that speaks German."""
    folder = tmp_path_factory.mktemp("command")
    shutil.copytree(PROJECT / "prompts" / "de", folder / "prompts" / "de")
    shutil.copytree(PROJECT / "config", folder / "config")
    county = folder / "config" / "county.toml"
    county.write_text(county.read_text().partition("[languages]")[0])
    return folder


@pytest.fixture
def ivr(place: Path) -> Ivr:
    def run(*arguments: str, lang: str = "C") -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONUTF8": "1",
            "LANG": lang,
            "IVR_CONFIG": str(place / "config"),
            "IVR_PROMPTS": str(place / "prompts"),
            "IVR_STATE": str(place / "state"),
        }
        command = [sys.executable, "-c", "from ivr.cli import main; main()", "prompts", *arguments]
        return subprocess.run(
            command,
            env=environment,
            cwd=place,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_build_list_and_build_again(ivr: Ivr) -> None:
    first = ivr("build")
    assert first.returncode == 0, first.stderr
    count = len(json.loads(ivr("list", "--json").stdout))
    assert first.stdout == f"de: {count} built, 0 unchanged, 0 removed\n"
    assert first.stderr.splitlines()[-1] == f"de: {count} of {count}", "progress in plain lines"

    again = ivr("build")
    assert again.stdout == f"de: 0 built, {count} unchanged, 0 removed\n"
    assert again.stderr == ""

    rows = {row["name"]: row for row in json.loads(ivr("list", "--json").stdout)}
    assert {row["state"] for row in rows.values()} == {"ok"}
    assert rows["pause"] == {
        "name": "pause",
        "language": "de",
        "text": "",
        "source": "silence",
        "state": "ok",
        "seconds": 0.25,
    }
    assert rows["day-23"]["text"] == "den dreiundzwanzigsten,"
    assert rows["day-23"]["source"] == "synthetic"
    assert 1 < rows["greeting"]["seconds"] < 5


def test_the_table_is_in_the_language_of_the_environment(ivr: Ivr) -> None:
    heading, first, *_ = ivr("list", lang="de_DE.UTF-8").stdout.splitlines()
    assert heading.split("\t") == ["Name", "Sprache", "Text", "Quelle", "Zustand", "Sekunden"]
    assert first.split("\t")[0] == "greeting"
    assert "Landkreis" in first


def test_a_language_that_is_not_there_is_wrong_use(ivr: Ivr) -> None:
    result = ivr("build", "--language", "tlh")
    assert result.returncode == 2
    assert "no texts in this language" in result.stderr
    assert "Traceback" not in result.stderr
