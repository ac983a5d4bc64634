"""Calls and agents as lines of Asterisk's ``queue_log``, on their way into a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ivr.application.dispatcher import Dispatcher
from ivr.application.ports import QueueLogLines
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.queue_log import QueueJournal
from ivr.domain.unnamed import unnamed_entry

QUEUE = "ivr"
"""What the one queue is called in it."""


class QueueLog:
    """Follows the dispatcher and hands lines to ``lines``."""

    def __init__(self, dispatcher: Dispatcher, lines: QueueLogLines) -> None:
        self._dispatcher = dispatcher
        self._lines = lines
        self._journal = QueueJournal()
        dispatcher.follow(self._follow)

    def _follow(
        self, event: on.Event | None, commands: Sequence[do.Command], now: datetime
    ) -> None:
        county = self._dispatcher.county
        progress = self._dispatcher.progress()
        key = county.rules.callback_key
        for entry in self._journal.follow(event, commands, progress, key, now):
            named = county.privacy.staff.per_agent
            told = entry if named else unnamed_entry(entry, county.agents)
            self._lines.add(told.line(QUEUE))
