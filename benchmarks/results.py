"""What a measurement found, as a file of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from benchmarks.estimate import Accuracy
from benchmarks.figures import NotMeasured, Summary
from benchmarks.machine import Machine

FOLDER: Final = Path(__file__).parent / "results"
LATEST: Final = FOLDER / "latest.json"
REFERENCE: Final = FOLDER / "reference.json"


@dataclass(frozen=True, slots=True)
class Results:
    """``at`` is when the measurement began; ``targets`` are lines as they were printed."""

    at: str
    machine: Machine
    figures: Sequence[Summary]
    targets: Sequence[Mapping[str, Any]] = ()
    estimated_waits: Sequence[Accuracy] = field(default=())
    not_measured: Sequence[NotMeasured] = ()

    def write(self, file: Path) -> None:
        """Keep it. Raises OSError."""
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Return what was kept; None where nothing was, or by another version of this program."""
        try:
            kept = json.loads(file.read_text())
            return cls(
                kept["at"],
                Machine(**kept["machine"]),
                [_summary(each) for each in kept["figures"]],
                kept["targets"],
                [Accuracy(**each) for each in kept["estimated_waits"]],
                [NotMeasured(**each) for each in kept.get("not_measured", ())],
            )
        except (FileNotFoundError, KeyError, TypeError, ValueError):
            return None


def _summary(kept: dict[str, Any]) -> Summary:
    low, high = kept["medians"]
    low_p99, high_p99 = kept["p99s"]
    return Summary(**{**kept, "medians": (low, high), "p99s": (low_p99, high_p99)})
