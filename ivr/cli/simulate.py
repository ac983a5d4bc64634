"""``ivr simulate``: a year of made-up calls, served by the engine that serves real ones."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ivr.application.simulating.arriving import Days
from ivr.application.simulating.habits import Habits, LognormalTalks
from ivr.bootstrap.simulating import Wanted, simulate_calls
from ivr.cli import plan_options as read
from ivr.cli.language import _
from ivr.cli.simulate_output import print_results, progress_of
from ivr.provisioning.agents_by_week import MOST_AGENTS
from ivr.provisioning.settings import load_settings

MOST_CALLS = 10_000_000
LONGEST_DAYS = 3660
MOST_ABSENT = 0.9
"""Share of agents who may be absent where the formulas are to put others in their place."""

_DAY = timedelta(days=1)
_DATE = ["%Y-%m-%d", "%d.%m.%Y"]
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
"""Also a negative one: it is no name of a file, though no number of agents either."""


app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "Let a year of calls happen by chance, and tell how long callers waited. The program that"
        " serves real calls decides everything, with the rules in config/; only callers, agents"
        " and the clock are made up. Nobody is called and nothing is changed; the service may be"
        " running. The same seed gives the same year."
    ),
    epilog=_(
        "Examples: `ivr simulate --calls 500000 --seed 1 --json` ·"
        " `ivr simulate --agents 14 --calls-file year.csv`, then `ivr report --from year.csv` ·"
        " `ivr plan --calls-a-year 500000 --json > plan.json`, then"
        " `ivr simulate --agents plan.json` ·"
        " `ivr simulate --since 2026-11-23 --until 2026-11-28 --calls 12000 --patience 60`"
    ),
)
def simulate(
    *,
    calls: Annotated[
        int, typer.Option(help=_("So many calls arrive."), min=1, max=MOST_CALLS)
    ] = 500_000,
    seed: Annotated[
        int, typer.Option(help=_("Where chance begins: another seed, another year."))
    ] = 1,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=_DATE, metavar="DAY", help=_("From this day on; from January on if left out.")
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=_DATE,
            metavar="DAY",
            help=_("Until this day, without it; until the end of its year if left out."),
        ),
    ] = None,
    agents: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER|FILE",
            help=_(
                "So many agents at any time, or as a plan says (`ivr plan --json`). If left out:"
                " as many as Erlang's formulas want for 13 seconds, hour by hour."
            ),
        ),
    ] = None,
    departments_each: Annotated[
        int | None,
        typer.Option(
            help=_("Each agent answers for so many departments; for all if left out."),
            min=1,
            max=1000,
        ),
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help=_(
                "Calls spread over the week like these: a calls file, or counts by interval as"
                " for `ivr plan`; like the pilot's if left out."
            ),
        ),
    ] = None,
    short_talks: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            parser=read.percent(1, 99),
            help=_("So many talks are shorter than three minutes; 75 if left out."),
        ),
    ] = None,
    patience: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS|none",
            parser=read.patience,
            help=_(
                "How long callers wait on average before they give up; none: they never do. 180 if"
                " left out."
            ),
        ),
    ] = None,
    wrap_up: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            parser=read.number(0, 3600),
            help=_("Wrap-up after a call; that of queue.toml if left out."),
        ),
    ] = None,
    callbacks: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            parser=read.percent(0, 100),
            help=_("In so many talks the agent takes a callback request; 8 if left out."),
        ),
    ] = None,
    breaks: Annotated[
        float | None,
        typer.Option(
            metavar="MINUTES",
            parser=read.number(0, 59),
            help=_("Each agent pauses so long in each hour; 5 if left out."),
        ),
    ] = None,
    no_shows: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            parser=read.percent(0, 100),
            help=_("So many of the agents do not come on a day; 3 if left out."),
        ),
    ] = None,
    missed: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            parser=read.percent(0, 100),
            help=_("So many of the offered calls an agent does not notice; 1 if left out."),
        ),
    ] = None,
    without_announcements: Annotated[
        bool,
        typer.Option(
            "--without-announcements",
            help=_("Nobody is told a position while waiting: a little faster, the same waits."),
        ),
    ] = False,
    calls_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=_("Write the calls to FILE, for `ivr report --from FILE`.")
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Simulate and print what came of it."""
    if agents is None and no_shows is not None and no_shows > MOST_ABSENT:
        raise typer.BadParameter(
            _("No plan makes up for so many: say with --agents how many there are."),
            param_hint="--no-shows",
        )
    wanted = Wanted(
        calls=calls,
        seed=seed,
        days=_days(since, until),
        agents=_agents(agents),
        departments_each=departments_each,
        like=like,
        wrap_up=None if wrap_up is None else timedelta(seconds=wrap_up),
        announcements=not without_announcements,
        habits=_habits(short_talks, patience, callbacks, breaks, no_shows, missed),
    )
    with progress_of(calls) as progress:
        results = simulate_calls(load_settings(), wanted, calls_file, progress)
    print_results(wanted, results, as_json=as_json)


def _habits(
    short_talks: float | None,
    patience: float | None,
    callbacks: float | None,
    breaks: float | None,
    no_shows: float | None,
    missed: float | None,
) -> Habits:
    """Return the usual habits, where nothing else is said."""
    usual = Habits()
    if patience is None:
        patience = usual.patience
    return Habits(
        talks=usual.talks if short_talks is None else LognormalTalks(short=short_talks),
        patience=None if patience == math.inf else patience,
        callback_taken=usual.callback_taken if callbacks is None else callbacks,
        missed=usual.missed if missed is None else missed,
        break_each_hour=usual.break_each_hour if breaks is None else breaks * 60,
        no_show=usual.no_show if no_shows is None else no_shows,
    )


def _agents(text: str | None) -> int | Path | None:
    """Read a number of agents, or the name of a plan's file."""
    if text is None:
        return None
    if not _WHOLE_NUMBER.fullmatch(text):
        return Path(text)
    try:
        return int(read.number(0, MOST_AGENTS)(text))
    except typer.BadParameter as problem:
        problem.param_hint = "--agents"
        raise


def _days(since: datetime | None, until: datetime | None) -> Days:
    """Read the period; a whole calendar year where only its beginning, or nothing, is said."""
    first = since.date() if since else datetime.now(UTC).date().replace(month=1, day=1)
    last = until.date() - _DAY if until else first.replace(month=12, day=31)
    if not first <= last < first + LONGEST_DAYS * _DAY:
        raise typer.BadParameter(
            _("The period has to begin before it ends, and to end within ten years."),
            param_hint="--until",
        )
    return Days(first, last)
