"""A store that is there from the start to the end, whatever becomes of its database.

It opens the database when it can, and anew where it was damaged, replaced, or opened while it could
only be read. Until then every transaction is refused at once, with the reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NoReturn

import structlog
from sqlalchemy import URL

from ivr.adapters.store.failures import translated, unavailable
from ivr.adapters.store.opening import database_address, opened_store
from ivr.adapters.store.setting_aside import damaged_before, set_aside_if_damaged
from ivr.adapters.store.store import SqlStore, SqlTransaction
from ivr.application.backoff import Backoff
from ivr.application.ports.machine import Clock
from ivr.domain.errors import ConfigError, Unavailable

log = structlog.get_logger(__name__)

_PASSING = frozenset(
    {"database_locked", "database_full", "database_busy", "database_unreachable", "database_gone"}
)
"""After these the same connection works again; after the rest it has to be made anew."""

_SLOW = frozenset({"database_locked", "database_busy", "database_unreachable"})
"""What it takes seconds to find out."""

_PAUSE_SECONDS = 1.0
"""So long nobody tries again what took seconds: a screen asks for several things."""


@asynccontextmanager
async def lasting_store(
    url: str, clock: Clock, backoff: Backoff | None = None
) -> AsyncIterator[LastingStore]:
    """Open the database at ``url`` if that works now; ``run`` of the store does it later.

    Raises ConfigError where the URL or the database is not one for this program.
    """
    store = LastingStore(database_address(url), clock, backoff)
    try:
        await store.open()
        yield store
    finally:
        await store.close()


class LastingStore:
    """Implements :class:`ivr.application.personal_store.PersonalStore`."""

    def __init__(self, address: URL, clock: Clock, backoff: Backoff | None = None) -> None:
        self._address = address
        self._file = _file(address)
        """None: the database is a server's."""
        self._clock = clock
        self._backoff = backoff or Backoff(first=0.5, longest=15.0)
        self._store: SqlStore | None = None
        self._reason: Unavailable | None = unavailable(address, "database_missing")
        """Why the database can't be used, as long as there is no connection that may help."""
        self._told: Unavailable | None = None
        """What is wrong, as last logged; None: the latest transaction went well."""
        self._try_at = 0.0
        """When it may be tried again, in the loop's time."""
        self._suspect = False
        """A statement has said that the content is damaged."""
        self._lost = asyncio.Event()
        self._identity: tuple[int, int] | None = None
        """Device and inode of the file that is open."""
        self._users = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def open(self) -> None:
        """Open the database, if that works. Raises ConfigError where it is not ours."""
        self._lost.clear()
        await self.close()
        try:
            await self._look_for_damage()
            store = await opened_store(self._address)
        except Unavailable as error:
            self._lose(error)
            return
        self._store, self._reason = store, None
        self._identity = self._identity_now()
        self._suspect = False

    async def run(self) -> NoReturn:
        """Open it whenever it has to be, until cancelled."""
        while True:
            await self._lost.wait()
            await asyncio.sleep(self._backoff.next())
            try:
                await self.open()
            except ConfigError as error:
                # At the start this ends the program. By now there are calls to care for.
                self._lose(Unavailable(error.message, code="database_not_ours"))

    async def close(self) -> None:
        """Let go of the database, when nobody uses it any more."""
        store, self._store = self._store, None
        if store is not None:
            await self._idle.wait()
            await store.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction. Raises Unavailable."""
        with self._in_use() as store:
            async with store.transaction() as transaction:
                yield transaction

    async def ping(self) -> None:
        """Write, and see it committed. Raises Unavailable with the reason."""
        with self._in_use() as store:
            await store.ping()

    async def clean(self) -> None:
        """As the store behind does it. Raises Unavailable."""
        with self._in_use() as store:
            await store.clean()

    async def probe(self) -> None:
        """Raise Unavailable where writing does not work, or somebody has to restore a backup."""
        await self.ping()
        file = self._file
        aside = damaged_before(file) if file is not None else []
        if aside:
            raise Unavailable(
                f"The database was damaged. It was set aside as {aside[-1]}, and a new one was"
                " begun: restore a backup (ivr backup restore), then move that file away.",
                code="database_set_aside",
            )

    @contextmanager
    def _in_use(self) -> Iterator[SqlStore]:
        """Lend the store, and note what became of it."""
        # While the database is away one tries at a time; the others know at once, and don't queue.
        hopeless = self._users or asyncio.get_running_loop().time() < self._try_at
        reason = self._reason or (self._told if hopeless else None)
        if self._store is None or reason is not None:
            assert reason is not None
            raise Unavailable(reason.message, code=reason.code)
        self._users += 1
        self._idle.clear()
        try:
            self._check_file()
            yield self._store
            # A promise in a file that is not the database any more is none.
            self._check_file()
        except Unavailable as error:
            self._note_failure(error)
            raise
        else:
            self._note_success()
        finally:
            self._users -= 1
            if not self._users:
                self._idle.set()

    def _note_failure(self, error: Unavailable) -> None:
        self._suspect |= error.code == "database_damaged"
        if error.code in _SLOW:
            self._try_at = asyncio.get_running_loop().time() + _PAUSE_SECONDS
        if error.code in _PASSING:
            self._tell(error)
        else:
            self._lose(error)

    def _lose(self, error: Unavailable) -> None:
        """Use the database no more until it is opened anew."""
        self._reason = error
        self._tell(error)
        self._lost.set()

    def _tell(self, error: Unavailable) -> None:
        """Say it once, not with every try."""
        if self._told is None or self._told.code != error.code:
            log.error("database_away", code=error.code, reason=error.message)
        self._told = error

    def _note_success(self) -> None:
        if self._reason is not None:
            return  # this transaction began before the one that failed
        self._backoff.reset()
        if self._told is not None:
            log.info("database_back", was=self._told.code)
        self._told = None

    async def _look_for_damage(self) -> None:
        """Set the file aside where its content is damaged. Raises Unavailable."""
        if self._file is not None:
            with translated(self._address):
                await asyncio.to_thread(
                    set_aside_if_damaged,
                    self._file,
                    self._clock.now(),
                    thoroughly=self._suspect,
                )

    def _check_file(self) -> None:
        """Raise Unavailable where the file that is open is not the database any more."""
        if self._identity_now() != self._identity:
            raise unavailable(self._address, "database_replaced")

    def _identity_now(self) -> tuple[int, int] | None:
        if self._file is None:
            return None
        try:
            found = self._file.stat()
        except OSError as error:
            raise unavailable(self._address, "database_gone", error) from error
        return found.st_dev, found.st_ino


def _file(address: URL) -> Path | None:
    if address.get_backend_name() != "sqlite":
        return None
    assert address.database is not None
    return Path(address.database)
