"""Where log lines go: to standard error, by a thread of its own.

Who reads there may stop reading, go away, or have no room: a pipe that is full would stop the event
loop, one that is closed would end the program. Neither is worth a call. Lines that can't be written
are dropped and counted.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)

MOST_WAITING = 10_000
"""Lines that wait at most for a reader who is slow."""

_LAST_SECONDS = 2.0
"""How long the end of the program waits for that reader."""


class LogStream:
    """A text stream whose ``write`` never waits and never fails; ``handle`` is a file's number."""

    def __init__(self, handle: int, most_waiting: int = MOST_WAITING) -> None:
        self._handle = handle
        self._most_waiting = most_waiting
        self._waiting: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._lost = 0
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def write(self, text: str) -> int:
        """Have ``text`` written."""
        with self._changed:
            if len(self._waiting) < self._most_waiting:
                self._waiting.append(text.encode(errors="backslashreplace"))
                self._changed.notify_all()
            else:
                self._lost += 1
        return len(text)

    def flush(self) -> None:
        """Nothing: what is written soon is soon enough."""

    def drain(self, seconds: float = _LAST_SECONDS) -> bool:
        """Wait until all is written, but not for long; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                text, self._busy = self._waiting.popleft(), True
            written = self._put(text)
            with self._changed:
                lost = self._lost if written else 0
                self._lost = 0 if written else self._lost + 1
                self._busy = False
                self._changed.notify_all()
            if lost:
                log.warning("log_lines_lost", lost=lost)

    def _put(self, text: bytes) -> bool:
        try:
            while text:
                text = text[os.write(self._handle, text) :]
        except OSError:
            return False
        return True


@contextmanager
def lasting_stderr() -> Iterator[LogStream]:
    """Lend a stream to standard error; at the end what still waits is written, if it can be."""
    stream = LogStream(sys.stderr.fileno())
    try:
        yield stream
    finally:
        stream.drain()
