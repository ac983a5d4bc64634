"""Numbers in the journal's files: found, made unreadable, let go with the files in time.

Files that nobody adds to are rewritten as a whole or not at all. It does not know what the lines
mean: whatever text is the number goes, wherever it stands, and so do keys that spell it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from ivr.adapters.journal.codec import KIND
from ivr.adapters.journal.files import ENDING, translated
from ivr.application.personal_store import Sought

_REWRITTEN = ".redacted"
"""What a file ends with until it takes the other's place."""

_MASK = "x"
_MASKED_KEY = "0"
_PRESSES = {"CallerPressed": "call", "AgentPressed": "offer", "PartyPressed": "leg"}
"""Facts that tell one key, and what tells whose."""


class JournalNumbers:
    """Implements :class:`ivr.application.personal_store.Segments`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def outdated(self, before: datetime) -> int:
        """Count what ``purge`` would remove."""
        with translated():
            return len(self._over(before))

    def purge(self, before: datetime) -> int:
        """Remove the segments nobody has added to since then, but the last one."""
        with translated():
            over = self._over(before)
            for file in over:
                file.unlink()
        return len(over)

    def moments(self, sought: Sought) -> list[datetime]:
        """Return when the number was told, or was remembered."""
        with translated():
            return sorted(
                moment for file in self._all() for moment in _Content(file).redact(sought)
            )

    def redact(self, sought: Sought) -> int:
        """Make the number unreadable in all segments but the last; return in how many lines."""
        count = 0
        with translated():
            for file in self._all()[:-1]:
                content = _Content(file)
                moments = content.redact(sought)
                if moments:
                    content.write()
                    count += len(moments)
        return count

    def _all(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{ENDING}"))

    def _over(self, before: datetime) -> list[Path]:
        """Return what is outdated, with what was left where a rewriting was cut off."""
        closed = [*self._all()[:-1], *self._folder.glob(f"*{_REWRITTEN}")]
        return [file for file in closed if file.stat().st_mtime < before.timestamp()]


class _Content:
    """The lines of one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines = [_read(line) for line in file.read_bytes().split(b"\n")]

    def redact(self, sought: Sought) -> list[datetime]:
        """Take the number out of the lines, not of the file; return when each was written."""
        found = set()
        for place, values in enumerate(self._lines):
            redacted = _without(values, sought)
            if redacted != values:
                self._lines[place] = redacted
                found.add(place)
        for place in self._spelling(sought):
            self._lines[place]["event"]["key"] = _MASKED_KEY
            found.add(place)
        return [moment for place in sorted(found) if (moment := self._at(place)) is not None]

    def write(self) -> None:
        """Put the lines into the file's place, marked as changed; it stays as old as it was."""
        if isinstance(self._lines[0], dict):
            self._lines[0]["redacted"] = True
        was = self._file.stat()
        new = self._file.with_suffix(_REWRITTEN)
        try:
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as content:
                content.write(b"\n".join(_written(line) for line in self._lines))
                content.flush()
                os.fsync(content.fileno())
            os.utime(new, ns=(was.st_atime_ns, was.st_mtime_ns))
            new.replace(self._file)
        except OSError:
            with suppress(OSError):
                new.unlink()
            raise

    def _spelling(self, sought: Sought) -> Iterator[int]:
        """Return the lines of keys that, one after the other, spell the number."""
        pressed: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        for place, values in enumerate(self._lines):
            event = values.get("event") if isinstance(values, dict) else None
            if isinstance(event, dict) and event.get(KIND) in _PRESSES:
                whose = str(event.get(_PRESSES[event[KIND]]))
                pressed[event[KIND], whose].append((place, str(event.get("key"))))
        for keys in pressed.values():
            text = "".join(key[:1] for _, key in keys)
            for spelling in sought.spellings:
                start = text.find(spelling)
                while start >= 0:
                    yield from (place for place, _ in keys[start : start + len(spelling)])
                    start = text.find(spelling, start + 1)

    def _at(self, place: int) -> datetime | None:
        """When a line was written; what was remembered, when the segment was begun."""
        for values in (self._lines[place], self._lines[0]):
            if isinstance(values, dict) and isinstance(values.get("at"), str):
                with suppress(ValueError):  # a damaged line
                    return datetime.fromisoformat(values["at"])
        return None


def _read(line: bytes) -> Any:  # noqa: ANN401  JSON, or what is damaged, as it is
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return line


def _written(values: Any) -> bytes:  # noqa: ANN401  what _read made
    return values if isinstance(values, bytes) else orjson.dumps(values)


def _without(values: Any, sought: Sought) -> Any:  # noqa: ANN401  JSON
    """Return ``values`` with every text that is the number made unreadable."""
    match values:
        case str():
            return _MASK * len(values) if sought.is_meant(values) else values
        case list():
            return [_without(each, sought) for each in values]
        case dict():
            return {_without(key, sought): _without(value, sought) for key, value in values.items()}
        case _:
            return values
