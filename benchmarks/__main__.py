"""``make bench``: measure, print a table, keep the figures in benchmarks/results/latest.json."""

from __future__ import annotations

import asyncio
import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.adoption import adoption
from benchmarks.callbacks import callback_costs
from benchmarks.dispatch import dispatch_gaps
from benchmarks.engine import engine_costs
from benchmarks.estimate import Accuracy, estimates
from benchmarks.figures import Figure

RESULTS: Final = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    """Measure everything, the quick things first."""
    figures = [
        *engine_costs(),
        asyncio.run(dispatch_gaps()),
        *asyncio.run(adoption()),
        *asyncio.run(_callbacks()),
    ]
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
    accuracies = estimates()
    Console().print(_accuracy_table(accuracies))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps(
            {
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "figures": [figure.summary() for figure in figures],
                "estimated_waits": [asdict(accuracy) for accuracy in accuracies],
            },
            indent=2,
        )
    )
    print(f"kept in {RESULTS}")


async def _callbacks() -> list[Figure]:
    return [figure async for figure in callback_costs()]


def _accuracy_table(accuracies: list[Accuracy]) -> Table:
    table = Table(
        "estimated wait",
        "announced",
        "silent",
        "wait s",
        "bias s",
        "abs. error s",
        "within 1 min",
        "within 25 %",
    )
    for each in accuracies:
        table.add_row(
            each.name,
            str(each.announcements),
            f"{each.silent:.1%}",
            f"{each.mean_wait:.0f}",
            f"{each.bias:+.1f}",
            f"{each.error:.1f}",
            f"{each.within_a_minute:.0%}",
            f"{each.within_a_quarter:.0%}",
        )
    return table


if __name__ == "__main__":
    main()
