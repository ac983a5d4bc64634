"""How commands show things: tables for people, JSON for programs, errors on stderr.

On a terminal a table has lines and colours and no empty columns; where it does not fit, each row is
a block of lines. In a pipe a row is one line with a tab between the columns. Nothing that somebody
wrote commands the terminal of who reads it, or looks like a line of ours.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from typing import Any

import orjson
import typer

from ivr.cli.language import _
from ivr.domain.errors import ConfigError, IvrError, Problem

_COMMANDING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What terminals obey: control characters of ECMA-48 (C0 and C1), and what turns the order of
characters around (Unicode, UAX #9). Tab and line feed are left to who prints."""

_BETWEEN = "  "
"""What is between two columns on a terminal."""


def print_json(value: object) -> None:
    """Print ``value`` as JSON; times and dataclasses are written as orjson writes them."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    typer.echo(orjson.dumps(value, option=options, default=str).decode())


OVERDUE_STYLE = "bold red"
"""A word says it too, for those who don't see the colour."""


def print_table(
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    *,
    as_json: bool = False,
    overdue: Sequence[bool] | None = None,
) -> None:
    """Print ``rows``. ``columns`` gives the heading for each key, in order; JSON has the keys.

    ``overdue`` says of each row whether it is to stand out.
    """
    if as_json:
        print_json([{key: row.get(key) for key in columns} for row in rows])
    elif sys.stdout.isatty():
        _print_on_terminal(columns, rows, overdue or [False] * len(rows))
    else:
        typer.echo("\t".join(columns.values()))
        for row in rows:
            typer.echo("\t".join(_cell(row.get(key)) for key in columns))


def readable(text: str) -> str:
    """Return ``text`` as it may be shown on a terminal, whoever wrote it."""
    return _COMMANDING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def print_details(names: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Print one thing, a line for each value there is, in the order of ``names``."""
    width = max(len(name) for name in names.values())
    for key, name in names.items():
        if values[key]:
            # Further lines of a value stand below it: they can't be taken for another value.
            value = readable(str(values[key])).replace("\n", "\n" + " " * (width + len(_BETWEEN)))
            typer.echo(f"{name:<{width}}{_BETWEEN}{value}")


def show_error(error: IvrError) -> None:
    """Tell on stderr what went wrong, without a traceback."""
    if isinstance(error, ConfigError):
        for problem in error.problems:
            typer.echo(problem_text(problem), err=True)
        typer.echo(problem_count(len(error.problems)), err=True)
    else:
        typer.echo(_("Error: {message}").format(message=readable(_(error.message))), err=True)


def problem_count(count: int) -> str:
    """Say how many problems there are."""
    if count == 1:
        return _("There is 1 problem.")
    return _("There are {count} problems.").format(count=count)


def problem_text(problem: Problem) -> str:
    """Tell one problem in two or three lines: where, what is wrong, what is allowed."""
    place = ": ".join(_(part) for part in (problem.file, problem.key) if part)
    value = f'"{problem.value}" ' if problem.value else ""
    lines = [f"{place}", f"    {value}{_(problem.wrong)}"]
    if problem.allowed:
        lines.append("    " + _("allowed: {what}").format(what=_(problem.allowed)))
    return "\n".join(lines)


def problem_json(problem: Problem) -> dict[str, str]:
    """One problem for programs; always in English."""
    return {
        "file": str(problem.file),
        "key": str(problem.key),
        "value": str(problem.value),
        "wrong": str(problem.wrong),
        "allowed": str(problem.allowed),
    }


def _cell(value: object) -> str:
    return "" if value is None else readable(str(value)).replace("\t", " ").replace("\n", " ")


def _print_on_terminal(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], overdue: Sequence[bool]
) -> None:
    """A table where it fits without breaking words; else a block of lines for each row."""
    # A column in which nothing stands only takes room from the others.
    shown = {key: name for key, name in columns.items() if any(_cell(row.get(key)) for row in rows)}
    headings = list((shown or columns).values())
    cells = [[_cell(row.get(key)) for key in shown] for row in rows]
    widths = _widths(list(zip(headings, *cells, strict=True)), get_terminal_size().columns)
    if widths is not None:
        _print_rich_table(headings, cells, widths, overdue)
        return
    longest = max(len(heading) for heading in headings)
    for row in cells:
        for heading, cell in zip(headings, row, strict=True):
            if cell:
                typer.echo(f"{heading:<{longest}}  {cell}")
        typer.echo()


def _widths(columns: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """How wide each column is; None where words would have to be broken.

    The first column names the row, and people type it into the next command: it is one word.
    """
    whole = [max(map(len, column)) for column in columns]
    words = [max(len(word) for cell in column for word in cell.split(" ")) for column in columns]
    widths = [whole[0], *words[1:]]
    left = room - sum(widths) - len(_BETWEEN) * (len(columns) - 1)
    if left < 0:
        return None
    for index, wanted in enumerate(whole):
        more = min(wanted - widths[index], left)
        widths[index] += more
        left -= more
    return widths


def _print_rich_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    overdue: Sequence[bool],
) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415  slow to import, needed on terminals only
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, width=width)
    for row, stands_out in zip(rows, overdue, strict=True):
        # Text, not str: a name in brackets is no markup.
        table.add_row(*map(Text, row), style=OVERDUE_STYLE if stands_out else "")
    Console().print(table)
