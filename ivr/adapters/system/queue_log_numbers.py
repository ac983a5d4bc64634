"""Who called, in files of ``queue_log``: found, and made unreadable where it stands.

A number is overwritten by as many ``x``, in place: a file is only ever added to at its end, so
nothing that is written meanwhile gets lost, whoever writes it (ours or Asterisk's own), and a
rotation only renames what is open here. Lines stay, and so do reports made of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from ivr.domain.errors import Unavailable

_TELL_CALLER = (b"ENTERQUEUE", b"DID")
_EVENT, _CALLER = 4, 6
"""The fields in ``epoch|call|queue|agent|ENTERQUEUE|url|caller|position``.

The dialplan of the fallback queue writes ``…|DID|dialled|caller``.
"""
_MASK = b"x"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line that tells who called, and where in the file it tells it."""

    line: bytes
    at: int
    caller: bytes
    place: int

    @property
    def masked(self) -> bool:
        return not self.caller.strip(_MASK)


_Wanted = Callable[[_Entry], bool]


class QueueLogNumbers:
    """Implements :class:`ivr.application.personal_store.QueueLogs`."""

    def __init__(self, *files: Path, write: Callable[[], None]) -> None:
        """Each of ``files`` may have older ones beside it: ``queue_log.1`` and so on.

        ``write`` has lines written that still wait.
        """
        self._files = files
        self._write = write

    def outdated(self, before: datetime) -> int:
        """Count what ``purge`` would deal with."""
        with _translated():
            return sum(
                _lines(file) if self._is_over(file, before) else len(_find(file, _older(before)))
                for file in self._all()
            )

    def purge(self, before: datetime) -> int:
        """Remove files that are over; mask the numbers in older lines of the others."""
        count = 0
        with _translated():
            for file in self._all():
                if self._is_over(file, before):
                    count += _lines(file)
                    file.unlink()
                else:
                    count += _mask(file, _older(before))
        return count

    def lines_of(self, spellings: Collection[str]) -> list[str]:
        """Return the lines in which one of ``spellings`` called, file by file."""
        self._write()
        with _translated():
            return [
                entry.line.decode(errors="replace").rstrip()
                for file in self._all()
                for entry in _find(file, _from(spellings))
            ]

    def mask(self, spellings: Collection[str]) -> int:
        """Mask the number in these lines."""
        self._write()
        with _translated():
            return sum(_mask(file, _from(spellings)) for file in self._all())

    def _all(self) -> Iterator[Path]:
        """Each file, then the older ones: what is rotated meanwhile is met again, not missed."""
        for file in self._files:
            if file.exists():
                yield file
            number = _next_number(file, 0)
            while number:
                yield file.with_name(f"{file.name}.{number}")
                number = _next_number(file, number)

    def _is_over(self, file: Path, before: datetime) -> bool:
        """Whether nobody adds to a file any more, and nobody has since then."""
        return file not in self._files and file.stat().st_mtime < before.timestamp()


def _next_number(file: Path, after: int) -> int:
    """The number of the next older file there is; 0 where there is none."""
    endings = (each.suffix[1:] for each in file.parent.glob(f"{file.name}.*"))
    numbers = (int(ending) for ending in endings if ending.isdecimal())
    return min((number for number in numbers if number > after), default=0)


def _older(before: datetime) -> _Wanted:
    limit = before.timestamp()
    return lambda entry: entry.at < limit


def _from(spellings: Collection[str]) -> _Wanted:
    callers = {each.encode() for each in spellings}
    return lambda entry: entry.caller in callers


def _lines(file: Path) -> int:
    with file.open("rb") as content:
        return sum(1 for _line in content)


def _find(file: Path, wanted: _Wanted) -> list[_Entry]:
    with file.open("rb") as content:
        return [entry for entry in _entries(content) if not entry.masked and wanted(entry)]


def _mask(file: Path, wanted: _Wanted) -> int:
    # Found and overwritten through one handle: meanwhile the name may become another file's.
    with file.open("r+b") as content:
        was = os.fstat(content.fileno())
        found = [entry for entry in _entries(content) if not entry.masked and wanted(entry)]
        for entry in found:
            os.pwrite(content.fileno(), _MASK * len(entry.caller), entry.place)
        if found:
            # When the last line was added still tells when the file is over.
            os.utime(content.fileno(), ns=(was.st_atime_ns, was.st_mtime_ns))
            os.fsync(content.fileno())
        return len(found)


def _entries(content: BinaryIO) -> Iterator[_Entry]:
    start = 0
    for line in content:
        if line.endswith(b"\n"):
            fields = line.rstrip(b"\r\n").split(b"|")
            tells = len(fields) > _CALLER and fields[_EVENT] in _TELL_CALLER
            if tells and fields[0].isdigit():
                place = start + sum(len(field) + 1 for field in fields[:_CALLER])
                yield _Entry(line, int(fields[0]), fields[_CALLER], place)
        start += len(line)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"A file of queue_log can't be used: {error.strerror}.", code="queue_log_not_usable"
        ) from error
