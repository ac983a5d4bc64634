"""What to do with a SQLite file that is damaged: it is renamed, and another one may be begun.

Nothing is ever deleted or overwritten here: what is set aside may hold promises that no backup
has. Only a look at the content decides that a file is damaged. That it is locked, its disk full or
not readable now never does.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

_HEADER = b"SQLite format 3\0"
_WAIT_SECONDS = 3.0
_BESIDE = ("-wal", "-shm", "-journal")
"""SQLite's files beside a database: the first may hold its latest commits."""


def set_aside_if_damaged(file: Path, now: datetime, *, thoroughly: bool = False) -> Path | None:
    """Look whether ``file`` is whole; rename it where not, and return its new name.

    Reads the whole file, ``thoroughly`` also compares indexes with tables: call it in a thread.
    Nobody in this process may have it open. Of several
    processes that come here at once one renames the file, and the others find it gone. Raises
    OSError or sqlite3.Error where it can't be looked at now; then nothing was done.
    """
    with _one_at_a_time(file.parent):
        wrong = damage(file, thoroughly=thoroughly)
        if wrong is None:
            return None
        aside = set_aside(file, "corrupt", now)
        log.error("database_damaged", file=str(file), set_aside=str(aside), reason=wrong)
        return aside


def damage(file: Path, *, thoroughly: bool = False) -> str | None:
    """Say what is wrong with the content of ``file``; None where nothing is, or there is none.

    Raises as ``set_aside_if_damaged`` does.
    """
    if not file.exists():
        stray = _beside(file, "-wal")
        return f"{stray} has no database any more" if stray.exists() else None
    # SQLite takes an empty file for a new database, and throws away the log beside it.
    with file.open("rb") as content:
        header = content.read(len(_HEADER))
    if header != _HEADER:
        return "it is no SQLite database" if header else "it is empty"
    try:
        with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as database:
            check = "integrity_check" if thoroughly else "quick_check"
            found = database.execute(f"PRAGMA {check}(1)").fetchall()
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return str(error)
        raise
    return None if found == [("ok",)] else "; ".join(str(row[0]) for row in found)


def set_aside(file: Path, why: str, now: datetime) -> Path:
    """Rename ``file``, and what SQLite has beside it, to ``file.WHY-DATE``."""
    aside = _free_name(file, f"{file.name}.{why}-{now.astimezone():%Y-%m-%dT%H%M%S}")
    # The log first: beside a new database it would be taken for that one's.
    for ending in (*_BESIDE, ""):
        part = _beside(file, ending)
        if part.exists():
            part.rename(_beside(aside, ending))
    return aside


def damaged_before(file: Path) -> list[Path]:
    """Return the files that were set aside as damaged and are still there, latest last."""
    found = file.parent.glob(f"{file.name}.corrupt-*")
    return sorted(each for each in found if not each.name.endswith(_BESIDE))


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(f"{file.name}{ending}")


def _free_name(file: Path, name: str) -> Path:
    aside = file.with_name(name)
    number = 2
    while any(_beside(aside, ending).exists() for ending in ("", *_BESIDE)):
        aside = file.with_name(f"{name}.{number}")
        number += 1
    return aside


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Keep other programs of ours out; the kernel lets them in when we die."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
