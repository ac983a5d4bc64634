"""The figures and the picture of "The estimated wait" in docs/explanation/while-waiting.md.

    python -m benchmarks.estimated_waits

The scenes and the seed are those of ``make bench``; it needs neither Asterisk nor a quiet machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from benchmarks.estimate import SCENES, Day, accuracy
from benchmarks.tables import estimates_table
from ivr.adapters.plots.picture import picture
from testbed.installation import PROJECT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURE: Final = PROJECT / "docs" / "explanation" / "while-waiting" / "estimates.svg"
HOURS: Final = 8
SEED: Final = 1
_FEWEST: Final = 40
"""Of fewer announcements nobody can say what one in ten was like."""

Told = Sequence[tuple[float | None, float]]
"""What was announced, and what then remained, in seconds."""


def main() -> None:
    """Simulate, draw, and print what the page says."""
    told = {scene.name: Day(scene, SEED).run(HOURS) for scene in SCENES}
    draw(told, PICTURE)
    Console(width=120).print(estimates_table([accuracy(*scene) for scene in told.items()]))


def draw(told: Mapping[str, Told], file: Path) -> None:
    """Draw, scene by scene, what remained of each announced minute. Raises IvrError."""
    file.parent.mkdir(exist_ok=True)
    with picture(file, 9.0, 3.4) as figure:
        for axes, (name, pairs) in zip(
            figure.subplots(1, len(told), squeeze=False)[0], told.items(), strict=True
        ):
            axes.set_title(name)
            _draw_one(axes, list(by_minute(pairs)))
        figure.supxlabel("Announced, in minutes")
        figure.supylabel("Really remained, in minutes")


def by_minute(told: Told) -> Iterator[tuple[float, float, float, float]]:
    """Yield for each announced minute its middle, and three of the waits that then remained.

    One in ten was shorter than the first, half than the second, nine in ten than the third. All in
    minutes.
    """
    minutes: dict[int, list[float]] = {}
    for estimate, wait in told:
        if estimate is not None:
            minutes.setdefault(int(estimate // 60), []).append(wait / 60)
    for minute, waits in sorted(minutes.items()):
        if len(waits) >= _FEWEST:
            waits.sort()
            low, middle, high = (waits[len(waits) * tenth // 10] for tenth in (1, 5, 9))
            yield minute + 0.5, low, middle, high


def _draw_one(axes: Axes, seen: Sequence[tuple[float, float, float, float]]) -> None:
    told, low, middle, high = zip(*seen, strict=True)
    most = max(told[-1], high[-1])
    axes.plot([0, most], [0, most], color="grey", linewidth=0.8, linestyle="--")
    axes.fill_between(told, low, high, color="#1b6ca8", alpha=0.25, label="8 of 10 callers")
    axes.plot(told, middle, "o-", color="#1b6ca8", markersize=3, label="median")
    axes.set_xlim(0)
    axes.set_ylim(0)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")


if __name__ == "__main__":
    main()
