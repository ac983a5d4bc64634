"""One measured thing, and how it is summed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Values of the same thing; there is at least one.

    ``rounds`` are the same values by the round in which they were measured, where there were
    several: they tell how far a repetition may differ.
    """

    name: str
    values: Sequence[float]
    unit: str = "ms"
    rounds: Sequence[Sequence[float]] = ()
    more_is_better: bool = False

    def quantile(self, share: float) -> float:
        """Return the value that ``share`` of all do not exceed (nearest rank)."""
        return quantile(self.values, share)

    def summary(self) -> Summary:
        """Return what is kept."""
        rounds = [each for each in self.rounds if each] or [self.values]
        medians = [quantile(each, 0.5) for each in rounds]
        highs = [quantile(each, 0.99) for each in rounds]
        return Summary(
            name=self.name,
            unit=self.unit,
            n=len(self.values),
            median=round(self.quantile(0.5), 4),
            p99=round(self.quantile(0.99), 4),
            worst=round((min if self.more_is_better else max)(self.values), 4),
            medians=(round(min(medians), 4), round(max(medians), 4)),
            p99s=(round(min(highs), 4), round(max(highs), 4)),
            more_is_better=self.more_is_better,
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """A figure as it is kept.

    ``medians`` and ``p99s`` are the lowest and the highest of a round: the spread.
    """

    name: str
    unit: str
    n: int
    median: float
    p99: float
    worst: float
    medians: tuple[float, float]
    p99s: tuple[float, float]
    more_is_better: bool = False


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A figure, or a whole part, that came to nothing, and why.

    ``failed``: somebody did not do what was asked; otherwise this machine is too small for it.
    """

    name: str
    why: str
    failed: bool = True


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of ``values`` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def of_rounds(
    name: str, rounds: Sequence[Sequence[float]], unit: str = "ms", *, more_is_better: bool = False
) -> Figure:
    """Return the figure of values that were measured in several rounds."""
    values = [value for each in rounds for value in each]
    return Figure(name, values, unit, rounds, more_is_better)
