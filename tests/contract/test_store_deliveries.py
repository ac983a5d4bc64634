"""What every store knows of deliveries, shown on the fake, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.application.messages import callback_message
from ivr.application.ports.store import CallbackFilter, Store
from ivr.domain.callback import (
    Acknowledge,
    Callback,
    CallbackEvent,
    Comment,
    Escalate,
    Reassign,
)
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CallbackId, CaseworkerId, MessageId
from tests.fakes.callbacks import MONDAY, a_callback


async def keep_by_all_ways(store: Store, *callbacks: Callback) -> None:
    """Store callbacks of an owner who wants mail and webhook; MQTT is only the contract's."""
    for callback in callbacks:
        message = callback_message(callback, MONDAY)
        async with store.transaction() as transaction:
            assert await transaction.add_callback(callback)
            await transaction.add_message(replace(message, chosen=False))
            for way in (Delivery.MAIL, Delivery.WEBHOOK):
                name = MessageId(f"{message.message_id}/{way}")
                await transaction.add_message(replace(message, message_id=name, delivery=way))


async def keep(store: Store, callback: Callback) -> None:
    """Store a callback whose owner wants MQTT."""
    async with store.transaction() as transaction:
        assert await transaction.add_callback(callback)
        await transaction.add_message(callback_message(callback, MONDAY))


async def unpublished(store: Store) -> list[str]:
    async with store.transaction() as transaction:
        return [message.message_id for message in await transaction.unpublished(100)]


async def found(store: Store, wanted: CallbackFilter) -> list[str]:
    async with store.transaction() as transaction:
        return [callback.id for callback in await transaction.callbacks(wanted)]


class TestDeliveries:
    """Messages of several ways in one outbox, each with what became of it."""

    async def test_each_way_sees_its_own_messages_only(self, store: Store) -> None:
        await keep_by_all_ways(store, a_callback())
        async with store.transaction() as transaction:
            by_way = {way: await transaction.unpublished(10, way=way) for way in Delivery}
        assert {way: [each.message_id for each in found] for way, found in by_way.items()} == {
            Delivery.MQTT: ["cb-1.1"],
            Delivery.MAIL: ["cb-1.1/mail"],
            Delivery.WEBHOOK: ["cb-1.1/webhook"],
        }
        assert not by_way[Delivery.MQTT][0].chosen

    async def test_what_waits_is_counted_by_its_way(self, store: Store) -> None:
        await keep_by_all_ways(store, a_callback("cb-1"), a_callback("cb-2"))
        async with store.transaction() as transaction:
            await transaction.mark_published([MessageId("cb-1.1/mail")], MONDAY)
            counted = await transaction.outbox_length()
        assert counted == {Delivery.MQTT: 2, Delivery.MAIL: 1, Delivery.WEBHOOK: 2}

    async def test_what_was_refused_waits_and_says_why(self, store: Store) -> None:
        await keep_by_all_ways(store, a_callback())
        mail, later = MessageId("cb-1.1/mail"), MONDAY + timedelta(minutes=5)
        async with store.transaction() as transaction:
            await transaction.note_refusal(mail, "no such recipient (550)", None)
            await transaction.note_refusal(mail, "mailbox full (452)", later)

        async def mails(at: datetime | None) -> list[int]:
            async with store.transaction() as transaction:
                found = await transaction.unpublished(10, way=Delivery.MAIL, at=at)
                return [each.tries for each in found]

        assert await mails(MONDAY) == []
        assert await mails(later) == await mails(None) == [2]

    async def test_receipts_tell_what_became_of_each(self, store: Store) -> None:
        await keep_by_all_ways(store, a_callback(), a_callback("cb-2"))
        async with store.transaction() as transaction:
            await transaction.mark_published([MessageId("cb-1.1")], MONDAY)
            await transaction.note_refusal(MessageId("cb-1.1/mail"), "no such recipient", None)
            receipts = await transaction.receipts(CallbackId("cb-1"))
            assert await transaction.receipts(CallbackId("unknown")) == []
        assert [
            (each.delivery, each.delivered_at, each.tries, each.error) for each in receipts
        ] == [
            (Delivery.MQTT, MONDAY, 0, ""),
            (Delivery.MAIL, None, 1, "no such recipient"),
            (Delivery.WEBHOOK, None, 0, ""),
        ]
        assert {(each.caseworker, each.event, each.created_at) for each in receipts} == {
            ("janssen", CallbackEvent.REQUESTED, MONDAY)
        }

    async def test_a_broker_that_forgets_makes_no_mail_go_twice(self, store: Store) -> None:
        await keep_by_all_ways(store, a_callback())
        async with store.transaction() as transaction:
            await transaction.mark_published([MessageId("cb-1.1")], MONDAY)
            later = MONDAY + timedelta(hours=1)
            await transaction.mark_published([MessageId("cb-1.1/mail")], later)
            await transaction.publish_latest_again(timedelta(minutes=1))
            assert await transaction.unpublished(10, way=Delivery.MAIL) == []
        assert await unpublished(store) == ["cb-1.1"]

    async def test_callbacks_found_by_what_is_delivered(self, store: Store) -> None:
        await keep_by_all_ways(store, a_callback("a"), a_callback("b"))
        async with store.transaction() as transaction:
            arrived = ["a.1", "a.1/mail", "a.1/webhook", "b.1", "b.1/mail"]
            await transaction.mark_published([MessageId(each) for each in arrived], MONDAY)
        assert await found(store, CallbackFilter(delivered=True)) == ["a"]
        assert await found(store, CallbackFilter(delivered=False)) == ["b"]
        assert await found(store, CallbackFilter(published=False)) == []


