"""The measurement of reports counts what it measures."""

from __future__ import annotations

from benchmarks.reports import report_costs


async def test_each_report_is_measured() -> None:
    [figure] = await report_costs(calls=60, rounds=2)

    assert figure.name == "report of 60 calls, SQLite: processor time"
    assert len(figure.values) == 2
    assert all(cost > 0 for cost in figure.values)
