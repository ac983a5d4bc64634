"""Tables and errors."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from ivr.cli.output import print_details, print_table, show_error
from ivr.domain.errors import ConfigError, Problem, Refused

COLUMNS = {"id": "Id", "name": "Name"}
ROWS: list[dict[str, object]] = [
    {"id": 1, "name": "[red]Äpfel\tund\nBirnen"},
    {"id": 2, "name": None, "more": "x"},
]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def test_a_row_is_a_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(COLUMNS, ROWS)
    assert capsys.readouterr().out == "Id\tName\n1\t[red]Äpfel und Birnen\n2\t\n"


def test_json_has_the_keys_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    print_table({"id": "Id", "at": "At"}, [{"id": 1, "at": at, "more": "x"}], as_json=True)
    out = capsys.readouterr().out
    assert out == '[\n  {\n    "id": 1,\n    "at": "2026-11-22T09:00:00+00:00"\n  }\n]\n'


def test_a_terminal_gets_a_table_without_markup(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_table(COLUMNS, ROWS)
    out = capsys.readouterr().out
    assert "[red]Äpfel und Birnen" in out
    assert "───" in out


def test_a_column_without_a_value_takes_no_room_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_table({**COLUMNS, "note": "Note"}, [{"id": 1, "name": "Äpfel", "note": None}])
    assert "Note" not in capsys.readouterr().out


def test_a_table_that_does_not_fit_is_a_block_for_each_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "24")
    print_table(COLUMNS, [{"id": "cb-1", "name": "Rindfleisch und Kartoffeln"}])
    assert "─" in capsys.readouterr().out
    print_table(COLUMNS, [{"id": "cb-1", "name": "Rindfleischetikettierung"}])
    assert capsys.readouterr().out == "Id    cb-1\nName  Rindfleischetikettierung\n\n"


def test_short_cells_stay_whole_and_long_ones_share_the_rest(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    columns = {"figure": "Figure", "value": "All that was counted", "formula": "Formula"}
    rows = [
        {"figure": "Share", "value": "12.5 % of all calls", "formula": "this / that"},
        {"figure": "Left", "value": "12.5 %", "formula": "those who left / all who had come"},
        {"figure": "Late", "value": "3.5 %", "formula": "those who came late / all who had come"},
    ]
    print_table(columns, rows)
    out = capsys.readouterr().out
    assert out.count("12.5 %") == 2
    assert "those who left / all" in out
    assert "those who came late /" in out


def test_a_table_of_figures_is_parted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "24")
    columns = {"hour": "Hour", "calls": "Calls", "waited": "Average wait", "left": "Left early"}
    rows = [{"hour": f"{at}:00", "calls": 9, "waited": "12.5 s", "left": "3 %"} for at in (10, 11)]
    print_table(columns, rows, of_figures=True)
    first, second = capsys.readouterr().out.split("\n\n")
    assert "Calls" in first
    assert "12.5 s" in first
    assert "Left" not in first
    for part in first, second:
        assert [line.split()[0] for line in part.splitlines()[-2:]] == ["10:00", "11:00"]


def test_a_table_without_rows_has_its_headings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_table(COLUMNS, [])
    assert "Name" in capsys.readouterr().out


HOSTILE = "Harms\x1b]0;title\x07\x9b2J\rforged\u202e"
"""Sets a window's title, clears the screen, writes over a line, turns what follows around."""

HARMLESS = "Harms�]0;title��2J�forged�"


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("width", ["20", "80"])
def test_nothing_in_a_table_commands_the_terminal(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    terminal: bool,
    width: str,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setenv("COLUMNS", width)
    print_table(COLUMNS, [{"id": 1, "name": HOSTILE}])
    assert HARMLESS in capsys.readouterr().out


def test_a_text_of_several_lines_forges_no_detail(capsys: pytest.CaptureFixture[str]) -> None:
    names = {"note": "Note", "number": "Number"}
    note = f"{HOSTILE}\r\nNumber  0900 1234567"
    print_details(names, {"note": note, "number": "04461 123456"})
    assert capsys.readouterr().out == (
        f"Note    {HARMLESS}\n        Number  0900 1234567\nNumber  04461 123456\n"
    )


def test_an_error_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(Refused(f"Callback cb-1 is already closed by {HOSTILE}."))
    assert capsys.readouterr().err == f"Error: Callback cb-1 is already closed by {HARMLESS}.\n"


def test_an_error_is_a_message_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(Refused("There is no agent 1009."))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "Error: There is no agent 1009.\n"


def test_a_problem_without_key_value_or_advice(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(ConfigError((Problem("a.toml", "", "", "does not exist", ""),)))
    assert capsys.readouterr().err == "a.toml\n    does not exist\nThere is 1 problem.\n"
