"""What a drive comes to: for people as tables, for programs as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from testbed.faults import proofs
from testbed.faults.evidence import Evidence, FaultSeen
from testbed.faults.system import WRAP_UP_SECONDS


def summary(seed: int, evidence: Evidence, skipped: Sequence[str]) -> dict[str, Any]:
    """Return the figures and what is wrong; ``skipped`` says what could not be done here."""
    unserved, who = proofs.unserved_seconds(evidence, wrap_up=WRAP_UP_SECONDS)
    return {
        "seed": seed,
        "faults": [_of_kind(kind, evidence.faults) for kind in _kinds(evidence.faults)],
        "skipped": list(skipped),
        "starts": evidence.starts,
        "calls": len(evidence.calls),
        "wishes": dict(Counter(call.wish.value for call in evidence.calls)),
        "outcomes": dict(proofs.outcomes(evidence)),
        "callbacks": len(evidence.callbacks),
        "promises_heard": sum(proofs.PROMISED in call.heard for call in evidence.calls),
        "missed_offers": evidence.missed,
        "longest_unserved_seconds": round(unserved, 1),
        "longest_unserved": who,
        "findings": proofs.findings(evidence),
    }


def _kinds(faults: Sequence[FaultSeen]) -> list[str]:
    return list(dict.fromkeys(fault.kind for fault in faults))


def _of_kind(kind: str, faults: Sequence[FaultSeen]) -> dict[str, Any]:
    those = [fault for fault in faults if fault.kind == kind]
    back = sorted(
        (fault.back_at - fault.ended_at).total_seconds() for fault in those if fault.back_at
    )
    return {
        "kind": kind,
        "times": len(those),
        "waiting": sum(fault.waiting for fault in those),
        "talking": sum(fault.talking for fault in those),
        "ready_after_median_seconds": round(back[len(back) // 2], 2) if back else None,
        "ready_after_worst_seconds": round(back[-1], 2) if back else None,
    }


def show(told: dict[str, Any], console: Console) -> None:
    """Print it."""
    faults = Table("fault", "times", "waiting", "talking", "ready after s (median)", "(worst)")
    for row in told["faults"]:
        faults.add_row(*(str(value) for value in row.values()))
    console.print(faults)
    for reason in told["skipped"]:
        console.print(f"skipped: {reason}")
    calls = Table("calls", str(told["calls"]))
    for name, times in sorted(told["outcomes"].items()):
        calls.add_row(name, str(times))
    console.print(calls)
    console.print(
        f"{told['callbacks']} callbacks, {told['promises_heard']} promises heard; the program was"
        f" started {told['starts']} times; {told['missed_offers']} offers were missed."
    )
    console.print(
        f"Longest time somebody waited although an agent was free:"
        f" {told['longest_unserved_seconds']} s {told['longest_unserved']}"
    )
    if told["findings"]:
        console.print(f"\n{len(told['findings'])} findings:", style="bold red")
        for finding in told["findings"]:
            console.print(f"  {finding}", highlight=False, markup=False)
    else:
        console.print("Nobody was lost.", style="bold green")
    console.print(f"seed {told['seed']}")
