"""Whether somebody is responsible for callbacks at every hour of the year ahead.

A plan is in civil time and only changes at midnight and where one of its spans begins or ends: it
is asked there and nowhere else. What a topic's own entries don't take goes to those for everything
else, so a topic is never worse off than its department, and only departments are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from ivr.domain.county import County
from ivr.domain.errors import Problem
from ivr.domain.ids import CaseworkerId
from ivr.domain.opening import END_OF_DAY
from ivr.domain.responsibility import Plan
from ivr.provisioning.wording import Wording

_DAYS = 366
_WEEK = timedelta(days=7)
_TIME = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Gap:
    """From ``since`` until just before ``until``, in civil time, nobody is responsible.

    ``absent`` are those who would be, were they there. The same follows in each of the
    ``weeks`` after the first.
    """

    since: datetime
    until: datetime
    absent: tuple[CaseworkerId, ...]
    weeks: int = 0

    def follows(self, other: Gap) -> bool:
        """Whether this is the same as ``other`` in the week after its last."""
        shift = _WEEK * (other.weeks + 1)
        return (self.since, self.until, self.absent) == (
            other.since + shift,
            other.until + shift,
            other.absent,
        )


def check_year(county: County, today: date) -> list[Problem]:
    """Find when in the 366 days from ``today`` on nobody of a department gets callbacks."""
    return [
        _problem(f"department[{department.id}]", gap)
        for department in county.departments.values()
        for gap in gathered(gaps(department.plan, today))
    ]


def gaps(plan: Plan, today: date) -> Iterator[Gap]:
    """The times in which nobody is responsible, each as long as it is for the same reason."""
    last: Gap | None = None
    for since, until in _stretches(plan, today):
        if plan.candidates(None, since):
            continue
        gap = Gap(since, until, plan.named(None, since))
        if last is not None and (last.until, last.absent) == (gap.since, gap.absent):
            last = replace(last, until=gap.until)
            continue
        if last is not None:
            yield last
        last = gap
    if last is not None:
        yield last


def gathered(found: Iterable[Gap]) -> list[Gap]:
    """Make one of gaps that come again every week."""
    series: list[Gap] = []
    for gap in found:
        for place, earlier in enumerate(series):
            if gap.follows(earlier):
                series[place] = replace(earlier, weeks=earlier.weeks + 1)
                break
        else:
            series.append(gap)
    return series


def _stretches(plan: Plan, today: date) -> Iterator[tuple[datetime, datetime]]:
    """The times in which the plan says one and the same, from the midnight of ``today`` on."""
    for day in (today + timedelta(days=ahead) for ahead in range(_DAYS)):
        spans = [
            span for duty in plan.duties for span in (duty.weekly or {}).get(day.weekday(), ())
        ]
        edges = {time.min, *(edge for span in spans for edge in (span.opens, span.closes))}
        instants = [datetime.combine(day, edge) for edge in sorted(edges - {END_OF_DAY})]
        yield from pairwise([*instants, datetime.combine(day + timedelta(days=1), time.min)])


def _problem(key: str, gap: Gap) -> Problem:
    shown = {"since": f"{gap.since:{_TIME}}", "until": f"{gap.until:{_TIME}}"}
    absent = ", ".join(gap.absent)
    last = f"{gap.until + gap.weeks * _WEEK:{_TIME}}"
    match bool(gap.absent), bool(gap.weeks):
        case True, True:
            wrong = Wording(
                "nobody gets callbacks from {since} to {until} and every week then, the last time "
                "until {last}: absent are {absent}",
                **shown,
                last=last,
                absent=absent,
            )
        case True, False:
            wrong = Wording(
                "nobody gets callbacks from {since} to {until}: absent are {absent}",
                **shown,
                absent=absent,
            )
        case False, True:
            wrong = Wording(
                "nobody gets callbacks from {since} to {until} and every week then, the last time "
                "until {last}: neither plan nor on_duty nor head name anybody",
                **shown,
                last=last,
            )
        case _:
            wrong = Wording(
                "nobody gets callbacks from {since} to {until}: neither plan nor on_duty nor head "
                "name anybody",
                **shown,
            )
    allowed = Wording("somebody present: an entry in duty.toml, a deputy, on_duty or head")
    return Problem("departments.toml", key, "", wrong, allowed)
