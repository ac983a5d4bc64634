"""Results as pictures, in SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import names
from benchmarks.figures import Figure
from benchmarks.growth import WAITING
from benchmarks.names import Crowd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS: Final[Mapping[str, str]] = {
    names.IVR: "#1b6ca8",
    names.APP_QUEUE: "#c0562f",
    names.BARE: "#777777",
}


def draw(figures: Sequence[Figure], folder: Path) -> list[Path]:
    """Draw what was measured into ``folder``; returns the files."""
    from matplotlib import pyplot as plt  # noqa: PLC0415 - takes a second

    known = {figure.name: figure for figure in figures}
    drawn = []
    plt.switch_backend("svg")
    for name, title, draw_one in (
        ("dispatch-gap", "Agent's call ends, next call rings", _dispatch),
        ("answer-path", "Caller's INVITE to the agent's voice", _answer),
        ("waiting-callers", "Dispatch gap with many callers waiting", _growth),
    ):
        picture, axes = plt.subplots(figsize=(7, 4), layout="constrained")
        axes.set_title(title)
        if draw_one(axes, known):
            axes.grid(visible=True, which="both", alpha=0.3)
            axes.legend()
            drawn.append(folder / f"{name}.svg")
            picture.savefig(drawn[-1])
        plt.close(picture)
    return drawn


def _dispatch(axes: Axes, figures: Mapping[str, Figure]) -> bool:
    axes.set_xscale("log")
    return _distributions(
        axes, {side: figures.get(names.dispatch_gap(side)) for side in names.SIDES}
    )


def _answer(axes: Axes, figures: Mapping[str, Figure]) -> bool:
    return _distributions(axes, {side: figures.get(names.talk(side)) for side in names.SIDES})


def _distributions(axes: Axes, figures: Mapping[str, Figure | None]) -> bool:
    """Draw which share of all took at most how long."""
    for side, figure in figures.items():
        if figure is not None:
            ordered = sorted(figure.values)
            shares = [(rank + 1) / len(ordered) * 100 for rank in range(len(ordered))]
            axes.step(ordered, shares, where="post", label=side, color=_COLOURS[side])
    axes.set_xlabel("ms")
    axes.set_ylabel("% took at most so long")
    return any(figures.values())


def _growth(axes: Axes, figures: Mapping[str, Figure]) -> bool:
    drawn = False
    for side in (names.IVR, names.APP_QUEUE):
        found = {size: figures.get(names.gap_with_waiting(side, Crowd(size))) for size in WAITING}
        of_side = [figure for figure in found.values() if figure is not None]
        sizes = [size for size, figure in found.items() if figure is not None]
        if not sizes:
            continue
        drawn = True
        for share, style in ((0.5, "-"), (0.95, ":")):
            heights = [each.quantile(share) for each in of_side]
            label = f"{side}, {share:.0%} of gaps"
            axes.plot(sizes, heights, style, marker="o", label=label, color=_COLOURS[side])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("callers waiting")
    axes.set_ylabel("ms")
    return drawn
