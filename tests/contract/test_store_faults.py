"""What the store says when its database is locked, full, read-only, away, damaged or too new."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from ivr.adapters.store import SqlStore, migrations, open_store, opening
from ivr.adapters.store.tables import metadata
from ivr.adapters.store.versions import table_versions
from ivr.domain.callback import Callback
from ivr.domain.errors import ConfigError, Unavailable
from ivr.domain.ids import CallbackId, CallId
from tests.contract.postgresql import PostgreSql
from tests.fakes.callbacks import MONDAY, a_callback

FULL = 2
"""SQLite's number for ``synchronous = FULL``."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ivr.db"


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


async def keep(store: SqlStore, callback: Callback) -> None:
    async with store.transaction() as transaction:
        assert await transaction.add_callback(callback)


async def kept(store: SqlStore, callback: Callback) -> bool:
    async with store.transaction() as transaction:
        return await transaction.callback(callback.id) == callback


async def make_database(url: str) -> None:
    async with open_store(url) as store:
        await keep(store, a_callback())


async def refusal_to_open(url: str) -> str:
    """Return what is wrong, and what would be allowed."""
    with pytest.raises(ConfigError) as refusal:
        async with open_store(url):
            pass
    [problem] = refusal.value.problems
    return f"{problem.wrong}; {problem.allowed}"


async def failure_to_open(url: str) -> Unavailable:
    with pytest.raises(Unavailable) as failure:
        async with open_store(url):
            pass
    return failure.value


async def failure_to_ping(url: str) -> Unavailable:
    async with open_store(url) as store:
        with pytest.raises(Unavailable) as failure:
            await store.ping()
        return failure.value


def content_of(file: Path) -> bytes:
    return file.read_bytes()


def overwrite(file: Path, content: bytes, at: int = 0) -> None:
    """Put ``content`` over what is there from byte ``at`` on."""
    before = file.read_bytes() if file.exists() else b""
    file.write_bytes(before[:at] + content + before[at + len(content) :])


def forbid_writing(file: Path) -> None:
    file.chmod(0o400)


def execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


