"""What the API shows of deliveries: who was told, by which way, and what has not arrived."""

from __future__ import annotations

import httpx

from ivr.domain.delivery import Delivery
from ivr.domain.ids import CallbackId, MessageId
from tests import post_office
from tests.fakes.callbacks import MONDAY
from tests.post_office import a_promise
from tests.service_lab import ServiceLab


async def requested(lab: ServiceLab, *names: str) -> None:
    """Store callbacks of somebody who wants to be told by all ways."""
    for name in names:
        callback = a_promise(name)
        async with lab.store.transaction() as transaction:
            await transaction.add_callback(callback)
            for way in Delivery:
                await transaction.add_message(post_office.message(way, callback))


async def mark(lab: ServiceLab, *message_ids: str) -> None:
    async with lab.store.transaction() as transaction:
        await transaction.mark_published([MessageId(each) for each in message_ids], MONDAY)


async def test_each_message_has_its_receipt(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await requested(lab, "cb-1")
    await mark(lab, "cb-1.1")
    async with lab.store.transaction() as transaction:
        await transaction.note_refusal(MessageId("cb-1.1/mail"), "mailbox full (452)", None)
    shown = (await api.get("/api/v1/callbacks/cb-1")).json()
    assert shown["published"] is True
    assert [
        (each["way"], each["delivered_at"], each["tries"], each["error"])
        for each in shown["deliveries"]
    ] == [
        ("mqtt", "2026-11-23T09:00:00+01:00", 0, ""),
        ("mail", None, 1, "mailbox full (452)"),
        ("webhook", None, 0, ""),
    ]
    assert {(each["event"], each["caseworker"]) for each in shown["deliveries"]} == {
        ("requested", "heike.janssen")
    }


async def test_what_has_not_arrived_can_be_listed(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await requested(lab, "a", "b")
    await mark(lab, "a.1", "a.1/mail", "a.1/webhook", "b.1")

    async def listed(delivered: str) -> list[str]:
        query = {"delivered": delivered}
        shown = (await api.get("/api/v1/callbacks", params=query)).json()["callbacks"]
        return [each["id"] for each in shown]

    assert await listed("false") == ["b"]
    assert await listed("true") == ["a"]


async def test_an_unknown_callback_has_no_receipts(lab: ServiceLab) -> None:
    assert await lab.callbacks.receipts(CallbackId("unknown")) == []
