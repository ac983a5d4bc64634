"""What a store in memory does to let go of people."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from ivr.application.messages import without_person
from ivr.application.personal_store import Person, Sent
from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.callback import Callback
from ivr.domain.calls import CallRecord
from ivr.domain.ids import E164, CallbackId, CallId, MessageId, RecordingId
from ivr.domain.kept_place import KeptPlace
from ivr.domain.outgoing import OutgoingRecord
from ivr.domain.retention import CALLBACK_CONTENT, DataClass, Deletion


class PersonalContent(Protocol):
    """As much of the content as is about people."""

    callbacks: dict[CallbackId, list[Callback]]
    outbox: dict[MessageId, OutboxMessage]
    published: dict[MessageId, datetime]
    commands: dict[str, datetime]
    calls: dict[CallId, CallRecord]
    outgoing: dict[CallId, OutgoingRecord]
    places: dict[CallId, KeptPlace]
    deletions: list[Deletion]


class FakeForgetting:
    def __init__(self, content: PersonalContent) -> None:
        self._all = content

    async def outdated(self, data: DataClass, before: datetime) -> int:
        return len(self._outdated(data, before))

    async def purge(self, data: DataClass, before: datetime, limit: int) -> int:
        due = self._outdated(data, before)[:limit]
        for let_go in due:
            let_go()
        return len(due)

    async def open_since(self, before: datetime, limit: int) -> list[CallbackId]:
        latest = [versions[-1] for versions in self._all.callbacks.values()]
        old = [each for each in latest if each.is_open and each.requested_at < before]
        return [each.id for each in sorted(old, key=lambda c: (c.requested_at, c.id))][:limit]

    async def outdated_recordings(
        self, before: datetime, limit: int
    ) -> list[tuple[CallbackId, RecordingId]]:
        spoken = [(each.id, each.message) for each in self._closed(before)]
        return [(callback, message) for callback, message in spoken if message][:limit]

    async def release_recordings(self, callbacks: Collection[CallbackId]) -> None:
        for callback in callbacks:
            versions = self._all.callbacks[callback]
            self._all.callbacks[callback] = [replace(each, message=None) for each in versions]

    async def recordings_of_callbacks(
        self, recordings: Collection[RecordingId]
    ) -> set[RecordingId]:
        known = {versions[-1].message for versions in self._all.callbacks.values()}
        return {each for each in recordings if each in known}

    async def person(self, number: E164) -> Person:
        calls = [call for call in self._all.calls.values() if call.caller_number == number]
        its_calls = {call.id for call in calls}
        callbacks = [
            list(versions)
            for versions in self._all.callbacks.values()
            if versions[-1].call in its_calls
            or any(version.caller_number == number for version in versions)
        ]
        ids = {versions[-1].id for versions in callbacks}
        return Person(
            calls=sorted(calls, key=lambda call: call.ended_at),
            callbacks=sorted(callbacks, key=lambda versions: versions[0].requested_at),
            messages=[
                Sent(each, self._all.published.get(each.message_id))
                for each in self._all.outbox.values()
                if each.callback in ids
            ],
            outgoing=[each for each in self._all.outgoing.values() if each.callback in ids],
            places=[each for each in self._all.places.values() if each.number == number],
        )

    async def forget(self, number: E164, callbacks: Collection[CallbackId]) -> dict[DataClass, int]:
        calls = [call for call in self._all.calls.values() if call.caller_number == number]
        for call in calls:
            self._all.calls[call.id] = replace(call, caller_number=None)
        counts = {DataClass.CALL_NUMBERS: len(calls)}
        counts[DataClass.DELIVERIES] = sum(map(self._empty_messages, callbacks))
        for data in CALLBACK_CONTENT:
            counts[data] = sum(self._empty(each, data) for each in callbacks)
        await self.release_recordings(callbacks)
        return {data: count for data, count in counts.items() if count}

    async def note_deletions(self, deletions: Collection[Deletion]) -> None:
        for noted in deletions:
            known = self._all.deletions
            for place, line in enumerate(known):
                if (line.at, line.data, line.reason) == (noted.at, noted.data, noted.reason):
                    known[place] = replace(line, count=line.count + noted.count)
                    break
            else:
                known.append(noted)

    async def deletions(self, limit: int) -> list[Deletion]:
        by_class = sorted(self._all.deletions, key=lambda each: each.data)
        return sorted(by_class, key=lambda each: each.at, reverse=True)[:limit]

    def _outdated(self, data: DataClass, before: datetime) -> list[Callable[[], object]]:
        """Return what lets go of each row in turn."""
        content, closed = self._all, self._closed(before)
        match data:
            case DataClass.CALL_NUMBERS:
                return [
                    partial(content.calls.__setitem__, call.id, replace(call, caller_number=None))
                    for call in self._ended(before)
                    if call.caller_number
                ]
            case DataClass.DELIVERIES:
                sent = [n for n, at in content.published.items() if at < before]
                taken = [name for name, at in content.commands.items() if at < before]
                return [
                    *(partial(content.outbox.pop, each) for each in sent if each in content.outbox),
                    *(partial(content.commands.pop, each) for each in taken),
                ]
            case DataClass.STATISTICS:
                return [
                    *(partial(content.calls.pop, call.id) for call in self._ended(before)),
                    *(partial(self._remove, each.id) for each in closed),
                    *(
                        partial(content.outgoing.pop, each.id)
                        for each in content.outgoing.values()
                        if each.asked_at < before
                    ),
                ]
            case DataClass.SPOKEN_MESSAGES:
                return [partial(self._remove, each.id) for each in closed if each.message]
            case DataClass.QUEUE_LOG | DataClass.JOURNAL:
                return []
            case _:
                holding = [
                    each.id
                    for each in closed
                    if any(_holds(version, data) for version in content.callbacks[each.id])
                ]
                return [partial(self._empty_one, each, data) for each in holding]

    def _ended(self, before: datetime) -> list[CallRecord]:
        return [call for call in self._all.calls.values() if call.ended_at < before]

    def _closed(self, before: datetime) -> list[Callback]:
        latest = (versions[-1] for versions in self._all.callbacks.values())
        return [
            each
            for each in latest
            if not each.is_open and each.changed_at and each.changed_at < before
        ]

    def _remove(self, callback: CallbackId) -> None:
        del self._all.callbacks[callback]
        for message in list(self._all.outbox.values()):
            if message.callback == callback:
                del self._all.outbox[message.message_id]

    def _empty_one(self, callback: CallbackId, data: DataClass) -> None:
        self._empty(callback, data)
        self._empty_messages(callback)

    def _empty(self, callback: CallbackId, data: DataClass) -> bool:
        versions = self._all.callbacks[callback]
        held = any(_holds(each, data) for each in versions)
        self._all.callbacks[callback] = [_without(each, data) for each in versions]
        return held

    def _empty_messages(self, callback: CallbackId) -> int:
        deleted = 0
        for message in list(self._all.outbox.values()):
            if message.callback != callback:
                continue
            if message.message_id in self._all.published:
                del self._all.outbox[message.message_id]
                deleted += 1
            else:
                emptied = replace(message, body=without_person(message.body))
                self._all.outbox[message.message_id] = emptied
        return deleted


def _without(callback: Callback, data: DataClass) -> Callback:
    match data:
        case DataClass.CALLBACK_NUMBERS:
            return replace(callback, caller_number=E164(""))
        case DataClass.CALLBACK_NAMES:
            return replace(callback, caller_name="")
        case _:
            return replace(
                callback,
                subject="",
                note="",
                comment="",
                reference="",
                preferred_times=(),
                answers=(),
            )


def _holds(callback: Callback, data: DataClass) -> bool:
    return _without(callback, data) != callback
