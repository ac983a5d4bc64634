"""Callbacks with their history, the outbox, commands taken, finished calls."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from ivr.adapters.store.tables import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the first tables."""
    _create_callbacks()
    _create_outbox()
    _create_calls()
    heartbeat = op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("beats", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="heartbeat_pkey"),
    )
    op.bulk_insert(heartbeat, [{"id": 1, "beats": 0}])


def _create_callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Text, nullable=False),
        *_callback_columns(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="callbacks_pkey"),
    )
    op.create_index("callbacks_by_state", "callbacks", ["state", "due_at"])
    op.create_index(
        "callbacks_by_department", "callbacks", ["department", "caseworker", "requested_at"]
    )
    op.create_table(
        "callback_versions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *_callback_columns(),
        sa.PrimaryKeyConstraint("id", "version", name="callback_versions_pkey"),
        sa.ForeignKeyConstraint(["id"], ["callbacks.id"], name="callback_versions_id_fkey"),
    )


def _callback_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("caseworker", sa.Text, nullable=False),
        sa.Column("caller_number", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("call", sa.Text),
        sa.Column("caller_name", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed_at", Instant),
        sa.Column("changed_by", sa.Text, nullable=False),
    ]


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("callback", sa.Text),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("caseworker", sa.Text, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("published_at", Instant),
        sa.PrimaryKeyConstraint("position", name="outbox_pkey"),
        sa.UniqueConstraint("message_id", name="outbox_message_id_key"),
        sa.ForeignKeyConstraint(["callback"], ["callbacks.id"], name="outbox_callback_fkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_by_callback", "outbox", ["callback"])
    op.create_index("outbox_by_publication", "outbox", ["published_at"])
    unpublished = sa.text("published_at IS NULL")
    op.create_index(
        "outbox_unpublished",
        "outbox",
        ["position"],
        sqlite_where=unpublished,
        postgresql_where=unpublished,
    )
    op.create_table(
        "commands_taken",
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("taken_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="commands_taken_pkey"),
    )


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("department", sa.Text),
        sa.Column("caller_number", sa.Text),
        sa.Column("arrived_at", Instant, nullable=False),
        sa.Column("queued_at", Instant),
        sa.Column("answered_at", Instant),
        sa.Column("ended_at", Instant, nullable=False),
        sa.Column("agent", sa.Text),
        sa.Column("offers", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="calls_pkey"),
    )
    op.create_index("calls_by_end", "calls", ["ended_at"])
