"""How ``ivr plan --calls`` shows one interval: what each number of agents makes of the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import typer

from ivr.application.planning import Wishes, terms_of
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.plan_output import (
    Form,
    decimal,
    print_formulas,
    print_terms,
    seconds_words,
    within_words,
)
from ivr.cli.plan_programs import print_csv, terms_json, waits_json
from ivr.cli.words import percent
from ivr.domain.erlang import Waits
from ivr.domain.staffing import FORMULAS, Need, Terms, meet, needs
from ivr.domain.week import Expected, Interval, Week

_AROUND = 2
"""So many agents fewer, and more, than needed are shown as well."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """So many agents, and what comes of it by Erlang C and, where callers give up, Erlang A."""

    agents: int
    rostered: int
    patient: Waits
    with_patience: Waits | None


def print_interval(calls: float, minutes: int, wishes: Wishes, form: Form) -> None:
    """Plan one interval of ``minutes`` with so many calls, and print it."""
    expected = Expected(calls * (1 + wishes.growth))
    at = Interval(0, time(0), minutes * 60)
    week = Week({at: expected}, wishes.variation or 0.0)
    terms, handling_from, patience_from = terms_of(wishes, week, 0.0)
    [need] = needs(week, terms)
    choices = _choices(need, terms)
    if form is Form.JSON:
        known = terms_json(terms, handling_from, patience_from)
        print_json(_json(need, week.variation, choices) | {"terms": known})
    elif form is Form.CSV:
        print_csv([_row(choice) for choice in choices])
    else:
        _print_load(need, terms)
        print_terms(terms, handling_from, patience_from)
        typer.echo()
        _print_answer(need)
        typer.echo()
        _print_choices(choices, terms)
        print_formulas(terms, week.variation)


def _choices(need: Need, terms: Terms) -> list[_Choice]:
    wanted = {need.usual.agents, need.patient.agents, need.busy.agents}
    calls, seconds = need.usual.calls, need.interval.seconds
    choices = []
    for agents in range(max(1, min(wanted) - _AROUND), max(wanted) + _AROUND + 1):
        patient = meet(calls, seconds, agents, terms.patient()).waits
        impatient = meet(calls, seconds, agents, terms).waits if terms.patience else None
        choices.append(_Choice(agents, terms.rostered(agents), patient, impatient))
    return choices


def _print_load(need: Need, terms: Terms) -> None:
    calls = need.usual.calls
    load = _("{calls} calls in {minutes} minutes: a load of {load} Erlang.")
    typer.echo(
        load.format(
            calls=decimal(calls, 0 if float(calls).is_integer() else 1),
            minutes=need.interval.seconds // 60,
            load=decimal(calls * terms.handling / need.interval.seconds, 2),
        )
    )


def _print_answer(need: Need) -> None:
    if need.with_patience is not None:
        typer.echo(
            _("Agents needed by Erlang A: {agents}.").format(agents=need.with_patience.agents)
        )
    typer.echo(_("Agents needed by Erlang C: {agents}.").format(agents=need.patient.agents))
    busy = _(
        "Agents needed on a busy day, with {calls} calls: {agents}; with {usual} its ASA"
        " would be {asa}."
    )
    typer.echo(
        busy.format(
            calls=decimal(need.busy.calls, 0),
            agents=need.busy.agents,
            usual=need.usual.agents,
            asa=seconds_words(need.busy_waits.asa),
        )
    )
    if need.rostered > need.usual.agents:
        typer.echo(
            _("On the roster: {rostered}, on a busy day {busy}.").format(
                rostered=need.rostered, busy=need.busy_rostered
            )
        )


def _print_choices(choices: Sequence[_Choice], terms: Terms) -> None:
    within = within_words(terms.target)
    impatient = {
        "asa": "ASA (A)",
        "within": f"{within} (A)",
        "abandoned": f"{_('Give up')} (A)",
        "occupancy": f"{_('Occupied')} (A)",
    }
    columns = {
        "agents": _("Agents"),
        "rostered": _("On the roster"),
        **(impatient if terms.patience else {}),
        "patient_asa": "ASA (C)",
        "patient_within": f"{within} (C)",
        "patient_occupancy": f"{_('Occupied')} (C)",
    }
    print_table(columns, [_words(choice) for choice in choices], of_figures=True)


def _words(choice: _Choice) -> Mapping[str, Any]:
    words = {
        "agents": choice.agents,
        "rostered": choice.rostered,
        "patient_asa": seconds_words(choice.patient.asa),
        "patient_within": percent(choice.patient.within),
        "patient_occupancy": percent(choice.patient.occupancy),
    }
    met = choice.with_patience
    if met is None:
        return words
    return words | {
        "asa": seconds_words(met.asa),
        "within": percent(met.within),
        "abandoned": percent(met.abandoned),
        "occupancy": percent(met.occupancy),
    }


def _json(need: Need, variation: float, choices: Sequence[_Choice]) -> dict[str, Any]:
    return {
        "calls": round(need.usual.calls, 2),
        "interval_minutes": need.interval.seconds // 60,
        "variation": variation,
        "agents": need.usual.agents,
        "rostered": need.rostered,
        "erlang_c_agents": need.patient.agents,
        "erlang_a_agents": None if need.with_patience is None else need.with_patience.agents,
        "busy_day": {
            "calls": need.busy.calls,
            "agents": need.busy.agents,
            "rostered": need.busy_rostered,
            "with_usual_agents": waits_json(need.busy_waits),
        },
        "choices": [
            {
                "agents": choice.agents,
                "rostered": choice.rostered,
                "erlang_c": waits_json(choice.patient),
                "erlang_a": choice.with_patience and waits_json(choice.with_patience),
            }
            for choice in choices
        ],
        "formulas": FORMULAS,
    }


def _row(choice: _Choice) -> Mapping[str, Any]:
    models = {"erlang_c": choice.patient, "erlang_a": choice.with_patience}
    figures = {
        f"{model}_{name}": value
        for model, met in models.items()
        if met is not None
        for name, value in waits_json(met).items()
    }
    return {"agents": choice.agents, "rostered": choice.rostered, **figures}
