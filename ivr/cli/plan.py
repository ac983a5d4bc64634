"""``ivr plan``: how many agents the calls need, hour by hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ivr.application.call_history import Period
from ivr.application.planning import Wishes, make_plan
from ivr.bootstrap import planning
from ivr.cli import plan_options as read
from ivr.cli.language import _
from ivr.cli.plan_interval import print_interval
from ivr.cli.plan_output import Form, picture_words, print_plan
from ivr.domain.county import County
from ivr.domain.erlang import Target
from ivr.domain.errors import Refused
from ivr.domain.week import Week
from ivr.provisioning.county import load_county
from ivr.provisioning.settings import load_settings

app = typer.Typer(add_completion=False)

_DATE = ["%Y-%m-%d", "%d.%m.%Y"]


@app.command(
    help=_(
        "How many agents do the calls need, hour by hour, so that callers wait as long as is"
        " wanted? From the calls of the past: the pilot's, those in a FILE, or those in the"
        " service's database; or for one number of calls. By Erlang C, where nobody gives up, and"
        " by Erlang A, where callers do; the formulas stand below the figures. Nothing is changed,"
        " and the service need not be running."
    ),
    epilog=_(
        "Examples: `ivr plan` · `ivr plan --calls 120 --handling 190 --patience 180"
        " --target asa=13` · `ivr plan --calls-a-year 500000` · `ivr plan --database --day monday`"
        " · `ivr plan --from calls.csv --interval 15 --target 80/20 --shrinkage 20 --growth 5` ·"
        " `ivr plan --plot week.svg`"
    ),
)
def plan(
    *,
    calls: Annotated[
        float | None,
        typer.Option(
            parser=read.number(0, read.MOST_CALLS),
            metavar="N",
            help=_("Plan one interval with so many calls, instead of a week."),
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help=_("Past calls: a calls file, or counts by interval, as CSV."),
        ),
    ] = None,
    database: Annotated[
        bool, typer.Option("--database", help=_("Past calls: those in the service's database."))
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(formats=_DATE, metavar="DAY", help=_("Past calls from this day on.")),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=_DATE, metavar="DAY", help=_("Past calls before this day.")),
    ] = None,
    interval: Annotated[
        int | None,
        typer.Option(
            parser=read.minutes,
            metavar="MINUTES",
            help=_("The length of an interval: 15, 30 or 60 minutes."),
        ),
    ] = None,
    target: Annotated[
        list[Target] | None,
        typer.Option(
            parser=read.goal,
            metavar="GOAL",
            help=_(
                "What callers are to meet: asa=13 (an average wait of 13 seconds, taken if left"
                " out) or 80/20 (80 % answered within 20 seconds). Both, if given twice."
            ),
        ),
    ] = None,
    max_abandoned: Annotated[
        float | None,
        typer.Option(
            parser=read.percent(0.01, 100),
            metavar="PERCENT",
            help=_("So many percent of callers may give up, no more."),
        ),
    ] = None,
    max_occupancy: Annotated[
        float | None,
        typer.Option(
            parser=read.percent(1, 100),
            metavar="PERCENT",
            help=_("So many percent of their time agents may talk and wrap up, no more."),
        ),
    ] = None,
    handling: Annotated[
        float | None,
        typer.Option(
            parser=read.number(1, read.LONGEST_CALL),
            metavar="SECONDS",
            help=_("Talk and wrap-up of a call, on average."),
        ),
    ] = None,
    patience: Annotated[
        float | None,
        typer.Option(
            parser=read.patience,
            metavar="SECONDS|none",
            help=_("How long callers wait on average before they give up; none: they never do."),
        ),
    ] = None,
    shrinkage: Annotated[
        float | None,
        typer.Option(
            parser=read.percent(0, 90),
            metavar="PERCENT",
            help=_("Share of paid time in which agents are not there: breaks, training, illness."),
        ),
    ] = None,
    at_least: Annotated[
        int, typer.Option(help=_("So many agents are always there."), min=0, max=1000)
    ] = 1,
    variation: Annotated[
        float | None,
        typer.Option(
            parser=read.percent(0, 200),
            metavar="PERCENT",
            help=_("By how much days of the same weekday differ beyond chance."),
        ),
    ] = None,
    calls_a_year: Annotated[
        float | None,
        typer.Option(
            parser=read.number(1, read.MOST_CALLS_A_YEAR),
            metavar="N",
            help=_("What if so many calls came in the year ahead, spread alike?"),
        ),
    ] = None,
    growth: Annotated[
        float | None,
        typer.Option(
            parser=read.percent(-99, 10_000),
            metavar="PERCENT",
            help=_("What if so many percent more calls came? Fewer: -10."),
        ),
    ] = None,
    day: Annotated[
        int | None,
        typer.Option(
            parser=read.weekday, metavar="WEEKDAY", help=_("Show this day in all detail.")
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=_("Draw the week into FILE: .svg, .png or .pdf, needs matplotlib.")
        ),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help=_("Print CSV."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Plan, and print it."""
    goals = replace(read.all_goals(target or ()), abandoned=max_abandoned, occupancy=max_occupancy)
    wishes = Wishes(
        target=goals,
        handling=handling,
        patience=patience,
        variation=variation,
        shrinkage=shrinkage or 0.0,
        fewest=at_least,
        calls_a_year=calls_a_year,
        growth=growth or 0.0,
    )
    if since is not None and until is not None and until <= since:
        raise typer.BadParameter(_("The past has to begin before it ends."), param_hint="--until")
    minutes = interval or 60
    form = Form.JSON if as_json else Form.CSV if as_csv else Form.TABLE
    if calls is not None:
        of_weeks = (file, since, until, calls_a_year, day, plot)
        if database or any(value is not None for value in of_weeks):
            raise typer.BadParameter(
                _(
                    "--calls plans one interval; --from, --database, --since, --until,"
                    " --calls-a-year, --day and --plot are for a week."
                )
            )
        print_interval(calls, minutes, wishes, form)
        return
    if database and file is not None:
        raise typer.BadParameter(_("--from and --database can't be both."))
    settings = load_settings()
    county = load_county(settings.config).county
    period = Period(_begin(since, county), _begin(until, county))
    if database:
        week = planning.week_of_database(settings, period, county, minutes)
    else:
        week = _week_of_file(file, period, county, minutes)
    if week is None:
        raise Refused(_("No call came within the opening hours."), code="no_calls")
    today = datetime.now(UTC).astimezone(county.hours.zone).date()
    made = make_plan(week, wishes, county.hours, county.rules.wrap_up.total_seconds(), today)
    if plot is not None:
        planning.draw_plan(made, plot, picture_words(made))
    print_plan(made, day, form)


def _week_of_file(file: Path | None, period: Period, county: County, minutes: int) -> Week | None:
    """Return the week of the calls or counts in ``file``, or the pilot's."""
    counts = planning.counts_in(file)
    if counts is None:
        assert file is not None
        return planning.week_of_calls(file, period, county, minutes)
    if period != Period():
        raise typer.BadParameter(_("--since and --until choose among single calls, not counts."))
    if minutes % counts.minutes:
        message = _("These calls were counted every {minutes} minutes: take --interval {minutes}.")
        raise typer.BadParameter(message.format(minutes=counts.minutes))
    return counts.week(county.hours, minutes)


def _begin(day: datetime | None, county: County) -> datetime | None:
    """The beginning of a day where the county is."""
    return None if day is None else day.replace(tzinfo=county.hours.zone)
