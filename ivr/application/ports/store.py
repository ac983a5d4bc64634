"""The database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ivr.application.ports.audit import AuditEntry, AuditFilter, AuditHead, AuditLink
from ivr.application.ports.couriers import OutboxMessage, Receipt
from ivr.domain.announcement import Announcement
from ivr.domain.callback import Callback, CallbackState
from ivr.domain.calls import CallRecord, CallResult
from ivr.domain.delivery import Delivery
from ivr.domain.figures import CallFigures
from ivr.domain.ids import (
    E164,
    AgentId,
    AnnouncementId,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
    MessageId,
    TopicId,
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.outgoing import OutgoingRecord, OutgoingResult


@dataclass(frozen=True, slots=True)
class CallbackFilter:
    """Which callbacks are wanted; None means any.

    ``published`` False: the broker lacks a message. ``delivered`` False: one has not arrived by
    the way it was to go, whatever way that is.
    """

    ids: frozenset[CallbackId] | None = None
    states: frozenset[CallbackState] | None = None
    department: DepartmentId | None = None
    caseworker: CaseworkerId | None = None
    topic: TopicId | None = None
    number: E164 | None = None
    """The citizen's."""
    text: str | None = None
    """Occurs in the id, name, subject, note or reference, in small letters or capitals."""
    due_before: datetime | None = None
    overdue: datetime | None = None
    """Open and due by this moment, which is now."""
    published: bool | None = None
    delivered: bool | None = None
    latest_first: bool = False
    """By the time of the request, which is the order; else the oldest come first."""
    limit: int = 100
    offset: int = 0
    """So many of the first are left out."""


