"""How commands show things: tables for people, JSON for programs, errors on stderr.

A table has borders and colours on a terminal only; in a pipe it is one line per row with a tab
between the columns.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import typer

from ivr.cli.language import _
from ivr.domain.errors import ConfigError, IvrError, Problem


def print_json(value: object) -> None:
    """Print ``value`` as JSON; times and dataclasses are written as orjson writes them."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    typer.echo(orjson.dumps(value, option=options, default=str).decode())


def print_table(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], *, as_json: bool = False
) -> None:
    """Print ``rows``. ``columns`` gives the heading for each key, in order; JSON has the keys."""
    if as_json:
        print_json([{key: row.get(key) for key in columns} for row in rows])
    elif sys.stdout.isatty():
        _print_rich_table(columns, rows)
    else:
        typer.echo("\t".join(columns.values()))
        for row in rows:
            typer.echo("\t".join(_cell(row.get(key)) for key in columns))


def print_details(names: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Print one thing, a line for each value there is, in the order of ``names``."""
    width = max(len(name) for name in names.values())
    for key, name in names.items():
        if values[key]:
            typer.echo(f"{name:<{width}}  {values[key]}")


def show_error(error: IvrError) -> None:
    """Tell on stderr what went wrong, without a traceback."""
    if isinstance(error, ConfigError):
        for problem in error.problems:
            typer.echo(problem_text(problem), err=True)
        typer.echo(problem_count(len(error.problems)), err=True)
    else:
        typer.echo(_("Error: {message}").format(message=_(error.message)), err=True)


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
    return "" if value is None else str(value).replace("\t", " ").replace("\n", " ")


def _print_rich_table(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.console import Console  # noqa: PLC0415  slow to import, needed on terminals only
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table()
    for index, heading in enumerate(columns.values()):
        # The first column names the row: people type it into the next command.
        table.add_column(heading, no_wrap=index == 0, overflow="fold")
    for row in rows:
        # Text, not str: a name in brackets is no markup.
        table.add_row(*(Text(_cell(row.get(key))) for key in columns))
    Console().print(table)
