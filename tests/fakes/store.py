"""A store in memory, with the failures a real one has at the push of a button."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ivr.application.audit_chain import BEGINNING, next_link
from ivr.application.ports.audit import AuditEntry, AuditFilter, AuditHead, AuditLink
from ivr.application.ports.couriers import OutboxMessage, Receipt
from ivr.application.ports.store import CallbackFilter
from ivr.domain.announcement import Announcement
from ivr.domain.callback import Callback, CallbackEvent, CallbackState
from ivr.domain.calls import ONLY_GONE, CallRecord, CallResult
from ivr.domain.counting import count_calls
from ivr.domain.delivery import Delivery
from ivr.domain.errors import Refused, Unavailable
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
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.outgoing import PHONED, OutgoingRecord, OutgoingResult
from ivr.domain.retention import Deletion
from tests.fakes.forgetting import FakeForgetting

_NEW_OWNER = (CallbackEvent.REASSIGNED, CallbackEvent.ESCALATED, CallbackEvent.REOPENED)


@dataclass
class _Content:
    callbacks: dict[CallbackId, list[Callback]] = field(default_factory=dict)
    outbox: dict[MessageId, OutboxMessage] = field(default_factory=dict)
    published: dict[MessageId, datetime] = field(default_factory=dict)
    refusals: dict[MessageId, tuple[str, datetime | None]] = field(default_factory=dict)
    commands: dict[str, datetime] = field(default_factory=dict)
    calls: dict[CallId, CallRecord] = field(default_factory=dict)
    outgoing: dict[CallId, OutgoingRecord] = field(default_factory=dict)
    places: dict[CallId, KeptPlace] = field(default_factory=dict)
    announcements: dict[AnnouncementId, Announcement] = field(default_factory=dict)
    ended: dict[AnnouncementId, tuple[datetime, str]] = field(default_factory=dict)
    deletions: list[Deletion] = field(default_factory=list)
    audit: list[AuditLink] = field(default_factory=list)
    audit_head: AuditHead | None = BEGINNING

    def copy(self) -> _Content:
        return _Content(
            callbacks={key: list(versions) for key, versions in self.callbacks.items()},
            outbox=dict(self.outbox),
            published=dict(self.published),
            refusals=dict(self.refusals),
            commands=dict(self.commands),
            calls=dict(self.calls),
            outgoing=dict(self.outgoing),
            places=dict(self.places),
            announcements=dict(self.announcements),
            ended=dict(self.ended),
            audit=list(self.audit),
            deletions=list(self.deletions),
            audit_head=self.audit_head,
        )


class FakeStore:
    """``down`` refuses transactions, ``full`` lets them begin and fails the commit."""

    def __init__(self) -> None:
        self.down = False
        self.full = False
        self._content = _Content()
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[FakeTransaction]:
        async with self._writer:
            await asyncio.sleep(0)
            self._check_up()
            draft = self._content.copy()
            yield FakeTransaction(draft)
            if self.full and draft != self._content:
                raise Unavailable("The disk is full.", code="database_full")
            self._content = draft

    async def ping(self) -> None:
        self._check_up()
        if self.full:
            raise Unavailable("The disk is full.", code="database_full")

    async def clean(self) -> None:
        self._check_up()

    def _check_up(self) -> None:
        if self.down:
            raise Unavailable("The database is away.", code="database_unreachable")


class FakeTransaction(FakeForgetting):
    def __init__(self, content: _Content) -> None:
        super().__init__(content)
        self._content = content

    async def callback(self, callback_id: CallbackId) -> Callback | None:
        versions = self._content.callbacks.get(callback_id)
        return versions[-1] if versions else None

    async def count_callbacks(self, wanted: CallbackFilter) -> int:
        return len(self._wanted(wanted))

    async def callbacks(self, wanted: CallbackFilter) -> list[Callback]:
        found = self._wanted(wanted)
        found.sort(key=lambda each: (each.requested_at, each.id), reverse=wanted.latest_first)
        return found[wanted.offset :][: wanted.limit]

    async def promised(self, numbers: Collection[E164]) -> frozenset[E164]:
        latest = (versions[-1] for versions in self._content.callbacks.values())
        return frozenset(
            each.caller_number
            for each in latest
            if each.caller_number in numbers and each.state is not CallbackState.CLOSED
        )

    def _wanted(self, wanted: CallbackFilter) -> list[Callback]:
        return [
            versions[-1]
            for versions in self._content.callbacks.values()
            if self._is_wanted(versions[-1], wanted)
        ]

    async def callbacks_due(self, now: datetime, limit: int) -> list[CallbackId]:
        due = [
            versions[-1]
            for versions in self._content.callbacks.values()
            if any(deadline <= now for deadline in _deadlines(versions[-1]))
        ]
        return [each.id for each in sorted(due, key=lambda c: (c.due_at, c.id))][:limit]

    async def next_deadline(self) -> datetime | None:
        return min(
            (
                deadline
                for versions in self._content.callbacks.values()
                for deadline in _deadlines(versions[-1])
            ),
            default=None,
        )

    async def owners(self) -> list[tuple[DepartmentId, CaseworkerId]]:
        latest = [versions[-1] for versions in self._content.callbacks.values()]
        return sorted({(each.department, each.caseworker) for each in latest if each.is_open})

    async def add_callback(self, callback: Callback) -> bool:
        if callback.id in self._content.callbacks:
            return False
        self._content.callbacks[callback.id] = [callback]
        return True

    async def save_callback(self, callback: Callback) -> None:
        versions = self._content.callbacks.get(callback.id, [])
        if not versions or versions[-1].version != callback.version - 1:
            raise Refused(f"Callback {callback.id} was changed.", code="callback_changed")
        versions.append(callback)

    async def history(self, callback_id: CallbackId) -> list[Callback]:
        return list(self._content.callbacks.get(callback_id, []))

    async def add_message(self, message: OutboxMessage) -> None:
        self._content.outbox.setdefault(message.message_id, message)

    async def unpublished(
        self,
        limit: int,
        without: Collection[tuple[DepartmentId, CaseworkerId]] = (),
        *,
        way: Delivery = Delivery.MQTT,
        at: datetime | None = None,
    ) -> list[OutboxMessage]:
        waiting = [
            message
            for message in self._content.outbox.values()
            if message.message_id not in self._content.published
            and message.delivery is way
            and (message.department, message.caseworker) not in without
            and (at is None or (self._try_at(message) or at) <= at)
        ]
        return waiting[:limit]

    async def outbox_length(self) -> dict[Delivery, int]:
        content = self._content
        waiting = [m for m in content.outbox.values() if m.message_id not in content.published]
        return {way: sum(m.delivery is way for m in waiting) for way in Delivery}

    def _try_at(self, message: OutboxMessage) -> datetime | None:
        return self._content.refusals.get(message.message_id, ("", None))[1]

    async def note_refusal(
        self, message_id: MessageId, error: str, try_at: datetime | None
    ) -> None:
        message = self._content.outbox[message_id]
        self._content.outbox[message_id] = replace(message, tries=message.tries + 1)
        self._content.refusals[message_id] = (error, try_at)

    async def receipts(self, callback_id: CallbackId) -> list[Receipt]:
        content = self._content
        return [
            Receipt(
                message_id=each.message_id,
                delivery=each.delivery,
                department=each.department,
                caseworker=each.caseworker,
                event=CallbackEvent(each.body["event"]),
                created_at=each.created_at,
                delivered_at=content.published.get(each.message_id),
                tries=each.tries,
                error=content.refusals.get(each.message_id, ("", None))[0],
            )
            for each in content.outbox.values()
            if each.callback == callback_id
        ]

    async def undelivered(self, before: datetime) -> list[CallbackId]:
        waiting = [
            versions[-1]
            for versions in self._content.callbacks.values()
            if versions[-1].state is CallbackState.REQUESTED and self._owner_waits(versions, before)
        ]
        return [each.id for each in sorted(waiting, key=lambda c: (c.requested_at, c.id))]

    def _owner_waits(self, versions: list[Callback], before: datetime) -> bool:
        owner = (versions[-1].department, versions[-1].caseworker)
        since = max(
            (v.changed_at for v in versions if v.changed_at and v.event in _NEW_OWNER), default=None
        )
        told = [
            message
            for message in self._content.outbox.values()
            if message.callback == versions[-1].id
            and (message.department, message.caseworker) == owner
            and message.chosen
            and (since is None or message.created_at >= since)
        ]
        return any(m.created_at < before for m in told) and not any(
            m.message_id in self._content.published for m in told
        )

    async def delivered_since(self, at: datetime, ways: Collection[Delivery]) -> bool:
        return any(
            arrived >= at and self._content.outbox[message].delivery in ways
            for message, arrived in self._content.published.items()
        )

    async def mark_published(self, message_ids: Sequence[MessageId], at: datetime) -> None:
        for message_id in message_ids:
            if message_id in self._content.outbox:
                self._content.published.setdefault(message_id, at)

    async def publish_again(self, message_id: MessageId) -> None:
        self._content.published.pop(message_id, None)

    async def publish_latest_again(self, within: timedelta) -> None:
        published = self._content.published
        outbox = self._content.outbox
        by_mqtt = {i: at for i, at in published.items() if outbox[i].delivery is Delivery.MQTT}
        latest = max(by_mqtt.values(), default=None)
        for message_id, at in by_mqtt.items():
            if latest is not None and at >= latest - within:
                del published[message_id]

    async def take_command(self, message_id: str, at: datetime) -> bool:
        if message_id in self._content.commands:
            return False
        self._content.commands[message_id] = at
        return True

    async def add_call(self, record: CallRecord) -> bool:
        known = self._content.calls.get(record.id)
        if known is not None and not (
            record.by_fallback and not known.by_fallback and known.outcome in ONLY_GONE
        ):
            return False
        self._content.calls[record.id] = record
        return True

    async def add_calls(self, records: Sequence[CallRecord]) -> None:
        for record in records:
            self._content.calls.setdefault(record.id, record)

    async def note_result(self, call: CallId, agent: AgentId, result: CallResult) -> bool:
        record = self._content.calls.get(call)
        if record is None or record.agent != agent:
            return False
        self._content.calls[call] = replace(record, result=result)
        return True

    async def call(self, call_id: CallId) -> CallRecord | None:
        return self._content.calls.get(call_id)

    async def calls(self, limit: int) -> list[CallRecord]:
        latest = sorted(self._content.calls.values(), key=lambda c: (c.ended_at, c.id))
        return latest[::-1][:limit]

    async def call_figures(self, since: datetime, until: datetime) -> CallFigures:
        calls = self._content.calls.values()
        return count_calls(each for each in calls if since <= each.arrived_at < until)

    async def add_outgoing(self, record: OutgoingRecord) -> None:
        assert record.id not in self._content.outgoing
        self._content.outgoing[record.id] = record

    async def end_outgoing(
        self, call: CallId, result: OutgoingResult, at: datetime, talked_seconds: float
    ) -> bool:
        record = self._content.outgoing.get(call)
        if record is None or record.ended_at is not None:
            return False
        self._content.outgoing[call] = replace(
            record, result=result, ended_at=at, talked_seconds=talked_seconds
        )
        return True

    async def outgoing(self, callback: CallbackId) -> list[OutgoingRecord]:
        found = [each for each in self._content.outgoing.values() if each.callback == callback]
        return sorted(found, key=lambda each: (each.asked_at, each.id))

    async def count_outgoing(self, since: datetime, callback: CallbackId | None = None) -> int:
        return sum(
            each.asked_at >= since
            and (each.result is None or each.result in PHONED)
            and callback in (None, each.callback)
            for each in self._content.outgoing.values()
        )

    async def save_place(self, kept: KeptPlace) -> None:
        self._content.places[kept.call] = kept

    async def release_place(self, call: CallId) -> None:
        self._content.places.pop(call, None)

    async def places(self) -> list[KeptPlace]:
        return sorted(self._content.places.values(), key=lambda kept: kept.place)

    async def add_announcement(self, announcement: Announcement) -> bool:
        if announcement.id in self._content.announcements:
            return False
        self._content.announcements[announcement.id] = announcement
        return True

    async def end_announcement(self, announcement: AnnouncementId, at: datetime, by: str) -> bool:
        known = self._content.announcements
        if announcement not in known or announcement in self._content.ended:
            return False
        self._content.ended[announcement] = (at, by)
        return True

    async def announcements(self) -> list[Announcement]:
        content = self._content
        there = [a for a in content.announcements.values() if a.id not in content.ended]
        return sorted(there, key=lambda a: (a.made_at, a.id))

    async def add_audit(self, entry: AuditEntry) -> None:
        if self._content.audit_head is None:
            raise Unavailable("The audit has lost its head.", code="audit_broken")
        link = next_link(self._content.audit_head, entry)
        self._content.audit.append(link)
        self._content.audit_head = AuditHead(link.position, link.hash)

    async def audit(self, wanted: AuditFilter) -> list[AuditLink]:
        found = [
            link
            for link in self._content.audit[::-1]
            if link.entry is not None and _is_wanted(link.entry, wanted)
        ]
        return found[: wanted.limit]

    async def audit_links(self, after: int | None, limit: int) -> list[AuditLink]:
        links = sorted(self._content.audit, key=lambda link: link.position)
        return [link for link in links if after is None or link.position > after][:limit]

    async def audit_head(self) -> AuditHead | None:
        return self._content.audit_head

    def _is_wanted(self, callback: Callback, wanted: CallbackFilter) -> bool:
        return (
            (wanted.ids is None or callback.id in wanted.ids)
            and (wanted.states is None or callback.state in wanted.states)
            and (wanted.department is None or callback.department == wanted.department)
            and (wanted.caseworker is None or callback.caseworker == wanted.caseworker)
            and (wanted.topic is None or callback.topic == wanted.topic)
            and (wanted.number is None or callback.caller_number == wanted.number)
            and (wanted.text is None or _has_text(callback, wanted.text))
            and (wanted.due_before is None or callback.due_at < wanted.due_before)
            and (wanted.overdue is None or _is_overdue(callback, wanted.overdue))
            and (
                wanted.published is None
                or self._is_delivered(callback, (Delivery.MQTT,)) == wanted.published
            )
            and (
                wanted.delivered is None
                or self._is_delivered(callback, tuple(Delivery)) == wanted.delivered
            )
        )

    def _is_delivered(self, callback: Callback, ways: tuple[Delivery, ...]) -> bool:
        return all(
            message.message_id in self._content.published
            for message in self._content.outbox.values()
            if message.callback == callback.id and message.delivery in ways
        )


def _is_wanted(entry: AuditEntry, wanted: AuditFilter) -> bool:
    return (
        wanted.by in {None, entry.by}
        and wanted.action in {None, entry.action}
        and wanted.target in {None, entry.target}
        and (wanted.since is None or entry.at >= wanted.since)
    )


def _has_text(callback: Callback, text: str) -> bool:
    texts = (
        callback.id,
        callback.caller_name,
        callback.subject,
        callback.note,
        callback.reference,
    )
    return any(text.lower() in each.lower() for each in texts)


def _deadlines(callback: Callback) -> list[datetime]:
    return [each for each in (callback.remind_at, callback.escalate_at) if each is not None]


def _is_overdue(callback: Callback, now: datetime) -> bool:
    return callback.is_open and callback.due_at <= now
