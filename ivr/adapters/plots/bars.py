"""Bars, and curves over them with an axis of their own. It knows nothing of what they stand for."""

from __future__ import annotations

from pathlib import Path

from ivr.adapters.plots.picture import picture
from ivr.application.reporting import BarPicture

_STYLES = ("o-", "s--")


def draw_bars(bars: BarPicture, file: Path) -> None:
    """Draw ``bars`` into ``file``. Raises Refused and Unavailable as ``picture`` does."""
    with picture(file, 8, 4.5) as figure:
        axes = figure.add_subplot()
        axes.set_title(bars.title)
        axes.bar(list(bars.heights), list(bars.heights.values()), color="#9bb8d3")
        axes.set_xlabel(bars.across)
        axes.set_ylabel(bars.up)
        axes.tick_params(axis="x", labelsize=8)
        if not (bars.curves and bars.heights):
            return
        other = axes.twinx()
        for (label, values), style in zip(bars.curves.items(), _STYLES, strict=False):
            other.plot(list(values), list(values.values()), style, color="#8c2f39", label=label)
        other.set_ylabel(bars.up_of_curves)
        other.set_ylim(bottom=0)
        figure.legend(loc="outside lower center", ncols=len(_STYLES))  # never upon a curve
