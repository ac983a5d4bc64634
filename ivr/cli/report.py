"""``ivr report``: how many calls there were, how long they waited, and what came of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ivr.bootstrap import reporting
from ivr.cli.language import _
from ivr.cli.output import print_json
from ivr.cli.report_files import write_csv
from ivr.cli.report_output import Named, report_json, show_report
from ivr.cli.report_plots import pictures
from ivr.domain.reporting import Grouping
from ivr.domain.span_of_days import SpanOfDays, read_span
from ivr.provisioning.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "Count the finished calls of PERIOD: how many, how long they waited, what came of them;"
        " each figure with its formula. PERIOD is today, yesterday, a day (2026-11-23), a week"
        " (2026-W48), a month (2026-11), a year (2026), so many days up to today (7d), or from one"
        " day to another (2026-11-01..2026-11-15). The database is only read, beside the service;"
        " nobody's number and no single agent is shown."
    ),
    epilog=_(
        "Examples: `ivr report` · `ivr report 2026-11 --by department --by hour` ·"
        " `ivr report 7d --compare` · `ivr report 2026-W48 --compare-with 2026-W22` ·"
        " `ivr report 2026 --csv year.csv --plots plots/` ·"
        " `ivr report --from simulated.csv --json` · `ivr report 2026 --export calls.csv`"
    ),
)
def report(
    *,
    wanted: Annotated[
        str | None,
        typer.Argument(
            metavar="[PERIOD]",
            help=_("Which days; today if left out, with --from all that is in the file."),
        ),
    ] = None,
    by: Annotated[
        list[Grouping] | None,
        typer.Option("--by", help=_("Also tell them apart by this; may be repeated.")),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option("--compare", help=_("Compare with the time before, as long as this one.")),
    ] = False,
    compare_with: Annotated[
        str | None, typer.Option(metavar="PERIOD", help=_("Compare with this PERIOD."))
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help=_("Count the calls of a calls file.")),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=_("Also write the calls of PERIOD into a calls file.")),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help=_("Also write the figures as CSV."))
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help=_("Also draw calls and waits by hour, waits and talk times (SVG)."),
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Count and show. Raises IvrError where something can't be read or written."""
    settings = load_settings()
    county = reporting.county_of_reports(settings)
    today = reporting.today_in(county)
    if wanted is None and source is None:
        wanted = "today"
    span = None if wanted is None else _span(wanted, today)
    spans: list[SpanOfDays | None] = [span]
    if compare_with is not None:
        spans.append(_span(compare_with, today))
    elif compare:
        if span is None:
            raise typer.BadParameter(_("--compare needs a PERIOD."))
        spans.append(span.before())
    groupings = list(dict.fromkeys(by or []))
    counted = groupings if plots is None else list(dict.fromkeys([*groupings, Grouping.HOUR]))
    reports = reporting.report(settings, county, spans, counted, source)
    named = [Named(each, made, groupings) for each, made in zip(spans, reports, strict=True)]
    if as_json:
        print_json(report_json(named))
    else:
        show_report(named, county)
    if csv is not None:
        write_csv(csv, named)
    if plots is not None:
        reporting.draw_report(pictures(named[0]), plots)
    if export is not None:
        count = reporting.export_calls(settings, county, span, source, export)
        typer.echo(_("{count} calls written to {file}.").format(count=count, file=export), err=True)


def _span(text: str, today: date) -> SpanOfDays:
    try:
        return read_span(text, today)
    except ValueError:
        raise typer.BadParameter(
            _(
                "{text} is no PERIOD: allowed are today, yesterday, 2026-11-23, 2026-W48, 2026-11,"
                " 2026, 7d, 2026-11-01..2026-11-15."
            ).format(text=text)
        ) from None