class TestSqliteFile:
    async def test_only_its_owner_may_read_it(self, file: Path) -> None:
        async with open_store(url_of(file)) as store:
            await store.ping()
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()}
        assert modes == {"ivr.db": 0o600, "ivr.db-wal": 0o600, "ivr.db-shm": 0o600}

    async def test_it_is_set_to_survive_a_power_cut(self, file: Path) -> None:
        async with open_store(url_of(file)) as store, store._engine.connect() as connection:
            values = [
                (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        assert values == ["wal", FULL, 1, opening.BUSY_MILLISECONDS]

    async def test_what_is_committed_survives_a_kill(self, file: Path) -> None:
        program = (
            "import asyncio, os, signal\n"
            "from tests.contract.test_store_faults import keep\n"
            "from tests.fakes.callbacks import a_callback\n"
            "from ivr.adapters.store import open_store\n"
            "async def main():\n"
            f"    async with open_store({url_of(file)!r}) as store:\n"
            "        await keep(store, a_callback())\n"
            "        os.kill(os.getpid(), signal.SIGKILL)\n"
            "asyncio.run(main())\n"
        )
        ended = await asyncio.to_thread(_run, [sys.executable, "-c", program])
        assert ended.returncode == -9
        async with open_store(url_of(file)) as store:
            assert await kept(store, a_callback())


class TestSqliteFaults:
    async def test_locked_by_another_program(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "BUSY_MILLISECONDS", 50)
        async with open_store(url_of(file)) as store:
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(Unavailable, match="locked by another program") as failure:
                    await keep(store, a_callback())
                with pytest.raises(Unavailable):
                    await store.ping()
            assert failure.value.code == "database_locked"
            await keep(store, a_callback())

    async def test_no_room_left(self, file: Path) -> None:
        async with open_store(url_of(file)) as store:
            pages = await _pragma(store, "page_count")
            await _pragma(store, f"max_page_count = {pages}")
            with pytest.raises(Unavailable, match="no room left") as failure:
                await keep(store, replace(a_callback(), note="x" * 100_000))
            assert failure.value.code == "database_full"
            await _pragma(store, "max_page_count = 1000000")
            await keep(store, a_callback())
            assert await kept(store, a_callback())

    async def test_a_file_that_may_not_be_written(self, file: Path) -> None:
        await make_database(url_of(file))
        forbid_writing(file)
        program = (
            "import asyncio\n"
            "from tests.contract.test_store_faults import failure_to_ping\n"
            f"print(asyncio.run(failure_to_ping({url_of(file)!r})).code)\n"
        )
        ended = await asyncio.to_thread(
            _run, [*_without_privileges(), sys.executable, "-c", program]
        )
        assert ended.stdout == "database_read_only\n"

    async def test_a_missing_folder(self, file: Path) -> None:
        failure = await failure_to_open(url_of(file.parent / "nowhere" / "ivr.db"))
        assert failure.code == "database_missing"

    async def test_a_folder_in_place_of_the_file(self, file: Path) -> None:
        assert "this is a folder" in await refusal_to_open(url_of(file.parent))


class TestForeignFiles:
    async def test_a_file_that_is_no_database_is_left_alone(self, file: Path) -> None:
        content = b"not a database\n" * 1000
        overwrite(file, content)
        assert (await failure_to_open(url_of(file))).code == "database_damaged"
        assert content_of(file) == content

    async def test_a_damaged_database_is_left_alone(self, file: Path) -> None:
        await make_database(url_of(file))
        overwrite(file, b"\xff" * 8092, at=100)
        content = content_of(file)
        assert (await failure_to_open(url_of(file))).code == "database_damaged"
        assert content_of(file) == content

    async def test_a_newer_database_is_left_alone(self, file: Path) -> None:
        await make_database(url_of(file))
        execute(file, "UPDATE alembic_version SET version_num = '9999'")
        content = content_of(file)
        refusal = await refusal_to_open(url_of(file))
        assert "newer version of this program; version 0005 or older" in refusal
        assert content_of(file) == content

    async def test_another_programs_database_is_left_alone(self, file: Path) -> None:
        execute(file, "CREATE TABLE invoices (id INTEGER)")
        assert "belongs to another program" in await refusal_to_open(url_of(file))
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [
                ("invoices",)
            ]

    @pytest.mark.parametrize(
        ("url", "wrong"),
        [
            ("ivr.db", "no database URL"),
            ("mysql://user:secret@host/ivr", "no such kind of database"),
            ("sqlite://", "forgets every promise"),
            ("sqlite:///:memory:", "forgets every promise"),
        ],
    )
    async def test_a_wrong_url(self, url: str, wrong: str) -> None:
        refusal = await refusal_to_open(url)
        assert wrong in refusal
        assert "secret" not in refusal


class TestUpgrade:
    def test_the_versions_told_are_those_of_the_changes(self) -> None:
        changes = ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions()
        assert table_versions() == tuple(change.revision for change in changes)

    async def test_is_said_once(self, file: Path) -> None:
        with capture_logs() as logs:
            await make_database(url_of(file))
            async with open_store(url_of(file)):
                pass
        assert logs == [
            {
                "event": "database_upgraded",
                "log_level": "info",
                "before": "empty",
                "after": "0005",
            }
        ]

    @pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
    async def test_keeps_what_an_older_program_wrote(
        self,
        kind: str,
        file: Path,
        request: pytest.FixtureRequest,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        url = _new_url(kind, file, request)
        monkeypatch.setattr(opening, "table_versions", lambda: ("0001",))
        async with open_store(url) as store, store._engine.begin() as connection:
            await connection.execute(text(_OLD_CALLBACK), {"at": _instant(kind)})
            await connection.execute(text(_OLD_CALL), {"at": _instant(kind)})
        monkeypatch.undo()
        with capture_logs() as logs:
            async with open_store(url) as store, store.transaction() as transaction:
                assert await transaction.callback(CallbackId("cb-1")) == replace(
                    a_callback(),
                    requested_at=MONDAY,
                    due_at=MONDAY,
                    call=None,
                    escalate_at=MONDAY,  # whoever lets it wait loses it when it is due
                )
                call = await transaction.call(CallId("call-1"))
        assert call is not None
        assert (call.language, call.transferred_to) == ("", "")
        assert [(line["before"], line["after"]) for line in logs] == [("0001", "0005")]

    @pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
    async def test_builds_the_tables_the_program_uses(
        self, kind: str, file: Path, request: pytest.FixtureRequest
    ) -> None:
        url = _new_url(kind, file, request)
        async with open_store(url) as store, store._engine.begin() as connection:
            assert await connection.run_sync(_differences) == []

    @pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
    async def test_by_two_programs_at_once(
        self, kind: str, file: Path, request: pytest.FixtureRequest
    ) -> None:
        url = _new_url(kind, file, request)

        async def start() -> None:
            async with open_store(url) as store:
                await store.ping()

        await asyncio.gather(start(), start(), start())


class TestPostgreSqlFaults:
    async def test_a_wrong_password(self, postgresql: PostgreSql) -> None:
        failure = await failure_to_open(postgresql.url(password="wrong"))
        assert failure.code == "database_login"
        assert "wrong" not in failure.message

    async def test_a_missing_database(self, postgresql: PostgreSql) -> None:
        assert (await failure_to_open(postgresql.url("nowhere"))).code == "database_login"

    async def test_connections_that_were_ended_are_made_again(self, postgresql: PostgreSql) -> None:
        async with open_store(postgresql.emptied_database()) as store:
            await store.ping()
            await asyncio.to_thread(postgresql.kill_connections)
            await store.ping()

    async def test_ended_within_a_transaction(self, postgresql: PostgreSql) -> None:
        async def lose_the_connection(store: SqlStore) -> None:
            async with store.transaction() as transaction:
                await asyncio.to_thread(postgresql.kill_connections)
                await transaction.add_callback(a_callback())

        async with open_store(postgresql.emptied_database()) as store:
            with pytest.raises(Unavailable) as failure:
                await lose_the_connection(store)
            assert failure.value.code == "database_unreachable"
            assert not await kept(store, a_callback())

    async def test_a_server_that_is_away_and_comes_back(self, postgresql: PostgreSql) -> None:
        url = postgresql.emptied_database()
        async with open_store(url) as store:
            await keep(store, a_callback())
            await asyncio.to_thread(postgresql.stop)
            try:
                with pytest.raises(Unavailable, match="does not answer") as failure:
                    await store.ping()
                assert (await failure_to_open(url)).code == "database_unreachable"
            finally:
                await asyncio.to_thread(postgresql.start)
            assert failure.value.code == "database_unreachable"
            assert await kept(store, a_callback())

    async def test_read_only(self, postgresql: PostgreSql) -> None:
        async with open_store(postgresql.new_database()) as store:
            async with store._engine.begin() as connection:
                await connection.exec_driver_sql(
                    "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
                    " || ' SET default_transaction_read_only = on'; END $$"
                )
            await asyncio.to_thread(postgresql.kill_connections)
            with pytest.raises(Unavailable) as failure:
                await store.ping()
            assert failure.value.code == "database_read_only"


_OLD_CALLBACK = """
    INSERT INTO callbacks (id, department, caseworker, caller_number, source, requested_at,
        due_at, caller_name, subject, note, state, changed_by, version)
    VALUES ('cb-1', 'umwelt', 'janssen', '+494461123456', 'caller_dtmf', :at, :at, '', '', '',
        'requested', '', 1)
"""
_OLD_CALL = """
    INSERT INTO calls (id, outcome, dialled, arrived_at, ended_at, offers)
    VALUES ('call-1', 'abandoned', '+4944619197777', :at, :at, 0)
"""


def _instant(kind: str) -> object:
    return "2026-11-23 08:00:00.000000" if kind == "sqlite" else MONDAY


def _new_url(kind: str, file: Path, request: pytest.FixtureRequest) -> str:
    if kind == "sqlite":
        return url_of(file)
    server: PostgreSql = request.getfixturevalue("postgresql")
    return server.emptied_database()


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def _pragma(store: SqlStore, pragma: str) -> int:
    async with store._engine.connect() as connection:
        value: int = (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one()
        return value


def _without_privileges() -> list[str]:
    """Root may write everything; without its capabilities it is like everybody else."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # this Python, no shell
        command, check=False, stdout=subprocess.PIPE, text=True, timeout=60
    )


async def test_failed_statement_tells_no_caller_number(tmp_path: Path) -> None:
    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'ivr.db'}") as store:
        with pytest.raises(DBAPIError) as failed:
            async with store.transaction() as transaction:
                await transaction._connection.execute(
                    text("INSERT INTO nowhere VALUES (:number)"), {"number": "+491713920001"}
                )

    assert "+491713920001" not in str(failed.value)
