"""A report of a time, read call by call: a year needs little memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.application.call_history import CallbackHistory, CallHistory, Period
from ivr.domain.callbacks_counted import CallbacksCounted, count_callbacks
from ivr.domain.opening import OpeningHours
from ivr.domain.reporting import Grouping, Report, ReportCounting


@dataclass(frozen=True, slots=True)
class BarPicture:
    """What a picture of a report shows, in the words of whoever wants it.

    ``across`` and ``up`` name the axes of the bars; ``curves``, at most two, have their own.
    """

    title: str
    across: str
    up: str
    heights: Mapping[str, float]
    curves: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    up_of_curves: str = ""


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
