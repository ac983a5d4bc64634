"""The tables. The migrations must build exactly these; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. SQLite has no time zones and would forget them."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the database keeps."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("A time without a zone is no instant.")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def _callback_columns() -> list[Column[Any]]:
    """What is known of a callback, in each of its versions; named as in the domain."""
    return [
        Column("department", Text, nullable=False),
        Column("caseworker", Text, nullable=False),
        Column("caller_number", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("requested_at", Instant, nullable=False),
        Column("due_at", Instant, nullable=False),
        Column("call", Text),
        Column("caller_name", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("note", Text, nullable=False),
        Column("message", Text),
        Column("topic", Text),
        Column("reference", Text, nullable=False, server_default=""),
        Column("preferred_times", JSON, nullable=False, server_default="[]"),
        Column("language", Text, nullable=False, server_default=""),
        Column("answers", JSON, nullable=False, server_default="[]"),
        Column("state", Text, nullable=False),
        Column("event", Text, nullable=False, server_default="requested"),
        Column("comment", Text, nullable=False, server_default=""),
        Column("result", Text),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("in_vain", Integer, nullable=False, server_default="0"),
        Column("next_try_at", Instant),
        Column("close_reason", Text),
        Column("taken_by", Text, nullable=False, server_default=""),
        Column("escalations", Integer, nullable=False, server_default="0"),
        Column("remind_at", Instant),
        Column("escalate_at", Instant),
        Column("changed_at", Instant),
        Column("changed_by", Text, nullable=False),
    ]


def _partial_index(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


WITH_NUMBER = "caller_number <> ''"
WITH_NAME = "caller_name <> ''"
WITH_NOTES = (
    "(subject <> '' OR note <> '' OR comment <> '' OR reference <> ''"
    " OR CAST(preferred_times AS TEXT) <> '[]' OR CAST(answers AS TEXT) <> '[]')"
)
"""Whether there is something left to take out, in the fields of ``CALLBACK_CONTENT``; a query has
to say it in just these words, for the index to be used."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Text, primary_key=True),
    *_callback_columns(),
    Column("version", Integer, nullable=False),
    Index("callbacks_by_state", "state", "due_at"),
    Index("callbacks_by_department", "department", "caseworker", "requested_at"),
    Index("callbacks_by_request", "requested_at", "id"),
    Index("callbacks_by_number", "caller_number"),
    Index("callbacks_by_reminder", "remind_at"),
    Index("callbacks_by_escalation", "escalate_at"),
    _partial_index("callbacks_by_end", "changed_at", where="state = 'closed'"),
    _partial_index("callbacks_with_message", "message", where="message IS NOT NULL"),
)

callback_versions = Table(
    "callback_versions",
    metadata,
    Column("id", Text, ForeignKey("callbacks.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    *_callback_columns(),
    _partial_index("callback_versions_by_number", "caller_number", "id", where=WITH_NUMBER),
    _partial_index("callback_versions_with_name", "id", where=WITH_NAME),
    _partial_index("callback_versions_with_notes", "id", where=WITH_NOTES),
)

outbox = Table(
    "outbox",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("delivery", Text, nullable=False, server_default="mqtt"),
    Column("callback", Text, ForeignKey("callbacks.id")),
    Column("department", Text, nullable=False),
    Column("caseworker", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("try_at", Instant),
    Column("chosen", Boolean, nullable=False, server_default=true()),
    Index("outbox_by_callback", "callback"),
    Index("outbox_by_publication", "published_at"),
    Index(
        "outbox_unpublished",
        "position",
        sqlite_where=text("published_at IS NULL"),
        postgresql_where=text("published_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

commands_taken = Table(
    "commands_taken",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("taken_at", Instant, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("dialled", Text, nullable=False),
    Column("department", Text),
    Column("caller_number", Text),
    Column("arrived_at", Instant, nullable=False),
    Column("queued_at", Instant),
    Column("answered_at", Instant),
    Column("ended_at", Instant, nullable=False),
    Column("agent", Text),
    Column("offers", Integer, nullable=False),
    Column("language", Text, nullable=False, server_default=""),
    Column("transferred_to", Text, nullable=False, server_default=""),
    Column("by_fallback", Boolean, nullable=False, server_default=false()),
    Column("result", Text),
    Index("calls_by_arrival", "arrived_at"),
    Index("calls_by_end", "ended_at"),
    _partial_index("calls_by_number", "caller_number", where="caller_number IS NOT NULL"),
    _partial_index("calls_with_number", "ended_at", where="caller_number IS NOT NULL"),
)

outgoing_calls = Table(
    "outgoing_calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("callback", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("caseworker", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("ended_at", Instant),
    Column("result", Text),
    Column("talked_seconds", Float, nullable=False, server_default="0"),
    Index("outgoing_calls_by_time", "asked_at"),
    Index("outgoing_calls_by_callback", "callback"),
)
"""Caseworkers phoning back. No number is in it, so it may outlive the callback, and counts on."""

kept_places = Table(
    "kept_places",
    metadata,
    Column("call", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("dialled", Text, nullable=False),
    Column("department", Text),
    Column("language", Text, nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("place_at", Instant, nullable=False),
    Column("place_order", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
)
"""Only those still to be honoured: the row of a released place is deleted, and the number in it."""

announcements = Table(
    "announcements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("prompt", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("departments", JSON(none_as_null=True)),
    Column("text", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text, nullable=False),
    Index("announcements_by_end", "ended_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("hash", Text, nullable=False, server_default=""),
    Index("audit_by_person", "by", "position"),
    Index("audit_by_target", "target", "position"),
    sqlite_autoincrement=True,
)
"""Rows are added, never changed: triggers refuse it. The position is that in the chain."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)
"""One row: the end of the chain. Who adds to the audit locks it."""

deletions = Table(
    "deletions",
    metadata,
    Column("at", Instant, primary_key=True),
    Column("data", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("count", Integer, nullable=False),
)
"""What was deleted, by class; nothing of whom."""

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("beats", Integer, nullable=False),
)
"""One row that is written to find out whether the database can be written to."""
