"""Reading a calls file as a stream, and telling exactly what is wrong with it."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from ivr.adapters.calls_file.columns import COLUMNS
from ivr.application.call_history import Period
from ivr.domain.calls import PERSONAL, CallRecord
from ivr.domain.errors import ConfigError, Problem

CHUNK = 5000
"""Calls that are read at once."""

_IN_TIME = ("arrived_at", "queued_at", "answered_at", "ended_at")


class CallsFile:
    """Implements :class:`ivr.application.call_history.CallHistory`."""

    def __init__(self, file: Path) -> None:
        """Nothing is opened yet."""
        self._file = file

    async def calls(self, period: Period) -> AsyncIterator[Sequence[CallRecord]]:
        """Return the calls of ``period``, by arrival.

        Raises ConfigError where the file can't be read or is none: with line and column.
        """
        chunks = self._chunks(period)
        while chunk := await asyncio.to_thread(next, chunks, None):
            yield chunk

    def _chunks(self, period: Period) -> Iterator[list[CallRecord]]:
        chunk: list[CallRecord] = []
        for record in self._records():
            if period.covers(record.arrived_at):
                chunk.append(record)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _records(self) -> Iterator[CallRecord]:
        try:
            with self._file.open(encoding="utf-8-sig", newline="") as opened:
                yield from self._parsed(opened)
        except OSError as error:
            raise self._wrong("", "", f"it can't be read: {error.strerror}", "") from error
        except UnicodeDecodeError as error:
            raise self._wrong("", "", "it is no text in UTF-8", "UTF-8") from error

    def _parsed(self, lines: Iterator[str]) -> Iterator[CallRecord]:
        rows = csv.reader(lines, strict=True)
        try:
            names = next(rows, [])
            self._check_headings(names)
            reads = [COLUMNS[name].read for name in names]
            latest: datetime | None = None
            for row in filter(None, rows):  # an empty line is none
                record = self._record(names, reads, row, rows.line_num)
                if latest is not None and record.arrived_at < latest:
                    raise self._wrong_cell(
                        rows.line_num,
                        "arrived_at",
                        record.arrived_at.isoformat(),
                        "it is earlier than that of the line before",
                        "calls sorted by their arrival",
                    )
                latest = record.arrived_at
                yield record
        except csv.Error as error:
            raise self._wrong(f"line {rows.line_num}", "", f"it is no CSV: {error}", "") from error

    def _check_headings(self, names: Sequence[str]) -> None:
        allowed = ", ".join(COLUMNS)
        if len(names) == 1 and ";" in names[0]:
            raise self._wrong("line 1", "", "semicolons separate the columns", "commas")
        for name in names:
            if name in PERSONAL:
                wrong = "such a file tells of no person"
            elif name not in COLUMNS:
                wrong = "there is no such column"
            elif names.count(name) > 1:
                wrong = "it is there twice"
            else:
                continue
            raise self._wrong("line 1", name, wrong, allowed)
        missing = [name for name, col in COLUMNS.items() if col.needed and name not in names]
        if missing:
            wrong = f"these columns are missing: {', '.join(missing)}"
            raise self._wrong("line 1", "", wrong, allowed)

    def _record(
        self,
        names: Sequence[str],
        reads: Sequence[Callable[[str], Any]],
        row: Sequence[str],
        line: int,
    ) -> CallRecord:
        try:
            values = {name: read(text) for name, read, text in zip(names, reads, row, strict=True)}
        except ValueError:
            raise self._what_is_wrong(names, row, line) from None
        record = CallRecord(caller_number=None, agent=None, **values)
        self._check_order(record, line)
        return record

    def _check_order(self, record: CallRecord, line: int) -> None:
        times = (record.arrived_at, record.queued_at, record.answered_at, record.ended_at)
        told = [(name, at) for name, at in zip(_IN_TIME, times, strict=True) if at is not None]
        for (before, earlier), (after, later) in pairwise(told):
            if later < earlier:
                raise self._wrong_cell(
                    line,
                    after,
                    later.isoformat(),
                    f"it is before {before}",
                    f"in their order: {', '.join(_IN_TIME)}",
                )

    def _what_is_wrong(self, names: Sequence[str], row: Sequence[str], line: int) -> ConfigError:
        if len(row) != len(names):
            wrong = f"it has {len(row)} cells, the headings {len(names)}"
            return self._wrong(f"line {line}", "", wrong, "a cell for every column")
        for name, text in zip(names, row, strict=True):
            try:
                COLUMNS[name].read(text)
            except ValueError:
                wrong = "this can't be in this column"
                return self._wrong_cell(line, name, text, wrong, COLUMNS[name].allowed)
        raise AssertionError(row)

    def _wrong_cell(
        self, line: int, column: str, value: str, wrong: str, allowed: str
    ) -> ConfigError:
        return self._wrong(f"line {line}: {column}", value, wrong, allowed)

    def _wrong(self, key: str, value: str, wrong: str, allowed: str) -> ConfigError:
        return ConfigError((Problem(str(self._file), key, value, wrong, allowed),))
