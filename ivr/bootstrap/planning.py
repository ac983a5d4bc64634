"""The plan of staff, from the calls of a file, of the database, or of the pilot."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ivr.adapters.calls_file import CallsFile
from ivr.adapters.plots.week import draw_week
from ivr.adapters.store import StoredHistory
from ivr.application.call_history import Period
from ivr.application.planning import PictureWords, Plan, count_calls
from ivr.domain.county import County
from ivr.domain.week import Week
from ivr.provisioning.call_counts import CallCounts, has_counts, pilot_counts, read_counts
from ivr.provisioning.settings import Settings


def counts_in(file: Path | None) -> CallCounts | None:
    """Return the counts in ``file``, or the pilot's; None where it has a call in each line.

    Raises ConfigError where the file is wrong.
    """
    if file is None:
        return pilot_counts()
    return read_counts(file) if has_counts(file) else None


def week_of_calls(file: Path, period: Period, county: County, minutes: int) -> Week | None:
    """Return what a week was like by the calls in ``file``. Raises ConfigError."""
    return asyncio.run(count_calls(CallsFile(file), period, county.hours, minutes))


def week_of_database(
    settings: Settings, period: Period, county: County, minutes: int
) -> Week | None:
    """Return what a week was like by the own database. Raises ConfigError and Unavailable."""

    async def count() -> Week | None:
        history = StoredHistory(settings.database)
        try:
            return await count_calls(history, period, county.hours, minutes)
        finally:
            await history.close()

    return asyncio.run(count())


def draw_plan(plan: Plan, file: Path, words: PictureWords) -> None:
    """Draw the plan's week into ``file``. Raises IvrError."""
    draw_week(plan.needs, file, words)
