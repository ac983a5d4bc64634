"""The journal as files: one for each segment, a line of JSON for each record.

A line is one ``write`` to the kernel, which keeps it when this program is killed; there is no
fsync, for when the machine dies so do the calls. The first line is the header, the second what the
engine remembered. Numbers of callers are in it: only the owner may read the files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from ivr.adapters.journal.codec import (
    decode_event,
    decode_memory,
    digest,
    encode_event,
    encode_memory,
)
from ivr.application.journal import Header, Input, Segment
from ivr.domain.commands import Command
from ivr.domain.errors import Unavailable, UnexpectedMessage
from ivr.domain.events import Event
from ivr.domain.memory import Memory

FORMAT: Final = 1
"""Of the files. A program refuses what has another number, older or newer."""

ENDING: Final = ".journal"
_BEGUN: Final = ".new"
"""What a segment ends with that has not appeared yet."""

_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700


class JournalFiles:
    """Implements :class:`ivr.application.journal.Journal` in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: int | None = None
        """Of the segment that was begun last; None: there is none that can be added to."""

    def begin(self, header: Header, memory: Memory) -> None:
        """Begin a segment; what is added from now on is added to it. Raises Unavailable.

        It appears under its name with header and memory, or not at all.
        """
        self._close()
        with translated():
            self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            self._remove_beginnings()
            path = self._folder / f"{self._next_number():08}-{header.at:%Y%m%dT%H%M%S}{ENDING}"
            beginning = path.with_suffix(_BEGUN)
            try:
                self._file = os.open(beginning, _NEW_FILE, _FILE_MODE)
                self._write(_header_line(header) + _line(encode_memory(memory)))
                beginning.rename(path)
            except OSError:
                self._close()
                with suppress(OSError):
                    beginning.unlink()
                raise

    def add(self, at: datetime, event: Event | None, commands: Sequence[Command]) -> None:
        """Add a step to the segment that was begun last. Raises Unavailable."""
        self._add(at, event, digest(commands))

    def add_broken(self, at: datetime, event: Event | None) -> None:
        """Add a step the engine did not survive. Raises Unavailable."""
        self._add(at, event, None)

    def digest(self, commands: Sequence[Command]) -> str:
        """Return eight digits that stand for ``commands``."""
        return digest(commands)

    def names(self) -> list[str]:
        """Return the names of all segments, oldest first. Raises Unavailable."""
        with translated():
            return sorted(path.name for path in self._folder.glob(f"*{ENDING}"))

    def header(self, name: str) -> Header:
        """Return the header alone. Raises Unavailable and UnexpectedMessage."""
        with translated(), (self._folder / name).open("rb") as content:
            return _read_header(content.readline(), name)

    def read(self, name: str) -> Segment:
        """Return a segment, as far as it can be read. Raises Unavailable and UnexpectedMessage."""
        return read_segment(self._folder / name)

    def _add(self, at: datetime, event: Event | None, came_of_it: str | None) -> None:
        if self._file is None:
            raise Unavailable("No segment of the journal is begun.", code=_CODE)
        try:
            line = _line(
                {
                    "at": at,
                    "event": None if event is None else encode_event(event),
                    "digest": came_of_it,
                }
            )
            with translated():
                self._write(line)
        except (Unavailable, orjson.JSONEncodeError) as error:
            self._close()
            raise Unavailable(f"The journal can't be written: {error}", code=_CODE) from error

    def _write(self, line: bytes) -> None:
        assert self._file is not None
        if os.write(self._file, line) != len(line):
            raise OSError(None, "only a part of a line could be written")
        if not os.fstat(self._file).st_nlink:
            raise OSError(None, "its file was removed")

    def _close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
        self._file = None

    def _remove_beginnings(self) -> None:
        """Remove what was left where the program was killed as a segment began."""
        for beginning in self._folder.glob(f"*{_BEGUN}"):
            beginning.unlink(missing_ok=True)

    def _next_number(self) -> int:
        numbers = (path.name.partition("-")[0] for path in self._folder.iterdir())
        return max((int(number) for number in numbers if number.isdecimal()), default=0) + 1


_CODE = "journal_not_usable"
_NEW_FILE = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC


def read_segment(file: Path) -> Segment:
    """Return the segment in ``file``, as far as it can be read.

    Raises Unavailable (the disk), and UnexpectedMessage where its beginning can't be read.
    """
    with translated():
        # What is behind the last line's end is empty, or was being written when the program died.
        lines = file.read_bytes().split(b"\n")[:-1]
    header, memory, *steps = lines + [b""] * (_BEGINNING - len(lines))
    read = Segment(
        file.name, _read_header(header, file.name), decode_memory(_read_line(memory)), ()
    )
    inputs: list[Input] = []
    for number, line in enumerate(steps, start=_BEGINNING + 1):
        try:
            inputs.append(_read_input(line))
        except UnexpectedMessage as error:
            return replace(read, inputs=inputs, damage=f"line {number}: {error.message}")
    return replace(read, inputs=inputs)


_BEGINNING: Final = 2
"""So many lines are before the steps: header and memory."""


def _line(values: dict[str, Any]) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def _header_line(header: Header) -> bytes:
    return _line(
        {
            "journal": FORMAT,
            "program": header.program,
            "run": header.run,
            "at": header.at,
            "settled": header.settled,
            "redacted": header.redacted,
            "config": dict(header.config),
        }
    )


def _read_header(line: bytes, name: str) -> Header:
    values = _read_line(line)
    if values.get("journal") != FORMAT:
        raise UnexpectedMessage(
            f"{name} is no journal of this program's format.", code="journal_damaged"
        )
    try:
        return Header(
            program=str(values["program"]),
            run=str(values["run"]),
            at=datetime.fromisoformat(values["at"]),
            config={str(file): str(text) for file, text in values["config"].items()},
            settled=values["settled"] is True,
            redacted=values["redacted"] is True,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnexpectedMessage(
            f"The first line of {name} is no header.", code="journal_damaged"
        ) from error


def _read_input(line: bytes) -> Input:
    values = _read_line(line)
    try:
        at, event, came_of_it = values["at"], values["event"], values["digest"]
        instant = datetime.fromisoformat(at)
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedMessage("This is no step.", code="journal_damaged") from error
    return Input(instant, None if event is None else decode_event(event), came_of_it)


def _read_line(line: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise UnexpectedMessage("This is no JSON.", code="journal_damaged") from error
    if not isinstance(values, dict):
        raise UnexpectedMessage("This is no JSON object.", code="journal_damaged")
    return values


@contextmanager
def translated() -> Iterator[None]:
    """Tell what the disk refuses as Unavailable (``journal_not_usable``)."""
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"The journal can't be used: {error.strerror or error}.", code=_CODE
        ) from error
