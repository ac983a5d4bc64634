"""The file ``queue_log``: appended line by line, aside from the event loop, and kept small.

It is opened anew for every batch of lines, so whoever moves it away (logrotate) needs no signal.
When it can't be written, calls go on and the lines wait; that they do is said once. Of more than
``MOST_WAITING`` the oldest are lost, and how many is said when it works again.
"""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

MOST_WAITING = 50_000
"""Lines of some 5,000 calls; a disk that is full for longer needs somebody anyway."""

_GATHERS_SECONDS = 0.1
"""So long more lines are waited for: a thread for each would hold up the calls they tell of."""

_MODE = 0o640

_RECENT_BYTES = 1024 * 1024
"""Of each file: far more than is written between two segments of the journal."""


class QueueLogFile:
    """Implements :class:`ivr.application.ports.queue_log.QueueLogLines`."""

    def __init__(self, file: Path, largest: int, kept: int) -> None:
        """``file`` is moved to ``file``.1 and so on when it has ``largest`` bytes.

        Of those ``kept`` are kept.
        """
        self._file = file
        self._largest = largest
        self._kept = kept
        self._waiting: deque[str] = deque()
        self._writing = threading.Lock()
        """What is written at the end waits for a thread that still writes."""
        self._woken = asyncio.Event()
        self._hurried = asyncio.Event()
        self._held_up = False
        self._lost = 0

    def add(self, line: str) -> None:
        """Have ``line`` written; never waits."""
        self._waiting.append(line)
        self._woken.set()

    def hurry(self) -> None:
        """Have what waits written without waiting for more lines."""
        self._hurried.set()

    @property
    def settled(self) -> bool:
        """Whether nothing waits, but for the disk: the journal can't be kept open for that."""
        return (self._held_up or not self._waiting) and not self._writing.locked()

    def recent(self) -> frozenset[str]:
        """Return the lines written last, as many as fit into so much; empty where unreadable."""
        files = (file for file in (self._numbered(1), self._file) if file.exists())
        try:
            written = b"".join(_end_of(file) for file in files)
        except OSError as error:
            log.error("queue_log_not_read", file=str(self._file), reason=error.strerror)
            return frozenset()
        return frozenset(written.decode(errors="replace").splitlines())

    async def run(self) -> None:
        """Write until cancelled; then write what is left."""
        try:
            while True:
                await self._woken.wait()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_GATHERS_SECONDS):
                        await self._hurried.wait()
                self._woken.clear()
                self._hurried.clear()
                await asyncio.to_thread(self.write)
        finally:
            self.write()
            if self._waiting:
                log.error("queue_log_lost", lost=len(self._waiting) + self._lost)

    def write(self) -> None:
        """Write what waits; takes a while, so call it in a thread."""
        with self._writing:
            # One by one: another thread may be adding to it.
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if lines:
                self._put(lines)

    def _put(self, lines: list[str]) -> None:
        try:
            self._rotate()
            self._append("".join(f"{line}\n" for line in lines).encode())
        except OSError as error:
            self._keep(lines)
            if not self._held_up:
                log.error("queue_log_not_written", file=str(self._file), reason=error.strerror)
            self._held_up = True
            return
        if self._held_up:
            log.warning("queue_log_written_again", lost=self._lost)
            self._held_up, self._lost = False, 0

    def _keep(self, lines: list[str]) -> None:
        """Let them wait for the next time, in front of what came meanwhile."""
        room = max(MOST_WAITING - len(self._waiting), 0)
        kept = lines[len(lines) - room :] if room < len(lines) else lines
        self._lost += len(lines) - len(kept)
        self._waiting.extendleft(reversed(kept))

    def _append(self, content: bytes) -> None:
        """Write all of it or nothing: half a line would spoil the next one too."""
        self._file.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)
        with os.fdopen(handle, "ab", buffering=0) as file:
            before = file.seek(0, os.SEEK_END)
            if file.write(content) != len(content):
                file.truncate(before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _rotate(self) -> None:
        if not self._file.exists() or self._file.stat().st_size < self._largest:
            return
        names = [self._file, *(self._numbered(number) for number in range(1, self._kept + 1))]
        for older, newer in zip(names[:0:-1], names[-2::-1], strict=True):
            if newer.exists():
                newer.replace(older)

    def _numbered(self, number: int) -> Path:
        return self._file.with_name(f"{self._file.name}.{number}")


def _end_of(file: Path) -> bytes:
    with file.open("rb") as content:
        content.seek(-min(file.stat().st_size, _RECENT_BYTES), os.SEEK_END)
        return content.read()
