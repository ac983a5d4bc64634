"""A report of a time, read call by call: a year needs little memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ivr.application.call_history import CallbackHistory, CallHistory, Period
from ivr.domain.callbacks_counted import CallbacksCounted, count_callbacks
from ivr.domain.opening import OpeningHours
from ivr.domain.reporting import Grouping, Report, ReportCounting


async def make_report(
    calls: CallHistory,
    callbacks: CallbackHistory | None,
    period: Period,
    hours: OpeningHours,
    now: datetime,
    groupings: Iterable[Grouping],
) -> Report:
    """Count what arrived in ``period``; ``hours`` say when callbacks should have been answered.

    Raises IvrError where it can't be read.
    """
    counting = ReportCounting(hours.zone, groupings)
    async for chunk in calls.calls(period):
        counting.add(chunk)
    counted = None if callbacks is None else await _callbacks(callbacks, period, hours, now)
    return counting.report(counted)


async def _callbacks(
    callbacks: CallbackHistory, period: Period, hours: OpeningHours, now: datetime
) -> CallbacksCounted:
    chunks = [chunk async for chunk in callbacks.callbacks(period)]
    return count_callbacks((each for chunk in chunks for each in chunk), hours, now)
