"""A calls file: what is in it, and what is said where it is wrong."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.adapters.calls_file import CallsFile, new_calls_file
from ivr.application.call_history import Period
from ivr.domain.calls import CallRecord
from ivr.domain.errors import ConfigError, Problem, Unavailable
from tests.fakes.callbacks import a_call

HEADINGS = (
    "id,outcome,dialled,department,arrived_at,queued_at,answered_at,ended_at,offers,language,"
    "by_fallback,result"
)
CALL = (
    "call-1,completed,+4944619197777,umwelt,2026-11-23T09:00:00+01:00,2026-11-23T09:00:05+01:00,"
    "2026-11-23T09:00:18+01:00,2026-11-23T09:02:00+01:00,1,,false,"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "calls.csv"


def read(file: Path) -> list[CallRecord]:
    async def all_of_them() -> list[CallRecord]:
        return [record async for chunk in CallsFile(file).calls(Period()) for record in chunk]

    return asyncio.run(all_of_them())


def wrong(file: Path, *lines: str) -> Problem:
    file.write_text("\n".join(lines))
    with pytest.raises(ConfigError) as error:
        read(file)
    (problem,) = error.value.problems
    assert problem.file == str(file)
    return problem


def test_what_a_file_looks_like(file: Path) -> None:
    with new_calls_file(file) as writer:
        writer.add([a_call()])

    assert file.read_text() == f"{HEADINGS}\n{CALL}\n"
    assert writer.count == 1


def test_nobody_is_in_it(file: Path) -> None:
    with new_calls_file(file) as writer:
        writer.add([replace(a_call(), transferred_to="Herr Onken")])

    text = file.read_text()
    assert "123456" not in text
    assert "1001" not in text
    assert "Onken" not in text


def test_not_everybody_may_read_it(file: Path) -> None:
    with new_calls_file(file):
        pass

    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_file_that_was_begun_and_not_finished_is_none(file: Path) -> None:
    file.write_text("the old one")

    def records() -> Iterator[CallRecord]:
        yield a_call()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), new_calls_file(file) as writer:
        writer.add(records())

    assert file.read_text() == "the old one"
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No such file"), new_calls_file(tmp_path / "a" / "b"):
        pass


def test_calls_are_added_by_arrival(file: Path) -> None:
    earlier = replace(a_call(), arrived_at=a_call().arrived_at - timedelta(seconds=1))

    with pytest.raises(AssertionError), new_calls_file(file) as writer:
        writer.add([a_call(), earlier])


def test_as_a_spreadsheet_writes_it(file: Path) -> None:
    file.write_text(f"\N{ZERO WIDTH NO-BREAK SPACE}{HEADINGS}\r\n{CALL}\r\n\r\n")

    assert len(read(file)) == 1


def test_columns_in_another_order_and_without_those_not_needed(file: Path) -> None:
    file.write_text(
        "ended_at,id,outcome,offers,answered_at,queued_at,arrived_at,department,dialled\n"
        "2026-11-23T09:02:00Z,call-1,abandoned,0,,,2026-11-23T09:00:00Z,,04461\n"
    )

    (record,) = read(file)

    assert record.id == "call-1"
    assert not record.by_fallback


def test_no_file(file: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        read(file)


def test_no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match="UTF-8"):
        read(file)


def test_an_empty_file(file: Path) -> None:
    problem = wrong(file)

    assert problem.key == "line 1"
    assert "columns are missing: id, outcome" in problem.wrong
    assert problem.allowed == HEADINGS.replace(",", ", ")


def test_semicolons_of_a_german_spreadsheet(file: Path) -> None:
    problem = wrong(file, HEADINGS.replace(",", ";"))

    assert (problem.key, problem.wrong) == ("line 1", "semicolons separate the columns")
    assert problem.allowed == "commas"


def test_a_column_too_many(file: Path) -> None:
    problem = wrong(file, f"{HEADINGS},colour")

    assert (problem.key, problem.value) == ("line 1", "colour")
    assert problem.wrong == "there is no such column"


def test_a_column_twice(file: Path) -> None:
    assert wrong(file, f"{HEADINGS},id").wrong == "it is there twice"


def test_a_column_that_tells_of_a_person(file: Path) -> None:
    assert wrong(file, f"{HEADINGS},caller_number").wrong == "such a file tells of no person"


def test_a_line_too_short(file: Path) -> None:
    problem = wrong(file, HEADINGS, CALL, "call-2,completed")

    assert problem.key == "line 3"
    assert problem.wrong == "it has 2 cells, the headings 12"


@pytest.mark.parametrize(
    ("column", "right", "not_right"),
    [
        ("id", "call-1,", ","),
        ("outcome", "completed", "fine"),
        ("arrived_at", "2026-11-23T09:00:00+01:00", "2026-11-23T09:00:00"),
        ("queued_at", "2026-11-23T09:00:05+01:00", "soon"),
        ("ended_at", "2026-11-23T09:02:00+01:00", ""),
        ("offers", ",1,", ",-1,"),
        ("by_fallback", "false", "no"),
        ("result", "false,", "false,fine"),
    ],
)
def test_a_cell_that_is_wrong(file: Path, column: str, right: str, not_right: str) -> None:
    problem = wrong(file, HEADINGS, CALL, CALL.replace(right, not_right))

    assert problem.key == f"line 3: {column}"
    assert problem.value == not_right.strip(",").removeprefix("false,")
    assert problem.allowed


def test_times_out_of_order(file: Path) -> None:
    problem = wrong(file, HEADINGS, CALL.replace("09:00:18", "09:00:04"))

    assert problem.key == "line 2: answered_at"
    assert problem.wrong == "it is before queued_at"


def test_calls_out_of_order(file: Path) -> None:
    problem = wrong(file, HEADINGS, CALL, CALL.replace("09:00:00", "08:59:59"))

    assert problem.key == "line 3: arrived_at"
    assert problem.allowed == "calls sorted by their arrival"


def test_a_quote_without_end(file: Path) -> None:
    assert "it is no CSV" in wrong(file, HEADINGS, CALL, '"call-2').wrong
