"""``ivr report`` on calls of a file and of a database."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ivr.adapters.calls_file import new_calls_file
from ivr.adapters.store import open_store
from ivr.cli.report import app
from ivr.cli.report_words import shown, shown_change
from ivr.domain.calls import CallRecord, CallResult, Outcome
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CallId
from tests.fakes.callbacks import MONDAY, a_call, a_callback

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_CONFIG", str(CONFIG))
    monkeypatch.setenv("IVR_STATE", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")


def day_of_calls(day: datetime = MONDAY) -> list[CallRecord]:
    """Return three calls: two answered after 13 and 40 seconds, one abandoned."""
    shift = day - MONDAY
    first = replace(a_call("first"), result=CallResult.SETTLED)
    second = replace(a_call("second"), answered_at=MONDAY + timedelta(seconds=45))
    left = replace(a_call("left"), outcome=Outcome.ABANDONED, answered_at=None)
    return [
        replace(
            each,
            id=CallId(f"{each.id}-{day:%d}"),
            arrived_at=each.arrived_at + shift,
            queued_at=each.queued_at + shift if each.queued_at else None,
            answered_at=each.answered_at + shift if each.answered_at else None,
            ended_at=each.ended_at + shift,
        )
        for each in (first, second, left)
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with new_calls_file(tmp_path / "calls.csv") as writer:
        writer.add([*day_of_calls(MONDAY - timedelta(days=1))[:1], *day_of_calls()])
    return tmp_path / "calls.csv"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


def told(*arguments: str | Path) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return shown


def test_how_many_calls_and_how_long_they_waited(file: Path) -> None:
    result = run("2026-11-23", "--from", file)

    assert result.stdout.splitlines()[0] == (
        "2026-11-23: 3 calls; the answered ones waited 26.5 s on average."
    )
    assert "Service level 30 s\t33.3 %\tanswered within 30 s" in result.stdout
    assert "115: within 30 s\t33.3 % (not reached)" in result.stdout
    assert "115: settled at once\t100.0 % (reached)" in result.stdout
    assert "settled\t1" in result.stdout
    assert "from 10 to under 20\t1\t50.0 %" in result.stdout


def test_all_of_a_file(file: Path) -> None:
    assert run("--from", file).stdout.startswith("All calls: 4 calls;")


def test_a_time_without_calls(file: Path) -> None:
    assert run("2025", "--from", file).stdout == "2025-01-01 to 2025-12-31: no calls.\n"


def test_no_call_was_answered(tmp_path: Path) -> None:
    with new_calls_file(tmp_path / "calls.csv") as writer:
        writer.add(day_of_calls()[2:])

    out = run("--from", tmp_path / "calls.csv").stdout
    assert out.startswith("All calls: 1 calls, none of them answered by an agent.")
    assert "nan" not in out.lower()


def test_as_json(file: Path) -> None:
    shown = told("2026-11-23", "--from", file, "--by", "department", "--by", "hour", "--compare")

    assert shown["from"] == "2026-11-23"
    assert shown["figures"]["arrived"] == 3
    assert shown["figures"]["asa_seconds"] == pytest.approx(26.5)
    assert shown["by"]["hour"]["09"]["answered"] == 2
    assert shown["compared_with"]["figures"]["arrived"] == 1
    assert shown["figures"].keys() <= shown["formulas"].keys()


def test_few_results_are_no_verdict(tmp_path: Path) -> None:
    first, second, _ = day_of_calls()
    third = replace(second, id=CallId("third"))
    with new_calls_file(tmp_path / "calls.csv") as writer:
        writer.add([replace(first, result=CallResult.CALLBACK), second, third])

    shown = run("--from", tmp_path / "calls.csv").stdout

    assert "115: settled at once\t0.0 % (too few results to tell)" in shown
    assert "First contact\t0.0 %?\t" in shown
    assert "? Fewer than half of the answered calls have a result" in shown
    assert told("--from", tmp_path / "calls.csv")["reached_115"] == {
        "d115_within_30": False,
        "d115_settled": None,
        "d115_called_back": None,
    }


def test_compared_with_the_day_before(file: Path) -> None:
    out = run("2026-11-23", "--from", file, "--compare").stdout

    assert "Calls\t3\t1\t+2 (+200.0 %)\n" in out
    assert "Wait, average (ASA)\t26.5 s\t13.0 s\t+13.5 s\n" in out
    assert "Service level 20 s\t33.3 %\t100.0 %\t-66.7 points\n" in out
    assert "Abandoned, share: abandoned / offered\n" in out


def test_compared_with_a_time_that_is_named(file: Path) -> None:
    out = run("2026-11-23", "--from", file, "--compare-with", "2026-11-22").stdout

    assert "Calls\t3\t1\t+2" in out


def test_told_apart(file: Path) -> None:
    out = run("--from", file, "--by", "weekday", "--by", "department").stdout

    assert "Weekday\tCalls\tAnswered" in out
    assert "Sunday\t1\t1" in out
    assert "Umwelt\t4\t3" in out


@pytest.mark.parametrize(
    "arguments", [["someday"], ["--compare-with", "2026-99"], ["--by", "agent"]]
)
def test_wrong_use(file: Path, arguments: list[str]) -> None:
    assert run("--from", file, *arguments).exit_code == 2


def test_a_comparison_of_everything_with_nothing(file: Path) -> None:
    assert run("--from", file, "--compare").exit_code == 2


def test_from_the_database_with_callbacks(tmp_path: Path) -> None:
    async def keep() -> None:
        url = f"sqlite:///{tmp_path}/ivr.db"
        async with open_store(url) as store, store.transaction() as transaction:
            for record in day_of_calls():
                await transaction.add_call(record)
            await transaction.add_callback(a_callback())

    asyncio.run(keep())

    figures = told("2026-11-23")["figures"]
    assert figures["arrived"] == 3
    assert figures["callbacks_requested"] == figures["callbacks_open"] == 1
    [group] = told("2026-11-23", "--by", "department")["by"]["department"].values()
    assert (group["arrived"], group["callbacks_open"]) == (3, 1)
    shown = run("2026-11-23", "--by", "department", "--csv", tmp_path / "report.csv").stdout
    assert "Department\tCallbacks requested\tTo be done\tOverdue\t" in shown
    assert "\nUmwelt\t1\t1\t" in shown
    with (tmp_path / "report.csv").open() as opened:
        assert [row["callbacks_requested"] for row in csv.DictReader(opened)] == ["1", "1"]
    out = run("2026-11-23", "--export", tmp_path / "out.csv")
    assert "3 calls written to" in out.stderr
    assert told("--from", tmp_path / "out.csv")["figures"]["arrived"] == 3
    assert "123456" not in (tmp_path / "out.csv").read_text()


def test_no_database() -> None:
    with pytest.raises(Unavailable):
        run()


def test_as_csv(file: Path, tmp_path: Path) -> None:
    run("2026-11-23", "--from", file, "--by", "hour", "--csv", tmp_path / "report.csv")

    with (tmp_path / "report.csv").open() as opened:
        total, hour = csv.DictReader(opened)
    assert (total["from"], total["by"], total["arrived"]) == ("2026-11-23", "", "3")
    assert (hour["by"], hour["group"], hour["answered"]) == ("hour", "09", "2")


def test_a_csv_file_that_can_not_be_written(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="can't be written"):
        run("--from", file, "--csv", tmp_path / "no" / "report.csv")


def test_plots(file: Path, tmp_path: Path) -> None:
    run("--from", file, "--plots", tmp_path / "plots")

    for name in ("hours.svg", "waits.svg", "talks.svg"):
        assert "</svg>" in (tmp_path / "plots" / name).read_text()
    assert ">120-180<" in (tmp_path / "plots" / "talks.svg").read_text()


def test_plots_of_no_calls(file: Path, tmp_path: Path) -> None:
    assert run("2025", "--from", file, "--plots", tmp_path / "plots").exit_code == 0


def test_without_matplotlib(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(Refused, match="Pictures need matplotlib"):
        run("--from", file, "--plots", tmp_path / "plots")


def test_in_german(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    out = run("2026-11-23", "--from", file).stdout

    assert out.startswith("23.11.2026: 3 Anrufe; die angenommenen warteten im Mittel 26,5 s.")
    assert "NaN" not in out


def test_how_values_look() -> None:
    assert shown("longest_wait_seconds", 59.94) == "59.9 s"
    assert shown("longest_wait_seconds", 61) == "1:01"
    assert shown("p90_close_seconds", 90061) == "25:01:01"
    assert shown("abandoned_share", 2 / 3) == "66.7 %"
    assert shown("service_level_20", 0.9996) == "99.9 %"
    assert shown("service_level_20", 1.0) == "100.0 %"
    assert shown_change("asa_seconds", 5, 65.5) == "-1:00"
    assert shown_change("asa_seconds", 5.01, 5.04) == "0"
    assert shown_change("abandoned_share", 0.03, 0.0301) == "0"
    assert shown_change("abandoned_share", 0.03, 0.036) == "-0.6 points"
    assert shown_change("arrived", 0, 0) == "0"
    assert shown_change("arrived", 5, 0) == "+5"
    assert shown_change("arrived", None, 5) == shown("arrived", None)
