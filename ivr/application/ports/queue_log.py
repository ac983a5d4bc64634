"""The file in Asterisk's ``queue_log`` format."""

from __future__ import annotations

from typing import Protocol


class QueueLogLines(Protocol):
    """Where lines of ``queue_log`` go."""

    def add(self, line: str) -> None:
        """Have a line written; never waits and never fails."""
        ...

    def recent(self) -> frozenset[str]:
        """Return the lines that were written last, by whatever run; takes a while.

        Empty where they can't be read.
        """
        ...
