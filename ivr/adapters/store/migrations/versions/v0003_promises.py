"""What a callback is about, what became of it, and how caseworkers are told and phone back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ivr.adapters.store.migrations import chain_the_audit
from ivr.adapters.store.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new; what is there stays as it is."""
    for table in ("callbacks", "callback_versions"):
        _add_to_callbacks(table)
    # Every open promise gets its deadline: whoever lets it wait loses it when it is due.
    op.execute("UPDATE callbacks SET escalate_at = due_at WHERE state <> 'closed'")
    op.create_index("callbacks_by_request", "callbacks", ["requested_at", "id"])
    op.create_index("callbacks_by_number", "callbacks", ["caller_number"])
    op.create_index("callbacks_by_reminder", "callbacks", ["remind_at"])
    op.create_index("callbacks_by_escalation", "callbacks", ["escalate_at"])
    _widen_outbox()
    _let_forget()
    chain_the_audit.upgrade()
    _create_outgoing_calls()


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
    for name in ("attempts", "in_vain", "escalations"):
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
    op.add_column("outbox", sa.Column("try_at", Instant))
    op.add_column(
        "outbox", sa.Column("chosen", sa.Boolean, nullable=False, server_default=sa.true())
    )


def _let_forget() -> None:
    """What was deleted, and the ways to what is to be deleted."""
    op.create_table(
        "deletions",
        sa.Column("at", Instant, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("at", "data", "reason", name="deletions_pkey"),
    )
    notes = (
        "(subject <> '' OR note <> '' OR comment <> '' OR reference <> ''"
        " OR CAST(preferred_times AS TEXT) <> '[]' OR CAST(answers AS TEXT) <> '[]')"
    )
    for name, table, columns, where in (
        ("callbacks_by_end", "callbacks", ["changed_at"], "state = 'closed'"),
        ("callbacks_with_message", "callbacks", ["message"], "message IS NOT NULL"),
        (
            "callback_versions_by_number",
            "callback_versions",
            ["caller_number", "id"],
            "caller_number <> ''",
        ),
        ("callback_versions_with_name", "callback_versions", ["id"], "caller_name <> ''"),
        ("callback_versions_with_notes", "callback_versions", ["id"], notes),
        ("calls_by_number", "calls", ["caller_number"], "caller_number IS NOT NULL"),
        ("calls_with_number", "calls", ["ended_at"], "caller_number IS NOT NULL"),
    ):
        op.create_index(
            name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def _create_outgoing_calls() -> None:
    op.create_table(
        "outgoing_calls",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("callback", sa.Text, nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("caseworker", sa.Text, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("result", sa.Text),
        sa.Column("talked_seconds", sa.Float, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="outgoing_calls_pkey"),
    )
    op.create_index("outgoing_calls_by_time", "outgoing_calls", ["asked_at"])
    op.create_index("outgoing_calls_by_callback", "outgoing_calls", ["callback"])
