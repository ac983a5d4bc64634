"""Where ``ivr inbox`` writes to: a live table on a terminal, lines in a pipe, JSON for programs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ivr.application.caseworker_inbox import Item
from ivr.cli.inbox_rows import columns, row
from ivr.cli.language import _
from ivr.cli.output import OVERDUE_STYLE, print_table, readable

_LINES = 8
"""So many of the latest lines stay on the screen."""

_AROUND = 6
"""Lines of the screen besides table and latest lines: headings, rules, what is typed."""

Now = Callable[[], datetime]


class Output(Protocol):
    """Shows what happens."""

    def told(self, body: Mapping[str, Any], line: str) -> None:
        """Show a message that is new, and what it says in a line."""
        ...

    def say(self, text: str) -> None:
        """Show something about the program itself, or what was asked for."""
        ...

    def list_all(self, items: Sequence[Item]) -> None:
        """Show all that is to be done because somebody asks."""
        ...

    def refresh(self, items: Sequence[Item], typed: str) -> None:
        """Show what is to be done now, and what is being typed, where there is a screen."""
        ...


class Lines:
    """Everything is a line on stdout."""

    def __init__(self, now: Now) -> None:
        self._now = now

    def told(self, _body: Mapping[str, Any], line: str) -> None:
        """Print the line."""
        typer.echo(readable(line))

    def say(self, text: str) -> None:
        """Print it."""
        typer.echo(readable(text))

    def list_all(self, items: Sequence[Item]) -> None:
        """Print the table."""
        print_items(items, self._now())

    def refresh(self, items: Sequence[Item], typed: str) -> None:
        """Do nothing: lines stay."""


class JsonLines:
    """Messages on stdout, one object a line; words for people on stderr."""

    def told(self, body: Mapping[str, Any], _line: str) -> None:
        """Print the message."""
        print_json_line(body)

    def say(self, text: str) -> None:
        """Tell people, not the program that reads."""
        typer.echo(readable(text), err=True)

    def list_all(self, items: Sequence[Item]) -> None:
        """Print the callbacks."""
        for item in items:
            print_json_line(item.callback)

    def refresh(self, items: Sequence[Item], typed: str) -> None:
        """Do nothing: lines stay."""


class Screen:
    """The whole terminal: a table that is always up to date, the latest lines, what is typed."""

    def __init__(self, title: str, now: Now) -> None:
        self._title = title
        self._now = now
        self._latest: deque[str] = deque(maxlen=_LINES)
        self._live = Live(screen=True, auto_refresh=False)

    def __enter__(self) -> Self:
        """Take the terminal."""
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give it back as it was."""
        self._live.stop()

    def told(self, _body: Mapping[str, Any], line: str) -> None:
        """Show the line with the time it came."""
        self.say(f"{self._now():%H:%M}  {line}")

    def say(self, text: str) -> None:
        """Show it below the table."""
        self._latest.extend(map(readable, text.splitlines()))

    def list_all(self, items: Sequence[Item]) -> None:
        """Do nothing: it is on the screen."""

    def refresh(self, items: Sequence[Item], typed: str) -> None:
        """Draw everything anew."""
        room = max(1, self._live.console.size.height - _AROUND - len(self._latest))
        shown, more = items[:room], len(items) - room
        parts = [
            Text(self._title, style="bold"),
            _table(shown, self._now()) if items else Text(_("Nothing to do.")),
            Text(_("… and {count} more").format(count=more) if more > 0 else ""),
            *(Text(line, style="dim", no_wrap=True) for line in self._latest),
            Text(f"> {typed}▏"),
        ]
        self._live.update(Group(*parts), refresh=True)


def print_items(items: Sequence[Item], now: datetime) -> None:
    """Print what is to be done as a table."""
    print_table(
        columns(),
        [row(item, now) for item in items],
        overdue=[item.is_overdue(now) for item in items],
    )


def print_json_line(content: Mapping[str, Any]) -> None:
    """Print an object in one line."""
    typer.echo(orjson.dumps(content).decode())


def is_terminal() -> bool:
    """Whether there is a person at both ends."""
    console = Console()
    return console.is_terminal and not console.is_dumb_terminal


def _table(items: Sequence[Item], now: datetime) -> Table:
    cells = [row(item, now) for item in items]
    headings = {key: name for key, name in columns().items() if any(each[key] for each in cells)}
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name in headings.values():
        table.add_column(name, no_wrap=True)
    for item, each in zip(items, cells, strict=True):
        style = OVERDUE_STYLE if item.is_overdue(now) else ""
        # Text, not str: a name in brackets is no markup.
        table.add_row(*(Text(readable(str(each[key] or ""))) for key in headings), style=style)
    return table
