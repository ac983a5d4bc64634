"""Finding what is held about people, and taking it out. The statements, not the rules.

What is due is found by what the rows hold, never by where the batch before ended: whoever is
interrupted begins anew and misses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    RowMapping,
    Select,
    TextClause,
    bindparam,
    delete,
    func,
    select,
    text,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.store import rows
from ivr.adapters.store.tables import (
    WITH_NAME,
    WITH_NOTES,
    WITH_NUMBER,
    Instant,
    callback_versions,
    callbacks,
    calls,
    commands_taken,
    deletions,
    kept_places,
    outbox,
    outgoing_calls,
)
from ivr.application.messages import without_person
from ivr.application.personal_store import Person, Sent
from ivr.domain.callback import Callback, CallbackState
from ivr.domain.ids import E164, CallbackId, RecordingId
from ivr.domain.retention import CALLBACK_CONTENT, DataClass, Deletion

_EMPTY: dict[DataClass, dict[str, Any]] = {
    data: {name: [] if isinstance(callbacks.c[name].type, JSON) else "" for name in names}
    for data, names in CALLBACK_CONTENT.items()
}
"""What a callback holds once a class is taken out of it."""

_WITH = {
    DataClass.CALLBACK_NUMBERS: WITH_NUMBER,
    DataClass.CALLBACK_NAMES: WITH_NAME,
    DataClass.CALLBACK_NOTES: WITH_NOTES,
}
_HOLDS = {data: text(condition) for data, condition in _WITH.items()}
"""Whether a version holds something of a class, word for word as in the indexes."""

_HOLDING = {
    data: text(
        f"SELECT held.id FROM (SELECT id FROM callback_versions WHERE {condition}) AS held"  # noqa: S608  all of it stands here
        " CROSS JOIN callbacks WHERE callbacks.id = held.id AND callbacks.state = 'closed'"
        " AND callbacks.changed_at < :before LIMIT :most"
    ).bindparams(bindparam("before", type_=Instant))
    for data, condition in _WITH.items()
}
"""Some of the closed callbacks that hold something of a class.

