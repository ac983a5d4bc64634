"""Backups of a SQLite database: made while it is used, looked through, and put back.

Nothing is overwritten: a file that exists is refused, and the database that a backup takes the
place of is renamed. Everything here takes a while and is called by the command line, not by the
service.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from ivr.adapters.store.chain import link_of
from ivr.adapters.store.failures import translated
from ivr.adapters.store.opening import database_address
from ivr.adapters.store.setting_aside import damage, set_aside
from ivr.adapters.store.tables import metadata
from ivr.adapters.store.versions import table_versions
from ivr.application.audit_chain import ChainCheck
from ivr.application.ports.audit import AuditHead
from ivr.domain.errors import Refused, Unavailable

Progress = Callable[[int, int], None]
"""Is told how many pages of how many are copied."""

_AT_ONCE = 1000
"""Pages copied, and entries checked, between two looks around."""
_WAIT_SECONDS = 30.0
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a database: the ``version`` of its tables and how many ``rows`` each has.

    ``audit`` is the end of the chain of the audit; None where an older program wrote it, so that
    it was not followed.
    """

    version: str
    rows: dict[str, int]
    audit: AuditHead | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where the database of before is now, if there was one."""

    contents: Contents
    set_aside: Path | None


def create_backup(url: str, file: Path, progress: Progress) -> Contents:
    """Write what is in the database at ``url`` now into ``file``, which only its owner may read.

    The service may write on meanwhile: the backup is the database of the moment it began.
    It gets its name after it was looked through. Raises Refused and Unavailable; then there
    is no ``file``.
    """
    address = database_address(url)
    source = _sqlite_file(address, f"pg_dump --format=custom --file={file} {_login(address)}")
    if file.exists():
        raise _exists(file)
    if not source.exists():
        raise Refused(f"There is no database {source} yet.", code="no_database")
    with _new_file(file) as new:
        with translated(address), _read(source) as database:
            counted = _rows(database)
            _copy(database, new, "DELETE", progress)
        contents = verify_backup(new)
        if contents.rows != counted:
            raise Unavailable("The backup has not all that was read; make it again.")
    return contents


def verify_backup(file: Path) -> Contents:
    """Look all of ``file`` through; nothing is changed.

    Raises Refused where it is damaged, no backup of ours or of a newer program, or its audit is
    not whole; Unavailable where it can't be read.
    """
    if not file.is_file():
        raise Refused(f"There is no file {file}.", code="no_backup")
    with translated(URL.create("sqlite", database=str(file))):
        wrong = damage(file, thoroughly=True)
        if wrong is not None:
            raise Refused(f"{file} is damaged: {wrong}.", code="backup_damaged")
        with _read(file) as database:
            version = _version(database, file)
            audit = _audit(database) if version == table_versions()[0] else None
            return Contents(version, _rows(database), audit)


def restore_backup(url: str, file: Path, now: datetime, progress: Progress) -> Restored:
    """Let what is in ``file`` be the database at ``url``; the one there is renamed, not deleted.

    Nobody may be using the database. Raises Refused and Unavailable; then all is as before.
    """
    address = database_address(url)
    target = _sqlite_file(address, f"pg_restore --clean --if-exists {_login(address)} {file}")
    contents = verify_backup(file)
    aside = None
    if target.exists() and target.samefile(file):
        raise Refused(f"{file} is the database itself.", code="backup_is_database")
    with _new_file(target, replacing=True) as new:
        with translated(address), _read(file) as backup:
            _copy(backup, new, "WAL", progress)
        with translated(address):
            if target.exists() or target.with_name(f"{target.name}-wal").exists():
                aside = set_aside(target, "replaced", now)
    return Restored(contents, aside)


def _sqlite_file(address: URL, instead: str) -> Path:
    """Return the database's file. Raises Refused for PostgreSQL, which has programs for it."""
    if address.get_backend_name() != "sqlite" or address.database is None:
        raise Refused(f"PostgreSQL has a program of its own for that: {instead}", code="not_sqlite")
    return Path(address.database)


def _login(address: URL) -> str:
    """The address as PostgreSQL's programs take it, without a password."""
    shown = address.set(drivername="postgresql", password=None, query={})
    return f"--dbname={shown.render_as_string(hide_password=True)}"


@contextmanager
def _new_file(file: Path, *, replacing: bool = False) -> Iterator[Path]:
    """Lend a file beside ``file`` that becomes it where all goes well.

    ``replacing``: there is one of that name now, and there won't be at the end.
    """
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, _OWNER_ONLY))
        yield new
        _sync(new)
        os.link(new, file)
        _sync(file.parent)
    except FileExistsError:
        raise _exists(file if not replacing else new) from None
    except OSError as error:
        raise Unavailable(
            f"{file} can't be written: {error.strerror}.", code="backup_not_written"
        ) from error
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                new.with_name(new.name + ending).unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _read(file: Path) -> Iterator[sqlite3.Connection]:
    """Open ``file`` for reading; all that is read is of one moment."""
    with closing(
        sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=_WAIT_SECONDS,
            isolation_level=None,
        )
    ) as database:
        database.execute("BEGIN")
        database.execute("SELECT 1 FROM sqlite_master").fetchone()
        yield database


def _copy(source: sqlite3.Connection, new: Path, journal: str, progress: Progress) -> None:
    """Copy what ``source`` reads; its transaction keeps others' writes out between two steps."""
    with closing(sqlite3.connect(new)) as target:
        source.backup(
            target,
            pages=_AT_ONCE,
            progress=lambda _status, left, total: progress(total - left, total),
        )
        # Without a log beside it the backup is one file.
        target.execute(f"PRAGMA journal_mode = {journal}")


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    """Count the rows of our tables, as far as they are there."""
    there = {
        name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    return {
        name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608  our own names
        for name in sorted(metadata.tables)
        if name in there
    }


def _version(database: sqlite3.Connection, file: Path) -> str:
    try:
        found = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        found = None
    if found is None:
        raise Refused(f"{file} is no backup of this program.", code="not_a_backup")
    version = str(found[0])
    if version not in table_versions():
        raise Refused(
            f"{file} was written by a newer version of this program ({version}): install that"
            " one again.",
            code="backup_newer",
        )
    return version


def _audit(database: sqlite3.Connection) -> AuditHead:
    """Follow the audit to its end. Raises Refused where it is not whole."""
    check = ChainCheck()
    cursor = database.execute(
        "SELECT position, hash, at, by, action, target, details FROM audit ORDER BY position"
    )
    names = [column[0] for column in cursor.description]
    broken = None
    while broken is None and (rows := cursor.fetchmany(_AT_ONCE)):
        broken = check.follow([link_of(dict(zip(names, row, strict=True))) for row in rows])
    if broken is None:
        head = database.execute("SELECT count, hash FROM audit_head").fetchone()
        broken = check.end(None if head is None else AuditHead(*head))
    if broken is not None:
        raise Refused(
            f"Its audit is broken at entry {broken.position} ({broken.damage.value}).",
            code="audit_broken",
        )
    return check.head


def _exists(file: Path) -> Refused:
    return Refused(f"{file} exists already; nothing is overwritten.", code="file_exists")
