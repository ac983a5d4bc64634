"""The messages about callbacks that wait, and what became of the others, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, not_, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.store.rows import message_of, receipt_of
from ivr.adapters.store.tables import callback_versions, callbacks, outbox
from ivr.application.ports.couriers import OutboxMessage, Receipt
from ivr.domain.callback import CallbackState
from ivr.domain.callback_deadlines import GIVEN_ANEW
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId, MessageId

WITH_MESSAGES_WAITING = select(outbox.c.callback).where(
    outbox.c.callback.is_not(None), outbox.c.published_at.is_(None)
)
"""The callbacks about which a message waits. They are few: a search that concerns messages begins
with these instead of looking for messages of each callback."""

_owned_since = (
    select(func.max(callback_versions.c.changed_at))
    .where(
        callback_versions.c.id == callbacks.c.id,
        callback_versions.c.event.in_([event.value for event in GIVEN_ANEW]),
    )
    .scalar_subquery()
)
"""NULL: since the request."""

_to_the_owner = and_(
    outbox.c.callback == callbacks.c.id,
    outbox.c.department == callbacks.c.department,
    outbox.c.caseworker == callbacks.c.caseworker,
    outbox.c.chosen,
    or_(_owned_since.is_(None), outbox.c.created_at >= _owned_since),
)


class Delivering:
    """The part of a transaction that finds what is to be delivered, and notes what became of it.

    ``SqlTransaction`` is made with it.
    """

    _connection: AsyncConnection

    async def unpublished(
        self,
        limit: int,
        without: Collection[tuple[DepartmentId, CaseworkerId]] = (),
        *,
        way: Delivery = Delivery.MQTT,
        at: datetime | None = None,
    ) -> list[OutboxMessage]:
        """Return what waits to go by ``way``, oldest first."""
        query = select(outbox).where(outbox.c.published_at.is_(None), outbox.c.delivery == way)
        if at is not None:
            query = query.where(or_(outbox.c.try_at.is_(None), outbox.c.try_at <= at))
        if without:
            recipient = tuple_(outbox.c.department, outbox.c.caseworker)
            query = query.where(not_(recipient.in_(list(without))))
        found = await self._connection.execute(query.order_by(outbox.c.position).limit(limit))
        return [message_of(row) for row in found.mappings()]

    async def outbox_length(self) -> dict[Delivery, int]:
        """Count the messages that wait, by the way they go."""
        query = (
            select(outbox.c.delivery, func.count())
            .where(outbox.c.published_at.is_(None))
            .group_by(outbox.c.delivery)
        )
        found = {row[0]: row[1] for row in await self._connection.execute(query)}
        return {way: found.get(way.value, 0) for way in Delivery}

    async def mark_published(self, message_ids: Sequence[MessageId], at: datetime) -> None:
        """Note that these are delivered."""
        if not message_ids:
            return
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.message_id.in_(message_ids), outbox.c.published_at.is_(None))
            .values(published_at=at)
        )

    async def note_refusal(
        self, message_id: MessageId, error: str, try_at: datetime | None
    ) -> None:
        """Note a try in vain."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.message_id == message_id)
            .values(tries=outbox.c.tries + 1, error=error, try_at=try_at)
        )

    async def receipts(self, callback_id: CallbackId) -> list[Receipt]:
        """Return what became of the messages about a callback, in the order they were added."""
        query = select(outbox).where(outbox.c.callback == callback_id).order_by(outbox.c.position)
        return [receipt_of(row) for row in (await self._connection.execute(query)).mappings()]

    async def undelivered(self, before: datetime) -> list[CallbackId]:
        """Return the callbacks to be taken whose owner has heard nothing, oldest request first."""
        waiting = exists().where(
            _to_the_owner, outbox.c.published_at.is_(None), outbox.c.created_at < before
        )
        arrived = exists().where(_to_the_owner, outbox.c.published_at.is_not(None))
        some_wait = callbacks.c.id.in_(WITH_MESSAGES_WAITING)
        query = (
            select(callbacks.c.id)
            .where(
                callbacks.c.state == CallbackState.REQUESTED.value,
                some_wait,
                waiting,
                not_(arrived),
            )
            .order_by(callbacks.c.requested_at, callbacks.c.id)
        )
        return [CallbackId(found) for found in (await self._connection.execute(query)).scalars()]

    async def delivered_since(self, at: datetime, ways: Collection[Delivery]) -> bool:
        """Whether any message has arrived by one of the ``ways`` at or after ``at``."""
        arrived = exists().where(
            outbox.c.published_at >= at, outbox.c.delivery.in_([way.value for way in ways])
        )
        return bool((await self._connection.execute(select(arrived))).scalar_one())

    async def publish_again(self, message_id: MessageId) -> None:
        """Let the relay find a message once more."""
        await self._connection.execute(
            update(outbox).where(outbox.c.message_id == message_id).values(published_at=None)
        )

    async def publish_latest_again(self, within: timedelta) -> None:
        """Let the relay find again what was published last."""
        by_mqtt = outbox.c.delivery == Delivery.MQTT
        latest = (
            await self._connection.execute(select(func.max(outbox.c.published_at)).where(by_mqtt))
        ).scalar_one()
        if latest is not None:
            await self._connection.execute(
                update(outbox)
                .where(by_mqtt, outbox.c.published_at >= latest - within)
                .values(published_at=None)
            )