SQLite takes a CROSS JOIN in the order in which it is written: first the index of what is left to
be emptied, and no further than needed. Its own choice would be to go through all closed callbacks.
"""

_CLOSED = text("callbacks.state = 'closed'")
"""The same."""


class Forgetting:
    """The part of a transaction that lets go of people; ``SqlTransaction`` is made with it."""

    _connection: AsyncConnection

    async def outdated(self, data: DataClass, before: datetime) -> int:
        """Count the rows that ``purge`` would deal with."""
        count = 0
        for query in _outdated(data, before):
            counting = select(func.count()).select_from(query.subquery())
            count += (await self._connection.execute(counting)).scalar_one()
        return count

    async def purge(self, data: DataClass, before: datetime, limit: int) -> int:
        """Deal with at most ``limit`` rows; return with how many."""
        if data in CALLBACK_CONTENT:
            return await self._empty(data, before, limit)
        done = 0
        for query in _outdated(data, before):
            keys = await self._column(query.limit(limit - done).with_for_update())
            if keys:
                await self._let_go(data, query, keys)
                done += len(keys)
        return done

    async def open_since(self, before: datetime, limit: int) -> list[CallbackId]:
        """Return open callbacks requested ``before``, oldest first."""
        query = (
            select(callbacks.c.id)
            .where(callbacks.c.state != "closed", callbacks.c.requested_at < before)
            .order_by(callbacks.c.requested_at, callbacks.c.id)
            .limit(limit)
        )
        return [CallbackId(each) for each in await self._column(query)]

    async def outdated_recordings(
        self, before: datetime, limit: int
    ) -> list[tuple[CallbackId, RecordingId]]:
        """Return spoken messages of callbacks closed ``before``."""
        query = select(callbacks.c.id, callbacks.c.message).where(
            callbacks.c.message.is_not(None), *_closed_before(before)
        )
        found = await self._connection.execute(query.limit(limit))
        return [(CallbackId(row.id), RecordingId(row.message)) for row in found]

    async def release_recordings(self, callback_ids: Collection[CallbackId]) -> None:
        """Forget the names of spoken messages."""
        await self._update_callbacks(callback_ids, {"message": None})

    async def recordings_of_callbacks(
        self, recordings: Collection[RecordingId]
    ) -> set[RecordingId]:
        """Return those that belong to a callback."""
        query = select(callbacks.c.message).where(callbacks.c.message.in_(recordings))
        return {RecordingId(each) for each in await self._column(query)}

    async def person(self, number: E164) -> Person:
        """Return all that is held about a number."""
        records = await self._rows(
            select(calls).where(calls.c.caller_number == number).order_by(calls.c.ended_at)
        )
        ids = await self._column(_callbacks_of(number))
        messages = select(outbox).where(outbox.c.callback.in_(ids)).order_by(outbox.c.position)
        phoned = select(outgoing_calls).where(outgoing_calls.c.callback.in_(ids))
        places = select(kept_places).where(kept_places.c.number == number)
        return Person(
            calls=[rows.call_of(row) for row in records],
            callbacks=await self._histories(ids),
            messages=[
                Sent(rows.message_of(row), row["published_at"])
                for row in await self._rows(messages)
            ],
            outgoing=[rows.outgoing_of(row) for row in await self._rows(phoned)],
            places=[rows.place_of(row) for row in await self._rows(places)],
        )

    async def forget(
        self, number: E164, callback_ids: Collection[CallbackId]
    ) -> dict[DataClass, int]:
        """Take a person out of calls and callbacks; return of how many, by class."""
        emptied = await self._connection.execute(
            update(calls).where(calls.c.caller_number == number).values(caller_number=None)
        )
        counts = {DataClass.CALL_NUMBERS: emptied.rowcount}
        counts[DataClass.DELIVERIES] = await self._empty_messages(callback_ids)
        for data in CALLBACK_CONTENT:
            holding = (
                select(callback_versions.c.id)
                .distinct()
                .where(callback_versions.c.id.in_(callback_ids), _HOLDS[data])
            )
            counts[data] = len(await self._column(holding))
            await self._update_callbacks(callback_ids, _EMPTY[data])
        await self.release_recordings(callback_ids)
        return {data: count for data, count in counts.items() if count}

    async def note_deletions(self, noted: Collection[Deletion]) -> None:
        """Add lines to the log, or to the counts of lines that are there."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        for deletion in noted:
            statement = dialect.insert(deletions).values(rows.deletion_row(deletion))
            more = deletions.c.count + statement.excluded["count"]
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["at", "data", "reason"], set_={"count": more}
                )
            )

    async def deletions(self, limit: int) -> list[Deletion]:
        """Return the log, latest first."""
        query = select(deletions).order_by(deletions.c.at.desc(), deletions.c.data).limit(limit)
        return [rows.deletion_of(row) for row in await self._rows(query)]

    async def _empty(self, data: DataClass, before: datetime, limit: int) -> int:
        """Take a class out of some closed callbacks; return out of how many."""
        values = {"before": before, "most": limit}
        found = set((await self._connection.execute(_HOLDING[data], values)).scalars())
        # Somebody may have opened one again since: what is locked here is closed. Asked for by the
        # id alone, or SQLite would look for it among all that are closed.
        locked = select(callbacks.c.id, callbacks.c.state).where(callbacks.c.id.in_(found))
        rows_locked = await self._rows(locked.with_for_update())
        closed = [row["id"] for row in rows_locked if row["state"] == CallbackState.CLOSED]
        if closed:
            await self._update_callbacks(closed, _EMPTY[data])
            await self._empty_messages(closed)
        return len(closed)

    async def _let_go(self, data: DataClass, query: Select[Any], keys: Sequence[Any]) -> None:
        if data is DataClass.CALL_NUMBERS:
            emptied = update(calls).where(calls.c.id.in_(keys)).values(caller_number=None)
            await self._connection.execute(emptied)
        else:
            (column,) = query.selected_columns
            if column.table is callbacks:
                for part in (outbox.c.callback, callback_versions.c.id):
                    await self._delete(part, keys)
            await self._delete(column, keys)

    async def _update_callbacks(
        self, callback_ids: Collection[CallbackId], values: dict[str, Any]
    ) -> None:
        for table in (callbacks, callback_versions):
            await self._connection.execute(
                update(table).where(table.c.id.in_(callback_ids)).values(values)
            )

    async def _empty_messages(self, callback_ids: Collection[CallbackId]) -> int:
        """Delete what was delivered about these callbacks, and take the person out of the rest."""
        about = outbox.c.callback.in_(callback_ids)
        delivered = await self._connection.execute(
            delete(outbox).where(about, outbox.c.published_at.is_not(None))
        )
        on_their_way = await self._rows(select(outbox.c.position, outbox.c.body).where(about))
        for row in on_their_way:
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.position == row["position"])
                .values(body=without_person(row["body"]))
            )
        return delivered.rowcount

    async def _histories(self, ids: Collection[str]) -> list[list[Callback]]:
        query = (
            select(callback_versions)
            .where(callback_versions.c.id.in_(ids))
            .order_by(callback_versions.c.id, callback_versions.c.version)
        )
        histories: dict[CallbackId, list[Callback]] = {}
        for row in await self._rows(query):
            version = rows.callback_of(row)
            histories.setdefault(version.id, []).append(version)
        return sorted(histories.values(), key=lambda versions: versions[0].requested_at)

    async def _delete(self, column: ColumnElement[Any], keys: Collection[Any]) -> None:
        table = column.table
        await self._connection.execute(delete(table).where(column.in_(keys)))

    async def _column(self, query: Select[Any] | CompoundSelect[Any]) -> list[Any]:
        return list((await self._connection.execute(query)).scalars())

    async def _rows(self, query: Select[Any]) -> list[RowMapping]:
        return list((await self._connection.execute(query)).mappings())