class Transaction(Protocol):
    """All or nothing: committed at the end of the ``async with``, undone on an exception."""

    async def callback(self, callback_id: CallbackId) -> Callback | None:
        """Return one callback; nobody else changes it before this transaction ends."""
        ...

    async def callbacks(self, wanted: CallbackFilter) -> list[Callback]:
        """Return callbacks, oldest request first unless the latest are wanted first."""
        ...

    async def promised(self, numbers: Collection[E164]) -> frozenset[E164]:
        """Return those of ``numbers`` that have an open callback."""
        ...

    async def callbacks_due(self, now: datetime, limit: int) -> list[CallbackId]:
        """Return those whose reminder or escalation is due, what is overdue longest first."""
        ...

    async def next_deadline(self) -> datetime | None:
        """Return when the next reminder or escalation is due; None: there is none to come."""
        ...

    async def owners(self) -> list[tuple[DepartmentId, CaseworkerId]]:
        """Return those who own open callbacks, with their departments, each once, sorted."""
        ...

    async def count_callbacks(self, wanted: CallbackFilter) -> int:
        """Return how many there are, whatever ``limit`` and ``offset``."""
        ...

    async def add_callback(self, callback: Callback) -> bool:
        """Insert; False, and nothing changed, where this id exists already."""
        ...

    async def save_callback(self, callback: Callback) -> None:
        """Update a callback whose version in the store is one less.

        Raises Refused (``callback_changed``) where somebody else changed it meanwhile.
        """
        ...

    async def history(self, callback_id: CallbackId) -> list[Callback]:
        """All versions of one callback, oldest first; empty where there is none."""
        ...

    async def add_message(self, message: OutboxMessage) -> None:
        """Put a message into the outbox; one with a known ``message_id`` is not added again."""
        ...

    async def unpublished(
        self,
        limit: int,
        without: Collection[tuple[DepartmentId, CaseworkerId]] = (),
        *,
        way: Delivery = Delivery.MQTT,
        at: datetime | None = None,
    ) -> list[OutboxMessage]:
        """Return messages not delivered by ``way`` yet, found by row state, oldest first.

        Those for the caseworkers in ``without`` are left out, and so are those that are to be
        tried again only after ``at``.
        """
        ...

    async def outbox_length(self) -> dict[Delivery, int]:
        """Count the messages not delivered yet, by the way they go."""
        ...

    async def mark_published(self, message_ids: Sequence[MessageId], at: datetime) -> None:
        """Note that these are delivered."""
        ...

    async def note_refusal(
        self, message_id: MessageId, error: str, try_at: datetime | None
    ) -> None:
        """Note that a message was refused, why, and from when on to try again; None: at once."""
        ...

    async def receipts(self, callback_id: CallbackId) -> list[Receipt]:
        """Return what became of the messages about a callback, in the order they were added."""
        ...

    async def undelivered(self, before: datetime) -> list[CallbackId]:
        """Return the callbacks to be taken whose owner has not heard of them, oldest first.

        A message was put into the outbox before ``before``, since the callback has this owner,
        and none arrived by any of the ways the owner wants to be told by.
        """
        ...

    async def delivered_since(self, at: datetime, ways: Collection[Delivery]) -> bool:
        """Whether anything has arrived, anywhere, by one of the ``ways`` at or after ``at``."""
        ...

    async def publish_again(self, message_id: MessageId) -> None:
        """Let the broker get a message once more; its receiver knows a repeat by the id."""
        ...

    async def publish_latest_again(self, within: timedelta) -> None:
        """Let the MQTT broker get again what it took last, up to ``within`` before the last."""
        ...

    async def take_command(self, message_id: str, at: datetime) -> bool:
        """Note that a command is being processed; False where it already was."""
        ...

    async def add_call(self, record: CallRecord) -> bool:
        """Insert a finished call; False, and nothing changed, where this id exists already.

        One ``by_fallback`` takes the place of the program's own that is ONLY_GONE.
        """
        ...

    async def add_calls(self, records: Sequence[CallRecord]) -> None:
        """Insert finished calls, none ``by_fallback``; of those that exist nothing is changed."""
        ...

    async def note_result(self, call: CallId, agent: AgentId, result: CallResult) -> bool:
        """Note what came of a finished call; False, and nothing changed, where it is not there.

        Nor where another agent had it last.
        """
        ...

    async def call(self, call_id: CallId) -> CallRecord | None:
        """Return one finished call."""
        ...

    async def calls(self, limit: int) -> list[CallRecord]:
        """Return finished calls, latest first."""
        ...

    async def call_figures(self, since: datetime, until: datetime) -> CallFigures:
        """Count the finished calls that arrived from ``since`` until just before ``until``."""
        ...

    async def add_outgoing(self, record: OutgoingRecord) -> None:
        """Insert an outgoing call that is about to be made; its id is new."""
        ...

    async def end_outgoing(
        self, call: CallId, result: OutgoingResult, at: datetime, talked_seconds: float
    ) -> bool:
        """Note what came of an outgoing call; False, and nothing changed, where that is known."""
        ...

    async def outgoing(self, callback: CallbackId) -> list[OutgoingRecord]:
        """Return the outgoing calls for one callback, earliest first."""
        ...

    async def count_outgoing(self, since: datetime, callback: CallbackId | None = None) -> int:
        """Count the outgoing calls asked for from ``since`` on, for one callback or for all.

        Those count in which the citizen was phoned, and those of which nobody knows yet. Nobody
        else adds one before this transaction ends.
        """
        ...

    async def save_place(self, kept: KeptPlace) -> None:
        """Insert a kept place, or replace the one of the same call."""
        ...

    async def release_place(self, call: CallId) -> None:
        """Forget the place kept for ``call``; harmless where there is none."""
        ...

    async def places(self) -> list[KeptPlace]:
        """Return the places still to be honoured, in their order."""
        ...

    async def add_announcement(self, announcement: Announcement) -> bool:
        """Insert; False, and nothing changed, where this id exists already."""
        ...

    async def end_announcement(self, announcement: AnnouncementId, at: datetime, by: str) -> bool:
        """Note that it has ended; False where there is none of this id that has not."""
        ...

    async def announcements(self) -> list[Announcement]:
        """Return those that have not been ended, oldest first, expired or not."""
        ...

    async def add_audit(self, entry: AuditEntry) -> None:
        """Hang an entry on the chain; nothing changes or removes one.

        Do it last: whoever else has something to add waits for the end of this transaction.
        Raises Unavailable (``audit_broken``) where the chain has lost its head.
        """
        ...

    async def audit(self, wanted: AuditFilter) -> list[AuditLink]:
        """Return entries, latest first."""
        ...

    async def audit_links(self, after: int | None, limit: int) -> list[AuditLink]:
        """Return entries in their order: from the very first, or those behind ``after``."""
        ...

    async def audit_head(self) -> AuditHead | None:
        """Return the end of the chain; nobody adds before this transaction ends.

        None where somebody has taken it away.
        """
        ...


class Store(Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction. Raises Unavailable where the database is away, locked or full."""
        ...

    async def ping(self) -> None:
        """Raise Unavailable, with the reason, where the database can't be written to."""
        ...
