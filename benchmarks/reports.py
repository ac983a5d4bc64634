"""A report of many calls from SQLite, as ``ivr report --by department --by hour`` makes it."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import insert

from benchmarks.figures import Figure
from ivr.adapters.store import SqlStore, StoredHistory, open_store, rows, tables
from ivr.application.call_history import Period
from ivr.application.reporting import make_report
from ivr.domain.calls import CallRecord, CallResult, Outcome
from ivr.domain.county import County
from ivr.domain.ids import CallId
from ivr.domain.reporting import Grouping
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT

CALLS: Final = 50_000
"""A tenth of a year of the whole county."""
ROUNDS: Final = 3
_BEGIN: Final = datetime(2026, 9, 1, 6, tzinfo=UTC)
_EVERY: Final = timedelta(minutes=1)
_RESULTS: Final = (*CallResult, None, None)


async def report_costs(calls: int = CALLS, rounds: int = ROUNDS) -> list[Figure]:
    """Measure the processor time of reports of ``calls``."""
    county = load_county(PROJECT / "config").county
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        url = f"sqlite:///{folder}/ivr.db"
        async with open_store(url) as store:
            await _fill(store, list(_calls(county, calls)))
        history = StoredHistory(url)
        costs = [await _cost(history, county, calls) for _ in range(rounds)]
        await history.close()
    return [Figure(f"report of {calls} calls, SQLite: processor time", costs, "s")]


async def _cost(history: StoredHistory, county: County, calls: int) -> float:
    began = time.process_time()
    groupings = (Grouping.DEPARTMENT, Grouping.HOUR)
    report = await make_report(history, history, Period(), county.hours, _BEGIN, groupings)
    taken = time.process_time() - began
    if report.total.calls.arrived != calls:
        raise RuntimeError(f"{report.total.calls.arrived} of {calls} calls were counted")
    return taken


async def _fill(store: SqlStore, calls: list[CallRecord]) -> None:
    # Past the use cases: so many of them one after another would take minutes.
    async with store._engine.begin() as connection:  # noqa: SLF001  as said
        await connection.execute(insert(tables.calls), [rows.call_row(call) for call in calls])


def _calls(county: County, count: int) -> Iterator[CallRecord]:
    """Calls of every department; one in ten gives up."""
    chance = random.Random(1)  # noqa: S311  no secret
    departments = [*county.departments.values(), None]
    for number in range(count):
        department = departments[number % len(departments)]
        arrived_at = _BEGIN + number * _EVERY
        queued_at = arrived_at + timedelta(seconds=6)
        left_at = queued_at + timedelta(seconds=chance.expovariate(1 / 13))
        answered = number % 10 != 0
        yield CallRecord(
            id=CallId(f"bench-{number}"),
            outcome=Outcome.COMPLETED if answered else Outcome.ABANDONED,
            dialled=department.dids[0] if department else county.common_number,
            department=department.id if department else None,
            caller_number=None,
            arrived_at=arrived_at,
            queued_at=queued_at,
            answered_at=left_at if answered else None,
            ended_at=left_at + timedelta(seconds=chance.expovariate(1 / 145) * answered),
            agent=None,
            offers=1,
            language=county.language,
            result=_RESULTS[number % len(_RESULTS)] if answered else None,
        )
