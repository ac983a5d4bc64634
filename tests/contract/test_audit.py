"""What the audit of every store must do: hang together, and show where somebody has been at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Executable, column, table, text, update
from sqlalchemy.exc import DBAPIError

from ivr.adapters.store import SqlStore, open_store, opening
from ivr.application import audit as use_case
from ivr.application.audit import Audit
from ivr.application.audit_chain import Break, Damage
from ivr.application.ports.audit import AuditEntry, AuditFilter, AuditHead, AuditLink
from ivr.application.ports.store import Store
from ivr.domain.errors import Unavailable
from tests.contract.postgresql import PostgreSql
from tests.fakes.callbacks import MONDAY
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

AWKWARD = "Müllgebühr „2026“ 🗑️ '); DROP TABLE audit; -- \\ % _ \"\n\tRückfrage"
YESTERDAY = MONDAY - timedelta(days=1)
KINDS = ["fake", "sqlite", "postgresql"]


class Intruder(Protocol):
    """Somebody who writes into the database past the program."""

    async def change(self, position: int, **values: object) -> None: ...

    async def remove(self, *positions: int) -> None: ...

    async def insert(self, link: AuditLink) -> None: ...

    async def renumber(self, before: int, after: int) -> None: ...

    async def set_head(self, head: AuditHead | None) -> None: ...


class FakeIntruder:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def change(self, position: int, **values: object) -> None:
        links = self._store._content.audit
        for index, link in enumerate(links):
            if link.position == position:
                assert link.entry is not None
                links[index] = replace(link, entry=_changed(link.entry, values))

    async def remove(self, *positions: int) -> None:
        links = self._store._content.audit
        links[:] = [link for link in links if link.position not in positions]

    async def insert(self, link: AuditLink) -> None:
        self._store._content.audit.append(link)

    async def renumber(self, before: int, after: int) -> None:
        links = self._store._content.audit
        links[:] = [
            replace(link, position=after) if link.position == before else link for link in links
        ]

    async def set_head(self, head: AuditHead | None) -> None:
        self._store._content.audit_head = head


class SqlIntruder:
    """Takes the triggers away first, as somebody who owns the database can."""

    def __init__(self, store: SqlStore) -> None:
        self._engine = store._engine

    async def start(self) -> None:
        if self._engine.dialect.name == "sqlite":
            await self._do("DROP TRIGGER audit_no_update")
            await self._do("DROP TRIGGER audit_no_delete")
        else:
            await self._do("DROP TRIGGER audit_only_added_to ON audit")

    async def change(self, position: int, **values: object) -> None:
        for name, value in values.items():
            statement = update(table("audit", column(name), column("position")))
            await self._execute(statement.where(column("position") == position), {name: value})

    async def remove(self, *positions: int) -> None:
        for position in positions:
            await self._do("DELETE FROM audit WHERE position = :position", position=position)

    async def insert(self, link: AuditLink) -> None:
        await self._do(
            'INSERT INTO audit (position, at, "by", action, target, details, hash)'
            " SELECT :position, at, 'nobody', action, target, details, :hash FROM audit LIMIT 1",
            position=link.position,
            hash=link.hash,
        )

    async def renumber(self, before: int, after: int) -> None:
        await self._do(
            "UPDATE audit SET position = :after WHERE position = :before",
            before=before,
            after=after,
        )

    async def set_head(self, head: AuditHead | None) -> None:
        if head is None:
            await self._do("DELETE FROM audit_head")
        else:
            await self._do(
                "UPDATE audit_head SET count = :count, hash = :hash",
                count=head.count,
                hash=head.hash,
            )

    async def _do(self, statement: str, **values: object) -> None:
        await self._execute(text(statement), values)

    async def _execute(self, statement: Executable, values: Mapping[str, object]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(statement, values)


@pytest.fixture(params=KINDS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "fake":
        yield FakeStore()
        return
    async with open_store(_url(request.param, tmp_path, request)) as opened:
        yield opened


@pytest.fixture
def audit(store: Store) -> Audit:
    return Audit(store, FakeClock())


@pytest.fixture
async def intruder(store: Store, audit: Audit) -> Intruder:
    """Comes when six entries are there."""
    for number in range(1, 7):
        await audit.note("janssen", "callback_seen", f"cb-{number}", n=str(number))
    if isinstance(store, FakeStore):
        return FakeIntruder(store)
    assert isinstance(store, SqlStore)
    intruder = SqlIntruder(store)
    await intruder.start()
    return intruder


@pytest.fixture(autouse=True)
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain of six is followed in pieces, and ends with one of them."""
    monkeypatch.setattr(use_case, "_AT_ONCE", 2)


