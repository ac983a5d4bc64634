"""The database of a service that somebody else runs: used as it is, and left as it is.

Nothing is created or upgraded. Each transaction opens the database anew, so that whatever the
service has done to it meanwhile (upgraded, set aside, restored) is seen before anything is written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection

from ivr.adapters.store.failures import translated, unavailable
from ivr.adapters.store.opening import database_address, engine_for
from ivr.adapters.store.store import SqlTransaction
from ivr.adapters.store.versions import table_versions, version_of
from ivr.domain.errors import Unavailable


class VisitedStore:
    """Implements :class:`ivr.application.ports.store.Store`."""

    def __init__(self, url: str) -> None:
        """Nothing is opened yet. Raises ConfigError where ``url`` can't be that of a database."""
        self._address = database_address(url)
        if self._file is None:
            engine_for(self._address)  # the driver for it may be missing

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction.

        Raises Unavailable where the database is not there (``database_missing``), not of this
        program's version (``database_version``), and as every store does.
        """
        identity = self._identity()
        engine = engine_for(self._address)
        try:
            with translated(self._address):
                async with engine.begin() as connection:
                    await connection.run_sync(check_version)
                    yield SqlTransaction(connection)
        finally:
            await engine.dispose()
        # A promise in a file that is not the database any more is none.
        if self._identity() != identity:
            raise unavailable(self._address, "database_replaced")

    async def ping(self) -> None:
        """Raise Unavailable, with the reason, where the database can't be written to."""
        async with self.transaction():
            pass  # on SQLite a transaction begins with the right to write

    def _identity(self) -> tuple[int, int] | None:
        """Return device and inode of the file; SQLite would make one that is not there."""
        if self._file is None:
            return None
        try:
            found = self._file.stat()
        except OSError as error:
            raise unavailable(self._address, "database_missing", error) from error
        return found.st_dev, found.st_ino

    @property
    def _file(self) -> Path | None:
        """The file, where the database is one."""
        if self._address.get_backend_name() != "sqlite":
            return None
        return Path(self._address.database or "")


def check_version(connection: Connection) -> None:
    """Raise Unavailable (``database_version``) where the tables are not of this program's."""
    there, wanted = version_of(connection), table_versions()[0]
    if there != wanted:
        raise Unavailable(
            f"The database has version {there or 'none'}, this program has {wanted}. The service"
            " upgrades it when it starts; after an update this program is to be restarted too.",
            code="database_version",
        )