class TestUndelivered:
    """Callbacks whose owner has heard nothing."""

    LATER = MONDAY + timedelta(hours=1)

    async def undelivered(self, store: Store, before: datetime = LATER) -> list[str]:
        async with store.transaction() as transaction:
            return list(await transaction.undelivered(before))

    async def mark(self, store: Store, *message_ids: str) -> None:
        async with store.transaction() as transaction:
            await transaction.mark_published([MessageId(each) for each in message_ids], MONDAY)

    async def change(self, store: Store, callback: Callback) -> None:
        async with store.transaction() as transaction:
            await transaction.save_callback(callback)
            assert callback.changed_at is not None
            await transaction.add_message(callback_message(callback, callback.changed_at))

    async def test_those_that_wait_too_long_oldest_first(self, store: Store) -> None:
        older = replace(a_callback("z"), requested_at=MONDAY - timedelta(minutes=1))
        await keep_by_all_ways(store, a_callback("a"), older)
        assert await self.undelivered(store) == ["z", "a"]
        assert await self.undelivered(store, before=MONDAY) == []

    async def test_one_way_that_the_owner_wants_is_enough(self, store: Store) -> None:
        await keep_by_all_ways(store, a_callback())
        await self.mark(store, "cb-1.1")  # which the owner does not listen to
        assert await self.undelivered(store) == ["cb-1"]
        await self.mark(store, "cb-1.1/webhook")
        assert await self.undelivered(store) == []

    async def test_who_has_heard_of_it_need_not_hear_every_change(self, store: Store) -> None:
        await keep(store, a_callback())
        await self.mark(store, "cb-1.1")
        await self.change(store, a_callback().after(Comment(), by="meyer", at=MONDAY))
        assert await self.undelivered(store) == []

    async def test_what_somebody_has_taken_is_known(self, store: Store) -> None:
        await keep(store, a_callback())
        await self.change(store, a_callback().after(Acknowledge(), by="janssen", at=MONDAY))
        assert await self.undelivered(store) == []

    async def test_a_new_owner_has_heard_nothing_yet(self, store: Store) -> None:
        await keep(store, a_callback())
        await self.mark(store, "cb-1.1")
        at = MONDAY + timedelta(minutes=1)
        escalated = a_callback().after(Escalate(CaseworkerId("meyer")), by="ivr", at=at)
        await self.change(store, escalated)
        assert await self.undelivered(store, before=at) == []
        assert await self.undelivered(store) == ["cb-1"]
        await self.mark(store, escalated.message_id)
        assert await self.undelivered(store) == []

    async def test_an_owner_who_gets_it_back_has_to_hear_of_that(self, store: Store) -> None:
        await keep(store, a_callback())
        await self.mark(store, "cb-1.1")
        callback = a_callback()
        for minutes, owner in ((1, "meyer"), (2, "janssen")):
            callback = callback.after(
                Reassign(callback.department, CaseworkerId(owner)),
                by="cordes",
                at=MONDAY + timedelta(minutes=minutes),
            )
            await self.change(store, callback)
        assert await self.undelivered(store) == ["cb-1"]
        await self.mark(store, "cb-1.3")
        assert await self.undelivered(store) == []
