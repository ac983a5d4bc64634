"""What has changed since another measurement, and whether that is more than chance.

Rounds of the same measurement differ. So a figure counts as worse only where even its best round is
``WORSE`` times worse than the other measurement's worst round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import Summary

WORSE: Final = 1.5
_TAIL: Final = 100
"""Of fewer values nobody can tell the 99th percentile."""
_UNNOTICED: Final = {"ms": 0.02, "s": 0.02, "MiB": 1.0, "%": 1.0}
"""Smaller differences are nobody's concern, whatever the ratio."""


@dataclass(frozen=True, slots=True)
class Change:
    """One figure now and before. ``median`` and ``p99`` are ratios: above 1 is worse."""

    name: str
    median: float
    p99: float | None
    worse: bool


def changes(now: Sequence[Summary], before: Sequence[Summary]) -> list[Change]:
    """Compare every figure that is in both."""
    known = {each.name: each for each in before}
    return [_change(each, known[each.name]) for each in now if each.name in known]


def _change(now: Summary, before: Summary) -> Change:
    tail = min(now.n, before.n) >= _TAIL
    worse = _is_worse(now, now.medians, before.medians)
    return Change(
        name=now.name,
        median=_ratio(now, now.median, before.median),
        p99=_ratio(now, now.p99, before.p99) if tail else None,
        worse=worse or (tail and _is_worse(now, now.p99s, before.p99s)),
    )


def _is_worse(figure: Summary, now: tuple[float, float], before: tuple[float, float]) -> bool:
    best, worst = (now[1], before[0]) if figure.more_is_better else (now[0], before[1])
    noticed = abs(best - worst) > _UNNOTICED.get(figure.unit, 0)
    return noticed and _ratio(figure, best, worst) > WORSE


def _ratio(figure: Summary, now: float, before: float) -> float:
    worse, better = (before, now) if figure.more_is_better else (now, before)
    return worse / better if better else float("inf" if worse else 1)
