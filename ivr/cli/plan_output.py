"""How ``ivr plan`` shows its figures: tables with their formulas, CSV, JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any

import typer

from ivr.application.planning import Origin, PictureWords, Plan
from ivr.cli.language import _, language
from ivr.cli.output import print_json, print_table
from ivr.cli.plan_options import weekday_names
from ivr.cli.plan_programs import plan_json, plan_row, print_csv
from ivr.cli.words import percent
from ivr.domain.erlang import Target
from ivr.domain.staffing import Need, Terms, by_time
from ivr.provisioning.call_counts import WEEKDAYS


class Form(Enum):
    """How figures are wanted."""

    TABLE = auto()
    CSV = auto()
    JSON = auto()


def print_plan(made: Plan, weekday: int | None, form: Form) -> None:
    """Print a plan, or only its ``weekday``."""
    needs = [need for need in made.needs if weekday in (None, need.interval.weekday)]
    if form is Form.JSON:
        print_json(plan_json(made, needs))
    elif form is Form.CSV:
        print_csv([plan_row(need) for need in needs])
    else:
        _print_basis(made)
        if weekday is None:
            _print_week(needs)
        elif not needs:
            typer.echo(_("Nobody calls on this day: the service is closed."))
        else:
            _print_day(needs, made.terms)
        typer.echo()
        _print_sum(made)
        print_formulas(made.terms, made.week.variation)


def picture_words(made: Plan) -> PictureWords:
    """Return what stands in the plan's picture."""
    return PictureWords(
        title=_("{calls} calls a year, {target}").format(
            calls=decimal(made.a_year, 0), target=target_words(made.terms.target)
        ),
        weekdays=tuple(weekday_names()),
        calls=_("Calls in {minutes} minutes").format(
            minutes=max(need.interval.seconds for need in made.needs) // 60
        ),
        agents=_("Agents"),
        usual_day=_("average day"),
        busy_day=_("busy day"),
        usual_range=_("calls, quiet to busy day"),
        hour=_("Hour"),
    )


def _print_basis(made: Plan) -> None:
    week = made.week
    total = _("{week} calls a week, {year} in the year ahead.").format(
        week=decimal(week.total, 0), year=decimal(made.a_year, 0)
    )
    typer.echo(total)
    if week.days is not None:
        counted = _("Counted on {days} days, {first} to {last}.")
        typer.echo(counted.format(days=week.days, first=week.first, last=week.last))
    if week.left_out >= 0.0005:  # noqa: PLR2004  shown as 0.1 %
        outside = _("{share} of the calls came outside the opening hours and are left out.")
        typer.echo(outside.format(share=percent(week.left_out)))
    print_terms(made.terms, made.handling_from, made.patience_from)
    typer.echo()


def print_terms(terms: Terms, handling_from: Origin, patience_from: Origin) -> None:
    """Say what is planned for."""
    handling = _("Handling: {seconds} s ({origin}).")
    typer.echo(
        handling.format(seconds=decimal(terms.handling, 0), origin=_origin_words(handling_from))
    )
    if terms.patience is None:
        typer.echo(_("Patience: nobody gives up."))
    else:
        patience = _("Patience: {seconds} s ({origin}).")
        typer.echo(
            patience.format(seconds=decimal(terms.patience, 0), origin=_origin_words(patience_from))
        )
    typer.echo(_("Target: {target}.").format(target=target_words(terms.target)))


def _print_week(needs: Sequence[Need]) -> None:
    typer.echo(_("Agents on an average day (on a busy day):"))
    weekdays = sorted({need.interval.weekday for need in needs})
    names = weekday_names()
    columns = {"start": _("From")} | {WEEKDAYS[day]: names[day] for day in weekdays}
    rows = [
        {"start": f"{start:%H:%M}"}
        | {
            WEEKDAYS[day]: f"{need.usual.agents} ({need.busy.agents})"
            + ("?" if need.expected.thin else "")
            for day, need in of_days.items()
        }
        for start, of_days in by_time(needs).items()
    ]
    print_table(columns, rows)


def _print_day(needs: Sequence[Need], terms: Terms) -> None:
    columns = {
        "start": _("From"),
        "calls": _("Calls"),
        "range": _("Quiet to busy day"),
        "erlang_c": "Erlang C",
        "erlang_a": "Erlang A",
        "busy": _("Busy day"),
        "rostered": _("On the roster"),
        "asa": "ASA",
        "asa_range": _("ASA, quiet to busy"),
        "within": within_words(terms.target),
        "abandoned": _("Give up"),
        "occupancy": _("Occupied"),
        "margin": _("Mean is sure to"),
    }
    print_table(columns, [_day_row(need) for need in needs], of_figures=True)


