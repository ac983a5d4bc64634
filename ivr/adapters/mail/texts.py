"""What a mail says, whatever the language: the texts of one language as one value.

The languages themselves are in :mod:`ivr.adapters.mail.german` and
:mod:`ivr.adapters.mail.english`; a test shows that both say the same things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.callback import CallbackEvent


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of news: the subject line with ``{about}`` and ``{due}``, and the first sentence.

    ``first`` may name ``{who}``, who did it.
    """

    subject: str
    first: str


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands in front of each thing that is told."""

    name: str
    number: str
    department: str
    topic: str
    subject: str
    reference: str
    note: str
    preferred_times: str
    answers: str
    attempts: str
    comment: str
    requested: str
    due: str
    owner: str
    id: str
    spoken_message: str


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language."""

    language: str
    greeting: str
    """With ``{name}``."""
    notices: Mapping[CallbackEvent, Notice]
    moved: Notice
    """For who had it before; with ``{owner}``."""
    labels: Labels
    somebody: str
    """Who did it, where that is not known."""
    callback: str
    """The matter, where nothing else may be said about it; with ``{id}``."""
    calendar: str
    """What the calendar shows, with ``{about}``."""
    to_do: str
    to_do_when_closed: str
    commands: Mapping[str, str]
    """What each command of ``ivr callbacks`` is for."""
    closing: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    days: Mapping[str, str]
    """The short names of weekdays in preferred times."""
    moment: str

    def when(self, at: datetime) -> str:
        """Say a local time in words."""
        return self.moment.format(
            weekday=self.weekdays[at.weekday()],
            day=at.day,
            month=self.months[at.month - 1],
            year=at.year,
            hour=at.hour,
            minute=at.minute,
        )

    def hours(self, preferred: str) -> str:
        """Say preferred times, such as ``mon-fri 14:00-16:00``."""
        for short, word in self.days.items():
            preferred = preferred.replace(short, word)
        return preferred
