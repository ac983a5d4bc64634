"""How commands show things: tables for people, JSON for programs, errors on stderr.

On a terminal a table has lines and colours and no empty columns; where it does not fit, each row is
a block of lines, and a table of figures becomes several. In a pipe a row is one line with a tab
between the columns. Nothing that somebody wrote commands the terminal of who reads it, or looks
like a line of ours.
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

_Columns = Sequence[Sequence[str]]
"""A table: of each column its heading, and then its cells."""

_SHORT = 16
"""A cell of so many characters is broken only if need be: a date with its time, 12.5 %."""


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
    of_figures: bool = False,
) -> None:
    """Print ``rows``. ``columns`` gives the heading for each key, in order; JSON has the keys.

    ``overdue`` says of each row whether it is to stand out. A table ``of_figures``, which are read
    from row to row, is parted into several, one below the other, where it is too wide.
    """
    if as_json:
        print_json([{key: row.get(key) for key in columns} for row in rows])
    elif sys.stdout.isatty():
        _print_on_terminal(columns, rows, overdue or [False] * len(rows), of_figures=of_figures)
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
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    overdue: Sequence[bool],
    *,
    of_figures: bool,
) -> None:
    """A table where it fits without breaking words; else parts of it, or a block for each row."""
    # A column in which nothing stands only takes room from the others.
    shown = {key: name for key, name in columns.items() if any(_cell(row.get(key)) for row in rows)}
    table: _Columns = [
        [name, *(_cell(row.get(key)) for row in rows)] for key, name in (shown or columns).items()
    ]
    room = get_terminal_size().columns
    parts = _parts(table, room) if of_figures else [table]
    for part in parts:
        if part is not parts[0]:
            typer.echo()
        widths = _widths(part, room)
        if widths is None:
            _print_blocks(part)
        else:
            _print_rich_table(part, widths, overdue)


def _print_blocks(columns: _Columns) -> None:
    headings, *rows = zip(*columns, strict=True)
    longest = max(len(heading) for heading in headings)
    for row in rows:
        for heading, cell in zip(headings, row, strict=True):
            if cell:
                typer.echo(f"{heading:<{longest}}  {cell}")
        typer.echo()


def _parts(columns: _Columns, room: int) -> list[_Columns]:
    """Part a table so that short cells stay whole; every part begins with the first column."""
    first, *others = columns
    parts = [[first]]
    for column in others:
        if len(parts[-1]) > 1 and _left([*parts[-1], column], room, _SHORT) < 0:
            parts.append([first])
        parts[-1].append(column)
    return [*parts]


def _widths(columns: _Columns, room: int) -> list[int] | None:
    """How wide each column is; None where words would have to be broken."""
    for short in (_SHORT, 0):
        left = _left(columns, room, short)
        if left >= 0:
            return _widened(columns, _least(columns, short), left)
    return None


def _left(columns: _Columns, room: int, short: int) -> int:
    """What is left of the room if each column is as narrow as it may be."""
    return room - sum(_least(columns, short)) - len(_BETWEEN) * (len(columns) - 1)


def _least(columns: _Columns, short: int) -> list[int]:
    """How narrow columns may be if neither words nor cells of ``short`` characters are broken.

    The first column names the row, and people type it into the next command: it is one word.
    """
    first, *others = columns
    return [
        max(map(len, first)),
        *(
            max(
                *(len(word) for text in column for word in text.split(" ")),
                *(len(cell) for cell in column[1:] if len(cell) <= short),
                0,
            )
            for column in others
        ),
    ]


def _widened(columns: _Columns, widths: list[int], left: int) -> list[int]:
    """Share out what is left: to cells by how much of them would be broken, then to headings."""
    widths = [*widths]
    while left:
        broken = {
            index: sum(max(0, len(cell) - widths[index]) for cell in column[1:])
            for index, column in enumerate(columns)
        }
        total = sum(broken.values())
        if not total:
            break
        for index in sorted(broken, key=lambda each: -broken[each]):
            wanted = max(map(len, columns[index][1:]), default=0) - widths[index]
            more = max(0, min(wanted, left, -(-left * broken[index] // total)))
            widths[index] += more
            left -= more
    for index, column in enumerate(columns):
        more = max(0, min(len(column[0]) - widths[index], left))
        widths[index] += more
        left -= more
    return widths


def _print_rich_table(columns: _Columns, widths: Sequence[int], overdue: Sequence[bool]) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415  slow to import, needed on terminals only
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    headings, *rows = zip(*columns, strict=True)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, width=width)
    for row, stands_out in zip(rows, overdue, strict=True):
        # Text, not str: a name in brackets is no markup.
        table.add_row(*map(Text, row), style=OVERDUE_STYLE if stands_out else "")
    Console().print(table)
