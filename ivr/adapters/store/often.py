"""What calls and promises ask of the store, in statements made once.

Making a statement takes longer than carrying it out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Final

from sqlalchemy import Insert, Table, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.store import rows
from ivr.adapters.store.tables import callback_versions, callbacks, calls
from ivr.domain.callback import CallbackState
from ivr.domain.calls import CallRecord
from ivr.domain.ids import E164

_PROMISED: Final = (
    select(callbacks.c.caller_number)
    .where(
        callbacks.c.caller_number.in_(bindparam("numbers", expanding=True)),
        callbacks.c.state != CallbackState.CLOSED,
    )
    .distinct()
)

ADD_VERSION: Final = insert(callback_versions)
"""Keeps a callback as it is now."""


@cache
def insert_new(dialect: str, table: Table, key: str) -> Insert:
    """Return the statement that inserts a row, or does nothing where its ``key`` is taken."""
    made = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return made.on_conflict_do_nothing(index_elements=[key])


async def promised(connection: AsyncConnection, numbers: Collection[E164]) -> frozenset[E164]:
    """Return those of ``numbers`` that are to be called back."""
    found = await connection.execute(_PROMISED, {"numbers": list(numbers)})
    return frozenset(E164(number) for number in found.scalars())


async def add_calls(connection: AsyncConnection, records: Sequence[CallRecord]) -> None:
    """Insert the program's own finished calls; what is there already stays as it is."""
    if records:
        await connection.execute(
            insert_new(connection.dialect.name, calls, "id"),
            [rows.call_row(record) for record in records],
        )
