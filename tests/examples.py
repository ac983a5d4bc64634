"""A small county for tests: three departments, three agents, one of whom answers for all.

Small on purpose: whoever reads a test should know the whole county by heart. The shipped
configuration is another, bigger one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from ivr.domain.county import AgentProfile, Caseworker, County, Department, TransferRules
from ivr.domain.ids import E164, AgentId, CaseworkerId, DepartmentId
from ivr.domain.numbers import NumberingPlan
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.rules import QueueRules

BERLIN = ZoneInfo("Europe/Berlin")

UMWELT = DepartmentId("umwelt")
JUGEND = DepartmentId("jugend")
VERKEHR = DepartmentId("verkehr")

COMMON_NUMBER = E164("+4944619197777")
DIDS = {
    UMWELT: E164("+4944619194500"),
    JUGEND: E164("+4944619195100"),
    VERKEHR: E164("+4944619193600"),
}

PHONES = {UMWELT: E164("+494461919311"), JUGEND: E164("+491713920099")}
"""Of caseworkers on duty: one in the house, one with a mobile telephone."""

ALL_ROUND = AgentId("1001")
"""Answers for every department."""
ONLY_UMWELT = AgentId("1002")
ONLY_JUGEND = AgentId("1003")

GERMAN = {"de": 1}

CALLER = E164("+491713920001")
"""From the block the Bundesnetzagentur keeps free for films; so are others in the tests."""


def county(
    rules: QueueRules | None = None,
    hours: OpeningHours | None = None,
    *,
    reads_numbers_back: bool = False,
) -> County:
    """Return the county; ``rules``, ``hours`` and the rest where a test is about them."""
    rules = rules or QueueRules()
    callbacks = replace(rules.callbacks, confirm_number=reads_numbers_back)
    return County(
        name="Landkreis Friesland",
        numbering=NumberingPlan(country="DE", area_code="4461"),
        language="de",
        common_number=COMMON_NUMBER,
        common_department=JUGEND,
        departments={
            UMWELT: _department(UMWELT, "Umwelt"),
            JUGEND: _department(JUGEND, "Jugend"),
            VERKEHR: _department(VERKEHR, "Straßenverkehr"),
        },
        agents={
            ALL_ROUND: AgentProfile(ALL_ROUND, "Antje", dict.fromkeys(DIDS, 1), GERMAN),
            ONLY_UMWELT: AgentProfile(ONLY_UMWELT, "Bernd", {UMWELT: 1}, GERMAN),
            ONLY_JUGEND: AgentProfile(ONLY_JUGEND, "Christa", {JUGEND: 1}, GERMAN),
        },
        hours=hours or working_days(),
        rules=replace(rules, callbacks=callbacks),
        transfers=TransferRules(
            prefixes=("+494461919",), extension_prefix="+494461919", longest_extension=4
        ),
    )


def working_days() -> OpeningHours:
    """Return hours from 7 to 18 on Monday to Friday."""
    return OpeningHours(BERLIN, dict.fromkeys(range(5), (Span(time(7), time(18)),)))


def always_open() -> OpeningHours:
    """Return hours that never make a test depend on the time of day."""
    return replace(working_days(), weekly=dict.fromkeys(range(7), (Span(time.min, time.max),)))


def _department(department: DepartmentId, name: str) -> Department:
    on_duty = CaseworkerId(f"{department}.1")
    second = CaseworkerId(f"{department}.2")
    return Department(
        id=department,
        name=name,
        dids=(DIDS[department],),
        caseworkers=(
            Caseworker(on_duty, f"{name} Eins", PHONES.get(department)),
            Caseworker(second, f"{name} Zwei"),
        ),
        on_duty=(on_duty, second),
    )
