"""What every call asks of the store, for many calls at once, in statements made once.

Making a statement takes longer than carrying it out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.store import rows
from ivr.adapters.store.tables import callbacks, calls
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
_ADD: Final = {
    dialect.dialect.name: dialect.insert(calls).on_conflict_do_nothing(index_elements=["id"])
    for dialect in (sqlite, postgresql)
}


async def promised(connection: AsyncConnection, numbers: Collection[E164]) -> frozenset[E164]:
    """Return those of ``numbers`` that are to be called back."""
    found = await connection.execute(_PROMISED, {"numbers": list(numbers)})
    return frozenset(E164(number) for number in found.scalars())


async def add_calls(connection: AsyncConnection, records: Sequence[CallRecord]) -> None:
    """Insert the program's own finished calls; what is there already stays as it is."""
    if records:
        await connection.execute(
            _ADD[connection.dialect.name], [rows.call_row(record) for record in records]
        )
