"""What is typed while a screen is being drawn: characters in, whole lines out.

The terminal's own line editing would be torn apart by every new drawing. Works for pipes too.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_BACKSPACE = "\x08\x7f"
_WHOLE_LINE = "\x15"
_END = "\x04"
_ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.|.)?")
"""Arrows and other keys that type nothing (ECMA-48, section 5.4)."""


class LineEditor:
    """Makes lines of bytes; ``text`` is the line that is being typed."""

    def __init__(self) -> None:
        self.text = ""
        self.ended = False
        """The person has said that there will be no more (Ctrl-D)."""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def feed(self, typed: bytes) -> list[str]:
        """Take in what was typed; return the lines that are finished."""
        lines: list[str] = []
        for character in _ESCAPE.sub("", self._decode(typed)):
            if character in "\r\n":
                lines.append(self.text)
                self.text = ""
            elif character in _BACKSPACE:
                self.text = self.text[:-1]
            elif character == _WHOLE_LINE:
                self.text = ""
            elif character == _END and not self.text:
                self.ended = True
            elif character.isprintable():
                self.text += character
        return lines


@contextmanager
def keys_one_by_one() -> Iterator[None]:
    """Let the terminal hand over each key, and show none by itself."""
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def read_keys(take: Callable[[bytes], None]) -> None:
    """Call ``take`` in the running loop with what is typed; with nothing at the end of it.

    Reads in a thread of its own, which works for terminals, pipes and files alike, and ends with
    the process.
    """
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            while typed := os.read(sys.stdin.fileno(), 4096):
                loop.call_soon_threadsafe(take, typed)
            loop.call_soon_threadsafe(take, b"")
        except (OSError, RuntimeError):
            pass  # nothing to read from, or the loop has ended

    threading.Thread(target=read, name="keyboard", daemon=True).start()
