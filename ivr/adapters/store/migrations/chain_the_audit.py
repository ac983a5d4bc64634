"""A part of a migration: the audit becomes a chain that is only added to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ivr.adapters.store.tables import Instant
from ivr.application.audit_chain import BEGINNING, next_link
from ivr.application.ports.audit import AuditEntry, AuditHead

_audit = sa.table(
    "audit",
    sa.column("position", sa.Integer),
    sa.column("at", Instant),
    sa.column("by", sa.Text),
    sa.column("action", sa.Text),
    sa.column("target", sa.Text),
    sa.column("details", sa.JSON),
    sa.column("hash", sa.Text),
)
_head = sa.table(
    "audit_head",
    sa.column("id", sa.Integer),
    sa.column("count", sa.Integer),
    sa.column("hash", sa.Text),
)


def upgrade() -> None:
    """Chain what is there, then let nobody change it."""
    op.add_column("audit", sa.Column("hash", sa.Text, nullable=False, server_default=""))
    op.create_index("audit_by_person", "audit", ["by", "position"])
    op.create_index("audit_by_target", "audit", ["target", "position"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="audit_head_pkey"),
    )
    head = _chained()
    op.execute(_head.insert().values(id=1, count=head.count, hash=head.hash))
    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _chained() -> AuditHead:
    """Hang the entries on one another; a transaction that was undone left a gap in the counting."""
    head = BEGINNING
    columns = (_audit.c.at, _audit.c.by, _audit.c.action, _audit.c.target, _audit.c.details)
    query = sa.select(_audit.c.position, *columns).order_by(_audit.c.position)
    for position, *content in op.get_bind().execute(query).all():
        link = next_link(head, AuditEntry(*content))
        op.execute(
            _audit.update()
            .where(_audit.c.position == position)
            .values(position=link.position, hash=link.hash)
        )
        head = AuditHead(link.position, link.hash)
    return head


_TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit"
        " BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        """
        CREATE FUNCTION audit_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit is only added to'; END $$
        """,
        """
        CREATE TRIGGER audit_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_only_added_to()
        """,
    ],
}
