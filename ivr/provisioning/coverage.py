"""Whether everything that is promised can be kept: every caller served, every way out open.

Looks at files that are right one by one, and finds what does not fit together.
"""

from __future__ import annotations

from collections.abc import Iterable

from ivr.domain.county import AgentProfile, County, Department
from ivr.domain.rules import WayOut
from ivr.provisioning.findings import Findings
from ivr.provisioning.trunk import Trunk
from ivr.provisioning.wording import Wording


def check_coverage(county: County, findings: Findings) -> None:
    """Find callers whom nobody could ever serve."""
    _check_departments(county, findings)
    _check_spoken(county, findings)


def _check_departments(county: County, findings: Findings) -> None:
    here = findings.of("departments.toml")
    for department in county.departments.values():
        skilled = _skilled(county, department)
        if not skilled and county.rules.widening.everyone is None:
            wrong = Wording("nobody answers for this department")
        elif not _reachable(county, skilled, county.language):
            wrong = Wording(
                "nobody who answers for this department speaks {language}",
                language=county.language,
            )
        else:
            continue
        here.add(f"department[{department.id}]", "", wrong, Wording("such an agent in agents.toml"))


def _check_spoken(county: County, findings: Findings) -> None:
    """A language that is offered has to be spoken, whatever the caller wants."""
    here = findings.of("county.toml")
    for key, language in county.language_keys.items():
        if not any(language in agent.languages for agent in county.agents.values()):
            wrong = Wording("is spoken by nobody")
        else:
            lacking = [
                department.name
                for department in county.departments.values()
                # Where nobody answers for it at all, that is what is told.
                if (skilled := _skilled(county, department))
                and not _reachable(county, skilled, language)
            ]
            if not lacking:
                continue
            wrong = Wording(
                "is spoken by nobody who answers for: {departments}",
                departments=", ".join(lacking),
            )
        allowed = Wording(
            "agents with this language in agents.toml, or widening.language in queue.toml"
        )
        here.add(f"languages.{key}", language, wrong, allowed)


def _skilled(county: County, department: Department) -> list[AgentProfile]:
    return [agent for agent in county.agents.values() if department.id in agent.skills]


def _reachable(county: County, skilled: Iterable[AgentProfile], language: str) -> bool:
    """Whether a caller in ``language`` comes to one of ``skilled``, if only after a while."""
    widening = county.rules.widening
    able = county.agents.values() if widening.everyone is not None else skilled
    return any(widening.language is not None or language in agent.languages for agent in able)


def check_way_out(county: County, trunk: Trunk, findings: Findings) -> None:
    """Find rules that need to call somebody, without a way to."""
    if trunk.outbound is not None:
        return
    queue = findings.of("queue.toml")
    if county.rules.keeping_place is not None:
        queue.add("keep_place", "", _NO_WAY_OUT, _WAY_OUT)
    if county.rules.limits.way_out is WayOut.NUMBER:
        queue.add("limits.number", county.rules.limits.number, _NO_WAY_OUT, _WAY_OUT)
    if county.transfers.prefixes or county.transfers.numbers:
        findings.of("transfers.toml").add("numbers", "", _NO_WAY_OUT, _WAY_OUT)
    departments = findings.of("departments.toml")
    for department in county.departments.values():
        for person in department.caseworkers:
            if person.phone is not None:
                key = f"department[{department.id}].caseworkers[{person.id}].phone"
                departments.add(key, person.phone, _NO_WAY_OUT, _WAY_OUT)


_NO_WAY_OUT = Wording("can't be called: there is no way out to the telephone network")
_WAY_OUT = Wording("outbound or [registration] in trunk.toml")
