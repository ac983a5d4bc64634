"""A database that is used as it is found, while the service may be using it as well."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ivr.adapters.store import VisitedStore, open_store
from ivr.domain.callback import Callback
from ivr.domain.errors import ConfigError, Unavailable
from tests.contract.postgresql import PostgreSql
from tests.fakes.callbacks import a_callback


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ivr.db"
    server: PostgreSql = request.getfixturevalue("postgresql")
    return server.emptied_database()


def make_empty(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()


async def keep(store: VisitedStore, callback: Callback) -> None:
    async with store.transaction() as transaction:
        assert await transaction.add_callback(callback)


async def refusal(store: VisitedStore) -> str:
    with pytest.raises(Unavailable) as refused:
        await store.ping()
    return refused.value.code


async def test_the_service_finds_what_was_stored_beside_it(url: str) -> None:
    async with open_store(url) as service:
        visited = VisitedStore(url)
        await visited.ping()
        await keep(visited, a_callback())
        async with service.transaction() as transaction:
            assert await transaction.callback(a_callback().id) == a_callback()


async def test_nothing_is_upgraded(url: str) -> None:
    make_empty(url)
    visited = VisitedStore(url)

    assert await refusal(visited) == "database_version"
    async with open_store(url):
        await visited.ping()


async def test_nothing_is_created(tmp_path: Path) -> None:
    file = tmp_path / "ivr.db"

    assert await refusal(VisitedStore(f"sqlite:///{file}")) == "database_missing"
    assert not await asyncio.to_thread(file.exists)


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "ivr.db"
    async with open_store(f"sqlite:///{file}"):
        pass
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()

    assert await refusal(VisitedStore(f"sqlite:///{file}")) == "database_version"


async def test_a_promise_in_a_file_that_was_set_aside_is_none(tmp_path: Path) -> None:
    file = tmp_path / "ivr.db"
    async with open_store(f"sqlite:///{file}"):
        pass

    async def store_while_it_is_set_aside() -> None:
        async with VisitedStore(f"sqlite:///{file}").transaction() as transaction:
            file.rename(tmp_path / "aside.db")
            file.touch()
            await transaction.add_callback(a_callback())

    with pytest.raises(Unavailable) as refused:
        await store_while_it_is_set_aside()

    assert refused.value.code == "database_replaced"


async def test_locked_by_another_program(tmp_path: Path) -> None:
    file = tmp_path / "ivr.db"
    async with open_store(f"sqlite:///{file}"):
        pass
    with closing(sqlite3.connect(file, isolation_level=None)) as locker:
        locker.execute("BEGIN IMMEDIATE")

        assert await refusal(VisitedStore(f"sqlite:///{file}")) == "database_locked"


def test_an_address_that_is_none() -> None:
    with pytest.raises(ConfigError):
        VisitedStore("mysql://somewhere/ivr")
