"""A plan's week as a picture: calls and agents over each day's hours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.adapters.plots.picture import picture
from ivr.application.planning import PictureWords
from ivr.domain.staffing import Need

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CALLS = "#9ecae1"
_USUAL = "#08519c"
_BUSY = "#d94801"
_TICK_HOURS = 2


def draw_week(needs: Sequence[Need], file: Path, words: PictureWords) -> None:
    """Draw calls (with what is usual from day to day) above agents, a column for each weekday.

    Raises IvrError as ``picture`` does.
    """
    weekdays = sorted({need.interval.weekday for need in needs})
    with picture(file, 2.2 * len(weekdays) + 1.5, 5.0) as figure:
        axes = figure.subplots(2, len(weekdays), squeeze=False, sharex=True, sharey="row")
        for column, weekday in enumerate(weekdays):
            of_day = [need for need in needs if need.interval.weekday == weekday]
            _draw_calls(axes[0][column], of_day, words)
            axes[0][column].set_title(words.weekdays[weekday], fontsize=10)
            _draw_agents(axes[1][column], of_day, words)
        axes[0][0].set_ylabel(words.calls)
        axes[1][0].set_ylabel(words.agents)
        for below in axes[1]:
            below.set_xlabel(words.hour)
        # Beside the axes: within them it would lie upon a day's figures.
        (range_keys, ranges), (keys, labels) = (
            each[0].get_legend_handles_labels() for each in axes
        )
        figure.legend(
            [*keys, *range_keys],
            [*labels, *ranges],
            fontsize=8,
            loc="outside lower center",
            ncols=3,
        )
        figure.suptitle(words.title, fontsize=11)


def _draw_calls(axes: Axes, needs: Sequence[Need], words: PictureWords) -> None:
    means = [need.usual.calls for need in needs]
    below = [max(0.0, need.usual.calls - need.quiet_calls) for need in needs]
    above = [max(0.0, need.busy.calls - need.usual.calls) for need in needs]
    axes.bar(_starts(needs), means, _width(needs), align="edge", color=_CALLS)
    middles = [start + _width(needs) / 2 for start in _starts(needs)]
    axes.errorbar(
        middles,
        means,
        [below, above],
        fmt="none",
        ecolor=_USUAL,
        elinewidth=0.8,
        label=words.usual_range,
    )
    axes.locator_params(axis="y", integer=True)
    axes.grid(axis="y", alpha=0.3)


def _draw_agents(axes: Axes, needs: Sequence[Need], words: PictureWords) -> None:
    edges = [*_starts(needs), _starts(needs)[-1] + _width(needs)]
    busy = [need.busy.agents for need in needs]
    usual = [need.usual.agents for need in needs]
    axes.stairs(busy, edges, color=_BUSY, label=words.busy_day, linewidth=1.2)
    axes.stairs(usual, edges, color=_USUAL, label=words.usual_day, fill=True, alpha=0.6)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="y", integer=True)
    axes.set_xticks(range(int(edges[0]) + int(edges[0]) % 2, int(edges[-1]) + 1, _TICK_HOURS))
    axes.grid(axis="y", alpha=0.3)


def _starts(needs: Sequence[Need]) -> list[float]:
    return [need.interval.start.hour + need.interval.start.minute / 60 for need in needs]


def _width(needs: Sequence[Need]) -> float:
    """The length of an interval in hours; the last one of a day may be shorter."""
    return max(need.interval.seconds for need in needs) / 3600
