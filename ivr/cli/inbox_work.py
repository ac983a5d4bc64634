"""A caseworker at work with ``ivr inbox``: what is heard is shown, what is typed is sent.

Knows neither the broker nor the terminal; both are handed in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, assert_never

from ivr.application.caseworker_inbox import (
    Answered,
    CaseworkerInbox,
    Connected,
    Disconnected,
    Happening,
    InboxConnection,
    ServiceSeen,
    Told,
)
from ivr.cli.inbox_lines import NotUnderstoodError, Order, Show, Word, help_text, read_line
from ivr.cli.inbox_output import Output
from ivr.cli.inbox_rows import answer_line, details, line_about
from ivr.cli.language import _


class Work:
    """One run of the inbox. ``now`` tells the time in the caseworker's zone.

    ``quiet``: only lists what there is when asked to, and tells nothing of how it came.
    """

    def __init__(
        self,
        inbox: CaseworkerInbox,
        connection: InboxConnection,
        output: Output,
        now: Callable[[], datetime],
        *,
        quiet: bool = False,
    ) -> None:
        self.changed = asyncio.Event()
        """Something was heard since whoever draws has cleared this."""
        self.all_told = asyncio.Event()
        """Everything that is open has been told."""
        self.finished = asyncio.Event()
        """The person wants to end, and all that was typed is answered."""
        self._inbox = inbox
        self._connection = connection
        self._output = output
        self._now = now
        self._quiet = quiet
        self._repeat = ""
        self._typed_early: list[str] = []
        """Lines that wait until there are rows they can be about."""
        self._unanswered: dict[str, str] = {}
        """What was typed, by the id its answer will name."""
        self._ending = False
        self._trouble = _("There is no connection yet.")
        """Why not everything may be told; empty: nothing is known to be wrong."""

    def hear(self, happening: Happening) -> None:
        """Take in what the connection tells."""
        match happening:
            case Connected(repeat):
                self._repeat = repeat
                self._stands("", _("Connected."))
            case Disconnected(reason):
                trouble = _("No connection: {reason}").format(reason=reason)
                self._stands(trouble, trouble)
            case ServiceSeen(online):
                away = "" if online else _("ivr is away: commands wait, and news comes later.")
                self._stands(away, away or (_("ivr is back.") if self._trouble else ""))
            case Told(body):
                self._hear_message(body)
            case _:
                assert_never(happening)
        self.changed.set()

    def type(self, line: str) -> None:
        """Do what a line says, as soon as there is something it can be about."""
        if not self.all_told.is_set():
            self._typed_early.append(line)
            return
        try:
            self._obey(line)
        except NotUnderstoodError as error:
            self._output.say(str(error))

    def end(self) -> None:
        """End as soon as all that was typed is answered."""
        self._ending = True
        self._finish()

    def list_all(self) -> None:
        """Show what is to be done."""
        self._output.list_all(self._inbox.open_items())

    def draw(self, typed: str) -> None:
        """Bring the screen up to date, where there is one."""
        self._output.refresh(self._inbox.open_items(), typed)

    def why_not_all(self) -> str:
        """Say why not everything was told."""
        return self._trouble or _("ivr does not answer.")

    def unanswered(self) -> list[str]:
        """What was typed and has had no answer."""
        return [*self._unanswered.values(), *self._typed_early]

    def _stands(self, trouble: str, text: str) -> None:
        """Say how it stands with the connection."""
        self._trouble = trouble
        if text and not self._quiet:
            self._output.say(text)

    def _hear_message(self, body: Mapping[str, Any]) -> None:
        news = self._inbox.hear(body)
        if news is None:
            return
        if isinstance(news, Answered):
            self._hear_answer(body, news)
        elif not self._quiet:
            self._output.told(body, line_about(news, self._now()))

    def _hear_answer(self, body: Mapping[str, Any], answer: Answered) -> None:
        if answer.to == self._repeat:
            self.all_told.set()
            typed_early, self._typed_early = self._typed_early, []
            for line in typed_early:
                self.type(line)
        elif answer.to in self._unanswered:
            line = self._unanswered.pop(answer.to)
            self._output.told(body, f"{line}: {answer_line(answer)}")
        self._finish()

    def _obey(self, line: str) -> None:
        match read_line(line, self._inbox, self._now()):
            case Order(command):
                self._unanswered[self._connection.send(command)] = line
            case Show(item):
                for name, value in details(item, self._now()):
                    # Further lines can't be taken for another value.
                    self._output.say("\n    ".join(f"{name}: {value}".splitlines()))
            case Word.HELP:
                self._output.say(help_text())
            case Word.LIST:
                self.list_all()
            case Word.QUIT:
                self.end()
            case None:
                pass

    def _finish(self) -> None:
        if self._ending and not self.unanswered():
            self.finished.set()
