"""The audit in the database: added to at its end, read in pieces.

It reads what is stored as it is: where somebody else has written into the table, that is to be
told with its position, and not to end in an exception of a driver.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, insert, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from ivr.adapters.store.tables import audit, audit_head
from ivr.application.audit_chain import next_link
from ivr.application.ports.audit import AuditEntry, AuditFilter, AuditHead, AuditLink
from ivr.domain.errors import Unavailable


async def add(connection: AsyncConnection, entry: AuditEntry) -> None:
    """Add an entry and move the head, which is locked until the transaction ends."""
    before = await head(connection)
    if before is None:
        raise Unavailable(
            "The audit has lost its head: somebody changed the database by hand.",
            code="audit_broken",
        )
    link = next_link(before, entry)
    content = {field.name: getattr(entry, field.name) for field in fields(entry)}
    await connection.execute(
        insert(audit).values(**content, position=link.position, hash=link.hash)
    )
    await connection.execute(update(audit_head).values(count=link.position, hash=link.hash))


async def head(connection: AsyncConnection) -> AuditHead | None:
    """Return the end of the chain; on SQLite every transaction is alone anyway."""
    found = await connection.execute(
        select(audit_head.c.count, audit_head.c.hash).with_for_update()
    )
    row = found.one_or_none()
    return None if row is None else AuditHead(*row)


async def listed(connection: AsyncConnection, wanted: AuditFilter) -> list[AuditLink]:
    """Return entries, latest first."""
    query = _links().order_by(audit.c.position.desc()).limit(wanted.limit)
    for column in (audit.c.by, audit.c.action, audit.c.target):
        value = getattr(wanted, column.name)
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    return [link_of(row) for row in (await connection.execute(query)).mappings()]


async def links(connection: AsyncConnection, after: int | None, limit: int) -> list[AuditLink]:
    """Return entries in their order."""
    query = _links().order_by(audit.c.position).limit(limit)
    if after is not None:
        query = query.where(audit.c.position > after)
    return [link_of(row) for row in (await connection.execute(query)).mappings()]


def _links() -> Select[Any]:
    return select(
        audit.c.position,
        audit.c.hash,
        type_coerce(audit.c.at, NullType).label("at"),
        audit.c.by,
        audit.c.action,
        audit.c.target,
        type_coerce(audit.c.details, NullType).label("details"),
    )


def link_of(row: Mapping[str, Any]) -> AuditLink:
    """Read an entry with its place in the chain, as a driver gives it."""
    return AuditLink(row["position"], row["hash"], _entry(row))


def _entry(row: Mapping[str, Any]) -> AuditEntry | None:
    """Build the entry; None where a value is none that we write."""
    at, details = row["at"], row["details"]
    by, action, target = row["by"], row["action"], row["target"]
    if not all(isinstance(word, str) for word in (by, action, target)):
        return None  # SQLite keeps bytes in a column for text as well
    try:
        # PostgreSQL's driver has read both, SQLite's neither.
        at = at if isinstance(at, datetime) else datetime.fromisoformat(at).replace(tzinfo=UTC)
        details = json.loads(details) if isinstance(details, str) else details
    except (TypeError, ValueError):
        return None
    return AuditEntry(at, by, action, target, details) if isinstance(details, dict) else None
