"""What ``ivr plan`` prints for programs: JSON and CSV, the same in every language."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ivr.application.planning import Origin, Plan
from ivr.domain.erlang import Waits
from ivr.domain.staffing import FORMULAS, Need, Staffed, Sum, Terms
from ivr.provisioning.call_counts import WEEKDAYS


def print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows that have the same keys; shares are from 0 to 1, an infinite wait is empty."""
    writer = csv.DictWriter(sys.stdout, rows[0].keys() if rows else (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def plan_json(made: Plan, needs: Sequence[Need]) -> Mapping[str, Any]:
    """A plan, its intervals those of ``needs``."""
    week = made.week
    return {
        "terms": terms_json(made.terms, made.handling_from, made.patience_from),
        "calls": {
            "week": round(week.total, 2),
            "year": round(made.a_year, 1),
            "variation": round(week.variation, 4),
            "days": week.days,
            "first": week.first,
            "last": week.last,
            "outside_opening_hours": round(week.left_out, 4),
        },
        "sum": _sum_json(made.sum),
        "intervals": [_need_json(need) for need in needs],
        "formulas": FORMULAS,
    }


def terms_json(terms: Terms, handling_from: Origin, patience_from: Origin) -> Mapping[str, Any]:
    """What was planned for, for programs."""
    return {
        "model": terms.model,
        "target": asdict(terms.target),
        "handling_seconds": round(terms.handling, 1),
        "handling_from": handling_from,
        "patience_seconds": None if terms.patience is None else round(terms.patience, 1),
        "patience_from": patience_from,
        "shrinkage": terms.shrinkage,
        "at_least": terms.fewest,
    }


def _sum_json(total: Sum) -> Mapping[str, Any]:
    return {
        "agent_hours": round(total.hours, 2),
        "busy_agent_hours": round(total.busy_hours, 2),
        "rostered_hours": round(total.rostered_hours, 2),
        "most_agents": total.most_agents,
        "thin_intervals": total.thin,
        **waits_json(total.waits),
    }


def _need_json(need: Need) -> Mapping[str, Any]:
    margin = need.expected.margin
    return {
        "weekday": WEEKDAYS[need.interval.weekday],
        "start": f"{need.interval.start:%H:%M}",
        "open_minutes": need.interval.seconds / 60,
        "calls": round(need.usual.calls, 2),
        "counted_days": need.expected.days,
        "margin": None if margin is None else round(margin, 4),
        "thin": need.expected.thin,
        "agents": need.usual.agents,
        "rostered": need.rostered,
        "erlang_c": _staffed_json(need.patient),
        "erlang_a": None if need.with_patience is None else _staffed_json(need.with_patience),
        "busy_day": {
            "calls": round(need.busy.calls, 2),
            "rostered": need.busy_rostered,
            **_staffed_json(need.busy),
            "with_usual_agents": waits_json(need.busy_waits),
        },
        "quiet_day": {
            "calls": need.quiet_calls,
            "with_usual_agents": waits_json(need.quiet_waits),
        },
    }


def _staffed_json(staffed: Staffed) -> Mapping[str, Any]:
    return {"agents": staffed.agents, **waits_json(staffed.waits)}


def waits_json(met: Waits) -> Mapping[str, Any]:
    """What callers meet, for programs; an infinite wait is null."""
    return {
        "asa_seconds": round(met.asa, 2) if math.isfinite(met.asa) else None,
        "within": round(met.within, 4),
        "abandoned": round(met.abandoned, 4),
        "occupancy": round(met.occupancy, 4),
    }


def plan_row(need: Need) -> Mapping[str, Any]:
    """One interval as a line of CSV."""
    met, margin = need.usual.waits, need.expected.margin
    return {
        "weekday": WEEKDAYS[need.interval.weekday],
        "start": f"{need.interval.start:%H:%M}",
        "open_minutes": round(need.interval.seconds / 60),
        "calls": round(need.usual.calls, 2),
        "margin": None if margin is None else round(margin, 4),
        "thin": str(need.expected.thin).lower(),
        "agents": need.usual.agents,
        "rostered": need.rostered,
        **waits_json(met),
        "erlang_c_agents": need.patient.agents,
        "erlang_c_asa_seconds": waits_json(need.patient.waits)["asa_seconds"],
        "quiet_calls": need.quiet_calls,
        "quiet_asa_seconds": waits_json(need.quiet_waits)["asa_seconds"],
        "busy_calls": round(need.busy.calls, 2),
        "busy_asa_seconds": waits_json(need.busy_waits)["asa_seconds"],
        "busy_agents": need.busy.agents,
        "busy_rostered": need.busy_rostered,
    }