def _outdated(data: DataClass, before: datetime) -> list[Select[Any]]:
    """Return queries for the keys of the rows in which there is ``data`` over ``before``."""
    match data:
        case DataClass.CALL_NUMBERS:
            known = calls.c.caller_number.is_not(None)
            return [select(calls.c.id).where(calls.c.ended_at < before, known)]
        case DataClass.CALLBACK_NUMBERS | DataClass.CALLBACK_NAMES | DataClass.CALLBACK_NOTES:
            # An earlier version may hold what the callback itself does not any more.
            holding = select(callback_versions.c.id).where(_HOLDS[data])
            return [
                select(callbacks.c.id).where(*_closed_before(before), callbacks.c.id.in_(holding))
            ]
        case DataClass.SPOKEN_MESSAGES:
            spoken = callbacks.c.message.is_not(None)
            return [select(callbacks.c.id).where(spoken, *_closed_before(before))]
        case DataClass.DELIVERIES:
            return [
                select(outbox.c.position).where(outbox.c.published_at < before),
                select(commands_taken.c.message_id).where(commands_taken.c.taken_at < before),
            ]
        case DataClass.STATISTICS:
            return [
                select(calls.c.id).where(calls.c.ended_at < before),
                select(callbacks.c.id).where(*_closed_before(before)),
                select(outgoing_calls.c.id).where(outgoing_calls.c.asked_at < before),
            ]
        case DataClass.QUEUE_LOG | DataClass.JOURNAL:
            return []
        case _:
            assert_never(data)


def _closed_before(before: datetime) -> tuple[TextClause, ColumnElement[bool]]:
    return (_CLOSED, callbacks.c.changed_at < before)


def _callbacks_of(number: E164) -> CompoundSelect[Any]:
    """The callbacks in which a number stands or stood, and those requested in its calls."""
    its_calls = select(calls.c.id).where(calls.c.caller_number == number)
    return union(
        select(callback_versions.c.id).where(
            callback_versions.c.caller_number == number, _HOLDS[DataClass.CALLBACK_NUMBERS]
        ),
        select(callbacks.c.id).where(callbacks.c.call.in_(its_calls)),
    )
