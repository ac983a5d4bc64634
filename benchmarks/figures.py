"""One measured thing, and how it is summed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Durations of the same thing, in milliseconds; there is at least one."""

    name: str
    milliseconds: Sequence[float]

    def quantile(self, share: float) -> float:
        """Return the duration that ``share`` of all do not exceed (nearest rank)."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def summary(self) -> dict[str, str | int | float]:
        """Return what is kept."""
        return {
            "name": self.name,
            "n": len(self.milliseconds),
            "median_ms": round(self.quantile(0.5), 4),
            "p99_ms": round(self.quantile(0.99), 4),
            "worst_ms": round(max(self.milliseconds), 4),
        }
