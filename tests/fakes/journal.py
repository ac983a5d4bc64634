"""A journal in memory."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime

from ivr.application.journal import Header, Input, Segment
from ivr.domain.commands import Command
from ivr.domain.errors import Unavailable, UnexpectedMessage
from ivr.domain.events import Event
from ivr.domain.memory import Memory


class FakeJournal:
    """``full``: nothing can be written; ``unreadable``: the segments whose beginning is damaged."""

    def __init__(self) -> None:
        self.segments: dict[str, Segment] = {}
        self.full = False
        self.unreadable: set[str] = set()
        self.tries = 0
        """How often somebody wanted to begin a segment."""
        self._open: str | None = None

    @property
    def last(self) -> Segment:
        """The segment that was begun last."""
        return self.segments[self.names()[-1]]

    def begin(self, header: Header, memory: Memory) -> None:
        self.tries += 1
        self._open = None
        self._check()
        self._open = f"{len(self.segments) + 1:08}"
        self.segments[self._open] = Segment(self._open, header, deepcopy(memory), [])

    def add(self, at: datetime, event: Event | None, commands: Sequence[Command]) -> None:
        self._add(Input(at, event, self.digest(commands)))

    def add_broken(self, at: datetime, event: Event | None) -> None:
        self._add(Input(at, event, None))

    def digest(self, commands: Sequence[Command]) -> str:
        return repr(list(commands))

    def names(self) -> list[str]:
        return sorted(self.segments)

    def header(self, name: str) -> Header:
        return self.read(name).header

    def read(self, name: str) -> Segment:
        if name in self.unreadable:
            raise UnexpectedMessage("This is no JSON.", code="journal_damaged")
        return deepcopy(self.segments[name])

    def replace_input(self, name: str, position: int, other: Input) -> None:
        """Let a segment say something else."""
        segment = self.segments[name]
        inputs = [*segment.inputs[:position], other, *segment.inputs[position + 1 :]]
        self.segments[name] = replace(segment, inputs=inputs)

    def _add(self, step: Input) -> None:
        try:
            self._check()
        except Unavailable:
            self._open = None
            raise
        if self._open is None:
            raise Unavailable("No segment of the journal is begun.", code="journal_not_usable")
        segment = self.segments[self._open]
        self.segments[self._open] = replace(segment, inputs=[*segment.inputs, step])

    def _check(self) -> None:
        if self.full:
            raise Unavailable("The journal can't be used: disk full.", code="journal_not_usable")
