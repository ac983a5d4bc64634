"""The journal as those see it who write it, read it and go on with it.

A segment says what the engine remembered at its beginning and every fact since. Facts are all that
can change the engine, so a segment is its state at any moment in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.domain.commands import Command
from ivr.domain.events import Event
from ivr.domain.memory import Memory


@dataclass(frozen=True, slots=True)
class Header:
    """What a segment was begun with.

    ``config`` are the texts of the admin's files by name, as they were in force. ``settled``: all
    that had been commanded before was in the store. ``redacted``: a number was made unreadable
    afterwards, so that a replay may decide something else.
    """

    program: str
    run: str
    at: datetime
    config: Mapping[str, str]
    settled: bool = True
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A fact the engine was told (None: a deadline had come), when, and what came of it.

    ``digest`` stands for the commands; None: the step was never finished, it broke the program.
    """

    at: datetime
    event: Event | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as far as it can be read; ``damage`` says where it can't, and why."""

    name: str
    header: Header
    memory: Memory
    inputs: Sequence[Input]
    damage: str = ""


class Journal(Protocol):
    """Segments, in the order in which they were begun. Every method may raise Unavailable."""

    def begin(self, header: Header, memory: Memory) -> None:
        """Begin a segment; what is added from now on is added to it."""
        ...

    def add(self, at: datetime, event: Event | None, commands: Sequence[Command]) -> None:
        """Add a step to the segment that was begun last. ``event`` is not CountyChanged."""
        ...

    def add_broken(self, at: datetime, event: Event | None) -> None:
        """Add a step the engine did not survive."""
        ...

    def digest(self, commands: Sequence[Command]) -> str:
        """Return what stands for ``commands`` in an Input."""
        ...

    def names(self) -> list[str]:
        """Return the names of all segments, oldest first."""
        ...

    def header(self, name: str) -> Header:
        """Return what a segment was begun with. Raises UnexpectedMessage where it is damaged."""
        ...

    def read(self, name: str) -> Segment:
        """Return a segment, as far as it can be read.

        Raises UnexpectedMessage where not even its beginning can be.
        """
        ...
