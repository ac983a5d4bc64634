"""Ten thousand callbacks: lists, filters, the search and the clock's look, on both databases."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import insert

from benchmarks.figures import Figure
from ivr.adapters.store import SqlStore, open_store, rows, tables
from ivr.application.messages import callback_message
from ivr.application.ports.store import CallbackFilter, Store, Transaction
from ivr.domain.callback import (
    Acknowledge,
    Attempt,
    Callback,
    CallbackSource,
    CallbackState,
    Change,
    Close,
    CloseReason,
)
from ivr.domain.callback_deadlines import with_deadlines
from ivr.domain.county import County
from ivr.domain.ids import E164, CallbackId, TopicId
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT
from tests.contract.postgresql import running_postgresql

CALLBACKS: Final = 10_000
LOOKS: Final = 40
_NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
_EVERY: Final = timedelta(minutes=12)
"""Between two requests: ten thousand are about three months of a county."""
_OPEN: Final = frozenset(CallbackState) - {CallbackState.CLOSED}
_NAMES: Final = ("Gesine Albers", "Onno Janßen", "Änne Österreicher", "Fokko Behrens")
_SUBJECTS: Final = ("Sperrmüll", "Wohngeld", "Führerschein umtauschen", "Hundesteuer")

Look = Callable[[Transaction], Awaitable[object]]


async def callback_costs() -> AsyncIterator[Figure]:
    """Measure every look on each database."""
    county = load_county(PROJECT / "config").county
    with _databases() as urls:
        for database, url in urls.items():
            async with open_store(url) as store:
                await _fill(store, county)
                for name, look in _looks(county).items():
                    yield Figure(
                        f"{CALLBACKS} callbacks, {database}: {name}", await _costs(store, look)
                    )


def _looks(county: County) -> dict[str, Look]:
    department = next(iter(county.departments.values()))
    caseworker = department.caseworkers[0].id
    filters = {
        "the first 100": CallbackFilter(),
        "page 50": CallbackFilter(offset=5000),
        "open ones": CallbackFilter(states=_OPEN),
        "open ones of a department": CallbackFilter(states=_OPEN, department=department.id),
        "open ones of a caseworker": CallbackFilter(states=_OPEN, caseworker=caseworker),
        "of a number": CallbackFilter(number=_number(1234)),
        "of a topic": CallbackFilter(topic=TopicId("topic-7")),
        "overdue": CallbackFilter(overdue=_NOW),
        "undelivered": CallbackFilter(delivered=False),
        "text, found": CallbackFilter(text="FÜHRERSCHEIN"),
        "text, found once": CallbackFilter(text="note 4711."),
        "text, not there": CallbackFilter(text="100 % nichts"),
    }
    looks: dict[str, Look] = {name: _list(wanted) for name, wanted in filters.items()}
    return looks | {
        "what is due": lambda transaction: transaction.callbacks_due(_NOW, 100),
        "the next deadline": lambda transaction: transaction.next_deadline(),
        "whose owner has heard nothing": lambda transaction: transaction.undelivered(_NOW),
    }


def _list(wanted: CallbackFilter) -> Look:
    return lambda transaction: transaction.callbacks(wanted)


async def _costs(store: Store, look: Look) -> list[float]:
    costs = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        async with store.transaction() as transaction:
            await look(transaction)
        costs.append((time.perf_counter() - began) * 1000)
    return costs


async def _fill(store: SqlStore, county: County) -> None:
    """Store callbacks of every state, nine of ten closed, with their messages."""
    histories = [list(_versions(number, county)) for number in range(CALLBACKS)]
    messages = [_message(history[0], number) for number, history in enumerate(histories)]
    versions = [rows.callback_row(version) for history in histories for version in history]
    # Past the use cases: ten thousand of them one after another would take minutes.
    async with store._engine.begin() as connection:  # noqa: SLF001  as said
        await connection.execute(
            insert(tables.callbacks), [rows.callback_row(history[-1]) for history in histories]
        )
        await connection.execute(insert(tables.callback_versions), versions)
        await connection.execute(insert(tables.outbox), messages)


def _message(callback: Callback, number: int) -> dict[str, object]:
    """A message that has arrived, or now and then has not."""
    row: dict[str, object] = rows.message_row(callback_message(callback, callback.requested_at))
    return row | {"published_at": callback.requested_at if number % 200 else None}


def _versions(number: int, county: County) -> Iterator[Callback]:
    departments = list(county.departments.values())
    department = departments[number % len(departments)]
    requested_at = _NOW - (CALLBACKS - number) * _EVERY
    callback = Callback(
        id=CallbackId(f"bench-{number}"),
        department=department.id,
        caseworker=department.caseworkers[number // 7 % len(department.caseworkers)].id,
        caller_number=_number(number),
        source=CallbackSource.API,
        requested_at=requested_at,
        due_at=county.callback_due(department.id, requested_at),
        caller_name=_NAMES[number % len(_NAMES)],
        topic=TopicId(f"topic-{number % 40}"),
        subject=_SUBJECTS[number // 4 % len(_SUBJECTS)],
        note=f"This is note {number}. " + "Ruft der Bürger wieder an, bitte weiterleiten. " * 4,
        reference=f"66-{number}/2026",
    )
    yield (callback := with_deadlines(callback, county))
    for change in _changes(number):
        before = callback
        callback = callback.after(change, by="bench", at=requested_at + _EVERY)
        yield (callback := with_deadlines(callback, county, before=before))


def _changes(number: int) -> tuple[Change, ...]:
    """Nine of ten are closed; of the others some are taken, some phoned in vain, some neither."""
    if number % 10:
        return (Close(CloseReason.LETTER),)
    if number % 40 == 0:
        return ()
    return (Acknowledge(), Attempt()) if number % 3 else (Acknowledge(),)


def _number(number: int) -> E164:
    return E164(f"+494461{100_000 + number % 4000}")


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    """Give URLs of empty databases; without PostgreSQL on this machine, of SQLite only."""
    # A short path that another user may enter: PostgreSQL refuses to run as root.
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        Path(folder).chmod(0o755)
        sqlite = {"SQLite": f"sqlite:///{folder}/ivr.db"}
        server = Path(folder) / "postgresql"
        server.mkdir()
        try:
            with running_postgresql(server) as postgresql:
                yield sqlite | {"PostgreSQL": postgresql.new_database()}
        except FileNotFoundError:
            print("PostgreSQL is not installed here: measured on SQLite only.")
            yield sqlite
