"""``ivr backup`` on a database that is written to all the time, and what is put back from it."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ivr.adapters.store import LastingStore, lasting_store
from ivr.adapters.web.doors import only_one
from ivr.application.audit import Audit
from ivr.bootstrap import backing_up
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CallbackId
from ivr.provisioning.settings import Settings
from tests.fakes.callbacks import a_callback
from tests.fakes.clock import FakeClock

PAGE = 4096


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    state = tmp_path / "state"
    state.mkdir()
    return Settings(state=state)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


class Copying:
    """Told how far a copy is; holds it after its first step until it is let go."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.begun = threading.Event()
        self.may_go_on = threading.Event()

    def __call__(self, done: int, total: int) -> None:
        self.steps.append((done, total))
        self.begun.set()
        assert self.may_go_on.wait(20)


def quietly(_done: int, _total: int) -> None:
    """Nobody looks."""


async def keep(store: LastingStore, *callbacks: str) -> None:
    async with store.transaction() as transaction:
        for callback in callbacks:
            assert await transaction.add_callback(a_callback(callback))
    await Audit(store, FakeClock()).note("heike", "listen", "call-1")


async def make(settings: Settings, *callbacks: str) -> None:
    async with lasting_store(settings.database, FakeClock()) as store:
        await keep(store, *callbacks)


