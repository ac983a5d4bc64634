"""What is held about one person, by number: told to the person, or let go (Art. 15, 17 GDPR).

The number comes in and goes out again, but into no log, no audit and no file of ours. Whatever
is asked is in the audit before anything is handed out or deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import structlog

from ivr.application.audit import Audit
from ivr.application.callbacks import Callbacks
from ivr.application.personal_store import (
    Person,
    PersonalStore,
    QueueLogs,
    RecordingFiles,
    Segments,
    Sought,
)
from ivr.application.ports.audit import AuditEntry, AuditFilter
from ivr.application.ports.machine import Clock
from ivr.domain.callback import Callback, Close, CloseReason
from ivr.domain.county import County
from ivr.domain.errors import Refused
from ivr.domain.ids import E164, AgentId, CallbackId, RecordingId
from ivr.domain.retention import CALLBACK_CONTENT, DataClass, Deletion, Reason
from ivr.domain.unnamed import AGENTS, unnamed_call

log = structlog.get_logger(__name__)

_MOST_ENTRIES = 1000
"""Of the audit, for one call or callback."""

_TARGET = "person"
"""Whom the audit names: there is to be no number in it."""


@dataclass(frozen=True, slots=True)
class Export:
    """All that is held about a number."""

    number: E164
    at: datetime
    person: Person
    queue_log: list[str]
    journal: list[datetime]
    """When the number was told to the queue; a part of the program's own memory."""
    audit: list[AuditEntry]
    """What was done with the calls and callbacks."""
    recordings: dict[RecordingId, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was let go, or would be, by class.

    ``closed`` are the open callbacks that were closed for it. Whoever got a message about a
    callback before has it still.
    """

    at: datetime
    counts: dict[DataClass, int]
    closed: list[CallbackId]


class Ongoing(NamedTuple):
    """What says whether something about a number is still under way."""

    numbers_in_use: Callable[[], frozenset[str]]
    waits_for: Callable[[E164], bool]
    """A finished call is not written yet."""
    forget: Callable[[E164], None]
    """Begin a segment of the journal without this number."""


class Persons:
    """Answers one person's request."""

    def __init__(
        self,
        store: PersonalStore,
        recordings: RecordingFiles,
        queue_logs: QueueLogs,
        segments: Segments,
        callbacks: Callbacks,
        audit: Audit,
        ongoing: Ongoing,
        county: Callable[[], County],
        clock: Clock,
    ) -> None:
        """``county`` tells what is configured now."""
        self._store = store
        self._recordings = recordings
        self._queue_logs = queue_logs
        self._segments = segments
        self._callbacks = callbacks
        self._audit = audit
        self._ongoing = ongoing
        self._county = county
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def export(self, written: str, by: str) -> Export:
        """Return all that is held about a number, in whatever spelling it is ``written``.

        Raises Refused (``number_invalid``) and Unavailable, also where it can't be noted.
        """
        number = self._number(written)
        person = await self._person(number)
        lines = await asyncio.to_thread(self._queue_logs.lines_of, self._spellings(number))
        moments = await asyncio.to_thread(self._segments.moments, self._sought(number))
        recordings = await asyncio.to_thread(self._read, person.recordings)
        entries = await self._entries(person)
        await self._audit.note(by, "export_person", _TARGET, **_told(person, lines, moments))
        shown, entries = self._without_agents(person, entries)
        return Export(number, self._clock.now(), shown, lines, moments, entries, recordings)

    def _without_agents(
        self, person: Person, entries: list[AuditEntry]
    ) -> tuple[Person, list[AuditEntry]]:
        """Take out who answered, or was listened to, unless the county shows that at all."""
        county = self._county()
        if county.privacy.staff.per_agent:
            return person, entries
        calls = [unnamed_call(call, county.agents) for call in person.calls]
        return replace(person, calls=calls), [_unnamed(each, county.agents) for each in entries]

    async def erase(
        self, written: str, by: str, *, close_open: bool = False, dry_run: bool = False
    ) -> Erasure:
        """Let go of all that is held about a number; asked again, there is nothing left.

        Raises Refused (``number_invalid``, ``person_on_the_line``, ``callback_open`` where
        promises to the person are still to be kept, unless ``close_open``) and Unavailable. What
        was done before something failed is done; the rest is done by asking again.
        """
        async with self._one_at_a_time:
            number = self._number(written)
            self._check_nothing_goes_on(number)
            person = await self._person(number)
            _check_person(person, close_open=close_open)
            lines = await asyncio.to_thread(self._queue_logs.lines_of, self._spellings(number))
            moments = await asyncio.to_thread(self._segments.moments, self._sought(number))
            if dry_run:
                held = _held(person, lines, moments)
                return Erasure(self._clock.now(), held, person.open_callbacks)
            await self._audit.note(by, "erase_person", _TARGET, **_told(person, lines, moments))
            closed = person.open_callbacks
            for callback in closed:
                await self._callbacks.change(callback, Close(CloseReason.WITHDRAWN), by=by)
            erasure = await self._erase(number, person, by, closed)
        log.info("person_erased", by=by, rows=sum(erasure.counts.values()))
        return erasure

    async def _erase(
        self, number: E164, person: Person, by: str, closed: list[CallbackId]
    ) -> Erasure:
        """First the files: as long as the rows are there, what is left of them is found again."""
        now = self._clock.now()
        removed = 0
        for recording in person.recordings:
            removed += await asyncio.to_thread(self._recordings.remove, recording)
        masked = await asyncio.to_thread(self._queue_logs.mask, self._spellings(number))
        self._ongoing.forget(number)
        redacted = await asyncio.to_thread(self._segments.redact, self._sought(number))
        async with self._store.transaction() as transaction:
            person = await transaction.person(number)
            _check_person(person, close_open=False)
            counts = await transaction.forget(number, person.callback_ids)
            counts |= {
                DataClass.SPOKEN_MESSAGES: removed,
                DataClass.QUEUE_LOG: masked,
                DataClass.JOURNAL: redacted,
            }
            counts = {data: count for data, count in counts.items() if count}
            await transaction.note_deletions(
                [Deletion(now, data, count, Reason.ERASURE, by) for data, count in counts.items()]
            )
        await self._store.clean()
        return Erasure(now, counts, closed)

    def _number(self, written: str) -> E164:
        number = self._county().numbering.parse(written)
        if number is None:
            raise Refused("This is no telephone number.", code="number_invalid")
        return number

    def _spellings(self, number: E164) -> tuple[str, ...]:
        """How the number may stand in queue_log: Asterisk writes it as it arrived."""
        return self._county().numbering.spellings(number)

    def _sought(self, number: E164) -> Sought:
        return Sought(number, self._county().numbering)

    def _check_nothing_goes_on(self, number: E164) -> None:
        if number in self._ongoing.numbers_in_use() or self._ongoing.waits_for(number):
            raise _on_the_line()

    async def _person(self, number: E164) -> Person:
        async with self._store.transaction() as transaction:
            return await transaction.person(number)

    async def _entries(self, person: Person) -> list[AuditEntry]:
        targets = [*person.callback_ids, *(call.id for call in person.calls)]
        async with self._store.transaction() as transaction:
            links = [
                link
                for target in targets
                for link in await transaction.audit(AuditFilter(target=target, limit=_MOST_ENTRIES))
            ]
        entries = [link.entry for link in links if link.entry is not None]
        return sorted(entries, key=lambda entry: entry.at)

    def _read(self, recordings: Sequence[RecordingId]) -> dict[RecordingId, bytes]:
        found = {}
        for recording in recordings:
            with suppress(Refused):  # it is not there any more
                found[recording] = self._recordings.read(recording)
        return found


def _check_person(person: Person, *, close_open: bool) -> None:
    if person.places:
        raise _on_the_line()
    if person.open_callbacks and not close_open:
        ids = ", ".join(person.open_callbacks)
        raise Refused(
            f"Promises to this person are still to be kept, or have to be closed: {ids}.",
            code="callback_open",
        )


def _unnamed(entry: AuditEntry, agents: Collection[AgentId]) -> AuditEntry:
    """Return an entry that names none of ``agents``, who may be meant or have done it."""
    return replace(
        entry,
        by=AGENTS if entry.by in agents else entry.by,
        details={
            name: AGENTS if isinstance(value, str) and value in agents else value
            for name, value in entry.details.items()
        },
    )


def _on_the_line() -> Refused:
    return Refused(
        "A call with this number is going on, or its place in the queue is kept: ask again when it"
        " is over.",
        code="person_on_the_line",
    )


def _held(
    person: Person, lines: Sequence[str], moments: Sequence[datetime]
) -> dict[DataClass, int]:
    """Count what is held, by class."""
    counts = {
        DataClass.CALL_NUMBERS: len(person.calls),
        **{
            data: sum(_hold(versions, names) for versions in person.callbacks)
            for data, names in CALLBACK_CONTENT.items()
        },
        DataClass.SPOKEN_MESSAGES: len(person.recordings),
        DataClass.DELIVERIES: sum(sent.delivered_at is not None for sent in person.messages),
        DataClass.QUEUE_LOG: len(lines),
        DataClass.JOURNAL: len(moments),
    }
    return {data: count for data, count in counts.items() if count}


def _hold(versions: Sequence[Callback], names: Sequence[str]) -> bool:
    """Whether there is something in one of the fields called ``names``."""
    return any(getattr(version, name) for version in versions for name in names)


def _told(person: Person, lines: Sequence[str], moments: Sequence[datetime]) -> dict[str, str]:
    """What the audit says of it: how much, not what."""
    return {data.value: str(count) for data, count in _held(person, lines, moments).items()}