async def links(store: Store, wanted: AuditFilter | None = None) -> list[AuditLink]:
    async with store.transaction() as transaction:
        return await transaction.audit(wanted or AuditFilter())


async def broken(audit: Audit) -> Break | None:
    return (await audit.verify())[1]


class TestEntries:
    async def test_come_back_as_they_were_written_latest_first(self, store: Store) -> None:
        entries = [
            AuditEntry(MONDAY, AWKWARD, "listen", f"call-{n}", {"how": AWKWARD, "n": n, "z": None})
            for n in range(3)
        ]
        for entry in entries:
            async with store.transaction() as transaction:
                await transaction.add_audit(entry)
        found = await links(store)
        assert [link.entry for link in found] == entries[::-1]
        assert [link.position for link in found] == [3, 2, 1]
        assert await links(store, AuditFilter(limit=1)) == found[:1]

    async def test_only_those_that_are_wanted(self, store: Store) -> None:
        audit = Audit(store, FakeClock(MONDAY))
        await audit.note("janssen", "callback_seen", "cb-1")
        await audit.note("janssen", "message", "cb-1")
        await Audit(store, FakeClock(MONDAY + timedelta(days=1))).note("cordes", "message", "cb-2")

        async def positions(wanted: AuditFilter) -> list[int]:
            return [link.position for link in await links(store, wanted)]

        assert await positions(AuditFilter(by="janssen")) == [2, 1]
        assert await positions(AuditFilter(action="message")) == [3, 2]
        assert await positions(AuditFilter(target="cb-1", action="message")) == [2]
        assert await positions(AuditFilter(since=MONDAY + timedelta(days=1))) == [3]
        assert await positions(AuditFilter(by="nobody")) == []

    async def test_what_is_undone_was_never_there(self, store: Store, audit: Audit) -> None:
        async def undone() -> None:
            async with store.transaction() as transaction:
                await transaction.add_audit(AuditEntry(MONDAY, "janssen", "message", "cb-1"))
                raise Unavailable("changed my mind")

        with pytest.raises(Unavailable):
            await undone()
        await audit.note("janssen", "message", "cb-2")
        assert [link.position for link in await links(store)] == [1]
        assert await broken(audit) is None

    async def test_many_writers_make_one_chain(self, audit: Audit) -> None:
        async def write(writer: int) -> None:
            for number in range(10):
                await audit.note(f"writer-{writer}", "message", f"cb-{number}")

        await asyncio.gather(*(write(writer) for writer in range(8)))
        head, damage = await audit.verify()
        assert (head.count, damage) == (80, None)


class TestWhole:
    async def test_an_empty_one(self, audit: Audit) -> None:
        assert await audit.verify() == (AuditHead(0, "0" * 64), None)

    async def test_one_nobody_was_at(self, audit: Audit, intruder: Intruder) -> None:
        assert intruder is not None
        head, damage = await audit.verify()
        assert (head.count, damage) == (6, None)

    async def test_it_goes_on_from_a_kept_head(self, audit: Audit, intruder: Intruder) -> None:
        assert intruder is not None
        kept, _ = await audit.verify()
        await audit.note("cordes", "message", "cb-1")
        assert (await audit.verify(kept))[1] is None


