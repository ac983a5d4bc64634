"""``make bench``: measure, print a table, keep the figures in benchmarks/results/latest.json."""

from __future__ import annotations

import asyncio
import json
import platform
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.dispatch import dispatch_gaps
from benchmarks.engine import engine_costs

RESULTS: Final = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    """Measure everything, the quick things first."""
    figures = [*engine_costs(), asyncio.run(dispatch_gaps())]
    table = Table("what", "n", "median ms", "p99 ms", "worst ms")
    for figure in figures:
        table.add_row(
            figure.name,
            str(len(figure.milliseconds)),
            f"{figure.quantile(0.5):.3f}",
            f"{figure.quantile(0.99):.3f}",
            f"{max(figure.milliseconds):.3f}",
        )
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps(
            {
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "figures": [figure.summary() for figure in figures],
            },
            indent=2,
        )
    )
    print(f"kept in {RESULTS}")


if __name__ == "__main__":
    main()
