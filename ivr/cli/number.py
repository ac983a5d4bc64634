"""A telephone number that somebody gives a command, on its line or by standard input."""

from __future__ import annotations

import sys


def read_number(given: str) -> str:
    """Return the number; ``-`` reads a line: what is given shows in the list of processes."""
    return sys.stdin.readline().strip() if given == "-" else given
