"""The figures and pictures of docs/explanation/thirteen-seconds.md, drawn anew.

    python -m benchmarks.thirteen_seconds [WEEKS]

The county's 500,000 calls a year, spread as the pilot's shipped counts. The plan is ``ivr plan``'s,
what moves it is simulated with the real engine: so many weeks of November, the same seed for all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.simulations import AS_FORMULAS
from ivr.adapters.plots.picture import picture
from ivr.adapters.plots.week import draw_week
from ivr.application.planning import PictureWords, Plan, Wishes, make_plan
from ivr.application.simulating.arriving import Days
from ivr.application.simulating.habits import LognormalTalks
from ivr.application.simulating.results import Results
from ivr.application.simulating.scenario import Scenario, simulate
from ivr.domain.county import County
from ivr.domain.erlang import Demand, Target, agents_needed, waits
from ivr.domain.staffing import Need
from ivr.provisioning.call_counts import pilot_counts
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT

YEAR: Final = 500_000
TARGET: Final = Target(asa=13.0)
PATIENCE: Final = 180.0
BEGIN: Final = date(2026, 11, 2)
PICTURES: Final = PROJECT / "docs" / "explanation" / "thirteen-seconds"

_ROSTER: Final = "THE ROSTER: more agents for breaks and absence"

_C, _A, _SIMULATED = "#d94801", "#08519c", "#31a354"


@dataclass(frozen=True, slots=True)
class Weeks:
    """What some simulated weeks were like."""

    name: str
    asa: float
    within: float
    abandoned: float
    callbacks: float
    occupancy: float


def main() -> None:
    """Draw everything, and print what the page says of it."""
    weeks = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    PICTURES.mkdir(exist_ok=True)
    county = load_county(PROJECT / "config").county
    plan = _plan(county)
    busiest = max(plan.needs, key=lambda need: need.usual.calls)
    handling = plan.terms.handling
    print(f"handling {handling:.1f} s; the busiest hour has {busiest.usual.calls:.0f} calls")
    draw_week(plan.needs, PICTURES / "week.svg", _words())
    _draw_waits(busiest, handling, PICTURES / "waits.svg")
    _draw_sizes(handling, PICTURES / "sizes.svg")
    found = _simulated(county, plan, weeks)
    _draw_moves(found, PICTURES / "moves.svg")
    Console().print(_table(found))


def _plan(county: County, shrinkage: float = 0.0) -> Plan:
    week = pilot_counts().week(county.hours, 60)
    assert week is not None
    wrap_up = county.rules.wrap_up.total_seconds()
    wishes = Wishes(
        target=TARGET,
        handling=LognormalTalks().mean + wrap_up,
        patience=PATIENCE,
        calls_a_year=YEAR,
        shrinkage=shrinkage,
    )
    return make_plan(week, wishes, county.hours, wrap_up, BEGIN)


def _words() -> PictureWords:
    return PictureWords(
        title="500,000 calls a year, 13 seconds on average: agents by Erlang A",
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        calls="Calls an hour",
        agents="Agents",
        usual_day="average day",
        busy_day="busy day",
        usual_range="calls, quiet to busy day",
        hour="Hour",
    )


def _draw_waits(need: Need, handling: float, file: Path) -> None:
    """The wait against the number of agents, in the busiest hour."""
    rate = need.usual.calls / need.interval.seconds
    patient, impatient = Demand(rate, handling), Demand(rate, handling, PATIENCE)
    crews = range(need.usual.agents - 4, need.usual.agents + 10)
    kept = [crew for crew in crews if crew > patient.load]
    with picture(file, 7.0, 4.0) as figure:
        axes = figure.subplots()
        by_c = [waits(patient, crew, 20.0).asa for crew in kept]
        by_a = [waits(impatient, crew, 20.0).asa for crew in crews]
        axes.plot(kept, by_c, "o-", color=_C, label="Erlang C: nobody gives up")
        axes.plot(crews, by_a, "o-", color=_A, label="Erlang A: patience of 180 s")
        axes.axhline(13, color="grey", linewidth=0.8, linestyle="--")
        axes.axvline(patient.load, color="grey", linewidth=0.8, linestyle=":")
        axes.set_yscale("log")
        axes.set_ylim(0.5, 300)
        axes.set_yticks([1, 3, 13, 30, 100, 300], ["1", "3", "13", "30", "100", "300"])
        axes.set_xlabel(f"Agents (dotted: the load of {patient.load:.1f} Erlang)")
        axes.set_ylabel("Average wait in seconds")
        axes.set_title(f"{need.usual.calls:.0f} calls in an hour, {handling:.0f} s each")
        axes.legend()
        axes.grid(alpha=0.3)


def _draw_sizes(handling: float, file: Path) -> None:
    """How busy agents can be at 13 seconds, by the size of the service."""
    calls = [5, 10, 20, 30, 45, 60, 80, 100, 150, 200, 250, 300, 400, 500, 600]
    with picture(file, 7.0, 4.0) as figure:
        axes = figure.subplots()
        for patience, color, name in ((None, _C, "Erlang C"), (PATIENCE, _A, "Erlang A")):
            occupied = [_occupied(Demand(each / 3600, handling, patience)) for each in calls]
            axes.plot(calls, occupied, "o-", color=color, label=name)
        axes.set_xlabel("Calls an hour")
        axes.set_ylabel("Agents occupied, in percent")
        axes.set_title("The same 13 seconds: small services need agents who wait")
        axes.set_ylim(0, 100)
        axes.legend()
        axes.grid(alpha=0.3)


def _occupied(demand: Demand) -> float:
    return 100 * waits(demand, agents_needed(demand, TARGET), TARGET.within).occupancy


def _simulated(county: County, plan: Plan, weeks: int) -> list[Weeks]:
    """Simulate step by step: from what the formula sees to what is, then what moves it."""
    days = Days(BEGIN, BEGIN + timedelta(weeks=weeks, days=-1))
    calls = round(plan.week.total * weeks)
    alike = replace(plan.week, variation=0.0)
    by_formula = Scenario(
        county, days, calls, alike, _agents(plan, _usual), departments_each=None, habits=AS_FORMULAS
    )
    ringing = replace(AS_FORMULAS, answer_after=(2.0, 6.0), missed=0.01)
    breaks = replace(ringing, break_each_hour=300.0)
    absent = replace(breaks, no_show=0.03)
    enlarged = _plan(county, shrinkage=1 - (1 - 5 / 60) * (1 - 0.03))
    print(
        f"agents there: {plan.sum.hours:.0f} h, on the roster: {enlarged.sum.rostered_hours:.0f} h"
    )
    roster = _agents(enlarged, _rostered)
    planned = replace(by_formula, staffing=roster, habits=absent)
    cases = {
        "as the formula sees it": by_formula,
        "telephones ring 2 to 6 s, 1 % missed": replace(by_formula, habits=ringing),
        "and breaks of 5 min an hour": replace(by_formula, habits=breaks),
        "and 3 % of agents absent": replace(by_formula, habits=absent),
        _ROSTER: planned,
        "days differ by 15 %": replace(planned, week=plan.week),
        "one agent fewer": replace(planned, staffing=_fewer(roster, 1)),
        "10 % more calls": replace(planned, calls=round(calls * 1.1)),
        "each agent knows 3 of 6 departments": replace(planned, departments_each=3),
        "each agent knows 2 departments": replace(planned, departments_each=2),
        "each agent knows 1 department": replace(planned, departments_each=1),
        "half of those who lose patience take a callback": replace(
            planned, habits=replace(absent, callback_instead=0.5)
        ),
    }
    return [_run(name, scenario) for name, scenario in cases.items()]


def _run(name: str, scenario: Scenario) -> Weeks:
    results = Results(scenario.county.hours.zone)
    simulate(scenario, 1, results.ended, results)
    total = results.total()
    figures = total.figures
    print(f"{name}: {figures.asa_seconds or 0:.1f} s", file=sys.stderr)
    return Weeks(
        name,
        asa=figures.asa_seconds or 0.0,
        within=figures.answered_within[20] / figures.offered,
        abandoned=figures.abandoned / figures.offered,
        callbacks=figures.callbacks / figures.offered,
        occupancy=total.occupancy or 0.0,
    )


def _usual(need: Need) -> int:
    return need.usual.agents


def _rostered(need: Need) -> int:
    return need.rostered


def _agents(plan: Plan, of: Callable[[Need], int]) -> Callable[[datetime], int]:
    table = {(need.interval.weekday, need.interval.start.hour): of(need) for need in plan.needs}
    return lambda at: table[at.weekday(), at.hour]


def _fewer(staffing: Callable[[datetime], int], by: int) -> Callable[[datetime], int]:
    return lambda at: max(1, staffing(at) - by)


def _draw_moves(found: Sequence[Weeks], file: Path) -> None:
    """The average wait of each case, one below the other."""
    with picture(file, 8.0, 0.4 * len(found) + 1.0) as figure:
        axes = figure.subplots()
        waited = [each.asa for each in found]
        colors = [_A if each.name == _ROSTER else _SIMULATED for each in found]
        bars = axes.barh([each.name for each in found], waited, color=colors)
        axes.axvline(TARGET.asa or 0.0, color="grey", linewidth=0.8, linestyle="--", zorder=0)
        labels = axes.bar_label(bars, [f"{asa:.1f} s" for asa in waited], padding=4, fontsize=8)
        for label in labels:  # not crossed out by the line behind
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0})
        axes.margins(x=0.1)
        axes.invert_yaxis()
        axes.set_xlabel("Average wait in seconds, simulated (dashed: the wanted 13)")
        axes.tick_params(axis="y", labelsize=8)


def _table(found: Sequence[Weeks]) -> Table:
    table = Table("case", "ASA s", "within 20 s", "gave up", "callback", "occupied")
    for each in found:
        table.add_row(
            each.name,
            f"{each.asa:.1f}",
            f"{each.within:.1%}",
            f"{each.abandoned:.1%}",
            f"{each.callbacks:.1%}",
            f"{each.occupancy:.1%}",
        )
    return table


if __name__ == "__main__":
    main()
