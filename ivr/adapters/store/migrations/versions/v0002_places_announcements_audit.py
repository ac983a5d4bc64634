"""Kept places, bulk announcements, the audit; spoken messages, and what became of a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ivr.adapters.store.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new; what is there stays as it is."""
    for table in ("callbacks", "callback_versions"):
        op.add_column(table, sa.Column("message", sa.Text))
    for name in ("transferred_to", "language"):
        op.add_column("calls", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.create_index("calls_by_arrival", "calls", ["arrived_at"])
    _create_kept_places()
    _create_announcements()
    _create_audit()


def _create_kept_places() -> None:
    op.create_table(
        "kept_places",
        sa.Column("call", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("department", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("arrived_at", Instant, nullable=False),
        sa.Column("queued_at", Instant, nullable=False),
        sa.Column("place_at", Instant, nullable=False),
        sa.Column("place_order", sa.Integer, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("call", name="kept_places_pkey"),
    )


def _create_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("departments", sa.JSON),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("ended_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="announcements_pkey"),
    )
    op.create_index("announcements_by_end", "announcements", ["ended_at"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("position", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("position", name="audit_pkey"),
        sqlite_autoincrement=True,
    )
