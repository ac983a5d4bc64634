"""Retention: how long what is held about people is kept, by class of data.

Plain values and the one rule that follows from them. Nothing is deleted here, and there is no
"for ever": what is held about people is held for a purpose, and a purpose has an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class DataClass(StrEnum):
    """A class of data with a period of its own."""

    CALL_NUMBERS = "call_numbers"
    """Callers' numbers in finished calls; counted from the end of the call."""
    CALLBACK_NUMBERS = "callback_numbers"
    """Numbers in closed callbacks. This and all that follows of callbacks is counted from their
    end; an open promise is kept whatever its age."""
    CALLBACK_NAMES = "callback_names"
    CALLBACK_NOTES = "callback_notes"
    """What they were about: subject, note, comments, reference, answers, preferred times."""
    SPOKEN_MESSAGES = "spoken_messages"
    """Recordings of what callers said about callbacks."""
    DELIVERIES = "deliveries"
    """Copies of callbacks that were sent out, from then on, and which commands were carried out."""
    QUEUE_LOG = "queue_log"
    """Callers' numbers in the lines of ``queue_log``, and its files."""
    JOURNAL = "journal"
    """What the engine was told, with callers' numbers: segments, from their last step on."""
    STATISTICS = "statistics"
    """What is left of calls and callbacks without the caller."""


DEFAULT_DAYS: Mapping[DataClass, int] = MappingProxyType(
    {
        DataClass.CALL_NUMBERS: 30,
        DataClass.CALLBACK_NUMBERS: 90,
        DataClass.CALLBACK_NAMES: 90,
        DataClass.CALLBACK_NOTES: 90,
        DataClass.SPOKEN_MESSAGES: 30,
        DataClass.DELIVERIES: 14,
        DataClass.QUEUE_LOG: 30,
        DataClass.JOURNAL: 7,
        DataClass.STATISTICS: 1095,
    }
)

CALLBACK_CONTENT: Mapping[DataClass, tuple[str, ...]] = MappingProxyType(
    {
        DataClass.CALLBACK_NUMBERS: ("caller_number",),
        DataClass.CALLBACK_NAMES: ("caller_name",),
        DataClass.CALLBACK_NOTES: (
            "subject",
            "note",
            "comment",
            "reference",
            "preferred_times",
            "answers",
        ),
    }
)
"""The fields that make a callback one of somebody, by class: they can be emptied."""


@dataclass(frozen=True, slots=True)
class Retention:
    """So many ``days`` each class is kept."""

    days: Mapping[DataClass, int] = field(default_factory=lambda: dict(DEFAULT_DAYS))

    def limit(self, data: DataClass, now: datetime) -> datetime:
        """What is over since before this instant is not kept any longer at ``now``."""
        return now - timedelta(days=self.days[data])


class Reason(StrEnum):
    """Why something was deleted."""

    RETENTION = "retention"
    """Its time was over."""
    ERASURE = "erasure"
    """The person asked for it."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """That something was deleted: how much of what, when, why and by whom; nothing of whom."""

    at: datetime
    data: DataClass
    count: int
    reason: Reason
    by: str
