"""What became of the messages about callbacks, in SQL. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.store.rows import receipt_of
from ivr.adapters.store.tables import callback_versions, callbacks, outbox
from ivr.application.ports.couriers import Receipt
from ivr.domain.callback import CallbackState
from ivr.domain.callback_deadlines import GIVEN_ANEW
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CallbackId


async def receipts(connection: AsyncConnection, callback_id: CallbackId) -> list[Receipt]:
    """Return what became of the messages about a callback, in the order they were added."""
    query = select(outbox).where(outbox.c.callback == callback_id).order_by(outbox.c.position)
    return [receipt_of(row) for row in (await connection.execute(query)).mappings()]


async def outbox_length(connection: AsyncConnection) -> dict[Delivery, int]:
    """Count the messages that wait, by the way they go."""
    query = (
        select(outbox.c.delivery, func.count())
        .where(outbox.c.published_at.is_(None))
        .group_by(outbox.c.delivery)
    )
    found = {row[0]: row[1] for row in await connection.execute(query)}
    return {way: found.get(way.value, 0) for way in Delivery}


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


async def undelivered(connection: AsyncConnection, before: datetime) -> list[CallbackId]:
    """Return the callbacks to be taken whose owner has heard nothing, oldest request first."""
    waiting = exists().where(
        _to_the_owner, outbox.c.published_at.is_(None), outbox.c.created_at < before
    )
    arrived = exists().where(_to_the_owner, outbox.c.published_at.is_not(None))
    some_wait = callbacks.c.id.in_(WITH_MESSAGES_WAITING)
    query = (
        select(callbacks.c.id)
        .where(
            callbacks.c.state == CallbackState.REQUESTED.value, some_wait, waiting, not_(arrived)
        )
        .order_by(callbacks.c.requested_at, callbacks.c.id)
    )
    return [CallbackId(found) for found in (await connection.execute(query)).scalars()]


async def delivered_since(
    connection: AsyncConnection, at: datetime, ways: Collection[Delivery]
) -> bool:
    """Whether any message has arrived by one of the ``ways`` at or after ``at``."""
    arrived = exists().where(
        outbox.c.published_at >= at, outbox.c.delivery.in_([way.value for way in ways])
    )
    return bool((await connection.execute(select(arrived))).scalar_one())