class TestBroken:
    @pytest.mark.parametrize(("position", "field"), [(1, "by"), (4, "action"), (6, "target")])
    async def test_a_changed_value(
        self, audit: Audit, intruder: Intruder, position: int, field: str
    ) -> None:
        await intruder.change(position, **{field: "somebody else"})
        assert await broken(audit) == Break(position, Damage.CHANGED)

    async def test_changed_details(self, store: Store, audit: Audit, intruder: Intruder) -> None:
        details: object = {"n": "9"} if isinstance(store, FakeStore) else '{"n": "9"}'
        await intruder.change(3, details=details)
        assert await broken(audit) == Break(3, Damage.CHANGED)

    async def test_a_changed_time(self, store: Store, audit: Audit, intruder: Intruder) -> None:
        sqlite = isinstance(store, SqlStore) and store._engine.dialect.name == "sqlite"
        await intruder.change(3, at="2026-11-23 07:59:59.000000" if sqlite else YESTERDAY)
        assert await broken(audit) == Break(3, Damage.CHANGED)

    @pytest.mark.parametrize("position", [1, 5])
    async def test_a_removed_entry(self, audit: Audit, intruder: Intruder, position: int) -> None:
        await intruder.remove(position)
        assert await broken(audit) == Break(position, Damage.MISSING)

    async def test_a_removed_entry_with_the_gap_closed(
        self, audit: Audit, intruder: Intruder
    ) -> None:
        await intruder.remove(3)
        for position in (4, 5, 6):
            await intruder.renumber(position, position - 1)
        assert await broken(audit) == Break(3, Damage.CHANGED)

    async def test_two_in_the_other_order(self, audit: Audit, intruder: Intruder) -> None:
        for before, after in ((3, 99), (4, 3), (99, 4)):
            await intruder.renumber(before, after)
        assert await broken(audit) == Break(3, Damage.CHANGED)

    @pytest.mark.parametrize("position", [7, 0])
    async def test_one_put_in_at_an_end(
        self, audit: Audit, intruder: Intruder, position: int
    ) -> None:
        await intruder.insert(_forged(position))
        damage = await broken(audit)
        assert damage is not None
        assert damage.position == position

    async def test_one_put_in_between(self, audit: Audit, intruder: Intruder) -> None:
        for position in (6, 5, 4):
            await intruder.renumber(position, position + 1)
        await intruder.insert(_forged(4))
        assert await broken(audit) == Break(4, Damage.CHANGED)

    @pytest.mark.parametrize("left", [0, 2, 3])
    async def test_a_cut_off_end(self, audit: Audit, intruder: Intruder, left: int) -> None:
        await intruder.remove(*range(left + 1, 7))
        assert await broken(audit) == Break(left + 1, Damage.MISSING)

    async def test_a_head_taken_away(self, audit: Audit, intruder: Intruder) -> None:
        await intruder.set_head(None)
        assert await broken(audit) == Break(6, Damage.HEADLESS)
        with pytest.raises(Unavailable) as failure:
            await audit.note("janssen", "message", "cb-1")
        assert failure.value.code == "audit_broken"

    async def test_a_changed_head(self, audit: Audit, intruder: Intruder) -> None:
        await intruder.set_head(AuditHead(6, "f" * 64))
        assert await broken(audit) == Break(6, Damage.CHANGED)

    async def test_a_well_made_end_that_was_put_on(
        self, store: Store, audit: Audit, intruder: Intruder
    ) -> None:
        before, _ = await audit.verify()
        await audit.note("cordes", "message", "cb-9")
        assert (await links(store))[0].position == 7
        await intruder.set_head(before)
        assert await broken(audit) == Break(7, Damage.ADDED)

    async def test_all_of_it_written_anew_shows_only_what_was_kept(
        self, audit: Audit, intruder: Intruder
    ) -> None:
        kept, _ = await audit.verify()
        await intruder.remove(*range(1, 7))
        await intruder.set_head(AuditHead(0, "0" * 64))
        assert (await audit.verify(kept))[1] == Break(1, Damage.MISSING)
        for number in range(6):
            await audit.note("nobody", "callback_seen", f"cb-{number}")
        assert await broken(audit) is None
        assert (await audit.verify(kept))[1] == Break(6, Damage.CHANGED)

    async def test_the_next_entry_hangs_on_a_broken_chain(
        self, audit: Audit, intruder: Intruder
    ) -> None:
        await intruder.change(2, by="nobody")
        await audit.note("janssen", "message", "cb-1")
        assert await broken(audit) == Break(2, Damage.CHANGED)


