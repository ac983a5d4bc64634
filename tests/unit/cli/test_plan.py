"""``ivr plan``: from past calls to agents, in every form, and what it says to nonsense."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ivr.adapters.calls_file import new_calls_file
from ivr.adapters.store import open_store
from ivr.cli.plan import app
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.errors import ConfigError, Refused
from ivr.domain.ids import CallId
from ivr.domain.staffing import FORMULAS
from tests.fakes.callbacks import a_call

ROOT = Path(__file__).parents[3]
MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
"""At nine in the morning where the county is."""


@pytest.fixture(autouse=True)
def _shipped_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVR_CONFIG", str(ROOT / "config"))
    monkeypatch.setenv("IVR_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def plan(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def planned(*arguments: str) -> Any:  # noqa: ANN401  JSON
    return json.loads(plan(*arguments, "--json"))


def refused(*arguments: str) -> Result:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2, done.output
    return done


def some_calls(weeks: int = 6) -> list[CallRecord]:
    """Return forty calls on each Monday at nine; of four of them the callers gave up."""
    calls = []
    for week in range(weeks):
        for number in range(40):
            at = MONDAY + timedelta(weeks=week, minutes=number)
            answered = None if number % 10 == 9 else at + timedelta(seconds=20)
            calls.append(
                replace(
                    a_call(),
                    id=CallId(f"call-{week}-{number}"),
                    arrived_at=at,
                    queued_at=at,
                    answered_at=answered,
                    ended_at=at + timedelta(seconds=60 if answered is None else 140),
                    outcome=Outcome.ABANDONED if answered is None else Outcome.COMPLETED,
                )
            )
    return calls


def a_calls_file(folder: Path, calls: Sequence[CallRecord]) -> str:
    with new_calls_file(folder / "calls.csv") as writer:
        writer.add(calls)
    return str(folder / "calls.csv")


def nine_on_monday(found: Any) -> Any:  # noqa: ANN401  JSON
    [interval] = [
        each
        for each in found["intervals"]
        if (each["weekday"], each["start"]) == ("monday", "09:00")
    ]
    return interval


def test_one_interval() -> None:
    asked = ("--calls", "120", "--handling", "190", "--patience", "180")
    found = planned(*asked, "--target", "asa=13")
    assert (found["erlang_a_agents"], found["erlang_c_agents"]) == (8, 10)
    assert found["busy_day"]["calls"] == 134
    by_agents = {choice["agents"]: choice for choice in found["choices"]}
    assert by_agents[10]["erlang_c"]["asa_seconds"] == 6.97
    assert by_agents[6]["erlang_c"]["asa_seconds"] is None  # the queue only grows
    assert found["formulas"] == FORMULAS
    shown = plan(*asked)
    assert "a load of 6.33 Erlang" in shown
    assert "Agents needed by Erlang A: 8." in shown
    assert "\n10\t10\t2.8 s\t" in shown
    assert "B(k) = a B(k-1) / (k + a B(k-1))" in shown
    [first, *_] = csv.DictReader(io.StringIO(plan(*asked, "--csv")))
    assert (first["agents"], first["erlang_c_asa_seconds"]) == ("6", "")


def test_goals() -> None:
    asked = ("--calls", "60", "--interval", "30", "--handling", "190")
    both = planned(*asked, "--patience", "none", "--target", "asa=13", "--target", "80/20")
    assert both["terms"]["target"] == {
        "asa": 13, "share": 0.8, "within": 20, "abandoned": None, "occupancy": None
    }  # fmt: skip
    assert both["terms"]["model"] == "erlang_c"
    assert both["agents"] == both["erlang_c_agents"] == 10
    assert "erlang_a" not in plan(*asked, "--patience", "none", "--csv")
    assert "ASA (A)" not in plan(*asked, "--patience", "none")
    assert planned(*asked, "--max-abandoned", "1")["agents"] > 8
    assert planned(*asked, "--max-occupancy", "50%")["agents"] >= 13
    assert planned(*asked, "--at-least", "20")["agents"] == 20
    roomy = planned(*asked, "--shrinkage", "20")
    assert roomy["rostered"] == 10
    shown = plan(*asked, "--shrinkage", "20", "--max-abandoned", "5", "--max-occupancy", "70")
    assert "On the roster: 12" in shown
    assert "at most 5.0 % give up, agents occupied for 70.0 %" in shown
    more = planned(*asked, "--growth", "100", "--variation", "20")
    assert more["calls"] == 120
    assert more["busy_day"]["calls"] == 155


def test_the_pilot() -> None:
    shown = plan()
    assert "Agents on an average day (on a busy day):" in shown
    assert "\n09:00\t2 (2)\t2 (2)\t" in shown
    assert "too thin for 11 of 55 intervals" in shown
    found = planned()
    assert len(found["intervals"]) == 55
    # 5,700 calls on 99 days.
    assert found["calls"]["week"] == pytest.approx(5 * 5700 / 99, rel=0.01)


def test_half_a_million_calls() -> None:
    found = planned("--calls-a-year", "500000")
    assert found["calls"]["year"] == 500000
    nine = nine_on_monday(found)
    assert 15 <= nine["agents"] <= 30
    assert nine["agents"] == nine["erlang_a"]["agents"] < nine["erlang_c"]["agents"]
    assert nine["agents"] < nine["busy_day"]["agents"]
    busy_wait = nine["busy_day"]["with_usual_agents"]["asa_seconds"]
    assert nine["quiet_day"]["with_usual_agents"]["asa_seconds"] < 13 < busy_wait
    assert planned("--calls-a-year", "500000", "--growth", "-10")["calls"]["year"] == 450000


def test_one_day() -> None:
    shown = plan("--day", "Monday", "--shrinkage", "15")
    lines = [line.split("\t") for line in shown.splitlines() if line[:2].isdigit()]
    assert [line[0] for line in lines if ":" in line[0]] == [f"{at:02}:00" for at in range(7, 18)]
    assert {each["weekday"] for each in planned("--day", "friday")["intervals"]} == {"friday"}
    assert "the service is closed" in plan("--day", "sunday")


def test_from_a_calls_file(tmp_path: Path) -> None:
    file = a_calls_file(tmp_path, some_calls(weeks=8))
    found = planned("--from", file)
    nine = nine_on_monday(found)
    assert (nine["calls"], nine["counted_days"], nine["thin"]) == (40, 8, False)
    assert found["calls"]["first"] == "2026-11-02"
    # 120 s of talk, and ten of wrap-up as the county's rules say.
    assert found["terms"]["handling_seconds"] == 130
    assert found["terms"]["handling_from"] == "counted"
    # 36 waits of 20 s and four of 60 s, for four who gave up.
    assert found["terms"]["patience_seconds"] == 240
    few = planned("--from", file, "--since", "2026-11-09", "--until", "16.11.2026")
    assert nine_on_monday(few)["counted_days"] == 1
    assert nine_on_monday(few)["thin"]
    assert few["terms"]["patience_from"] == "assumed"
    assert "Counted on 8 days, 2026-11-02 to 2026-12-21." in plan("--from", file)
    quarters = planned("--from", file, "--interval", "15")
    assert nine_on_monday(quarters)["calls"] == 15


def test_from_the_database(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()

    async def fill() -> None:
        url = f"sqlite:///{tmp_path}/state/ivr.db"
        async with open_store(url) as store, store.transaction() as transaction:
            for record in some_calls(weeks=2):
                await transaction.add_call(record)

    asyncio.run(fill())
    assert nine_on_monday(planned("--database"))["calls"] == 40


def test_from_counts(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text(
        "# our own\ndate,start,calls\n2026-11-02,09:00,30\n2026-11-02,10:00,10\n"
        "2026-11-09,09:00,50\n2026-11-09,20:00,10\n"
    )
    found = planned("--from", str(file))
    nine = nine_on_monday(found)
    assert (nine["calls"], nine["counted_days"], nine["thin"]) == (40, 2, True)
    assert found["calls"]["variation"] > 0
    assert found["calls"]["outside_opening_hours"] == 0.1
    assert "10.0 % of the calls came outside the opening hours" in plan("--from", str(file))
    file.write_text("weekday,start,calls\nmonday,09:00,12.5\n")
    given = nine_on_monday(planned("--from", str(file)))
    assert (given["calls"], given["margin"], given["thin"]) == (12.5, None, False)


def test_rows_for_programs() -> None:
    rows = list(csv.DictReader(io.StringIO(plan("--csv", "--calls-a-year", "500000"))))
    assert len(rows) == 55
    nine = next(row for row in rows if (row["weekday"], row["start"]) == ("monday", "09:00"))
    json_nine = nine_on_monday(planned("--calls-a-year", "500000"))
    assert int(nine["agents"]) == json_nine["agents"]
    assert int(nine["busy_agents"]) == json_nine["busy_day"]["agents"]
    assert float(nine["asa_seconds"]) == json_nine["erlang_a"]["asa_seconds"]


def test_a_picture(tmp_path: Path) -> None:
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    plan("--plot", str(first))
    plan("--plot", str(second))
    for words in "Wednesday", "Calls in 60 minutes", "calls, quiet to busy day", "Hour":
        assert f">{words}<" in first.read_text()
    assert ">0.5<" not in first.read_text(), "half an agent"
    assert first.read_bytes() == second.read_bytes()
    plan("--plot", str(tmp_path / "week.png"))
    assert (tmp_path / "week.png").read_bytes().startswith(b"\x89PNG")


def test_pictures_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match=r"week.gif: a picture's name ends in .svg, .png, .pdf"):
        plan("--plot", "week.gif")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(Refused, match="pip install 'ivr"):
        plan("--plot", str(tmp_path / "week.svg"))


def test_in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert "eine Last von 6,33 Erlang" in plan("--calls", "120")
    assert "Montag\tDienstag" in plan()
    assert {each["weekday"] for each in planned("--day", "Freitag")["intervals"]} == {"friday"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--calls", "many"], "'many' is no number from 0 to 20000"),
        (["--calls", "nan"], "'nan' is no number"),
        (["--calls", "-1"], "'-1' is no number"),
        (["--calls", "120", "--handling", "0"], "'0' is no number from 1 to 14400"),
        (["--calls", "120", "--target", "asa=0"], "'asa=0' is no target"),
        (["--calls", "120", "--target", "100/20"], "'100/20' is no target"),
        (["--calls", "120", "--target", "13"], "'13' is no target"),
        (["--calls", "120", "--patience", "never"], "'never' is no number from 1 to 86400"),
        (["--calls", "120", "--shrinkage", "95"], "'95' is no number from 0 to 90"),
        (["--interval", "20"], "'20' is none of 15, 30, 60"),
        (["--day", "sonnabend"], "'sonnabend' is no weekday: monday, tuesday"),
        (["--calls", "120", "--database"], "--calls plans one interval"),
        (["--from", "x.csv", "--database"], "--from and --database can't be both"),
        (["--since", "2026-01-01"], "choose among single calls"),
        (["--since", "2026-12-01", "--until", "2026-11-01"], "begin before it ends"),
        (["--interval", "15"], "take --interval 60"),
    ],
)
def test_wrong_use(arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert said in refused(*arguments).output


@pytest.mark.parametrize(
    ("text", "key", "wrong"),
    [
        ("start,calls\n", "line 1", "are no headings of counts"),
        ("calls,start,weekday\n", "line 1", "are no headings of counts"),
        ("weekday,start,calls\n", "", "holds no counts"),
        ("weekday,start,calls\nmonday,09:00\n", "line 2", "has 2 cells"),
        ("weekday,start,calls\n\nmoonday,09:00,3\n", "line 3: weekday", "can't be in this column"),
        ("weekday,start,calls\nmonday,9 o'clock,3\n", "line 2: start", "can't be in this column"),
        ("weekday,start,calls\nmonday,09:00:01,3\n", "line 2: start", "can't be in this column"),
        ("weekday,start,calls\nmonday,09:00,-3\n", "line 2: calls", "can't be in this column"),
        ("weekday,start,calls,days\nmonday,09:00,3,0\n", "line 2: days", "can't be in this column"),
        ("date,start,calls\n2026-02-30,09:00,3\n", "line 2: date", "can't be in this column"),
        (
            "weekday,start,calls\nmonday,09:00,3\nmonday,09:00,3\n",
            "line 3: start",
            "is there twice",
        ),
        ('weekday,start,calls\nmonday,"09:00,3\n', "line 2", "is no CSV: unexpected end of data"),
    ],
)
def test_wrong_counts(tmp_path: Path, text: str, key: str, wrong: str) -> None:
    file = tmp_path / "counts.csv"
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        plan("--from", str(file))
    [problem] = error.value.problems
    assert (problem.file, problem.key, problem.wrong) == (str(file), key, wrong)


def test_every_wrong_line_is_told(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("weekday,start,calls\n" + "moonday,09:00,3\n" * 50)
    with pytest.raises(ConfigError) as error:
        plan("--from", str(file))
    assert len(error.value.problems) == 20


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read: No such file"):
        plan("--from", str(tmp_path / "none.csv"))
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="is no text in UTF-8"):
        plan("--from", str(binary))
    neither = tmp_path / "neither.csv"
    neither.write_text("a,b\n1,2\n")
    with pytest.raises(ConfigError, match="are no headings of counts"):
        plan("--from", str(neither))
    neither.write_text("arrived_at,caller\n1,2\n")
    with pytest.raises(ConfigError, match="there is no such column"):
        plan("--from", str(neither))


def test_counts_of_a_german_spreadsheet(tmp_path: Path) -> None:
    rows = ("date,start,calls", "2026-11-23,09:00,31", "2026-11-23,10:00,37")
    (tmp_path / "commas.csv").write_text("\n".join(rows))
    (tmp_path / "semicolons.csv").write_bytes(
        "\r\n".join(rows).replace(",", ";").encode("utf-8-sig")
    )

    commas, semicolons = (
        plan("--from", str(tmp_path / f"{name}.csv")) for name in ("commas", "semicolons")
    )

    assert commas == semicolons


def test_nobody_called(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No call came within the opening hours"):
        plan("--from", a_calls_file(tmp_path, []))
