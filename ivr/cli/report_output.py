"""A report for people, as tables, and for programs, as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import typer

from ivr.cli.language import _
from ivr.cli.output import print_table
from ivr.cli.report_words import (
    days,
    figure_name,
    group_heading,
    group_name,
    short_name,
    shown,
    shown_change,
)
from ivr.cli.words import call_result, percent
from ivr.domain.counting import TALK_EDGES, WAIT_EDGES, CallsCounted, Spread
from ivr.domain.county import County
from ivr.domain.figures import REPORT_FORMULAS, TARGETS_115
from ivr.domain.reporting import Grouping, Report, call_values, callback_values
from ivr.domain.span_of_days import SpanOfDays

_OF_A_GROUP = (
    "arrived",
    "answered",
    "abandoned_share",
    "asa_seconds",
    "median_wait_seconds",
    "p90_wait_seconds",
    "service_level_20",
    "service_level_30",
    "mean_talk_seconds",
    "three_minute_share",
    "first_contact_share",
)
"""What fits into a line."""

_OF_CALLBACKS = (
    "callbacks_requested",
    "callbacks_open",
    "callbacks_overdue",
    "callbacks_late",
    "median_acknowledge_seconds",
    "p90_acknowledge_seconds",
    "median_close_seconds",
    "p90_close_seconds",
    "d115_called_back",
)
"""The same of callbacks, in a table of their own."""


@dataclass(frozen=True, slots=True)
class Named:
    """A report, the days it is of (None: all there is), and how it is to be told apart."""

    span: SpanOfDays | None
    report: Report
    groupings: Sequence[Grouping]


def show_report(reports: Sequence[Named], county: County) -> None:
    """Print the first of ``reports``, compared with the second where there is one."""
    first = reports[0]
    typer.echo(_headline(first))
    if first.report.total.calls.arrived == 0 and len(reports) == 1:
        return
    typer.echo()
    _show_figures(reports)
    _show_results(first.report.total)
    for heading, spread, edges in (
        (_("Waits of answered calls:"), first.report.total.waits, WAIT_EDGES),
        (_("Talk times:"), first.report.total.talks, TALK_EDGES),
    ):
        _show_spread(heading, spread, edges)
    for grouping in first.groupings:
        _show_groups(grouping, first.report, county)
        _show_callbacks(grouping, first.report, county)


def _headline(named: Named) -> str:
    calls = named.report.total.calls
    when = days(named.span)
    if calls.arrived == 0:
        return _("{days}: no calls.").format(days=when)
    if calls.asa_seconds is None:
        return _("{days}: {count} calls, none of them answered by an agent.").format(
            days=when, count=calls.arrived
        )
    wait = shown("asa_seconds", calls.asa_seconds)
    if calls.arrived == 1:
        return _("{days}: one call, answered after {wait}.").format(days=when, wait=wait)
    return _("{days}: {count} calls; the answered ones waited {wait} on average.").format(
        days=when, count=calls.arrived, wait=wait
    )


def _show_figures(reports: Sequence[Named]) -> None:
    first, *others = (each.report for each in reports)
    columns = {"figure": _("Figure"), "value": days(reports[0].span)}
    if others:
        columns |= {"other": days(reports[1].span), "change": _("Change")}
    else:
        columns |= {"formula": _("How it is counted")}
    rows = []
    reached = first.reached_115()
    for key, value in first.values().items():
        row = {
            "figure": figure_name(key),
            "value": _shown(key, value, first.total),
            "formula": _(REPORT_FORMULAS[key]),
        }
        if key in TARGETS_115 and value is not None:
            row["value"] += f" ({_verdict(reached[key])})"
        for other in others:
            beside = other.values().get(key)
            row["other"] = _shown(key, beside, other.total)
            row["change"] = shown_change(key, value, beside)
        rows.append(row)
    print_table(columns, rows)
    if any(each.report.total.results and each.report.total.few_results for each in reports):
        typer.echo(
            _("? Fewer than half of the answered calls have a result: too few to tell a share.")
        )
    if others:
        # Two values and how they differ leave no room beside them on most terminals.
        typer.echo()
        for row in rows:
            typer.echo(f"{row['figure']}: {row['formula']}")


def _shown(key: str, value: float | None, counted: CallsCounted) -> str:
    """Show the value of a figure of these calls; a question mark says that it is of too few."""
    few = key == "first_contact_share" and value is not None and counted.few_results
    return shown(key, value) + ("?" if few else "")


def _verdict(reached: bool | None) -> str:  # noqa: FBT001  a value, no switch
    if reached is None:
        return _("too few results to tell")
    return _("reached") if reached else _("not reached")


def _show_results(counted: CallsCounted) -> None:
    if counted.results:
        typer.echo()
        print_table(
            {"result": _("Result"), "count": _("Calls")},
            [
                {"result": call_result(result.value), "count": count}
                for result, count in sorted(counted.results.items())
            ],
        )


def _show_spread(heading: str, spread: Spread, edges: Sequence[int]) -> None:
    if not spread.count:
        return
    typer.echo()
    typer.echo(heading)
    print_table(
        {"time": _("Seconds"), "count": _("Calls"), "share": _("Share")},
        [
            {"time": name, "count": count, "share": percent(count / spread.count)}
            for name, count in zip(_bar_names(edges), spread.bars, strict=True)
        ],
    )


def _bar_names(edges: Sequence[int]) -> Iterator[str]:
    for start, end in zip((0, *edges), edges, strict=False):
        yield _("from {start} to under {end}").format(start=start, end=end)
    yield _("{start} and more").format(start=edges[-1])


def _show_groups(grouping: Grouping, report: Report, county: County) -> None:
    typer.echo()
    print_table(
        {"group": group_heading(grouping), **{key: short_name(key) for key in _OF_A_GROUP}},
        [
            {
                "group": group_name(grouping, key, county),
                **{
                    figure: _shown(figure, value, counted)
                    for figure, value in call_values(counted).items()
                    if figure in _OF_A_GROUP
                },
            }
            for key, counted in report.groups[grouping].items()
        ],
        of_figures=True,
    )


def _show_callbacks(grouping: Grouping, report: Report, county: County) -> None:
    groups = report.callback_groups.get(grouping)
    if not groups:
        return
    typer.echo()
    print_table(
        {"group": group_heading(grouping), **{key: short_name(key) for key in _OF_CALLBACKS}},
        [
            {
                "group": group_name(grouping, key, county),
                **{
                    figure: shown(figure, value)
                    for figure, value in callback_values(counted).items()
                },
            }
            for key, counted in groups.items()
        ],
        of_figures=True,
    )


def report_json(reports: Sequence[Named]) -> dict[str, Any]:
    """Return all that was counted, with the formulas."""
    made = [_one_json(each) for each in reports]
    return {
        **made[0],
        "compared_with": made[1] if len(made) > 1 else None,
        "formulas": REPORT_FORMULAS,
        "targets_115": TARGETS_115,
    }


def _one_json(named: Named) -> dict[str, Any]:
    total = named.report.total
    return {
        "from": named.span and named.span.first,
        "to": named.span and named.span.last,
        "figures": named.report.values(),
        "reached_115": named.report.reached_115(),
        "results": total.results,
        "outcomes": total.outcomes,
        "waits": {"edges_seconds": WAIT_EDGES, **asdict(total.waits)},
        "talks": {"edges_seconds": TALK_EDGES, **asdict(total.talks)},
        "by": {grouping: named.report.group_values(grouping) for grouping in named.groupings},
    }
