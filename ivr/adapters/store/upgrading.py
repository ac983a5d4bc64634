"""Tables brought up to date, change after change; all of them or none."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, version: str) -> None:
    """Make the tables those of ``version``, in the transaction that ``connection`` is in."""
    config = Config()
    config.set_main_option("script_location", "ivr.adapters.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, version)
