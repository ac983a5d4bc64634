"""How ``ivr simulate`` shows how far it is, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import typer

from ivr.application.simulating.results import OCCUPANCY, Part, Results
from ivr.bootstrap.simulating import Wanted
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.report_words import shown
from ivr.cli.words import percent
from ivr.domain.figures import FORMULAS, SERVICE_LEVELS
from ivr.provisioning.call_counts import WEEKDAYS

_NOBODY_HOURS = 0.5
"""Who stays so short after closing, until nobody waits, makes no hour of the table."""


@contextmanager
def progress_of(calls: int) -> Iterator[Callable[[int], None]]:
    """Show on stderr how many of ``calls`` are over, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _more: None
        return
    from rich.console import Console  # noqa: PLC0415  slow to import, needed on terminals only
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(_("Simulating"), total=calls)
        yield lambda more: progress.advance(task, more)


def print_results(wanted: Wanted, results: Results, *, as_json: bool) -> None:
    """Print the figures of the whole, and by month, weekday and hour."""
    if as_json:
        print_json(_json(wanted, results))
        return
    months = {name: _row(name, part) for name, part in results.months().items()}
    total = _row(_("all"), results.total())
    print_table(_columns(_("Month")), [*months.values(), total], of_figures=True)
    typer.echo()
    hours = [
        _row(f"{hour:02}:00", part)
        for hour, part in results.hours().items()
        if part.figures.arrived or part.there_hours >= _NOBODY_HOURS
    ]
    print_table(_columns(_("Hour")), hours, of_figures=True)
    typer.echo()
    levels = ", ".join(f"≤ {limit} s" for limit in SERVICE_LEVELS)
    for name, formula in (
        ("ASA", FORMULAS["asa_seconds"]),
        (levels, FORMULAS["service_levels"]),
        (_("Abandoned"), FORMULAS["abandoned"]),
        (_("Callbacks"), FORMULAS["callbacks"]),
        (_("Occupied"), OCCUPANCY),
    ):
        typer.echo(f"{name}: {_(formula)}")


def _columns(first: str) -> Mapping[str, str]:
    return {
        "part": first,
        "calls": _("Calls"),
        "answered": _("Answered"),
        "abandoned": _("Abandoned"),
        "callbacks": _("Callbacks"),
        "asa": "ASA",
        **{f"within_{limit}": f"≤ {limit} s" for limit in SERVICE_LEVELS},
        "occupancy": _("Occupied"),
        "agent_hours": _("Agent hours"),
    }


def _row(name: str, part: Part) -> Mapping[str, Any]:
    figures = part.figures
    asa = figures.asa_seconds
    return {
        "part": name,
        "calls": figures.arrived,
        "answered": figures.answered,
        "abandoned": figures.abandoned,
        "callbacks": figures.callbacks,
        "asa": "" if asa is None else shown("asa_seconds", asa),
        **{
            f"within_{limit}": _percent_or_nothing(figures.service_level(limit))
            for limit in SERVICE_LEVELS
        },
        "occupancy": _percent_or_nothing(part.occupancy),
        "agent_hours": f"{part.there_hours:.0f}",
    }


def _percent_or_nothing(share: float | None) -> str:
    return "" if share is None else percent(share)


def _json(wanted: Wanted, results: Results) -> Mapping[str, Any]:
    return {
        "scenario": {
            "calls": wanted.calls,
            "seed": wanted.seed,
            "since": wanted.days.first,
            "until": wanted.days.last + timedelta(days=1),
            "agents": "planned" if wanted.agents is None else wanted.agents,
            "departments_each": wanted.departments_each,
            "from": wanted.like,
            "wrap_up_seconds": wanted.wrap_up and wanted.wrap_up.total_seconds(),
            "announcements": wanted.announcements,
            "habits": asdict(wanted.habits),
        },
        "total": _part_json(results.total()),
        "months": [{"month": name, **_part_json(part)} for name, part in results.months().items()],
        "weekdays": [
            {"weekday": WEEKDAYS[day], **_part_json(part)}
            for day, part in results.weekdays().items()
        ],
        "hours": [{"hour": hour, **_part_json(part)} for hour, part in results.hours().items()],
        "formulas": FORMULAS | {"arrived": "calls that arrived", "occupancy": OCCUPANCY},
    }


def _part_json(part: Part) -> Mapping[str, Any]:
    figures = part.figures
    return {
        "arrived": figures.arrived,
        "offered": figures.offered,
        "answered": figures.answered,
        "abandoned": figures.abandoned,
        "abandoned_at_once": figures.abandoned_at_once,
        "callbacks": figures.callbacks,
        "asa_seconds": _rounded(figures.asa_seconds, 2),
        "longest_wait_seconds": round(figures.longest_wait_seconds, 1),
        "service_levels": {
            limit: _rounded(figures.service_level(limit), 4) for limit in SERVICE_LEVELS
        },
        "occupancy": _rounded(part.occupancy, 4),
        "agent_hours": round(part.there_hours, 1),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
