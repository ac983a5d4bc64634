"""What a plan promises, the engine keeps: with the agents of a busy day, on that day.

The plan is ``ivr plan --calls-a-year 500000``'s, of the shipped counts; its busiest day is
simulated with just those agents, by people as the formula sees them. Formulas know neither an
hour's end nor agents who finish a talk after their time, so this is more than the formulas against
themselves. The same seeds every time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from benchmarks.simulations import AS_FORMULAS, SEEDS, with_margin
from ivr.application.planning import Plan, Wishes, make_plan
from ivr.application.simulating.arriving import Days
from ivr.application.simulating.habits import ExponentialTalks
from ivr.application.simulating.on_duty import by_week
from ivr.application.simulating.results import Part, Results
from ivr.application.simulating.scenario import Scenario, simulate
from ivr.domain.county import County
from ivr.domain.erlang import Target
from ivr.domain.rules import Announcing, QueueRules
from ivr.domain.staffing import Sum, add_up, needs
from ivr.domain.week import Expected, Week
from ivr.provisioning.call_counts import pilot_counts
from tests import examples

MONDAY = date(2026, 11, 23)
HANDLING, PATIENCE = 155.0, 180.0


def plan(county: County, target: Target) -> Plan:
    """Plan the year of 500,000 calls, from the pilot's counts."""
    counted = pilot_counts().week(county.hours, 60)
    assert counted is not None
    wishes = Wishes(target, handling=HANDLING, patience=PATIENCE, calls_a_year=500_000)
    return make_plan(counted, wishes, county.hours, 0.0, MONDAY)


def busy_monday(found: Plan) -> tuple[Week, Sum]:
    """Return a week of busy days, and what the formulas say of its Monday."""
    mondays = [need for need in found.needs if need.interval.weekday == 0]
    busy = {need.interval: Expected(need.busy.calls) for need in mondays}
    again = needs(replace(found.week, calls=busy, variation=0.0), found.terms)
    assert [each.usual.agents for each in again] == [need.busy.agents for need in mondays]
    return replace(found.week, calls=busy, variation=0.0), add_up(again)


def simulated(county: County, found: Plan, week: Week, seed: int) -> Part:
    """Let that Monday pass, with the agents a busy day needs."""
    agents = by_week({need.interval: need.busy.agents for need in found.needs})
    habits = replace(AS_FORMULAS, talks=ExponentialTalks(HANDLING), patience=PATIENCE)
    calls = round(week.total)
    scenario = Scenario(county, Days(MONDAY, MONDAY), calls, week, agents, habits=habits)
    results = Results(UTC)
    simulate(scenario, seed, results.ended, results)
    return results.total()


@pytest.mark.parametrize(
    "target", [Target(asa=13.0), Target(share=0.8, within=20.0)], ids=["asa=13", "80/20"]
)
def test_the_busiest_day_is_as_the_plan_promises(target: Target) -> None:
    rules = QueueRules(
        wrap_up=timedelta(0), announcing=Announcing(after=timedelta(0)), redial_within=timedelta(0)
    )
    county = examples.county(rules)
    found = plan(county, target)
    week, said = busy_monday(found)
    parts = [simulated(county, found, week, seed) for seed in SEEDS]

    asa, asa_within = with_margin([part.figures.asa_seconds or 0.0 for part in parts])
    level, level_within = with_margin(
        [part.figures.answered_within[20] / part.figures.offered for part in parts]
    )
    assert asa == pytest.approx(said.waits.asa, abs=asa_within)
    assert level == pytest.approx(said.waits.within, abs=level_within)
    assert asa_within < said.waits.asa / 4, "it would say nothing"
    if target.asa is not None:
        assert asa - asa_within <= target.asa
    if target.share is not None:
        assert level + level_within >= target.share
