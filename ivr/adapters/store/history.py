"""What is in the database of the past, read beside the service and without holding it up.

Only reading is possible here: SQLite opens the file so, PostgreSQL the transaction. A page at a
time, each in a transaction of its own, so that a long report keeps nobody from writing or from
tidying up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, Row, Select, Text, func, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ivr.adapters.store.failures import translated, unavailable
from ivr.adapters.store.opening import BUSY_MILLISECONDS, database_address, engine_for
from ivr.adapters.store.tables import Instant, callback_versions, callbacks, calls
from ivr.adapters.store.visiting import check_version
from ivr.application.call_history import Period
from ivr.domain.callback import AttemptResult, CallbackEvent, CallbackState, CloseReason
from ivr.domain.callbacks_counted import CallbackTimes
from ivr.domain.calls import CallRecord, CallResult, Outcome
from ivr.domain.ids import DepartmentId

PAGE = 5000
"""Rows that are read at once."""

_COLUMNS = (
    calls.c.id,
    calls.c.outcome,
    calls.c.dialled,
    calls.c.department,
    calls.c.arrived_at,
    calls.c.queued_at,
    calls.c.answered_at,
    calls.c.ended_at,
    calls.c.offers,
    calls.c.language,
    calls.c.by_fallback,
    calls.c.result,
)
"""All that tells of no person."""


class StoredHistory:
    """Implements ``CallHistory`` and ``CallbackHistory`` of the application."""

    def __init__(self, url: str) -> None:
        """Nothing is opened yet. Raises ConfigError where ``url`` can't be that of a database."""
        self._address = database_address(url)
        self._engine = self._reading_engine()

    async def close(self) -> None:
        """Let go of the database."""
        await self._engine.dispose()

    async def calls(self, period: Period) -> AsyncIterator[Sequence[CallRecord]]:
        """Return the calls of ``period``, by arrival, a page at a time.

        Raises Unavailable: the database is not there or not of this program's version, and as
        every store does.
        """
        columns = _columns(self._address.get_backend_name())
        after: tuple[datetime, str] | None = None
        while True:
            async with self._reading() as connection:
                found = await connection.execute(_page(period, after, columns))
                records = _records(found)
            if records:
                yield records
            if len(records) < PAGE:
                return
            after = records[-1].arrived_at, records[-1].id

    async def callbacks(self, period: Period) -> AsyncIterator[Sequence[CallbackTimes]]:
        """Return what became of the callbacks requested in ``period``, a page at a time.

        Raises Unavailable as ``calls`` does.
        """
        after: tuple[datetime, str] | None = None
        while True:
            async with self._reading() as connection:
                found = (await connection.execute(_page_of_callbacks(period, after))).all()
            if found:
                yield [_times(row) for row in found]
            if len(found) < PAGE:
                return
            after = found[-1].requested_at, found[-1].id

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        if self._is_missing():
            raise unavailable(self._address, "database_missing")
        with translated(self._address):
            async with self._engine.connect() as connection:
                await connection.run_sync(check_version)
                yield connection

    def _is_missing(self) -> bool:
        """Whether there is no such file; opening it would only tell that it can't be opened."""
        is_file = self._address.get_backend_name() == "sqlite"
        return is_file and not Path(self._address.database or "").exists()

    def _reading_engine(self) -> AsyncEngine:
        if self._address.get_backend_name() != "sqlite":
            engine = engine_for(self._address)
            return engine.execution_options(postgresql_readonly=True)
        file = f"file:{quote(self._address.database or '')}"
        address = self._address.set(database=file, query={"mode": "ro", "uri": "true"})
        return create_async_engine(
            address,
            pool_size=1,
            hide_parameters=True,
            connect_args={"timeout": BUSY_MILLISECONDS / 1000},
        )


