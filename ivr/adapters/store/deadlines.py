"""Whose deadline has come, and who has any, in SQL. Reads only; what it means the domain says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.store.tables import callbacks
from ivr.domain.callback import CallbackState
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId

_DEADLINES = (callbacks.c.remind_at, callbacks.c.escalate_at)
_OPEN = [state for state in CallbackState if state is not CallbackState.CLOSED]


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


async def owners(connection: AsyncConnection) -> list[tuple[DepartmentId, CaseworkerId]]:
    """Return those who own open callbacks, with their departments, each once."""
    query = (
        select(callbacks.c.department, callbacks.c.caseworker)
        # Not "anything but closed": so the index by state helps.
        .where(callbacks.c.state.in_(_OPEN))
        .distinct()
    )
    found = (await connection.execute(query)).all()
    # Sorted here: databases differ in how they sort text.
    return sorted((DepartmentId(one), CaseworkerId(other)) for one, other in found)
