from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ivr.adapters.store import open_store
from ivr.application.personal_store import PersonalStore
from tests.contract.postgresql import PostgreSql, running_postgresql
from tests.fakes.store import FakeStore


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    # pytest's own temporary folder can't be entered by another user.
    with tempfile.TemporaryDirectory(prefix="ivr-pg-") as folder:
        Path(folder).chmod(0o755)
        with running_postgresql(Path(folder)) as server:
            yield server


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PersonalStore]:
    """An empty store of each kind."""
    if request.param == "fake":
        yield FakeStore()
        return
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/ivr.db"
    else:
        server: PostgreSql = request.getfixturevalue("postgresql")
        url = server.emptied_database()
    async with open_store(url) as opened:
        yield opened