def _page(
    period: Period, after: tuple[datetime, str] | None, columns: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    """Select what comes next; by keys, so that a late page costs no more than an early one."""
    query = select(*columns).order_by(calls.c.arrived_at, calls.c.id).limit(PAGE)
    if period.since is not None:
        query = query.where(calls.c.arrived_at >= period.since)
    if period.until is not None:
        query = query.where(calls.c.arrived_at < period.until)
    if after is not None:
        at, call = after
        query = query.where(
            calls.c.arrived_at >= at,  # lets SQLite use the index, which a row value may not
            tuple_(calls.c.arrived_at, calls.c.id) > tuple_(at, call),
        )
    return query


def _page_of_callbacks(period: Period, after: tuple[datetime, str] | None) -> Select[Any]:
    version = callback_versions.c
    spoken = version.result.in_([AttemptResult.REACHED.value, AttemptResult.ANOTHER_TIME.value])
    query = (
        select(
            callbacks.c.id,
            callbacks.c.requested_at,
            callbacks.c.due_at,
            callbacks.c.state,
            callbacks.c.close_reason,
            callbacks.c.department,
            _first(version.event == CallbackEvent.ACKNOWLEDGED).label("acknowledged_at"),
            _first((version.event == CallbackEvent.ATTEMPTED) & spoken).label("reached_at"),
            _last(version.event == CallbackEvent.CLOSED).label("closed_at"),
        )
        .join(callback_versions, version.id == callbacks.c.id)
        .group_by(callbacks.c.id)
        .order_by(callbacks.c.requested_at, callbacks.c.id)
        .limit(PAGE)
    )
    if period.since is not None:
        query = query.where(callbacks.c.requested_at >= period.since)
    if period.until is not None:
        query = query.where(callbacks.c.requested_at < period.until)
    if after is not None:
        query = query.where(
            tuple_(callbacks.c.requested_at, callbacks.c.id) > tuple_(after[0], after[1])
        )
    return query


def _first(condition: ColumnElement[bool]) -> ColumnElement[datetime | None]:
    return func.min(callback_versions.c.changed_at).filter(condition)


def _last(condition: ColumnElement[bool]) -> ColumnElement[datetime | None]:
    return func.max(callback_versions.c.changed_at).filter(condition)


def _times(row: Row[Any]) -> CallbackTimes:
    closed = row.state == CallbackState.CLOSED
    return CallbackTimes(
        requested_at=row.requested_at,
        due_at=row.due_at,
        acknowledged_at=row.acknowledged_at,
        reached_at=row.reached_at,
        closed_at=row.closed_at if closed else None,
        close_reason=CloseReason(row.close_reason) if closed and row.close_reason else None,
        department=DepartmentId(row.department),
    )


def _columns(dialect: str) -> list[ColumnElement[Any]]:
    """Select times on SQLite as they are kept: as instants they cost as much as all the rest."""
    return [
        type_coerce(column, Text)
        if dialect == "sqlite" and isinstance(column.type, Instant)
        else column
        for column in _COLUMNS
    ]


def _records(rows: Iterable[Sequence[Any]]) -> list[CallRecord]:
    """Return the calls in ``rows``; written out, because a year has half a million."""
    return [
        CallRecord(
            id=call,
            outcome=_OUTCOMES[outcome],
            dialled=dialled,
            department=department,
            caller_number=None,
            arrived_at=_instant(arrived_at),
            queued_at=queued_at and _instant(queued_at),
            answered_at=answered_at and _instant(answered_at),
            ended_at=_instant(ended_at),
            agent=None,
            offers=offers,
            language=language,
            by_fallback=by_fallback,
            result=_RESULTS.get(result),
        )
        for (
            call,
            outcome,
            dialled,
            department,
            arrived_at,
            queued_at,
            answered_at,
            ended_at,
            offers,
            language,
            by_fallback,
            result,
        ) in rows
    ]


def _instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value + "+00:00") if isinstance(value, str) else value


_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_RESULTS = {result.value: result for result in CallResult}
