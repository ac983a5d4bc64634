"""What a report's pictures show, and the words in them. How they are drawn is no matter here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ivr.application.reporting import BarPicture
from ivr.cli.language import _
from ivr.cli.report_output import Named
from ivr.cli.report_words import days
from ivr.domain.counting import TALK_EDGES, WAIT_EDGES
from ivr.domain.reporting import Grouping, call_values


def pictures(named: Named) -> Mapping[str, BarPicture]:
    """Return calls and waits by hour, waits and talk times, by the names of their files."""
    total, when = named.report.total, days(named.span)
    return {
        "hours.svg": _by_hour(named, when),
        "waits.svg": _spread(_("Waits of answered calls"), when, WAIT_EDGES, total.waits.bars),
        "talks.svg": _spread(_("Talk times"), when, TALK_EDGES, total.talks.bars),
    }


def _by_hour(named: Named, when: str) -> BarPicture:
    hours = {key: call_values(c) for key, c in named.report.groups[Grouping.HOUR].items()}
    return BarPicture(
        title=f"{_('Calls and waits by hour')}\n{when}",
        across=_("Hour"),
        up=_("Calls"),
        heights={hour: values["arrived"] or 0 for hour, values in hours.items()},
        curves={
            label: {hour: at for hour, values in hours.items() if (at := values[key]) is not None}
            for label, key in ((_("ASA"), "asa_seconds"), (_("9 of 10"), "p90_wait_seconds"))
        },
        up_of_curves=_("Wait in seconds"),
    )


def _spread(title: str, when: str, edges: Sequence[int], bars: Sequence[int]) -> BarPicture:
    names = (
        *(f"{start}-{end}" for start, end in zip((0, *edges), edges, strict=False)),
        f"≥ {edges[-1]}",
    )
    return BarPicture(
        title=f"{title}\n{when}",
        across=_("Seconds"),
        up=_("Calls"),
        heights=dict(zip(names, bars, strict=True)),
    )
