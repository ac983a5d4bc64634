"""What a callback is about and what became of it, and the ways caseworkers are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ivr.adapters.store.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new; what is there stays as it is."""
    for table in ("callbacks", "callback_versions"):
        _add_to_callbacks(table)
    op.create_index("callbacks_by_number", "callbacks", ["caller_number"])
    op.create_index("callbacks_by_reminder", "callbacks", ["remind_at"])
    op.create_index("callbacks_by_escalation", "callbacks", ["escalate_at"])
    _widen_outbox()


def _add_to_callbacks(table: str) -> None:
    for name, default in {
        "reference": "",
        "language": "",
        "event": "requested",
        "comment": "",
        "taken_by": "",
    }.items():
        op.add_column(table, sa.Column(name, sa.Text, nullable=False, server_default=default))
    for name in ("preferred_times", "answers"):
        op.add_column(table, sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
    for name in ("attempts", "escalations"):
        op.add_column(table, sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    for name in ("topic", "result", "close_reason"):
        op.add_column(table, sa.Column(name, sa.Text))
    for name in ("next_try_at", "remind_at", "escalate_at"):
        op.add_column(table, sa.Column(name, Instant))
    op.execute(f"UPDATE {table} SET event = state")  # noqa: S608 - both names stand above
    op.execute(f"UPDATE {table} SET taken_by = changed_by WHERE state = 'acknowledged'")  # noqa: S608 - as above


def _widen_outbox() -> None:
    for name, default in {"delivery": "mqtt", "error": ""}.items():
        op.add_column("outbox", sa.Column(name, sa.Text, nullable=False, server_default=default))
    op.add_column("outbox", sa.Column("tries", sa.Integer, nullable=False, server_default="0"))
