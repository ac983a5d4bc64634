"""The database of a service that somebody else runs: used as it is, and left as it is.

Nothing is created or upgraded. Each transaction opens the database anew, so that whatever the
service has done to it meanwhile (upgraded, set aside, restored) is seen before anything is written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import URL, Connection

from ivr.adapters.store.failures import translated
from ivr.adapters.store.opening import engine_for, versions
from ivr.adapters.store.store import SqlTransaction
from ivr.domain.errors import Unavailable


class VisitedStore:
    """Implements :class:`ivr.application.ports.Store`."""

    def __init__(self, address: URL) -> None:
        """Nothing is opened yet; ``address`` is one made by ``database_address``."""
        self._address = address

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction.

        Raises Unavailable where the database is not there (``database_missing``), not of this
        program's version (``database_version``), and as every store does.
        """
        _check_there(self._address)
        engine = engine_for(self._address)
        try:
            with translated(self._address):
                async with engine.begin() as connection:
                    await connection.run_sync(_check_version)
                    yield SqlTransaction(connection)
        finally:
            await engine.dispose()

    async def ping(self) -> None:
        """Raise Unavailable, with the reason, where the database can't be written to."""
        async with self.transaction():
            pass  # on SQLite a transaction begins with the right to write


def _check_there(address: URL) -> None:
    """SQLite would create a file that is not there."""
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise Unavailable(f"The database {address.database} is not there.", code="database_missing")


def _check_version(connection: Connection) -> None:
    there, wanted = versions(connection)
    if there != wanted:
        raise Unavailable(
            f"The database has version {there or 'none'}, this program has {wanted}. The service"
            " upgrades it when it starts; after an update this program is to be restarted too.",
            code="database_version",
        )
