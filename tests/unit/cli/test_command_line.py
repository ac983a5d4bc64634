"""The command line as a whole: exit status, errors, languages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ivr import __version__
from ivr.cli.check import find_problems

ROOT = Path(__file__).parents[3]
IVR = Path(sys.executable).parent / "ivr"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The shipped files, a fresh state folder, English."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "IVR_STATE": str(tmp_path / "state"),
        "IVR_CONFIG": str(ROOT / "config"),
        "IVR_DIALPLAN": str(ROOT / "dialplan"),
        "IVR_PROMPTS": str(ROOT / "prompts"),
        "LANG": "C.UTF-8",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [IVR, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_names_the_commands(environment: dict[str, str]) -> None:
    shown = run(environment, "--help")
    assert shown.returncode == 0
    for command in ("check", "dialplan", "prompts"):
        assert f"{command} " in shown.stdout


def test_help_is_german_in_germany(environment: dict[str, str]) -> None:
    shown = run(environment | {"LANG": "de_DE.UTF-8"}, "--help")
    assert "Rufnummern eines Landkreises" in shown.stdout


def test_version(environment: dict[str, str]) -> None:
    assert run(environment, "--version").stdout == f"ivr {__version__}\n"


_COUNTY = {"aiohttp", "fastapi", "holidays", "jinja2", "phonenumbers", "sqlalchemy", "structlog"}
"""What takes long to import; commands that only ask the service have no use for it."""


@pytest.mark.parametrize(
    ("command", "unused"),
    [
        ("", _COUNTY | {"asyncio", "pydantic"}),
        *((command, _COUNTY) for command in ("agents", "callbacks", "calls", "status")),
        ("backup", {"aiohttp", "alembic", "fastapi", "holidays"}),
        ("fallback", {"alembic", "fastapi", "jinja2"}),
        ("serve", {"alembic", "aiosmtplib", "icalendar"}),
    ],
)
def test_nothing_is_imported_that_is_not_used(command: str, unused: set[str]) -> None:
    program = f"""
import sys
sys.argv = ["ivr", *{command.split()}, "--help"]
import ivr.cli
try:
    ivr.cli.main()
except SystemExit:
    pass
print(sorted({unused} & sys.modules.keys()), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("arguments", [["chek"], ["check", "--jsn"], ["dialplan", "show"]])
def test_wrong_use_is_status_2(environment: dict[str, str], arguments: list[str]) -> None:
    done = run(environment, *arguments)
    assert done.returncode == 2
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr


# --- check -------------------------------------------------------------------------------------


def broken(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A copy of the files with two mistakes in two files."""
    folder = tmp_path / "broken"
    shutil.copytree(ROOT / "config", folder)
    (folder / "agents.toml").write_text('[[agent]]\nid = "1001"\nname = "A"\nskils = ["umwelt"]\n')
    (folder / "trunk.toml").write_text('match = ["x"]\ncodecs = ["alaw"]\n')
    return environment | {"IVR_CONFIG": str(folder)}


def test_check_tells_all_problems(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(broken(environment, tmp_path), "check")
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        "agents.toml: agent[1001].skils",
        "    there is no such key",
        "    allowed: did you mean skills?",
        "trunk.toml: match[1]",
        '    "x" is no IP address and no network',
        "    allowed: 192.0.2.10 or 192.0.2.0/28",
        "There are 2 problems.",
    ]


def test_check_in_german(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(broken(environment, tmp_path) | {"LC_ALL": "de_DE.UTF-8"}, "check")
    assert "    erlaubt: meinten Sie skills?" in done.stdout
    assert "Es gibt 2 Fehler." in done.stdout


def test_check_for_programs(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(broken(environment, tmp_path) | {"LC_ALL": "de"}, "check", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)[1] == {
        "file": "trunk.toml",
        "key": "match[1]",
        "value": "x",
        "wrong": "is no IP address and no network",
        "allowed": "192.0.2.10 or 192.0.2.0/28",
    }


def test_check_looks_at_passwords_templates_and_prompts(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "secrets.toml").write_text("")
    (state / "secrets.toml").chmod(0o644)
    for name, value in (environment | {"IVR_DIALPLAN": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    problems, configuration = find_problems()
    assert configuration is not None
    assert [problem.wrong for problem in problems] == [
        "others can read it: its mode is 0644",
        "holds no templates",
        *["the prompts are not built"] * 2,  # German and English
    ]


def test_check_finds_when_nobody_is_responsible(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "files"
    shutil.copytree(ROOT / "config", files)
    with (files / "duty.toml").open("a") as plan:
        for name in ("antje.petersen", "gerd.onken", "hinrich.focken"):
            plan.write(f'[[absence]]\ncaseworker = "{name}"\nfrom = 2026-01-01\nto = 2999-12-31\n')
    for name, value in (environment | {"IVR_CONFIG": str(files)}).items():
        monkeypatch.setenv(name, value)
    [found] = [each for each in find_problems()[0] if each.file == "departments.toml"]
    assert found.key == "department[umwelt]"
    assert found.wrong.endswith(": absent are antje.petersen, gerd.onken, hinrich.focken")


def test_check_changes_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "check")
    assert not (tmp_path / "state").exists()


def test_a_wrong_setting_is_told(environment: dict[str, str]) -> None:
    done = run(environment | {"IVR_SIP_BIND": "here"}, "check")
    assert done.returncode == 2
    assert "environment: IVR_SIP_BIND" in done.stdout


# --- dialplan ----------------------------------------------------------------------------------


def test_render_writes_what_is_different(environment: dict[str, str], tmp_path: Path) -> None:
    first = run(environment, "dialplan", "render")
    assert first.returncode == 0
    assert "pjsip.conf\tadded" in first.stdout
    assert (tmp_path / "state" / "asterisk" / "etc" / "pjsip.conf").exists()
    assert run(environment, "dialplan", "render").stdout == "Nothing has changed.\n"
    assert json.loads(run(environment, "dialplan", "render", "--json").stdout) == []


def test_diff_shows_and_writes_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    assert run(environment, "dialplan", "render", "--to", str(etc)).returncode == 0
    same = run(environment, "dialplan", "render", "--to", str(etc), "--diff")
    assert (same.returncode, same.stdout) == (0, "")
    other = environment | {"IVR_RTP_PORTS": "20000-20099", "IVR_ARI_PASSWORD": "hunter2"}
    done = run(other, "dialplan", "render", "--to", str(etc), "--diff")
    assert done.returncode == 1
    assert "-rtpstart = 10000\n" in done.stdout
    assert "+rtpstart = 20000\n" in done.stdout
    assert "ari.conf: differs (it holds passwords and is not shown)" in done.stdout
    assert "hunter2" not in done.stdout
    assert "rtpstart = 10000" in (etc / "rtp.conf").read_text()


def test_render_with_a_wrong_configuration(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(broken(environment, tmp_path), "dialplan", "render")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "There are 2 problems." in done.stderr
    assert "Traceback" not in done.stderr


def test_render_where_nothing_can_be_written(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(environment, "dialplan", "render", "--to", str(tmp_path / "file" / "etc"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
