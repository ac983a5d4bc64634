"""Which calls were served by the fallback queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new; what is there stays as it is."""
    op.add_column(
        "calls", sa.Column("by_fallback", sa.Boolean, nullable=False, server_default=sa.false())
    )
