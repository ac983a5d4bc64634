"""Writing a calls file: whole or not at all, and not for everybody's eyes."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import TextIO

from ivr.adapters.calls_file.columns import COLUMNS
from ivr.domain.calls import CallRecord
from ivr.domain.errors import Unavailable

_MODE = 0o640


class CallsFileWriter:
    """Adds calls to a file that is being written; made by ``new_calls_file``."""

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self._rows.writerow(COLUMNS)
        self._texts = [column.write for column in COLUMNS.values()]
        self._values = attrgetter(*COLUMNS)
        self._latest: datetime | None = None
        self.count = 0
        """How many calls are in it."""

    def add(self, records: Iterable[CallRecord]) -> None:
        """Add ``records``, none of which arrived before one that was added already.

        Raises OSError, which ``new_calls_file`` translates.
        """
        self._rows.writerows(map(self._row, records))

    def _row(self, record: CallRecord) -> list[str]:
        assert self._latest is None or self._latest <= record.arrived_at, "not by arrival"
        self._latest = record.arrived_at
        self.count += 1
        values = self._values(record)
        return [text(value) for text, value in zip(self._texts, values, strict=True)]


@contextmanager
def new_calls_file(file: Path) -> Iterator[CallsFileWriter]:
    """Write ``file`` (mode 0640); it gets its name, or takes the old one's place, at the end.

    Raises Unavailable where it can't be written; on any exception all is as it was.
    """
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        new = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
                yield CallsFileWriter(opened)
                opened.flush()
                os.fchmod(opened.fileno(), _MODE)
                os.fsync(opened.fileno())
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable(
            f"{file} can't be written: {error.strerror}.", code="calls_file_not_written"
        ) from error
