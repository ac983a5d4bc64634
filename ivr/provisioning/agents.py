"""The agents: what they answer for, what they speak, and whether that fits."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType

from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId, DepartmentId
from ivr.provisioning.findings import FileFindings, Findings, element_key
from ivr.provisioning.languages import check_language
from ivr.provisioning.queue import LONGEST_WRAP_UP
from ivr.provisioning.tables import AgentsFile, AgentTable
from ivr.provisioning.wording import Wording

_RESERVED_AGENT = re.compile(r"trunk.*|transport.*|agent-.*|global|system")
"""Sections of pjsip.conf that are ours; an agent of that name would change them."""
_LAST_LEVEL = 9


def check_agents(
    file: AgentsFile,
    departments: Collection[DepartmentId],
    language: str,
    findings: Findings,
) -> Mapping[AgentId, AgentProfile]:
    """Check the agents; those who name no languages speak ``language``."""
    here = findings.of("agents.toml")
    agents: dict[AgentId, AgentProfile] = {}
    here.present("agent", file.agent, Wording("one agent or more"))
    for index, table in enumerate(file.agent):
        key = element_key("agent", index, table.id)
        if here.told(key):
            continue
        here.identity(f"{key}.id", table.id, agents)
        _check_sip_user(here, f"{key}.id", table.id)
        here.name(f"{key}.name", table.name)
        agents[AgentId(table.id)] = AgentProfile(
            AgentId(table.id),
            table.name,
            _skills(table, key, departments, here),
            _languages(table, key, language, here),
            _wrap_up(table, key, here),
        )
    return MappingProxyType(agents)


def _skills(
    table: AgentTable, key: str, departments: Collection[DepartmentId], here: FileFindings
) -> Mapping[DepartmentId, int]:
    if table.skills is None:
        return dict.fromkeys(departments, 1)
    key = f"{key}.skills"
    here.present(key, table.skills, Wording("departments, or no such line for all"))
    for place, skill in _names(key, table.skills, here):
        here.known(place, skill, departments, Wording("is no department"))
    return {DepartmentId(skill): level for skill, level in _levels(key, table.skills, here)}


def _languages(table: AgentTable, key: str, default: str, here: FileFindings) -> Mapping[str, int]:
    if table.languages is None:
        return {default: 1}
    key = f"{key}.languages"
    here.present(key, table.languages, Wording("languages, or no such line for the county's"))
    for place, language in _names(key, table.languages, here):
        check_language(here, place, language)
    return dict(_levels(key, table.languages, here))


def _names(
    key: str, levels: list[str] | dict[str, int], here: FileFindings
) -> Collection[tuple[str, str]]:
    """What is named in ``levels``, each with its key."""
    if isinstance(levels, dict):
        return [(f"{key}.{name}", name) for name in levels]
    return list(here.items(key, levels))


def _levels(
    key: str, levels: list[str] | dict[str, int], here: FileFindings
) -> Collection[tuple[str, int]]:
    """What is named in ``levels`` with its level; 1 is the best."""
    if isinstance(levels, list):
        return [(name, 1) for name in levels]
    for name, level in levels.items():
        here.within(f"{key}.{name}", level, 1, _LAST_LEVEL)
    return list(levels.items())


def _wrap_up(table: AgentTable, key: str, here: FileFindings) -> timedelta | None:
    if table.wrap_up is None:
        return None
    if not here.within(f"{key}.wrap_up", table.wrap_up, 0, LONGEST_WRAP_UP):
        return None
    return timedelta(seconds=table.wrap_up)


def _check_sip_user(here: FileFindings, key: str, agent: str) -> None:
    if _RESERVED_AGENT.fullmatch(agent):
        here.add(
            key,
            agent,
            Wording("is a name the telephone system needs itself"),
            Wording("another name, such as 1001"),
        )
