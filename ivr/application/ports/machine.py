"""The machine the program runs on: its clock, and what has started the program."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """Return the present instant, aware, never earlier than the one before."""
        ...


class Supervisor(Protocol):
    """Who has started the program and watches over it. Telling it never waits and never fails."""

    @property
    def watchdog_seconds(self) -> float | None:
        """How long it waits for a sign of life; None: it does not wait for any."""
        ...

    def ready(self) -> None:
        """Say that the service is served."""
        ...

    def alive(self) -> None:
        """Give a sign of life."""
        ...

    def stands(self, words: str) -> None:
        """Say in one line how the service stands."""
        ...

    def stopping(self) -> None:
        """Say that the program is about to end."""
        ...