async def has(settings: Settings, callback: str) -> bool:
    async with lasting_store(settings.database, FakeClock()) as store:
        assert (await Audit(store, FakeClock()).verify())[1] is None
        async with store.transaction() as transaction:
            return await transaction.callback(CallbackId(callback)) is not None


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def damage(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2 // PAGE * PAGE)
        opened.write(b"\xa5" * PAGE)


async def test_it_is_the_database_of_one_moment_while_the_service_writes_on(
    settings: Settings, backup: Path
) -> None:
    many = [f"cb-{number}" for number in range(2000)]
    copying = Copying()
    async with lasting_store(settings.database, FakeClock()) as store:
        await keep(store, *many)
        making = asyncio.create_task(
            asyncio.to_thread(backing_up.back_up, settings, backup, copying)
        )
        await asyncio.to_thread(copying.begun.wait, 20)
        for number in range(20):
            await keep(store, f"later-{number}")  # nothing waits for the backup
        copying.may_go_on.set()
        contents = await making
        await keep(store, "last")

    assert contents.rows["callbacks"] == 2000
    assert contents.rows["audit"] == 1
    done = [done for done, _total in copying.steps]
    assert done == sorted(done)
    assert copying.steps[-1][0] == copying.steps[-1][1]
    assert stat.S_IMODE(os.stat(backup).st_mode) == 0o600  # noqa: PTH116 - a file of the test
    assert names(backup.parent) == ["backup.db", "state"]


async def test_what_was_backed_up_is_back_and_what_was_there_is_kept(
    settings: Settings, backup: Path
) -> None:
    await make(settings, "cb-1")
    backing_up.back_up(settings, backup, quietly)
    await make(settings, "cb-2")

    restored = backing_up.restore(settings, backup, quietly)

    assert restored.contents == backing_up.look_through_backup(backup)
    assert (await has(settings, "cb-1"), await has(settings, "cb-2")) == (True, False)
    assert restored.set_aside is not None
    assert restored.set_aside.name.startswith("ivr.db.replaced-")
    assert await has(
        settings.model_copy(update={"database_url": f"sqlite:///{restored.set_aside}"}), "cb-2"
    )
    assert stat.S_IMODE((settings.state / "ivr.db").stat().st_mode) == 0o600


async def test_it_takes_the_place_of_a_damaged_one(settings: Settings, backup: Path) -> None:
    await make(settings, "cb-1")
    backing_up.back_up(settings, backup, quietly)
    damage(settings.state / "ivr.db")
    backing_up.restore(settings, backup, quietly)
    assert await has(settings, "cb-1")


async def test_a_running_service_is_not_disturbed(settings: Settings, backup: Path) -> None:
    await make(settings, "cb-1")
    backing_up.back_up(settings, backup, quietly)
    with only_one(settings.control_socket), pytest.raises(Refused) as refusal:
        backing_up.restore(settings, backup, quietly)
    assert refusal.value.code == "service_running"
    assert await has(settings, "cb-1")


async def test_nothing_is_overwritten(settings: Settings, backup: Path) -> None:
    await make(settings, "cb-1")
    backing_up.back_up(settings, backup, quietly)
    before = content(backup)
    with pytest.raises(Refused) as refusal:
        backing_up.back_up(settings, backup, quietly)
    assert refusal.value.code == "file_exists"
    assert content(backup) == before


def content(file: Path) -> bytes:
    return file.read_bytes()


async def test_a_full_disk_leaves_no_half_a_backup(settings: Settings, tmp_path: Path) -> None:
    await make(settings, *(f"cb-{number}" for number in range(500)))
    with small_disk(tmp_path / "small") as disk:
        with pytest.raises(Unavailable) as failure:
            backing_up.back_up(settings, disk / "backup.db", quietly)
        assert names(disk) == []
    assert failure.value.code in {"database_full", "backup_not_written"}


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    folder.mkdir()
    subprocess.run(["/usr/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["/usr/bin/umount", "-l", folder], check=True)


class TestWhatIsNoBackup:
    @pytest.mark.parametrize("code", ["backup_damaged", "not_a_backup", "backup_newer"])
    async def test_is_told_and_not_restored(
        self, settings: Settings, backup: Path, code: str
    ) -> None:
        await make(settings, *(f"cb-{number}" for number in range(100)))
        backing_up.back_up(settings, backup, quietly)
        {
            "backup_damaged": lambda: damage(backup),
            "not_a_backup": lambda: execute(backup, "DROP TABLE alembic_version"),
            "backup_newer": lambda: execute(
                backup, "UPDATE alembic_version SET version_num = '9999'"
            ),
        }[code]()
        with pytest.raises(Refused) as refusal:
            backing_up.look_through_backup(backup)
        assert refusal.value.code == code
        with pytest.raises(Refused):
            backing_up.restore(settings, backup, quietly)
        assert await has(settings, "cb-1")

    async def test_an_audit_that_was_changed(self, settings: Settings, backup: Path) -> None:
        await make(settings, "cb-1")
        backing_up.back_up(settings, backup, quietly)
        execute(backup, "DROP TRIGGER audit_no_update")
        execute(backup, "UPDATE audit SET by = 'nobody'")
        with pytest.raises(Refused) as refusal:
            backing_up.look_through_backup(backup)
        assert refusal.value.code == "audit_broken"

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(Refused) as refusal:
            backing_up.look_through_backup(tmp_path / "nowhere.db")
        assert refusal.value.code == "no_backup"


def execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


def test_postgresql_has_a_program_for_it(settings: Settings, backup: Path) -> None:
    url = "postgresql://ivr:secret@db.example/ivr"
    settings = settings.model_copy(update={"database_url": url})
    with pytest.raises(Refused, match="pg_dump") as refusal:
        backing_up.back_up(settings, backup, quietly)
    assert "secret" not in refusal.value.message
    with pytest.raises(Refused, match="pg_restore"):
        backing_up.restore(settings, backup, quietly)


async def test_the_commands(settings: Settings, backup: Path) -> None:
    await make(settings, "cb-1")
    env = {**os.environ, "IVR_STATE": str(settings.state), "LANG": "C"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "import ivr.cli; ivr.cli.main()", "backup", *arguments],
            env=env,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    created = run("create", str(backup), "--json")
    verified = run("verify", str(backup))
    again = run("create", str(backup))
    restored = run("restore", str(backup))

    assert json.loads(created.stdout)["rows"]["callbacks"] == 1
    assert "callbacks\t1" in verified.stdout
    assert "The audit is whole up to: 1:" in verified.stdout
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    assert "is now" in restored.stdout
    assert await has(settings, "cb-1")
