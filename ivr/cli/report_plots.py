"""A report as drawings. Imported only where one is wanted: matplotlib is slow to import."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ivr.cli.language import _
from ivr.cli.report_output import Named
from ivr.cli.report_words import days
from ivr.domain.counting import TALK_EDGES, WAIT_EDGES
from ivr.domain.errors import Unavailable
from ivr.domain.reporting import Grouping, call_values

try:
    from matplotlib import rc_context
    from matplotlib.figure import Figure
except ImportError as error:
    raise Unavailable(
        "Plots need matplotlib: install ivr with its extra 'plots'.", code="no_matplotlib"
    ) from error


def draw_plots(folder: Path, named: Named) -> None:
    """Draw calls and waits by hour, waits and talk times into ``folder``. Raises Unavailable."""
    total = named.report.total
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _save(_by_hour(named), folder / "hours.svg")
        _save(
            _bars(WAIT_EDGES, total.waits.bars, _("Waits of answered calls"), days(named.span)),
            folder / "waits.svg",
        )
        _save(
            _bars(TALK_EDGES, total.talks.bars, _("Talk times"), days(named.span)),
            folder / "talks.svg",
        )
    except OSError as error:
        raise Unavailable(
            f"{folder} can't be written to: {error.strerror}.", code="report_not_written"
        ) from error


def _by_hour(named: Named) -> Figure:
    hours = {key: call_values(c) for key, c in named.report.groups[Grouping.HOUR].items()}
    figure, axes = _empty(_("Calls and waits by hour"), days(named.span))
    names = list(hours)
    axes.bar(names, [values["arrived"] for values in hours.values()], color="#9bb8d3")
    axes.set_xlabel(_("Hour"))
    axes.set_ylabel(_("Calls"))
    waits = axes.twinx()
    for key, style in (("asa_seconds", "o-"), ("p90_wait_seconds", "s--")):
        known = [(name, hours[name][key]) for name in names if hours[name][key] is not None]
        label = _("ASA") if key == "asa_seconds" else _("9 of 10")
        waits.plot([name for name, _value in known], [value for _name, value in known], style)
        waits.lines[-1].set(color="#8c2f39", label=label)
    waits.set_ylabel(_("Wait in seconds"))
    waits.set_ylim(bottom=0)
    if hours:
        waits.legend(loc="upper right")
    return figure


def _bars(edges: Sequence[int], bars: Sequence[int], title: str, subtitle: str) -> Figure:
    figure, axes = _empty(title, subtitle)
    names = [*(f"< {edge}" for edge in edges), f"≥ {edges[-1]}"]
    axes.bar(names, bars, color="#9bb8d3")
    axes.set_xlabel(_("Seconds"))
    axes.set_ylabel(_("Calls"))
    return figure


def _empty(title: str, subtitle: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(f"{title}\n{subtitle}")
    return figure, axes


def _save(figure: Figure, file: Path) -> None:
    with rc_context({"svg.hashsalt": "ivr"}):  # the same figures are the same file
        figure.savefig(file, format="svg", metadata={"Date": None})
