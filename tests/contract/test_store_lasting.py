"""The store outlives its database: away, locked, full, read-only, replaced, damaged."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from ivr.adapters.store import LastingStore, lasting_store, opening
from ivr.application.backoff import Backoff
from ivr.domain.callback import Callback
from ivr.domain.errors import ConfigError, Unavailable
from ivr.domain.ids import CallbackId
from tests.contract.postgresql import PostgreSql
from tests.fakes.callbacks import a_callback
from tests.fakes.clock import FakeClock
from tests.tasks import meanwhile

PAGE = 4096
ASIDE = "ivr.db.corrupt-"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ivr.db"


@asynccontextmanager
async def lasting(file: Path | str) -> AsyncIterator[LastingStore]:
    url = file if isinstance(file, str) else f"sqlite:///{file}"
    async with (
        lasting_store(url, FakeClock(), Backoff(0.01, 0.05)) as store,
        meanwhile(store.run()),
    ):
        yield store


async def keep(store: LastingStore, callback: Callback | None = None) -> None:
    async with store.transaction() as transaction:
        await transaction.add_callback(callback or a_callback())


async def has(store: LastingStore, callback: str = "cb-1") -> bool:
    async with store.transaction() as transaction:
        return await transaction.callback(CallbackId(callback)) is not None


async def refused(store: LastingStore) -> str:
    with pytest.raises(Unavailable) as failure:
        await keep(store, a_callback("cb-refused"))
    return failure.value.code


async def until_back(store: LastingStore) -> None:
    async with asyncio.timeout(20):
        while True:
            with suppress(Unavailable):
                await store.ping()
                return
            await asyncio.sleep(0.01)


def events(lines: list[EventDict]) -> list[str]:
    return [line["event"] for line in lines if line["event"] != "database_upgraded"]


async def make(file: Path, callbacks: int = 1) -> None:
    async with lasting(file) as store:
        for number in range(1, callbacks + 1):
            await keep(store, a_callback(f"cb-{number}"))


def aside(file: Path) -> list[str]:
    return sorted(each.name for each in file.parent.glob(f"{ASIDE}*"))


def move(file: Path, to: Path) -> None:
    """Rename a database and what SQLite has beside it."""
    for ending in ("", "-wal", "-shm"):
        part = file.with_name(file.name + ending)
        if part.exists():
            part.rename(to.with_name(to.name + ending))


def content_of(file: Path) -> bytes:
    return file.read_bytes()


def write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def damage_page(file: Path, page: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(page * PAGE)
        opened.write(b"\xa5" * PAGE)


def pages(file: Path) -> int:
    return file.stat().st_size // PAGE


class TestAway:
    async def test_locked_is_said_once_and_over_by_itself(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "BUSY_MILLISECONDS", 20)
        monkeypatch.setattr(opening, "_PRAGMAS", ("busy_timeout = 20", *opening._PRAGMAS[1:]))
        with capture_logs() as lines:
            async with lasting(file) as store:
                with closing(sqlite3.connect(file, isolation_level=None)) as other:
                    other.execute("BEGIN IMMEDIATE")
                    codes = {await refused(store) for _ in range(3)}
                await until_back(store)
                await keep(store)
                assert await has(store)
        assert codes == {"database_locked"}
        assert events(lines) == ["database_away", "database_back"]

    async def test_who_comes_while_somebody_tries_knows_at_once(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "_PRAGMAS", ("busy_timeout = 1000", *opening._PRAGMAS[1:]))
        async with lasting(file) as store:
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await refused(store)
                store._try_at = 0
                trying = asyncio.create_task(refused(store))
                await asyncio.sleep(0)
                async with asyncio.timeout(0.9):
                    assert [await refused(store) for _ in range(20)] == ["database_locked"] * 20
                assert not trying.done()
                assert await trying == "database_locked"

    async def test_away_at_the_start_it_is_opened_when_it_comes(self, tmp_path: Path) -> None:
        folder = tmp_path / "disk"
        with capture_logs() as lines:
            async with lasting(folder / "ivr.db") as store:
                assert await refused(store) == "database_missing"
                await asyncio.sleep(0.2)  # several more tries
                folder.mkdir()
                await until_back(store)
                await keep(store)
        assert events(lines) == ["database_away", "database_back"]

    async def test_locked_at_the_start(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        await make(file)
        monkeypatch.setattr(opening, "_PRAGMAS", ("busy_timeout = 20", *opening._PRAGMAS[1:]))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with lasting(file) as store:
                assert await refused(store) == "database_locked"
                other.execute("ROLLBACK")
                await until_back(store)
                assert await has(store)
        assert aside(file) == []

    async def test_a_database_that_is_not_ours_is_told_at_the_start(self, file: Path) -> None:
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE invoices (id INTEGER)")
        with pytest.raises(ConfigError):
            async with lasting(file):
                pass

    async def test_a_database_that_is_not_ours_found_later_ends_nothing(
        self, tmp_path: Path
    ) -> None:
        folder = tmp_path / "disk"
        other = tmp_path / "other.db"
        with closing(sqlite3.connect(other)) as database:
            database.execute("CREATE TABLE invoices (id INTEGER)")
        async with lasting(folder / "ivr.db") as store:
            tmp_path.joinpath("new").mkdir()
            other.rename(tmp_path / "new" / "ivr.db")
            tmp_path.joinpath("new").rename(folder)
            async with asyncio.timeout(20):
                while await refused(store) != "database_not_ours":  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.01)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for a new database and not much more."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    disk = tmp_path / "small"
    disk.mkdir()
    subprocess.run(["/usr/bin/mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["/usr/bin/umount", "-l", disk], check=True)


class TestDisk:
    async def test_a_full_one_loses_nothing_and_is_over_when_there_is_room(
        self, small_disk: Path
    ) -> None:
        file = small_disk / "ivr.db"
        filler = small_disk / "filler"
        with capture_logs() as lines:
            async with lasting(file) as store:
                await keep(store)
                fill(filler)
                async with asyncio.timeout(20):
                    while not (code := await try_to_keep(store)):
                        pass
                await refused(store)
                filler.unlink()
                await until_back(store)
                assert await has(store)
        assert code == "database_full"
        assert events(lines) == ["database_away", "database_back"]
        assert aside(file) == []

    async def test_a_full_one_at_the_start(self, small_disk: Path) -> None:
        filler = small_disk / "filler"
        fill(filler)
        async with lasting(small_disk / "ivr.db") as store:
            assert await refused(store) == "database_full"
            filler.unlink()
            await until_back(store)
        assert aside(small_disk / "ivr.db") == []

    async def test_one_that_becomes_read_only(self, small_disk: Path) -> None:
        file = small_disk / "ivr.db"
        await make(file)
        remount(small_disk, "ro")
        async with lasting(file) as store:
            assert await refused(store) == "database_read_only"
            remount(small_disk, "rw")
            await until_back(store)
            assert await has(store)
        assert aside(file) == []


def remount(disk: Path, how: str) -> None:
    subprocess.run(["/usr/bin/mount", "-o", f"remount,{how}", disk], check=True)


def fill(filler: Path) -> None:
    with suppress(OSError), filler.open("wb", buffering=0) as content:
        while True:
            content.write(b"x" * PAGE)


async def try_to_keep(store: LastingStore) -> str:
    """Add something large; return why it could not be, if it could not."""
    large = replace(a_callback(f"cb-{os.urandom(4).hex()}"), note="x" * 50_000)
    try:
        await keep(store, large)
    except Unavailable as error:
        return error.code
    return ""


class TestMoved:
    async def test_nothing_is_promised_into_a_deleted_file(self, file: Path) -> None:
        async with lasting(file) as store:
            await keep(store)
            moved = file.with_name("moved.db")
            move(file, moved)
            assert await refused(store) == "database_gone"
            move(moved, file)
            assert await has(store)

    async def test_not_even_when_it_is_deleted_meanwhile(self, file: Path) -> None:
        async def promise_and_lose(store: LastingStore) -> None:
            async with store.transaction() as transaction:
                await transaction.add_callback(a_callback())
                move(file, file.with_name("moved.db"))

        async with lasting(file) as store:
            with pytest.raises(Unavailable) as failure:
                await promise_and_lose(store)
        assert failure.value.code == "database_gone"

    async def test_a_replaced_file_is_opened(self, tmp_path: Path, file: Path) -> None:
        other = tmp_path / "other.db"
        async with lasting(other) as store:
            await keep(store, a_callback("cb-other"))
        async with lasting(file) as store:
            await keep(store)
            move(file, tmp_path / "before.db")
            move(other, file)
            assert await refused(store) == "database_replaced"
            await until_back(store)
            assert await has(store, "cb-other")
            await keep(store, a_callback("cb-2"))
        async with lasting(file) as store:
            assert await has(store, "cb-2")


class TestDamaged:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [(b"", "it is empty"), (b"\x93random bytes" * 500, "it is no SQLite database")],
    )
    async def test_what_is_no_database_is_set_aside(
        self, file: Path, content: bytes, reason: str
    ) -> None:
        write(file, content)
        with capture_logs() as lines:
            async with lasting(file) as store:
                await keep(store)
                assert await has(store)
        [name] = aside(file)
        assert content_of(file.with_name(name)) == content
        [line] = [line for line in lines if line["event"] == "database_damaged"]
        assert (line["log_level"], line["reason"]) == ("error", reason)
        assert line["set_aside"] == str(file.with_name(name))

    async def test_a_damaged_page_is_found_at_the_start(self, file: Path) -> None:
        await make(file, callbacks=100)
        damage_page(file, pages(file) // 2)
        content = content_of(file)
        async with lasting(file) as store:
            assert not await has(store)
            with pytest.raises(Unavailable, match="ivr backup restore") as failure:
                await store.probe()
        assert failure.value.code == "database_set_aside"
        [name] = aside(file)
        assert content_of(file.with_name(name)) == content

    async def test_damage_met_at_work_is_set_aside_with_the_log_beside_it(self, file: Path) -> None:
        async with lasting(file) as store:
            for number in range(100):
                await keep(store, a_callback(f"cb-{number}"))
            await store.clean()  # all of it is in the file, and read from there
            await keep(store, a_callback("cb-late"))
            assert store._store is not None
            await store._store.close()
            for page in range(3, pages(file)):
                damage_page(file, page)
            assert await refused(store) == "database_damaged"
            await until_back(store)
            await keep(store, a_callback("cb-new"))
            assert not await has(store)
        assert aside(file)[0].startswith(ASIDE)

    async def test_twice_in_a_second_nothing_is_overwritten(self, file: Path) -> None:
        for content in (b"first", b"second"):
            write(file, content)
            async with lasting(file):
                pass
        contents = {content_of(file.with_name(name)) for name in aside(file)}
        assert contents == {b"first", b"second"}

    async def test_a_log_without_its_database_is_not_taken_for_the_new_ones(
        self, file: Path
    ) -> None:
        write(file.with_name("ivr.db-wal"), b"promises")
        async with lasting(file) as store:
            await keep(store)
        [name] = aside(file)
        assert name.endswith("-wal")
        assert content_of(file.with_name(name)) == b"promises"


class TestPostgreSql:
    async def test_away_at_the_start_and_again_later(self, postgresql: PostgreSql) -> None:
        url = postgresql.emptied_database()
        await asyncio.to_thread(postgresql.stop)
        with capture_logs() as lines:
            try:
                async with lasting(url) as store:
                    assert await refused(store) == "database_unreachable"
                    await asyncio.to_thread(postgresql.start)
                    await until_back(store)
                    await keep(store)
                    await asyncio.to_thread(postgresql.stop)
                    assert await refused(store) == "database_unreachable"
                    assert await refused(store) == "database_unreachable"
                    await asyncio.to_thread(postgresql.start)
                    await until_back(store)
                    assert await has(store)
                    await store.probe()
            finally:
                with suppress(subprocess.CalledProcessError):
                    await asyncio.to_thread(postgresql.start)
        assert events(lines) == ["database_away", "database_back"] * 2
