"""How many agents the calls to come need: the use case behind ``ivr plan``.

It puts together what is known (past calls, the county's rules) with what is wished, and says of
each figure where it is from. The arithmetic is the domain's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ivr.application.call_history import CallHistory, Period
from ivr.domain.erlang import Target
from ivr.domain.opening import OpeningHours
from ivr.domain.staffing import Need, Sum, Terms, add_up, needs
from ivr.domain.week import CallCount, Week, calls_a_year

ASSUMED_HANDLING = 190.0
"""Seconds: 180 of talk and 10 of wrap-up; three quarters of talks last less than three minutes."""
ASSUMED_PATIENCE = 180.0


class Origin(StrEnum):
    """Where a figure is from."""

    GIVEN = "given"
    COUNTED = "counted"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a plan is asked for. None: as counted, or assumed where nothing was.

    ``patience`` is in seconds and infinite for callers who never give up. ``growth`` and
    ``variation`` are shares.
    """

    target: Target
    handling: float | None = None
    patience: float | None = None
    variation: float | None = None
    shrinkage: float = 0.0
    fewest: int = 1
    calls_a_year: float | None = None
    growth: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What the calls need, and what it was worked out from."""

    week: Week
    terms: Terms
    handling_from: Origin
    patience_from: Origin
    a_year: float
    """Calls of the year to come."""
    needs: list[Need]
    sum: Sum


async def count_calls(
    history: CallHistory, period: Period, hours: OpeningHours, minutes: int
) -> Week | None:
    """Return what a week was like in ``period``; None where no call came while it was open.

    Raises IvrError where the history can't be read.
    """
    count = CallCount(hours, minutes)
    async for records in history.calls(period):
        count.add(records)
    return count.week()


def make_plan(
    counted: Week, wishes: Wishes, hours: OpeningHours, wrap_up: float, today: date
) -> Plan:
    """Plan the year that begins ``today``; ``wrap_up`` seconds are added to counted talks."""
    week = counted if wishes.variation is None else replace(counted, variation=wishes.variation)
    a_year = calls_a_year(week, hours, today)
    factor = 1 + wishes.growth
    if wishes.calls_a_year is not None and a_year:  # else it is closed all year
        factor *= wishes.calls_a_year / a_year
    week = week.times(factor)
    terms, handling_from, patience_from = terms_of(wishes, counted, wrap_up)
    found = needs(week, terms)
    return Plan(
        week=week,
        terms=terms,
        handling_from=handling_from,
        patience_from=patience_from,
        a_year=a_year * factor,
        needs=found,
        sum=add_up(found),
    )


def terms_of(wishes: Wishes, week: Week, wrap_up: float) -> tuple[Terms, Origin, Origin]:
    """Return what to plan with, and where handling and patience are from."""
    handling, handling_from = ASSUMED_HANDLING, Origin.ASSUMED
    if wishes.handling is not None:
        handling, handling_from = wishes.handling, Origin.GIVEN
    elif week.talk is not None:
        handling, handling_from = week.talk + wrap_up, Origin.COUNTED
    patience, patience_from = ASSUMED_PATIENCE, Origin.ASSUMED
    if wishes.patience is not None:
        patience, patience_from = wishes.patience, Origin.GIVEN
    elif week.patience is not None:
        patience, patience_from = week.patience, Origin.COUNTED
    terms = Terms(
        handling=handling,
        patience=None if patience == float("inf") else patience,
        target=wishes.target,
        shrinkage=wishes.shrinkage,
        fewest=wishes.fewest,
    )
    return terms, handling_from, patience_from


@dataclass(frozen=True, slots=True)
class PictureWords:
    """The words in a picture of a plan; ``weekdays`` from Monday on."""

    title: str
    weekdays: tuple[str, ...]
    calls: str
    agents: str
    usual_day: str
    busy_day: str
    usual_range: str
    """What the thin lines over the calls are: from a quiet to a busy day."""
    hour: str
