"""``ivr simulate``: repeatable to the byte, fit for reports, and clear about nonsense."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ivr.adapters.calls_file import CallsFile
from ivr.application.call_history import Period
from ivr.cli import plan, simulate
from ivr.cli.simulate_output import progress_of
from ivr.domain.calls import CallRecord
from ivr.domain.counting import CallCounter
from ivr.domain.errors import ConfigError, Refused

ROOT = Path(__file__).parents[3]
A_DAY = ("--since", "2026-11-23", "--until", "2026-11-24", "--calls", "200")


@pytest.fixture(autouse=True)
def _shipped_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVR_CONFIG", str(ROOT / "config"))
    monkeypatch.setenv("IVR_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def simulated(*arguments: str) -> str:
    done = CliRunner().invoke(simulate.app, (*A_DAY, *arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def figures(*arguments: str) -> Any:  # noqa: ANN401  JSON
    return json.loads(simulated(*arguments, "--json"))


def refused(*arguments: str) -> Result:
    done = CliRunner().invoke(simulate.app, (*A_DAY, *arguments))
    assert done.exit_code == 2, done.output
    return done


def read(file: Path) -> list[CallRecord]:
    async def all_calls() -> list[CallRecord]:
        return [call async for chunk in CallsFile(file).calls(Period()) for call in chunk]

    return asyncio.run(all_calls())


def test_the_same_seed_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    def run(hash_seed: str) -> bytes:
        file = tmp_path / f"{hash_seed}.csv"
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from ivr.cli import main; main()",
                "simulate",
                *A_DAY,
                "--json",
                "--calls-file",
                file,
            ],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        assert not done.stderr, "progress is for terminals"
        return done.stdout + file.read_bytes()

    assert run("1") == run("2")


def test_another_seed_gives_another_day() -> None:
    assert figures("--seed", "1")["total"] != figures("--seed", "2")["total"]


def test_the_parts_add_up_to_the_whole() -> None:
    seen = figures("--agents", "3")
    assert seen["scenario"]["agents"] == 3
    for parts in ("months", "weekdays", "hours"):
        for figure in ("arrived", "offered", "answered", "abandoned", "callbacks"):
            assert sum(part[figure] for part in seen[parts]) == seen["total"][figure]
    assert seen["total"]["arrived"] == 200
    assert seen["months"][0]["month"] == "2026-11"
    assert seen["weekdays"][0]["weekday"] == "monday"
    assert [part["hour"] for part in seen["hours"]][:11] == list(range(7, 18))
    assert "occupancy" in seen["formulas"]


def test_the_calls_file_holds_the_same_calls(tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    seen = figures("--agents", "3", "--calls-file", str(file))["total"]
    counter = CallCounter()
    for call in read(file):
        assert call.caller_number is None
        counter.add(call)
    counted = counter.figures()
    assert counted.arrived == seen["arrived"] == 200
    assert counted.abandoned == seen["abandoned"]
    assert counted.asa_seconds == pytest.approx(seen["asa_seconds"], abs=0.01)


def test_people_get_a_table_and_its_formulas() -> None:
    shown = simulated("--agents", "3")
    assert "2026-11\t200\t" in shown
    assert "07:00\t" in shown
    assert "ASA: waits of answered calls / answered calls" in shown
    assert "18:00" not in shown, "an hour in which it is closed"


def test_people_in_germany_get_it_in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    shown = simulated("--agents", "3")

    assert "ASA: Wartezeiten angenommener Anrufe / angenommene Anrufe" in shown
    assert "Ausgelastet: Zeit, in der es bei Agenten klingelt" in shown
    assert re.search(r"\d,\d s\t", shown)
    assert not re.search(r"\d\.\d s\t", shown)


def test_agents_come_as_planned(tmp_path: Path) -> None:
    made = CliRunner().invoke(plan.app, ["--calls-a-year", "50000", "--json"])
    file = tmp_path / "plan.json"
    file.write_text(made.stdout)
    by_plan = figures("--agents", str(file), "--breaks", "0", "--no-shows", "0", "--missed", "0")
    planned = sum(
        need["rostered"]
        for need in json.loads(made.stdout)["intervals"]
        if need["weekday"] == "monday"
    )
    assert by_plan["total"]["agent_hours"] == pytest.approx(planned, abs=0.5)


def test_agents_may_be_a_short_list(tmp_path: Path) -> None:
    file = tmp_path / "agents.json"
    file.write_text('[{"weekday": "monday", "start": "09:15", "agents": 2}]')
    seen = figures("--agents", str(file), "--breaks", "0", "--no-shows", "0", "--missed", "0")
    assert [part["agent_hours"] for part in seen["hours"]][:4] == [0, 0, 1.5, 2]


def test_without_agents_as_many_as_the_formulas_want() -> None:
    total = figures()["total"]
    assert total["answered"] > 170
    assert total["asa_seconds"] < 30
    assert total["occupancy"] > 0.2


@pytest.mark.parametrize(
    ("option", "changed"),
    [
        (("--patience", "none"), lambda total: total["abandoned"] + total["callbacks"] <= 1),
        (("--short-talks", "40"), lambda total: total["occupancy"] > 0.4),
        (("--wrap-up", "200"), lambda total: total["occupancy"] > 0.4),
        (("--breaks", "59"), lambda total: total["agent_hours"] < 10),
        (("--no-shows", "100"), lambda total: total["agent_hours"] == 0),
        (("--missed", "100"), lambda total: total["answered"] == 0),
        (("--departments-each", "1"), lambda total: total["abandoned"] > 20),
        (("--callbacks", "100"), lambda total: total["answered"] > 100),
        (("--without-announcements",), lambda total: total["answered"] > 100),
    ],
)
def test_each_habit_matters(
    option: tuple[str, ...], changed: Callable[[dict[str, Any]], bool]
) -> None:
    assert changed(figures("--agents", "3", *option)["total"])


def test_calls_spread_like_those_of_a_file(tmp_path: Path) -> None:
    counts = tmp_path / "counts.csv"
    counts.write_text("weekday,start,calls\nmonday,09:00,10\nmonday,10:00,0\n")
    seen = figures("--from", str(counts), "--agents", "5")
    assert {part["hour"]: part["arrived"] for part in seen["hours"] if part["arrived"]} == {9: 200}


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("nonsense", "is no JSON"),
        ("{}", "names no agents"),
        ("[]", "names no agents"),
        ("[5]", "is no weekday"),
        ('[{"weekday": "mo", "start": "07:00", "agents": 1}]', "is no weekday"),
        ('[{"weekday": "monday", "start": "7", "agents": 1}]', "is no time"),
        ('[{"weekday": "monday", "start": "07:05", "agents": 1}]', "is no time"),
        ('[{"weekday": "monday", "start": 7, "agents": 1}]', "is no time"),
        ('[{"weekday": "monday", "start": "07:00", "agents": -1}]', "is no number"),
        ('[{"weekday": "monday", "start": "07:00", "agents": true}]', "is no number"),
        ('[{"weekday": "monday", "start": "07:00"}]', "is no number"),
        (
            json.dumps([{"weekday": "monday", "start": "07:00", "agents": 1}] * 2),
            "is there twice",
        ),
    ],
)
def test_it_says_what_is_wrong_with_a_plan(tmp_path: Path, content: str, wrong: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content)
    with pytest.raises(ConfigError) as caught:
        simulated("--agents", str(file))
    assert wrong in caught.value.problems[0].wrong


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--patience", "nan"), "--patience"),
        (("--breaks", "60"), "--breaks"),
        (("--no-shows", "101"), "--no-shows"),
        (("--no-shows", "100"), "No plan makes up"),
        (("--agents", "1001"), "1001"),
        (("--agents", "-3"), "'-3' is no number"),
        (("--calls", "0"), "--calls"),
        (("--until", "2026-11-23"), "--until"),
        (("--since", "2026-02-30"), "--since"),
        (("--departments-each", "0"), "--departments-each"),
    ],
)
def test_nonsense_is_named(arguments: tuple[str, ...], word: str) -> None:
    assert word in refused(*arguments).output


def test_a_plan_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        simulated("--agents", str(tmp_path / "none.json"))


def test_days_on_which_it_is_closed_can_not_be_simulated() -> None:
    with pytest.raises(Refused, match="not open"):
        simulated("--since", "2026-11-28", "--until", "2026-11-30")


def test_a_terminal_gets_a_progress_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_of(10) as progress:
        progress(4)
    shown = capsys.readouterr()
    assert "Simulating" in shown.err
    assert not shown.out
