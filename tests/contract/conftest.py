from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.postgresql import PostgreSql, running_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    # pytest's own temporary folder can't be entered by another user.
    with tempfile.TemporaryDirectory(prefix="ivr-pg-") as folder:
        Path(folder).chmod(0o755)
        with running_postgresql(Path(folder)) as server:
            yield server
