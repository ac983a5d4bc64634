"""Letting go of people, as every store must do it: on the fake, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivr.adapters.store import open_store
from ivr.application.messages import callback_message
from ivr.application.personal_store import PersonalStore
from ivr.domain.callback import Callback, Close, Comment, Edit, Reopen
from ivr.domain.errors import Refused
from ivr.domain.figures import CallFigures
from ivr.domain.ids import (
    E164,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
    MessageId,
    RecordingId,
)
from ivr.domain.outgoing import OutgoingRecord
from ivr.domain.retention import CALLBACK_CONTENT, DataClass, Deletion, Reason
from tests.fakes.callbacks import MONDAY, a_call, a_callback, a_place

CITIZEN = E164("+494461123456")
ANOTHER = E164("+494461654321")
LATER = MONDAY + timedelta(days=100)
PHONED = OutgoingRecord(
    CallId("o-1"), CallbackId("cb-1"), DepartmentId("umwelt"), CaseworkerId("j"), MONDAY, "j"
)
CALLBACK_CLASSES = list(CALLBACK_CONTENT)
EMPTIED: dict[DataClass, dict[str, Any]] = {
    DataClass.CALLBACK_NUMBERS: {"caller_number": ""},
    DataClass.CALLBACK_NAMES: {"caller_name": ""},
    DataClass.CALLBACK_NOTES: {
        "subject": "",
        "note": "",
        "comment": "",
        "reference": "",
        "preferred_times": (),
        "answers": (),
    },
}


def a_full_callback(name: str = "cb-1") -> Callback:
    return replace(
        a_callback(name),
        caller_name="Wiebke Harms",
        subject="Wohngeld",
        note="bitte nach 14 Uhr",
        reference="50.2-117",
        preferred_times=("mon-fri 14:00-16:00",),
        answers=("Formular genannt",),
        message=RecordingId(name),
    )


async def keep(store: PersonalStore, *versions: Callback, delivered: bool = True) -> None:
    """Store the versions of one callback with their messages."""
    async with store.transaction() as transaction:
        for callback in versions:
            if callback.version == 1:
                await transaction.add_callback(callback)
            else:
                await transaction.save_callback(callback)
            await transaction.add_message(callback_message(callback, MONDAY))
            if delivered:
                await transaction.mark_published([callback.message_id], MONDAY)


async def keep_closed(
    store: PersonalStore, name: str = "cb-1", *, delivered: bool = True
) -> list[Callback]:
    first = a_full_callback(name)
    second = first.after(Comment(), by="janssen", at=MONDAY, comment="Tochter hob ab")
    third = second.after(Close(), by="janssen", at=MONDAY, comment="erledigt")
    await keep(store, first, second, third, delivered=delivered)
    return [first, second, third]


async def versions_of(store: PersonalStore, name: str = "cb-1") -> list[Callback]:
    async with store.transaction() as transaction:
        versions = await transaction.history(CallbackId(name))
        assert await transaction.callback(CallbackId(name)) == versions[-1]
    return versions


async def purge(
    store: PersonalStore, data: DataClass, before: datetime = LATER, limit: int = 100
) -> int:
    async with store.transaction() as transaction:
        due = await transaction.outdated(data, before)
        done = await transaction.purge(data, before, limit)
    assert done == min(due, limit)
    return done


async def figures(store: PersonalStore) -> CallFigures:
    async with store.transaction() as transaction:
        return await transaction.call_figures(MONDAY, LATER)


class TestCalls:
    async def test_lose_their_numbers_and_keep_the_figures(self, store: PersonalStore) -> None:
        async with store.transaction() as transaction:
            await transaction.add_call(a_call("a"))
            await transaction.add_call(replace(a_call("b"), caller_number=None))
        before = await figures(store)
        assert await purge(store, DataClass.CALL_NUMBERS) == 1
        assert await purge(store, DataClass.CALL_NUMBERS) == 0
        assert await figures(store) == before
        async with store.transaction() as transaction:
            found = await transaction.call(CallId("a"))
        assert found == replace(a_call("a"), caller_number=None)

    async def test_at_the_limit_are_not_over_it(self, store: PersonalStore) -> None:
        call = a_call()
        async with store.transaction() as transaction:
            await transaction.add_call(call)
        assert await purge(store, DataClass.CALL_NUMBERS, call.ended_at) == 0
        just_after = call.ended_at + timedelta(microseconds=1)
        assert await purge(store, DataClass.CALL_NUMBERS, just_after) == 1

    async def test_go_a_few_at_a_time(self, store: PersonalStore) -> None:
        async with store.transaction() as transaction:
            for number in range(5):
                await transaction.add_call(a_call(f"call-{number}"))
        batches = [await purge(store, DataClass.CALL_NUMBERS, limit=2) for _ in range(4)]
        assert batches == [2, 2, 1, 0]


class TestCallbacks:
    @pytest.mark.parametrize("data", CALLBACK_CLASSES)
    async def test_only_what_was_meant_is_taken_out(
        self, store: PersonalStore, data: DataClass
    ) -> None:
        kept = await keep_closed(store)
        assert await purge(store, data) == 1
        assert await purge(store, data) == 0
        assert await versions_of(store) == [replace(version, **EMPTIED[data]) for version in kept]

    @pytest.mark.parametrize("data", CALLBACK_CLASSES)
    async def test_an_open_promise_is_kept_whatever_its_age(
        self, store: PersonalStore, data: DataClass
    ) -> None:
        callback = a_full_callback()
        await keep(store, callback)
        assert await purge(store, data) == 0
        assert await versions_of(store) == [callback]
        async with store.transaction() as transaction:
            assert await transaction.open_since(LATER, 10) == [callback.id]
            assert await transaction.open_since(MONDAY, 10) == []

    @pytest.mark.parametrize("data", CALLBACK_CLASSES)
    async def test_one_closed_a_short_while_ago_is_kept(
        self, store: PersonalStore, data: DataClass
    ) -> None:
        await keep_closed(store)
        assert await purge(store, data, MONDAY) == 0

    async def test_what_only_an_earlier_version_held_is_found(self, store: PersonalStore) -> None:
        first = a_callback()
        second = first.after(Edit(caller_number=ANOTHER, subject="x"), by="j", at=MONDAY)
        third = second.after(Edit(subject=""), by="j", at=MONDAY)
        await keep(store, first, second, third, third.after(Close(), by="j", at=MONDAY))
        assert await purge(store, DataClass.CALLBACK_NOTES) == 1
        assert {version.subject for version in await versions_of(store)} == {""}

    @pytest.mark.parametrize(
        ("data", "name"), [(data, name) for data, names in EMPTIED.items() for name in names]
    )
    async def test_one_field_alone_is_enough_to_be_found(
        self, store: PersonalStore, data: DataClass, name: str
    ) -> None:
        full = replace((await keep_closed(store))[-1], version=1)
        nothing = {key: empty for values in EMPTIED.values() for key, empty in values.items()}
        only = replace(full, id=CallbackId("only"), **{**nothing, name: getattr(full, name)})
        async with store.transaction() as transaction:
            await transaction.add_callback(only)
        assert await purge(store, data) == 2
        assert getattr((await versions_of(store, "only"))[-1], name) == nothing[name]

    async def test_copies_that_were_delivered_go_and_others_lose_the_person(
        self, store: PersonalStore
    ) -> None:
        await keep_closed(store, "sent")
        await keep_closed(store, "waits", delivered=False)
        assert await purge(store, DataClass.CALLBACK_NAMES) == 2
        async with store.transaction() as transaction:
            waiting = await transaction.unpublished(10)
            await transaction.publish_again(MessageId("sent.1"))
            assert await transaction.unpublished(10) == waiting
        assert [message.message_id for message in waiting] == ["waits.1", "waits.2", "waits.3"]
        told = waiting[0].body["callback"]
        assert told["id"] == "waits"
        assert told["caller_number"] == told["caller_name"] == told["note"] == ""
        assert told["spoken_message"] is False

    async def test_one_without_a_number_is_not_opened_again(self, store: PersonalStore) -> None:
        await keep_closed(store)
        await purge(store, DataClass.CALLBACK_NUMBERS)
        latest = (await versions_of(store))[-1]
        with pytest.raises(Refused) as refused:
            latest.after(Reopen(), by="janssen", at=LATER)
        assert refused.value.code == "callback_emptied"


class TestDeliveries:
    async def test_go_after_their_time_and_what_waits_stays(self, store: PersonalStore) -> None:
        await keep(store, a_callback("sent"))
        await keep(store, a_callback("waits"), delivered=False)
        async with store.transaction() as transaction:
            await transaction.take_command("early", MONDAY)
            await transaction.take_command("late", LATER)
        assert await purge(store, DataClass.DELIVERIES, MONDAY) == 0
        assert await purge(store, DataClass.DELIVERIES) == 2
        async with store.transaction() as transaction:
            assert len(await transaction.unpublished(10)) == 1
            assert await transaction.take_command("early", LATER)
            assert not await transaction.take_command("late", LATER)


class TestRecordings:
    async def test_those_of_closed_callbacks_are_found_and_released(
        self, store: PersonalStore
    ) -> None:
        await keep_closed(store, "closed")
        await keep(store, a_full_callback("open"))
        async with store.transaction() as transaction:
            due = await transaction.outdated_recordings(LATER, 10)
            assert due == [("closed", "closed")]
            assert await transaction.outdated(DataClass.SPOKEN_MESSAGES, LATER) == 1
            assert await transaction.outdated_recordings(MONDAY, 10) == []
            await transaction.release_recordings([CallbackId("closed")])
        assert {version.message for version in await versions_of(store, "closed")} == {None}
        async with store.transaction() as transaction:
            assert await transaction.outdated_recordings(LATER, 10) == []
            asked = [RecordingId("open"), RecordingId("closed"), RecordingId("orphan")]
            assert await transaction.recordings_of_callbacks(asked) == {"open"}


class TestStatistics:
    async def test_what_is_left_goes_last(self, store: PersonalStore) -> None:
        await keep_closed(store, "closed")
        await keep_closed(store, "untold", delivered=False)
        await keep(store, a_callback("open"))
        async with store.transaction() as transaction:
            await transaction.add_call(a_call())
            await transaction.add_outgoing(PHONED)
        assert await purge(store, DataClass.STATISTICS, MONDAY) == 0
        assert await purge(store, DataClass.STATISTICS, limit=2) == 2
        assert await purge(store, DataClass.STATISTICS) == 2
        async with store.transaction() as transaction:
            assert await transaction.calls(10) == []
            assert await transaction.outgoing(CallbackId("cb-1")) == []
            assert await transaction.history(CallbackId("closed")) == []
            assert await transaction.callback(CallbackId("untold")) is None
            assert await transaction.unpublished(10) == []
            assert await transaction.callback(CallbackId("open")) == a_callback("open")


class TestPerson:
    async def test_all_that_is_held_about_a_number(self, store: PersonalStore) -> None:
        versions = await keep_closed(store)
        call = a_call("call-of-cb-2")
        at_another = replace(a_callback("cb-2"), caller_number=ANOTHER)
        strangers = replace(a_callback("cb-3"), caller_number=ANOTHER)
        await keep(store, at_another)
        await keep(store, strangers)
        async with store.transaction() as transaction:
            await transaction.add_call(call)
            await transaction.add_call(replace(a_call("else"), caller_number=ANOTHER))
            await transaction.add_outgoing(PHONED)
            await transaction.add_outgoing(
                replace(PHONED, id=CallId("o-2"), callback=CallbackId("cb-3"))
            )
            await transaction.save_place(a_place())
            await transaction.save_place(replace(a_place("else"), number=ANOTHER))
        async with store.transaction() as transaction:
            person = await transaction.person(CITIZEN)
        assert person.calls == [call]
        by_name = sorted(person.callbacks, key=lambda versions: versions[0].id)
        assert by_name == [versions, [at_another]]
        assert {sent.message.callback for sent in person.messages} == {"cb-1", "cb-2"}
        assert {sent.delivered_at for sent in person.messages} == {MONDAY}
        assert person.outgoing == [PHONED]
        assert person.places == [a_place()]
        assert person.open_callbacks == ["cb-2"]
        assert person.recordings == ["cb-1"]

    async def test_a_number_that_was_changed_is_found(self, store: PersonalStore) -> None:
        first = a_callback()
        await keep(store, first, first.after(Edit(caller_number=ANOTHER), by="j", at=MONDAY))
        async with store.transaction() as transaction:
            assert len((await transaction.person(CITIZEN)).callbacks) == 1
            assert len((await transaction.person(ANOTHER)).callbacks) == 1

    async def test_is_forgotten_and_the_figures_stay(self, store: PersonalStore) -> None:
        await keep_closed(store)
        await keep_closed(store, "cb-2", delivered=False)
        strangers = replace(a_full_callback("cb-3"), caller_number=ANOTHER)
        await keep(store, strangers)
        async with store.transaction() as transaction:
            await transaction.add_call(a_call())
            await transaction.add_call(replace(a_call("else"), caller_number=ANOTHER))
        before = await figures(store)
        async with store.transaction() as transaction:
            counts = await transaction.forget(CITIZEN, [CallbackId("cb-1"), CallbackId("cb-2")])
        assert counts == {
            DataClass.CALL_NUMBERS: 1,
            DataClass.CALLBACK_NUMBERS: 2,
            DataClass.CALLBACK_NAMES: 2,
            DataClass.CALLBACK_NOTES: 2,
            DataClass.DELIVERIES: 3,
        }
        async with store.transaction() as transaction:
            person = await transaction.person(CITIZEN)
            waiting = await transaction.unpublished(10)
        assert (person.calls, person.callbacks, person.messages) == ([], [], [])
        assert [message.callback for message in waiting] == ["cb-2"] * 3
        assert all(message.body["callback"]["note"] == "" for message in waiting)
        assert await versions_of(store, "cb-3") == [strangers]
        assert await figures(store) == before
        async with store.transaction() as transaction:
            assert await transaction.forget(CITIZEN, []) == {}


class TestLog:
    async def test_batches_of_one_run_are_one_line(self, store: PersonalStore) -> None:
        line = Deletion(MONDAY, DataClass.STATISTICS, 2, Reason.RETENTION, "ivr")
        erased = Deletion(LATER, DataClass.CALL_NUMBERS, 1, Reason.ERASURE, "cordes")
        async with store.transaction() as transaction:
            await transaction.note_deletions([line])
        async with store.transaction() as transaction:
            await transaction.note_deletions([replace(line, count=3), erased])
        async with store.transaction() as transaction:
            assert await transaction.deletions(10) == [erased, replace(line, count=5)]
            assert await transaction.deletions(1) == [erased]


async def test_nothing_of_it_stays_in_the_files_of_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "ivr.db"
    async with open_store(f"sqlite:///{file}") as store:
        await keep_closed(store)
        async with store.transaction() as transaction:
            await transaction.add_call(a_call())
        assert b"Harms" in _files(file)
        async with store.transaction() as transaction:
            await transaction.forget(CITIZEN, [CallbackId("cb-1")])
        await store.clean()
        for personal in (b"494461123456", b"Harms", b"Wohngeld", b"50.2-117", b"Tochter"):
            assert personal not in _files(file)


def _files(file: Path) -> bytes:
    return b"".join(each.read_bytes() for each in file.parent.glob("ivr.db*"))
