"""The store's transactions: the port, statement by statement."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Table,
    delete,
    func,
    not_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ivr.adapters.store import chain, deadlines, often, outgoing, rows
from ivr.adapters.store.deliveries import Delivering
from ivr.adapters.store.failures import translated
from ivr.adapters.store.figures import call_figures
from ivr.adapters.store.finding import matching
from ivr.adapters.store.forgetting import Forgetting
from ivr.adapters.store.tables import (
    announcements,
    callback_versions,
    callbacks,
    calls,
    commands_taken,
    heartbeat,
    kept_places,
    outbox,
)
from ivr.application.ports.audit import AuditEntry, AuditFilter, AuditHead, AuditLink
from ivr.application.ports.couriers import OutboxMessage
from ivr.application.ports.store import CallbackFilter
from ivr.domain.announcement import Announcement
from ivr.domain.callback import Callback
from ivr.domain.calls import ONLY_GONE, CallRecord, CallResult
from ivr.domain.errors import Refused
from ivr.domain.figures import CallFigures
from ivr.domain.ids import (
    E164,
    AgentId,
    AnnouncementId,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.outgoing import OutgoingRecord, OutgoingResult


class SqlStore:
    """Implements :class:`ivr.application.ports.store.Store`; made by ``open_store``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def close(self) -> None:
        """Let go of the database; transactions that go on end by themselves."""
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction; it holds the one place to write on SQLite, so keep it short.

        Nothing but the database is to be awaited inside.
        """
        with translated(self._engine.url):
            async with self._engine.begin() as connection:
                yield SqlTransaction(connection)

    async def ping(self) -> None:
        """Write, and see it committed. Raises Unavailable with the reason."""
        with translated(self._engine.url):
            async with self._engine.begin() as connection:
                await connection.execute(update(heartbeat).values(beats=heartbeat.c.beats + 1))

    async def clean(self) -> None:
        """Let what was deleted leave SQLite's log too: its pages are overwritten (secure_delete).

        PostgreSQL does that when it vacuums, by itself.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with translated(self._engine.url):
            async with self._engine.connect() as connection:
                # Outside of a transaction; another program's reader keeps what it still reads.
                raw = (await connection.get_raw_connection()).driver_connection
                assert raw is not None
                await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class SqlTransaction(Delivering, Forgetting):
    """Implements :class:`ivr.application.ports.store.Transaction`, and the wider one of privacy."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = sqlite if connection.dialect.name == "sqlite" else postgresql

    async def callback(self, callback_id: CallbackId) -> Callback | None:
        """Return one callback, locked for this transaction."""
        query = select(callbacks).where(callbacks.c.id == callback_id).with_for_update()
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else rows.callback_of(row)

    async def callbacks(self, wanted: CallbackFilter) -> list[Callback]:
        """Return callbacks, oldest request first unless the latest are wanted first."""
        order = (callbacks.c.requested_at, callbacks.c.id)
        query = matching(wanted, self._connection.dialect.name).order_by(
            *(column.desc() if wanted.latest_first else column for column in order)
        )
        found = await self._connection.execute(query.limit(wanted.limit).offset(wanted.offset))
        return [rows.callback_of(row) for row in found.mappings()]

    async def promised(self, numbers: Collection[E164]) -> frozenset[E164]:
        """Return those of ``numbers`` that are to be called back."""
        return await often.promised(self._connection, numbers)

    async def callbacks_due(self, now: datetime, limit: int) -> list[CallbackId]:
        """Return those whose reminder or escalation is due."""
        return await deadlines.callbacks_due(self._connection, now, limit)

    async def next_deadline(self) -> datetime | None:
        """Return when the next reminder or escalation is due."""
        return await deadlines.next_deadline(self._connection)

    async def owners(self) -> list[tuple[DepartmentId, CaseworkerId]]:
        """Return those who own open callbacks, with their departments."""
        return await deadlines.owners(self._connection)

    async def count_callbacks(self, wanted: CallbackFilter) -> int:
        """Return how many there are."""
        found = matching(wanted, self._connection.dialect.name).subquery()
        query = select(func.count()).select_from(found)
        return int((await self._connection.execute(query)).scalar_one())

    async def add_callback(self, callback: Callback) -> bool:
        """Insert with its first version; False where the id exists."""
        row = rows.callback_row(callback)
        if not await self._insert_new(callbacks, row, key="id"):
            return False
        await self._connection.execute(often.ADD_VERSION, row)
        return True

    async def save_callback(self, callback: Callback) -> None:
        """Update and keep the version. Raises Refused (``callback_changed``)."""
        row = rows.callback_row(callback)
        changed = await self._connection.execute(
            update(callbacks)
            .where(callbacks.c.id == callback.id, callbacks.c.version == callback.version - 1)
            .values(row)
        )
        if changed.rowcount != 1:
            raise Refused(
                f"Callback {callback.id} was changed by somebody else meanwhile.",
                code="callback_changed",
            )
        await self._connection.execute(often.ADD_VERSION, row)

    async def history(self, callback_id: CallbackId) -> list[Callback]:
        """Return all versions, oldest first."""
        query = (
            select(callback_versions)
            .where(callback_versions.c.id == callback_id)
            .order_by(callback_versions.c.version)
        )
        found = await self._connection.execute(query)
        return [rows.callback_of(row) for row in found.mappings()]

    async def add_message(self, message: OutboxMessage) -> None:
        """Put into the outbox, unless it is there."""
        await self._insert_new(outbox, rows.message_row(message), key="message_id")

    async def take_command(self, message_id: str, at: datetime) -> bool:
        """Note that a command is processed; False where it was."""
        row = {"message_id": message_id, "taken_at": at}
        return await self._insert_new(commands_taken, row, key="message_id")

    async def add_call(self, record: CallRecord) -> bool:
        """Insert a finished call, or replace it; False where the id exists and stays."""
        row = rows.call_row(record)
        if not record.by_fallback:
            return await self._insert_new(calls, row, key="id")
        done = await self._connection.execute(
            self._dialect.insert(calls)
            .values(row)
            .on_conflict_do_update(
                index_elements=["id"],
                set_=row,
                where=not_(calls.c.by_fallback) & calls.c.outcome.in_(ONLY_GONE),
            )
        )
        return done.rowcount == 1

    async def add_calls(self, records: Sequence[CallRecord]) -> None:
        """Insert the program's own finished calls; what is there already stays as it is."""
        await often.add_calls(self._connection, records)

    async def note_result(self, call: CallId, agent: AgentId, result: CallResult) -> bool:
        """Note what came of a finished call of the agent's; False where there is none."""
        done = await self._connection.execute(
            update(calls).where(calls.c.id == call, calls.c.agent == agent).values(result=result)
        )
        return done.rowcount == 1

    async def call(self, call_id: CallId) -> CallRecord | None:
        """Return one finished call."""
        found = await self._connection.execute(select(calls).where(calls.c.id == call_id))
        row = found.mappings().one_or_none()
        return None if row is None else rows.call_of(row)

    async def calls(self, limit: int) -> list[CallRecord]:
        """Return finished calls, latest first."""
        query = select(calls).order_by(calls.c.ended_at.desc(), calls.c.id.desc()).limit(limit)
        found = await self._connection.execute(query)
        return [rows.call_of(row) for row in found.mappings()]

    async def call_figures(self, since: datetime, until: datetime) -> CallFigures:
        """Count the finished calls that arrived in the time."""
        return await call_figures(self._connection, since, until)

    async def add_outgoing(self, record: OutgoingRecord) -> None:
        """Insert an outgoing call."""
        await outgoing.add(self._connection, record)

    async def end_outgoing(
        self, call: CallId, result: OutgoingResult, at: datetime, talked_seconds: float
    ) -> bool:
        """Note what came of an outgoing call; False where that is known."""
        return await outgoing.end(self._connection, call, result, at, talked_seconds)

    async def outgoing(self, callback: CallbackId) -> list[OutgoingRecord]:
        """Return the outgoing calls for a callback, earliest first."""
        return await outgoing.of_callback(self._connection, callback)

    async def count_outgoing(self, since: datetime, callback: CallbackId | None = None) -> int:
        """Count outgoing calls; nobody else adds one before this transaction ends."""
        return await outgoing.count(self._connection, since, callback)

    async def save_place(self, kept: KeptPlace) -> None:
        """Insert, or replace the one of the same call."""
        row = rows.place_row(kept)
        statement = self._dialect.insert(kept_places).values(row)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["call"], set_=row)
        )

    async def release_place(self, call: CallId) -> None:
        """Forget the place and the number with it."""
        await self._connection.execute(delete(kept_places).where(kept_places.c.call == call))

    async def places(self) -> list[KeptPlace]:
        """Return the places still to be honoured, in their order."""
        query = select(kept_places).order_by(kept_places.c.place_at, kept_places.c.place_order)
        found = await self._connection.execute(query)
        return [rows.place_of(row) for row in found.mappings()]

    async def add_announcement(self, announcement: Announcement) -> bool:
        """Insert; False where the id exists."""
        return await self._insert_new(announcements, rows.announcement_row(announcement), key="id")

    async def end_announcement(self, announcement: AnnouncementId, at: datetime, by: str) -> bool:
        """Note the end; False where there is nothing to end."""
        ended = await self._connection.execute(
            update(announcements)
            .where(announcements.c.id == announcement, announcements.c.ended_at.is_(None))
            .values(ended_at=at, ended_by=by)
        )
        return ended.rowcount == 1

    async def announcements(self) -> list[Announcement]:
        """Return those that have not been ended, oldest first."""
        query = (
            select(announcements)
            .where(announcements.c.ended_at.is_(None))
            .order_by(announcements.c.made_at, announcements.c.id)
        )
        found = await self._connection.execute(query)
        return [rows.announcement_of(row) for row in found.mappings()]

    async def add_audit(self, entry: AuditEntry) -> None:
        """Hang an entry on the chain."""
        await chain.add(self._connection, entry)

    async def audit(self, wanted: AuditFilter) -> list[AuditLink]:
        """Return entries, latest first."""
        return await chain.listed(self._connection, wanted)

    async def audit_links(self, after: int | None, limit: int) -> list[AuditLink]:
        """Return entries in their order."""
        return await chain.links(self._connection, after, limit)

    async def audit_head(self) -> AuditHead | None:
        """Return the end of the chain, locked for this transaction."""
        return await chain.head(self._connection)

    async def _insert_new(self, table: Table, row: dict[str, Any], *, key: str) -> bool:
        """Insert, or do nothing and return False where the ``key`` is taken."""
        statement = often.insert_new(self._connection.dialect.name, table, key)
        # The row beside the statement, not in it: SQLAlchemy then works the statement out once.
        done = await self._connection.execute(statement, row)
        return done.rowcount == 1
