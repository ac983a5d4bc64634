"""Counting finished calls in SQL. Which counts, and what follows from them, the domain says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ivr.adapters.store.tables import calls
from ivr.domain.calls import Outcome
from ivr.domain.figures import SERVICE_LEVELS, SHORT_ABANDON, CallFigures


class _Seconds(FunctionElement[float]):
    """From one instant column to a later one, to the millisecond."""

    type = Float()
    inherit_cache = True


@compiles(_Seconds, "sqlite")
def _seconds_sqlite(element: _Seconds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy's
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    # Julian days of a double are exact to some 40 µs.
    return f"ROUND((JULIANDAY({end}) - JULIANDAY({start})) * 86400.0, 3)"


@compiles(_Seconds, "postgresql")
def _seconds_postgresql(element: _Seconds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy's
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    seconds = f"CAST(EXTRACT(EPOCH FROM ({end} - {start})) AS NUMERIC)"
    return f"CAST(ROUND({seconds}, 3) AS DOUBLE PRECISION)"


_offered = calls.c.queued_at.is_not(None)
_answered = and_(_offered, calls.c.answered_at.is_not(None))
_abandoned = and_(_offered, calls.c.outcome == Outcome.ABANDONED.value)
_wait = _Seconds(calls.c.queued_at, func.coalesce(calls.c.answered_at, calls.c.ended_at))


async def call_figures(
    connection: AsyncConnection, since: datetime, until: datetime
) -> CallFigures:
    """Count the calls that arrived from ``since`` until just before ``until``."""
    query = select(
        func.count().label("arrived"),
        _count(_offered).label("offered"),
        _count(_answered).label("answered"),
        _count(_abandoned).label("abandoned"),
        _count(and_(_abandoned, _wait <= SHORT_ABANDON)).label("abandoned_at_once"),
        _count(calls.c.outcome == Outcome.CALLBACK.value).label("callbacks"),
        _count(calls.c.by_fallback).label("by_fallback"),
        func.coalesce(func.sum(_wait).filter(_answered), 0.0).label("answered_wait_seconds"),
        func.coalesce(func.max(_wait), 0.0).label("longest_wait_seconds"),
        *(
            _count(and_(_answered, _wait <= limit)).label(f"within_{limit}")
            for limit in SERVICE_LEVELS
        ),
        *(
            _count(and_(_abandoned, _wait <= limit)).label(f"gone_within_{limit}")
            for limit in SERVICE_LEVELS
        ),
    ).where(calls.c.arrived_at >= since, calls.c.arrived_at < until)
    row = dict((await connection.execute(query)).mappings().one())
    within = {limit: row.pop(f"within_{limit}") for limit in SERVICE_LEVELS}
    gone = {limit: row.pop(f"gone_within_{limit}") for limit in SERVICE_LEVELS}
    return CallFigures(**row, answered_within=within, abandoned_within=gone)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)
