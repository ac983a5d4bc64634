"""Opening the database: connection settings, and its tables brought up to date.

Never creates anything beside what is already there and not ours, never goes back a version.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import URL, Connection, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ivr.adapters.store.failures import translated
from ivr.adapters.store.searching import add_functions
from ivr.adapters.store.store import SqlStore
from ivr.adapters.store.versions import table_versions, version_of
from ivr.domain.errors import ConfigError, Problem

log = structlog.get_logger(__name__)

_NO_PERSONAL_DATA = {"hide_parameters": True}
"""Callers' numbers are parameters of statements, and a failed one is told with its parameters."""

BUSY_MILLISECONDS = 3000
"""How long SQLite waits for another program's write, such as a backup."""

_ALLOWED = "sqlite:////absolute/path/ivr.db or postgresql://user@host/database"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_UPGRADE_LOCK = 44_618_910
"""Names the lock that lets one of several starting programs upgrade a PostgreSQL database."""


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[SqlStore]:
    """Open the database at ``url``, upgrade its tables where they are older, close it at the end.

    Raises what ``opened_store`` raises.
    """
    store = await opened_store(database_address(url))
    try:
        yield store
    finally:
        await store.close()


async def opened_store(address: URL) -> SqlStore:
    """Open the database; whoever calls this closes the store.

    Raises ConfigError where the database is not one for this program (newer than the program,
    somebody else's), Unavailable where it can't be reached or written, or is damaged.
    """
    engine = engine_for(address)
    try:
        with translated(address):
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade_tables)
    except BaseException:
        await engine.dispose()
        raise
    return SqlStore(engine)


def engine_for(address: URL) -> AsyncEngine:
    """Return an engine; an SQLite file that is not there is made, a server not yet asked."""
    return _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)


def database_address(url: str) -> URL:
    """Read a database's URL. Raises ConfigError."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise _unusable(_ALLOWED, "this is no database URL", "(not shown)") from None
    backend = address.get_backend_name()
    if backend not in _DRIVERS:
        raise _unusable(_ALLOWED, "no such kind of database is supported", backend)
    if backend == "sqlite" and address.database in {None, "", ":memory:"}:
        raise _unusable(_ALLOWED, "a database in memory forgets every promise", url)
    return address.set(drivername=_DRIVERS[backend])


def _sqlite(address: URL) -> AsyncEngine:
    """One connection: SQLite has one writer, and waiting in our pool is fair and cheap."""
    assert address.database is not None
    with translated(address):
        _create_private(Path(address.database))
    engine = create_async_engine(
        address, pool_size=1, max_overflow=0, pool_timeout=15, **_NO_PERSONAL_DATA
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _create_private(file: Path) -> None:
    """Create the file so that only its owner can read it; SQLite would ask the umask."""
    if file.is_dir():
        raise _unusable("a file in an existing folder", "this is a folder", str(file))
    if not file.exists():
        _create_in_wal_mode(file)


def _create_in_wal_mode(file: Path) -> None:
    """Make an empty database; of several programs that do it at once, the first one's counts.

    It gets its mode before it gets its name: changing the mode of a database that another
    program has just opened fails at once, without waiting for the other.
    """
    new = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with closing(sqlite3.connect(new)) as database:
            database.execute("PRAGMA journal_mode = WAL")
        with suppress(FileExistsError):
            os.link(new, file)
    finally:
        new.unlink()


_PRAGMAS = (
    f"busy_timeout = {BUSY_MILLISECONDS}",
    "journal_mode = WAL",
    "synchronous = FULL",  # a committed promise survives a power cut
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted or emptied is overwritten in the file
)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 # any driver's
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    try:
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        add_functions(connection)
    except BaseException:
        connection.close()  # the pool does not know it yet; its thread would outlive us
        raise


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock first: one taken later fails at once instead of waiting."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql(address: URL) -> AsyncEngine:
    try:
        return create_async_engine(
            address,
            pool_size=5,
            max_overflow=0,
            pool_timeout=15,
            pool_pre_ping=True,
            **_NO_PERSONAL_DATA,
            isolation_level="READ COMMITTED",
            connect_args={"timeout": 5, "command_timeout": 15},
        )
    except ImportError:
        raise _unusable(
            "a sqlite URL, or ivr installed with its extra 'postgresql'",
            "PostgreSQL needs the package asyncpg",
            address.get_backend_name(),
        ) from None


def _upgrade_tables(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
    current, wanted = version_of(connection), table_versions()[0]
    if current == wanted:
        return
    _check_upgradable(connection, current)
    # Alembic is imported where it has something to do: nearly every start is without.
    from ivr.adapters.store.upgrading import upgrade  # noqa: PLC0415

    upgrade(connection, wanted)
    log.info("database_upgraded", before=current or "empty", after=wanted)


def _check_upgradable(connection: Connection, current: str | None) -> None:
    known = table_versions()
    if current is not None and current not in known:
        raise _unusable(
            f"version {known[0]} or older: install the newer program again,"
            " or restore a backup of the time before",
            "the database was written by a newer version of this program",
            current,
        )
    if current is None and inspect(connection).get_table_names():
        raise _unusable(
            "an empty database, or one made by this program",
            "the database belongs to another program",
            str(connection.engine.url.database),
        )


def _unusable(allowed: str, wrong: str, value: str) -> ConfigError:
    return ConfigError(
        (Problem(file="database", key="url", value=value, wrong=wrong, allowed=allowed),)
    )
