"""Calls and agents as lines of Asterisk's ``queue_log``, on their way into a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from ivr.application.dispatcher import Dispatcher
from ivr.application.ports.queue_log import QueueLogLines
from ivr.application.recovery import Follower
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine
from ivr.domain.memory import Memory
from ivr.domain.queue_log import QueueJournal
from ivr.domain.unnamed import unnamed_entry
from ivr.domain.views import Progress

QUEUE = "ivr"
"""What the one queue is called in it."""


class _Source(Protocol):
    """Whoever takes the steps: the dispatcher, or an engine that is told them again."""

    @property
    def county(self) -> County: ...

    def progress(self) -> Progress: ...


class QueueLog:
    """Hands lines to ``lines``: of a replay those that are missing, then what the dispatcher does.

    The same steps make the same lines, to the second: which are there already is seen by their
    text. A file that was moved away meanwhile, or in which numbers were masked, may get lines of
    the last minutes twice.
    """

    def __init__(self, lines: QueueLogLines) -> None:
        self._lines = lines
        self._journal = QueueJournal()
        self._told_again: list[str] = []

    def tell_again(self, engine: QueueEngine, memory: Memory) -> Follower:
        """Begin with ``memory``; return who is to be told the steps ``engine`` takes again."""
        self._journal = QueueJournal.resume(memory, engine.county.rules)

        def follow(event: on.Event | None, commands: Sequence[do.Command], now: datetime) -> None:
            self._told_again += self._told(engine, event, commands, now)

        return follow

    def catch_up(self) -> None:
        """Hand on what was told again and had not been written. Takes a while."""
        there = self._lines.recent() if self._told_again else frozenset()
        # Once, though a segment may have been replayed several times before it succeeded.
        for line in dict.fromkeys(self._told_again):
            if line not in there:
                self._lines.add(line)
        self._told_again = []

    def follow(self, dispatcher: Dispatcher) -> None:
        """Hand on what the dispatcher does from now on."""

        def follow(event: on.Event | None, commands: Sequence[do.Command], now: datetime) -> None:
            for line in self._told(dispatcher, event, commands, now):
                self._lines.add(line)

        dispatcher.follow(follow)

    def _told(
        self,
        source: _Source,
        event: on.Event | None,
        commands: Sequence[do.Command],
        now: datetime,
    ) -> Iterator[str]:
        county = source.county
        key = county.rules.callback_key
        for entry in self._journal.follow(event, commands, source.progress(), key, now):
            named = county.privacy.staff.per_agent
            told = entry if named else unnamed_entry(entry, county.agents)
            yield told.line(QUEUE)