def _changed(entry: AuditEntry, values: Mapping[str, object]) -> AuditEntry:
    known = {field.name: getattr(entry, field.name) for field in fields(entry)}
    return AuditEntry(**{**known, **values})


def _forged(position: int) -> AuditLink:
    return AuditLink(position, "f" * 64, AuditEntry(MONDAY, "nobody", "message", "cb-1"))


SQL = pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


class TestDatabase:
    @SQL
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit SET action = 'nothing'",
            "UPDATE audit SET hash = '' WHERE position = 1",
            "DELETE FROM audit",
            "DELETE FROM audit WHERE position = 1",
        ],
    )
    async def test_refuses_to_change_an_entry(
        self, store: SqlStore, audit: Audit, statement: str
    ) -> None:
        await audit.note("janssen", "message", "cb-1")
        with pytest.raises(DBAPIError, match="the audit is only added to"):
            async with store._engine.begin() as connection:
                await connection.execute(text(statement))
        assert await broken(audit) is None

    @pytest.mark.parametrize("store", ["postgresql"], indirect=True)
    async def test_refuses_to_be_emptied(self, store: SqlStore, audit: Audit) -> None:
        await audit.note("janssen", "message", "cb-1")
        with pytest.raises(DBAPIError, match="the audit is only added to"):
            async with store._engine.begin() as connection:
                await connection.execute(text("TRUNCATE audit"))
        assert await broken(audit) is None

    @SQLITE
    @pytest.mark.parametrize(
        "change",
        [
            {"details": "{"},
            {"details": b"\xff"},
            {"at": "yesterday"},
            {"at": b"\x00"},
            {"by": b"janssen"},
        ],
    )
    async def test_what_is_no_entry_at_all(
        self, store: Store, audit: Audit, intruder: Intruder, change: dict[str, object]
    ) -> None:
        await intruder.change(4, **change)
        assert await broken(audit) == Break(4, Damage.CHANGED)
        assert [link.position for link in await links(store) if link.entry is None] == [4]


class TestMigration:
    @pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
    async def test_chains_what_was_there(
        self,
        kind: str,
        tmp_path: Path,
        request: pytest.FixtureRequest,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        url = _url(kind, tmp_path, request)
        monkeypatch.setattr(opening, "table_versions", lambda: ("0002",))
        async with open_store(url) as old, old._engine.begin() as connection:
            at = "2026-11-23 08:00:00.000000" if kind == "sqlite" else MONDAY
            for position in (1, 2, 5):  # an entry that was undone leaves a gap
                await connection.execute(
                    text(
                        'INSERT INTO audit (position, at, "by", action, target, details)'
                        " VALUES (:position, :at, 'cordes', 'listen', 'call-1', :details)"
                    ),
                    {"position": position, "at": at, "details": '{"phone": "1003"}'},
                )
        monkeypatch.undo()
        async with open_store(url) as store:
            audit = Audit(store, FakeClock())
            await audit.note("janssen", "message", "cb-1")
            head, damage = await audit.verify()
            assert (head.count, damage) == (4, None)
            found = await links(store)
        entry = AuditEntry(MONDAY, "cordes", "listen", "call-1", {"phone": "1003"})
        assert [(link.position, link.entry) for link in found[1:]] == [
            (position, entry) for position in (3, 2, 1)
        ]


def _url(kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder}/ivr.db"
    server: PostgreSql = request.getfixturevalue("postgresql")
    return server.emptied_database()
