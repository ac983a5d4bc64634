"""``make bench``: measure, compare, and keep the results in benchmarks/results/."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.comparison import changes
from benchmarks.estimate import Accuracy, estimates
from benchmarks.figures import Figure, NotMeasured
from benchmarks.laboratory import GIVEN_UP, laboratory
from benchmarks.machine import Machine, asterisk_version
from benchmarks.parts import AGENTS, ALL, ALONE, ESTIMATES, IN_LABORATORY, Extent, Measured
from benchmarks.plots import draw
from benchmarks.progress import Progress
from benchmarks.results import FOLDER, LATEST, REFERENCE, Results
from benchmarks.tables import (
    changes_table,
    estimates_table,
    figures_table,
    not_measured_table,
    targets_table,
)
from benchmarks.targets import verdicts

_LONGEST_SECONDS: Final = 420.0
"""For one part, on a machine that does other things as well."""


def main() -> int:
    """Measure what was asked for; returns the exit status."""
    wanted = _arguments()
    parts = wanted.only or ALL
    before = Results.read(wanted.against)
    if before is None:
        print(_nothing_in(wanted.against), file=sys.stderr)
        if wanted.strict:
            return 2
    began, machine = datetime.now(UTC), Machine.this(asterisk_version())
    print(machine, file=sys.stderr)
    figures, missing = asyncio.run(_measure(parts, Extent(quick=wanted.quick)))
    failed = [each.name for each in missing if each.failed]
    accuracies = estimates() if ESTIMATES in parts else []
    results = _results(began, machine, figures, accuracies, missing)
    results.write(LATEST)
    pictures = draw(figures, FOLDER)
    stored = wanted.store and not failed
    if stored:
        results.write(REFERENCE)
    worse = _show(results, before, wanted.against)
    for file in (LATEST, *pictures, *([REFERENCE] if stored else [])):
        print(f"kept in {file}")
    if failed:
        print("came to nothing: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed or (worse and wanted.strict) else 0


async def _measure(parts: Sequence[str], extent: Extent) -> tuple[list[Figure], list[NotMeasured]]:
    """Return the figures, and what came to nothing."""
    progress = Progress()
    measured: list[Figure | NotMeasured] = []

    def failed(name: str, error: Exception) -> None:
        """What else there is is worth having."""
        why = f"{type(error).__name__}: {error}"
        progress.says(f"{name} FAILED: {why}")
        measured.append(NotMeasured(name, why))

    async def measure(name: str, part: Awaitable[Measured]) -> None:
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                measured.extend(await part)
        except GIVEN_UP as error:
            failed(name, error)

    for name, alone in ALONE.items():
        if name in parts:
            await measure(name, alone(extent, progress))
    if any(name in parts for name in IN_LABORATORY):
        progress.says("building prompts, starting Asterisk")
        try:
            async with laboratory(AGENTS) as running:
                for name, part in IN_LABORATORY.items():
                    if name in parts:
                        await measure(name, part(running, extent, progress))
        except GIVEN_UP as error:
            failed("laboratory", error)
    progress.says("done")
    figures = [each for each in measured if isinstance(each, Figure)]
    return figures, [each for each in measured if isinstance(each, NotMeasured)]


def _results(
    began: datetime,
    machine: Machine,
    figures: Sequence[Figure],
    accuracies: Sequence[Accuracy],
    missing: Sequence[NotMeasured],
) -> Results:
    summaries = [figure.summary() for figure in figures]
    targets = [{**asdict(each), "word": each.word} for each in verdicts(summaries)]
    at = began.isoformat(timespec="seconds")
    return Results(at, machine, summaries, targets, accuracies, missing)


def _show(results: Results, before: Results | None, file: Path) -> list[str]:
    """Print all; return what got worse."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(str(results.machine))
    if results.figures:
        console.print(figures_table(results.figures))
    if results.not_measured:
        console.print(not_measured_table(results.not_measured))
    if results.estimated_waits:
        console.print(estimates_table(results.estimated_waits))
    worse = []
    if before is None:
        console.print(_nothing_in(file))
    else:
        console.print(f"compared with {before.at}, {before.machine}")
        if not results.machine.comparable(before.machine):
            console.print("ANOTHER MACHINE: times from there mean little here")
        compared = changes(results.figures, before.figures)
        console.print(changes_table(compared))
        worse = [change.name for change in compared if change.worse]
    console.print(targets_table(verdicts(results.figures)))
    if worse:
        console.print("worse than before: " + "; ".join(worse))
    return worse


def _nothing_in(file: Path) -> str:
    return f"nothing to compare with: there are no results in {file}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument(
        "--only", type=_parts, metavar="PART,PART", help="measure only these: " + ", ".join(ALL)
    )
    parser.add_argument("--quick", action="store_true", help="once, to see that it works")
    parser.add_argument(
        "--against",
        type=Path,
        default=REFERENCE,
        metavar="FILE",
        help="compare with the results in this file (default: %(default)s)",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit status 1 where something got worse, 2 at once where nothing is to compare with",
    )
    parser.add_argument(
        "--store", action="store_true", help=f"keep the results as the reference, {REFERENCE}"
    )
    return parser.parse_args()


def _parts(text: str) -> list[str]:
    parts = text.split(",")
    unknown = [part for part in parts if part not in ALL]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no part {', '.join(unknown)}; there are {', '.join(ALL)}"
        )
    return parts


if __name__ == "__main__":
    sys.exit(main())
