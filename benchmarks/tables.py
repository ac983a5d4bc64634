"""Results as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from benchmarks.comparison import Change
from benchmarks.estimate import Accuracy
from benchmarks.figures import NotMeasured, Summary
from benchmarks.targets import Verdict


def figures_table(figures: Sequence[Summary]) -> Table:
    """Show every figure, with the lowest and the highest median of a round."""
    table = Table("what", "n", "median", "p99", "worst", "medians of rounds", "")
    for each in figures:
        low, high = each.medians
        table.add_row(
            *(each.name, str(each.n), _number(each.median), _number(each.p99)),
            *(_number(each.worst), f"{_number(low)} to {_number(high)}", each.unit),
        )
    return table


def not_measured_table(missing: Sequence[NotMeasured]) -> Table:
    """Show what is missing above, and why."""
    table = Table("not measured", "why")
    for each in missing:
        table.add_row(each.name, each.why)
    return table


def changes_table(changes: Sequence[Change]) -> Table:
    """Show what has changed; above 1 is worse."""
    table = Table("compared with the reference (above 1: worse)", "median", "p99", "")
    for each in changes:
        tail = "" if each.p99 is None else f"{each.p99:.2f} times"
        table.add_row(each.name, f"{each.median:.2f} times", tail, "WORSE" if each.worse else "")
    return table


def targets_table(verdicts: Sequence[Verdict]) -> Table:
    """Show every target and whether it is reached."""
    table = Table("target", "measured", "")
    for each in verdicts:
        table.add_row(each.target, each.value, each.word)
    return table


def estimates_table(accuracies: Sequence[Accuracy]) -> Table:
    """Show how good the estimated waits are."""
    table = Table(
        *("estimated wait", "announced", "silent", "wait s", "bias s", "abs. error s"),
        *("within 1 min", "within 25 %"),
    )
    for each in accuracies:
        table.add_row(
            *(each.name, str(each.announcements), f"{each.silent:.1%}", f"{each.mean_wait:.0f}"),
            *(f"{each.bias:+.1f}", f"{each.error:.1f}"),
            *(f"{each.within_a_minute:.0%}", f"{each.within_a_quarter:.0%}"),
        )
    return table


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.1f}"
