"""A simulated period of the county's service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from ivr.adapters.calls_file import new_calls_file
from ivr.application.call_history import Period
from ivr.application.simulating.arriving import Days
from ivr.application.simulating.habits import Habits
from ivr.application.simulating.on_duty import Staffing, by_week, constant, planned
from ivr.application.simulating.results import Results
from ivr.application.simulating.scenario import Scenario, simulate
from ivr.bootstrap.planning import counts_in, week_of_calls
from ivr.domain.calls import CallRecord
from ivr.domain.county import County
from ivr.domain.errors import Refused
from ivr.domain.rules import Announcing
from ivr.domain.week import Week
from ivr.provisioning.agents_by_week import read_agents
from ivr.provisioning.county import load_county
from ivr.provisioning.settings import Settings

_AT_ONCE = 1000
"""Calls that are written at once; so often is told how far it is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be simulated."""

    calls: int
    seed: int
    days: Days
    agents: int | Path | None = None
    """So many at any time, or a file of a plan; None: as many as the formulas want."""
    departments_each: int | None = None
    like: Path | None = None
    """Past calls, or counts of them, that say how calls spread; None: the pilot's."""
    wrap_up: timedelta | None = None
    """None: the queue's."""
    announcements: bool = True
    habits: Habits = field(default_factory=Habits)


def simulate_calls(
    settings: Settings, wanted: Wanted, calls_file: Path | None, progress: Callable[[int], None]
) -> Results:
    """Let the days pass, and write the calls to ``calls_file`` where one is given.

    ``progress`` is told how many calls more are over. Raises IvrError.
    """
    county = _county(load_county(settings.config).county, wanted)
    week = _week(wanted.like, county)
    scenario = Scenario(
        county=county,
        days=wanted.days,
        calls=wanted.calls,
        week=week,
        staffing=_staffing(wanted, county, week),
        departments_each=wanted.departments_each,
        habits=wanted.habits,
    )
    results = Results(county.hours.zone)
    with ExitStack() as open_files:
        file = open_files.enter_context(new_calls_file(calls_file)) if calls_file else None
        chunks = _Chunks(results, file.add if file else _keep_nothing, progress)
        simulate(scenario, wanted.seed, chunks.add, results)
        chunks.flush()
    return results


class _Chunks:
    """Finished calls on their way into the results and the file, so many at once."""

    def __init__(
        self,
        results: Results,
        write: Callable[[Iterable[CallRecord]], None],
        progress: Callable[[int], None],
    ) -> None:
        self._results = results
        self._write = write
        self._progress = progress
        self._records: list[CallRecord] = []

    def add(self, record: CallRecord) -> None:
        self._results.ended(record)
        self._records.append(record)
        if len(self._records) == _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        self._write(self._records)
        self._progress(len(self._records))
        self._records = []


def _keep_nothing(_records: Iterable[CallRecord]) -> None:
    pass


def _county(county: County, wanted: Wanted) -> County:
    rules = county.rules
    if wanted.wrap_up is not None:
        rules = replace(rules, wrap_up=wanted.wrap_up)
    if not wanted.announcements:
        rules = replace(rules, announcing=Announcing(after=timedelta(0)))
    return replace(county, rules=rules)


def _week(like: Path | None, county: County) -> Week:
    """How calls spread over a week."""
    counts = counts_in(like)
    if counts is not None:
        week = counts.week(county.hours, _MINUTES)
    else:
        assert like is not None
        week = week_of_calls(like, Period(), county, _MINUTES)
    if week is None:
        raise Refused("No call came while the service is open; there is nothing to go by.")
    return week


_MINUTES = 60


def _staffing(wanted: Wanted, county: County, week: Week) -> Staffing:
    match wanted.agents:
        case int(agents):
            return constant(agents)
        case Path() as file:
            return by_week(read_agents(file))
        case None:
            wrap_up = county.rules.wrap_up.total_seconds()
            return planned(county.hours, wanted.days, wanted.calls, week, wrap_up, wanted.habits)
