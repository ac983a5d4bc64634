"""Whose deadline has come, in SQL. Reads only; what the deadlines mean is the domain's business."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.store.tables import callbacks
from ivr.domain.ids import CallbackId

_DEADLINES = (callbacks.c.remind_at, callbacks.c.escalate_at)


async def callbacks_due(connection: AsyncConnection, now: datetime, limit: int) -> list[CallbackId]:
    """Return those one of whose deadlines has come, what is overdue longest first."""
    query = (
        select(callbacks.c.id)
        .where(or_(*(deadline <= now for deadline in _DEADLINES)))
        .order_by(callbacks.c.due_at, callbacks.c.id)
        .limit(limit)
    )
    return [CallbackId(found) for found in (await connection.execute(query)).scalars()]


async def next_deadline(connection: AsyncConnection) -> datetime | None:
    """Return the earliest deadline there is."""
    # One by one: so each is the first entry of an index.
    query = select(*(select(func.min(each)).scalar_subquery() for each in _DEADLINES))
    found = (await connection.execute(query)).one()
    return min((each for each in found if each is not None), default=None)
