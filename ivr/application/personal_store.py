"""The store as those see it who look for what is held about people, and take it out.

Only :mod:`ivr.application.purging` and :mod:`ivr.application.persons` need so much of it.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.application.ports.couriers import OutboxMessage
from ivr.application.ports.sounds import SpokenMessages
from ivr.application.ports.store import Store, Transaction
from ivr.domain.callback import Callback
from ivr.domain.calls import CallRecord
from ivr.domain.ids import E164, CallbackId, RecordingId
from ivr.domain.kept_place import KeptPlace
from ivr.domain.numbers import NumberingPlan
from ivr.domain.outgoing import OutgoingRecord
from ivr.domain.retention import DataClass, Deletion


@dataclass(frozen=True, slots=True)
class Sent:
    """A message about somebody's callback; ``delivered_at`` None: it still waits."""

    message: OutboxMessage
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """All that is held about one number.

    ``callbacks`` are those in which the number stands or stood, and those requested in one of its
    calls; each with all its versions.
    """

    calls: list[CallRecord]
    callbacks: list[list[Callback]]
    messages: list[Sent]
    outgoing: list[OutgoingRecord]
    """When caseworkers phoned about the callbacks; no number is in it."""
    places: list[KeptPlace]

    @property
    def callback_ids(self) -> list[CallbackId]:
        """The callbacks, open or not."""
        return [versions[-1].id for versions in self.callbacks]

    @property
    def open_callbacks(self) -> list[CallbackId]:
        """Promises to the person that are still to be kept."""
        return [versions[-1].id for versions in self.callbacks if versions[-1].is_open]

    @property
    def recordings(self) -> list[RecordingId]:
        """What the person said about callbacks."""
        latest = (versions[-1].message for versions in self.callbacks)
        return [message for message in latest if message is not None]


class PersonalTransaction(Transaction, Protocol):
    """A transaction that can also look for people and let go of them."""

    async def outdated(self, data: DataClass, before: datetime) -> int:
        """Count the rows of which ``purge`` would take something out."""
        ...

    async def purge(self, data: DataClass, before: datetime, limit: int) -> int:
        """Take ``data`` that was over ``before`` out of at most ``limit`` rows; return how many.

        What is open stays. Of ``SPOKEN_MESSAGES`` and ``QUEUE_LOG``, which are files, there is
        nothing here.
        """
        ...

    async def open_since(self, before: datetime, limit: int) -> list[CallbackId]:
        """Return open callbacks that were requested ``before``, oldest first."""
        ...

    async def outdated_recordings(
        self, before: datetime, limit: int
    ) -> list[tuple[CallbackId, RecordingId]]:
        """Return spoken messages of callbacks that were closed ``before``."""
        ...

    async def release_recordings(self, callbacks: Collection[CallbackId]) -> None:
        """Note that there is no spoken message with these callbacks any more."""
        ...

    async def recordings_of_callbacks(
        self, recordings: Collection[RecordingId]
    ) -> set[RecordingId]:
        """Return those of ``recordings`` that belong to a callback."""
        ...

    async def person(self, number: E164) -> Person:
        """Return all that is held about a number."""
        ...

    async def forget(self, number: E164, callbacks: Collection[CallbackId]) -> dict[DataClass, int]:
        """Take a number out of its calls, and the person out of ``callbacks``; say of how many.

        Messages about them that were delivered are deleted; those still on their way go on
        without the person.
        """
        ...

    async def note_deletions(self, deletions: Collection[Deletion]) -> None:
        """Add to the log of deletions; what has the same time, class and reason is one line."""
        ...

    async def deletions(self, limit: int) -> list[Deletion]:
        """Return what was deleted, latest first."""
        ...


class PersonalStore(Store, Protocol):
    """The database, as seen by those who let go of what is held about people."""

    def transaction(self) -> AbstractAsyncContextManager[PersonalTransaction]:
        """Begin a transaction. Raises Unavailable, as that of any store."""
        ...

    async def clean(self) -> None:
        """Let what was deleted leave the database's files too, as far as that is possible now.

        Raises Unavailable.
        """
        ...


class RecordingFiles(SpokenMessages, Protocol):
    """Where callers' spoken messages are. Every method reads the disk: call it in a thread."""

    def remove(self, message: RecordingId) -> bool:
        """Remove it; False where it was not there. Raises Unavailable."""
        ...

    def older_than(self, before: datetime) -> list[RecordingId]:
        """Return those last written ``before``. Raises Unavailable."""
        ...


class QueueLogs(Protocol):
    """The files of ``queue_log``. Every method reads them through: call it in a thread.

    Lines stay, so that reports can be made of them; only who called is made unreadable. No line
    is lost that is written meanwhile.
    """

    def outdated(self, before: datetime) -> int:
        """Count what ``purge`` would deal with. Raises Unavailable."""
        ...

    def purge(self, before: datetime) -> int:
        """Remove files last written ``before`` and mask numbers in older lines.

        Returns how many lines were removed or masked. Raises Unavailable.
        """
        ...

    def lines_of(self, spellings: Collection[str]) -> list[str]:
        """Return the lines in which one of ``spellings`` called. Raises Unavailable."""
        ...

    def mask(self, spellings: Collection[str]) -> int:
        """Mask the number in these lines; return in how many. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Sought:
    """A number that is looked for where it may stand as it was sent."""

    number: E164
    numbering: NumberingPlan

    @property
    def spellings(self) -> tuple[str, ...]:
        """The digits people dial for it."""
        forms = self.numbering.spellings(self.number)
        return tuple(form for form in forms if form.isdecimal() and len(form) >= _SHORTEST)

    def is_meant(self, text: str) -> bool:
        """Whether ``text`` is the number, in whatever spelling."""
        digits = "".join(filter(str.isdecimal, text))
        return digits.endswith(self.number[-_TAIL:]) and self.numbering.parse(text) == self.number


_TAIL = 4
"""So many last digits tell most other texts apart, before a number is read in earnest."""
_SHORTEST = 5
"""What is shorter may be keys for something else."""


class Segments(Protocol):
    """The files of the journal. Every method reads them through: call it in a thread.

    The last one is being written: it is neither removed nor changed.
    """

    def outdated(self, before: datetime) -> int:
        """Count what ``purge`` would remove. Raises Unavailable."""
        ...

    def purge(self, before: datetime) -> int:
        """Remove those last written ``before``; return how many. Raises Unavailable."""
        ...

    def moments(self, sought: Sought) -> list[datetime]:
        """Return when a number was told or remembered, in all of them. Raises Unavailable."""
        ...

    def redact(self, sought: Sought) -> int:
        """Make a number unreadable; return in how many lines. Raises Unavailable."""
        ...
