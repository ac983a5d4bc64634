"""A report of a time, read call by call: a year needs little memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ivr.application.call_history import CallbackHistory, CallHistory, Period
from ivr.domain.callbacks_counted import count_callbacks
from ivr.domain.opening import OpeningHours
from ivr.domain.reporting import Grouping, Report, ReportCounting, group_callbacks


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
    groupings: Sequence[Grouping],
) -> Report:
    """Count what arrived in ``period``; ``hours`` say when callbacks should have been answered.

    Raises IvrError where it can't be read.
    """
    counting = ReportCounting(hours.zone, groupings)
    async for chunk in calls.calls(period):
        counting.add(chunk)
    if callbacks is None:
        return counting.report(None)
    found = [each async for chunk in callbacks.callbacks(period) for each in chunk]
    return counting.report(
        count_callbacks(found, hours, now), group_callbacks(found, groupings, hours, now)
    )
