"""The versions of the tables: those this program knows, and the one a database has.

Told without Alembic, which takes a third of the time that the store takes to be imported: callers
wait for a start, and there is hardly ever something to upgrade.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, inspect, text

_CHANGE = re.compile(r"v([0-9]{4})_\w+\.py")
"""The file of a change, named by the version it leads to."""


@cache
def table_versions() -> tuple[str, ...]:
    """Return the versions of the tables this program knows, its own first."""
    changes = files("ivr.adapters.store.migrations").joinpath("versions").iterdir()
    found = (_CHANGE.fullmatch(change.name) for change in changes)
    return tuple(sorted((change[1] for change in found if change), reverse=True))


def version_of(connection: Connection) -> str | None:
    """Return the version of a database's tables; None: nothing of this program is in it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