def _day_row(need: Need) -> Mapping[str, Any]:
    met, margin = need.usual.waits, need.expected.margin
    sure = "" if margin is None else f"±{percent(margin)}"
    return {
        "start": f"{need.interval.start:%H:%M}",
        "calls": decimal(need.usual.calls, 1),
        "range": f"{need.quiet_calls}-{decimal(need.busy.calls, 0)}",
        "erlang_c": need.patient.agents,
        "erlang_a": need.with_patience and need.with_patience.agents,
        "busy": need.busy.agents,
        "rostered": f"{need.rostered} ({need.busy_rostered})",
        "asa": seconds_words(met.asa),
        "asa_range": " - ".join(
            seconds_words(found.asa) for found in (need.quiet_waits, need.busy_waits)
        ),
        "within": percent(met.within),
        "abandoned": percent(met.abandoned),
        "occupancy": percent(met.occupancy),
        "margin": sure + ("?" if need.expected.thin else ""),
    }


def _print_sum(made: Plan) -> None:
    total, met = made.sum, made.sum.waits
    typer.echo(
        _(
            "The week: {hours} agent hours ({busy} if every day were busy), {rostered} on the"
            " roster; at most {most} agents at once."
        ).format(
            hours=decimal(total.hours, 0),
            busy=decimal(total.busy_hours, 0),
            rostered=decimal(total.rostered_hours, 0),
            most=total.most_agents,
        )
    )
    typer.echo(
        _(
            "Its callers: ASA {asa}, {within} answered within {seconds} s, {abandoned} give up;"
            " agents are occupied for {occupancy}."
        ).format(
            asa=seconds_words(met.asa),
            within=percent(met.within),
            seconds=decimal(made.terms.target.within, 0),
            abandoned=percent(met.abandoned),
            occupancy=percent(met.occupancy),
        )
    )
    if total.thin:
        typer.echo(
            _(
                "? The history is too thin for {thin} of {all} intervals: few days, or a mean that"
                " may be off by more than 30 %."
            ).format(thin=total.thin, all=len(made.needs))
        )


def print_formulas(terms: Terms, variation: float) -> None:
    """Say by which model and formulas the figures were found."""
    typer.echo()
    typer.echo(
        _(
            "Erlang C: load a = calls / interval * handling; B(0) = 1,"
            " B(k) = a B(k-1) / (k + a B(k-1)); C = B(c) / (1 - a/c (1 - B(c)));"
            " ASA = C * handling / (c - a); within T: 1 - C * e^(-(c - a) T / handling)."
            " Nobody gives up."
        )
    )
    if terms.patience is not None:
        typer.echo(
            _(
                "Erlang A, planned with: callers give up, their patience is exponential (Palm;"
                " Baccelli and Hebuterne); the wait of the most patient has a density proportional"
                " to e^(calls * patience * (1 - e^(-t/patience)) - agents * t / handling)."
            )
        )
    typer.echo(
        _(
            "ASA: waits of answered calls / answered calls. Within: answered within the time / all"
            " calls. Busy day: 9 of 10 bring no more calls, quiet day: 1 of 10 brings no more;"
            " their variance is mean + (variation * mean)^2, variation {variation}. Roster: agents"
            " / (1 - shrinkage), shrinkage {shrinkage}."
        ).format(variation=percent(variation), shrinkage=percent(terms.shrinkage))
    )


def target_words(target: Target) -> str:
    """Say what is to be reached."""
    parts = []
    if target.asa is not None:
        parts.append(_("ASA of at most {asa}").format(asa=seconds_words(target.asa)))
    if target.share is not None:
        within = _("{share} answered within {seconds} s")
        parts.append(within.format(share=percent(target.share), seconds=decimal(target.within, 0)))
    if target.abandoned is not None:
        parts.append(_("at most {share} give up").format(share=percent(target.abandoned)))
    if target.occupancy is not None:
        parts.append(_("agents occupied for {share}").format(share=percent(target.occupancy)))
    return ", ".join(parts)


def within_words(target: Target) -> str:
    """The heading of a service level."""
    return _("Within {seconds} s").format(seconds=decimal(target.within, 0))


def _origin_words(origin: Origin) -> str:
    words = {
        Origin.GIVEN: _("given"),
        Origin.COUNTED: _("counted"),
        Origin.ASSUMED: _("assumed"),
    }
    return words[origin]


def seconds_words(seconds: float) -> str:
    """Show a wait."""
    if not math.isfinite(seconds):
        return "∞"
    return f"{decimal(seconds, 1 if seconds < 9.95 else 0)} s"  # noqa: PLR2004  two digits


def decimal(value: float, digits: int) -> str:
    """Show a number as people of the language write it, without separators of thousands."""
    shown = f"{value:.{digits}f}"
    return shown.replace(".", ",") if language() == "de" else shown
