"""Outgoing calls in the database: added, ended, listed and counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.store.rows import outgoing_of, outgoing_row
from ivr.adapters.store.tables import outgoing_calls
from ivr.domain.ids import CallbackId, CallId
from ivr.domain.outgoing import PHONED, OutgoingRecord, OutgoingResult


async def add(connection: AsyncConnection, record: OutgoingRecord) -> None:
    """Insert one."""
    await connection.execute(insert(outgoing_calls).values(outgoing_row(record)))


async def end(
    connection: AsyncConnection,
    call: CallId,
    result: OutgoingResult,
    at: datetime,
    talked_seconds: float,
) -> bool:
    """Note what came of one; False where that is known, or there is none."""
    ended = await connection.execute(
        update(outgoing_calls)
        .where(outgoing_calls.c.id == call, outgoing_calls.c.ended_at.is_(None))
        .values(result=result, ended_at=at, talked_seconds=talked_seconds)
    )
    return ended.rowcount == 1


async def of_callback(connection: AsyncConnection, callback: CallbackId) -> list[OutgoingRecord]:
    """Return those for one callback, earliest first."""
    query = (
        select(outgoing_calls)
        .where(outgoing_calls.c.callback == callback)
        .order_by(outgoing_calls.c.asked_at, outgoing_calls.c.id)
    )
    return [outgoing_of(row) for row in (await connection.execute(query)).mappings()]


async def count(connection: AsyncConnection, since: datetime, callback: CallbackId | None) -> int:
    """Count those in which the citizen was phoned or may be yet; nobody adds one meanwhile."""
    if connection.dialect.name == "postgresql":
        # Else two transactions would both count what neither can see yet. On SQLite there is
        # only one at a time.
        await connection.execute(text("LOCK TABLE outgoing_calls IN SHARE ROW EXCLUSIVE MODE"))
    result = outgoing_calls.c.result
    query = select(func.count()).where(
        outgoing_calls.c.asked_at >= since, result.is_(None) | result.in_(PHONED)
    )
    if callback is not None:
        query = query.where(outgoing_calls.c.callback == callback)
    return int((await connection.execute(query)).scalar_one())
