"""What went wrong in the database, in words an admin can act on.

Only failures from outside are translated. A statement of ours that the database can't accept
is a defect and stays one.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ivr.domain.errors import Unavailable

_ADVICE = {
    "database_locked": "is locked by another program: end that program, such as a database"
    " browser or a backup that does not use SQLite's own backup command",
    "database_full": "has no room left: free space on its disk",
    "database_read_only": "can't be written to: check owner and permissions of the file and its"
    " folder, and that neither disk nor server is in read-only mode",
    "database_io": "can't be read or written: its disk reports errors, see the kernel's log",
    "database_missing": "can't be opened: check that the folder exists and may be entered",
    "database_gone": "was moved or deleted while it was used: put the file back, or restart the"
    " service to begin a new one",
    "database_replaced": "was replaced while it was used: the new one is being opened",
    "database_damaged": "is damaged: restore a backup",
    "database_login": "refuses our login: check user, password, database name and rights",
    "database_busy": "has no connection left: it is slow or has too many clients",
    "database_unreachable": "does not answer: check that the server runs and can be reached",
}

_SQLITE = {
    "SQLITE_BUSY": "database_locked",
    "SQLITE_LOCKED": "database_locked",
    "SQLITE_FULL": "database_full",
    "SQLITE_READONLY": "database_read_only",
    "SQLITE_PERM": "database_read_only",
    "SQLITE_IOERR": "database_io",
    "SQLITE_CANTOPEN": "database_missing",
    "SQLITE_CORRUPT": "database_damaged",
    "SQLITE_NOTADB": "database_damaged",
}
"""By the primary result code; extended ones such as ``SQLITE_IOERR_WRITE`` begin with it."""

_POSTGRESQL = {
    "08": "database_unreachable",
    "57": "database_unreachable",
    "25006": "database_read_only",
    "28": "database_login",
    "3D": "database_login",
    "42501": "database_login",
    "40": "database_locked",
    "55": "database_locked",
    "53100": "database_full",
    "53": "database_busy",
    "58": "database_io",
    "XX": "database_damaged",
}
"""By SQLSTATE or its class, PostgreSQL documentation, appendix A."""

_UNREACHABLE = "database_unreachable"

_FILE = {
    errno.ENOSPC: "database_full",
    errno.EDQUOT: "database_full",
    errno.EROFS: "database_read_only",
    errno.EIO: "database_io",
}
"""What the operating system says of a SQLite file; the rest is ``database_missing``."""


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Turn failures of the database at ``url`` into Unavailable."""
    try:
        yield
    except DBAPIError as error:
        code = _code(error)
        if code is None:
            raise
        raise unavailable(url, _closer(url, code), error.orig) from error
    except sqlite3.Error as error:
        code = _sqlite_code(error)
        if code is None:
            raise
        raise unavailable(url, _closer(url, code), error) from error
    except PoolTimeoutError as error:
        raise unavailable(url, "database_busy", error) from error
    except OSError as error:
        is_file = url.get_backend_name() == "sqlite"
        code = _FILE.get(error.errno or 0, "database_missing") if is_file else _UNREACHABLE
        raise unavailable(url, code, error) from error


def unavailable(url: URL, code: str, cause: BaseException | None = None) -> Unavailable:
    """Say what is wrong with the database at ``url`` and what helps; never the login."""
    where = url.database if url.get_backend_name() == "sqlite" else url.set(query={})
    detail = str(cause).splitlines() if cause is not None else []
    reason = f" ({detail[0]})" if detail else ""
    return Unavailable(f"The database {where} {_ADVICE[code]}{reason}.", code=code)


def _code(error: DBAPIError) -> str | None:
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    return _UNREACHABLE if error.connection_invalidated else None


def _sqlite_code(error: sqlite3.Error) -> str | None:
    name: str = getattr(error, "sqlite_errorname", "")
    return _SQLITE.get("_".join(name.split("_")[:2]))


def _closer(url: URL, code: str) -> str:
    """Tell a folder that can't be written to, where SQLite only says that it can't open."""
    if code != "database_missing" or url.database is None:
        return code
    folder = Path(url.database).parent
    if folder.is_dir() and not os.access(folder, os.W_OK):
        return "database_read_only"
    return code
