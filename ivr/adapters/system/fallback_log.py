"""Asterisk's ``queue_log``, read from where the last reading ended, over restarts and rotations.

The place is kept in a small file. It is that of a line, in a file known by its inode: a rotation
renames the file, and what is left of it is read before the next one. Nothing here writes to
``queue_log``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ivr.application.ports.standby import LogPlace, PlacedLine
from ivr.domain.errors import Unavailable

_MODE = 0o640
_BATCH_BYTES = 4 * 1024 * 1024
"""So much is read at once; a file may have grown for a year."""


class FallbackLogFile:
    """Implements :class:`ivr.application.ports.standby.FallbackLog`."""

    def __init__(self, file: Path, bookmark: Path) -> None:
        """``file`` may have older ones beside it: ``queue_log.1`` and so on."""
        self._file = file
        self._bookmark = bookmark
        self._place: LogPlace | None = None
        self._begun = False

    def more(self) -> list[PlacedLine]:
        """Return the next lines; empty where there are no more for now."""
        try:
            if not self._begun:
                self._place = self._remembered()
                self._begun = True
            for path in self._to_read():
                lines = self._read(path)
                if lines:
                    return lines
        except OSError as error:
            raise Unavailable(
                f"Asterisk's queue_log can't be read: {error.strerror}.",
                code="queue_log_not_usable",
            ) from error
        return []

    @property
    def place(self) -> LogPlace | None:
        """Where the next line begins; None before the first."""
        return self._place

    def remember(self, place: LogPlace) -> None:
        """Begin there after a restart. Raises Unavailable."""
        fresh = self._bookmark.with_name(f"{self._bookmark.name}.new")
        try:
            self._bookmark.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
            with os.fdopen(handle, "w") as file:
                json.dump({"inode": place.inode, "offset": place.offset}, file)
            fresh.replace(self._bookmark)
        except OSError as error:
            raise Unavailable(
                f"The place in Asterisk's queue_log can't be kept: {error.strerror}.",
                code="queue_log_not_usable",
            ) from error

    def _remembered(self) -> LogPlace | None:
        """The place of an earlier run; a damaged one is none, then everything is read again."""
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            told = json.loads(self._bookmark.read_bytes())
            return LogPlace(int(told["inode"]), int(told["offset"]))
        return None

    def _to_read(self) -> Iterator[Path]:
        """The file of the place, then those that were begun after it, in their order."""
        paths = sorted(self._all(), key=lambda path: path.stat().st_mtime_ns)
        if self._file in paths:
            paths.remove(self._file)
            paths.append(self._file)
        inodes = [path.stat().st_ino for path in paths]
        if self._place is not None and self._place.inode in inodes:
            yield from paths[inodes.index(self._place.inode) :]
        else:
            yield from paths

    def _all(self) -> Iterator[Path]:
        if self._file.exists():
            yield self._file
        for path in self._file.parent.glob(f"{self._file.name}.*"):
            if path.suffix[1:].isdecimal():
                yield path

    def _read(self, path: Path) -> list[PlacedLine]:
        """Read whole lines; what Asterisk is still writing is left for the next time."""
        with path.open("rb") as content:
            known = os.fstat(content.fileno())
            at = 0
            if self._place is not None and self._place.inode == known.st_ino:
                at = self._place.offset if self._place.offset <= known.st_size else 0
            content.seek(at)
            block = content.read(_BATCH_BYTES)
        lines = []
        whole = block[: block.rfind(b"\n") + 1]
        for line in whole.splitlines(keepends=True):
            text = line.decode(errors="replace").rstrip("\r\n")
            lines.append(PlacedLine(text, LogPlace(known.st_ino, at)))
            at += len(line)
        if lines:
            self._place = LogPlace(known.st_ino, at)
        return lines
