"""The agents and the rules of the one queue: what the values mean and whether they fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType

from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId, DepartmentId
from ivr.domain.rules import FeatureCodes, QueueRules
from ivr.provisioning.files import AgentsFile, AgentTable, QueueFile
from ivr.provisioning.findings import FileFindings, Findings, element_key
from ivr.provisioning.wording import Wording

_RESERVED_AGENT = re.compile(r"trunk.*|transport.*|agent-.*|global|system")
"""Sections of pjsip.conf that are ours; an agent of that name would change them."""
_CODE = re.compile(r"[*#][0-9*#]{1,5}")
_KEYS = "0123456789*#"

_RANGES = {
    "ring_time": (5, 120),
    "wrap_up": (0, 3600),
    "call_back_within_hours": (1, 240),
    "key_pause": (1, 30),
    "number_pause": (2, 60),
    "number_tries": (1, 9),
}


def check_agents(
    file: AgentsFile,
    departments: Collection[DepartmentId],
    language: str,
    codes: FeatureCodes,
    findings: Findings,
) -> Mapping[AgentId, AgentProfile]:
    """Check the agents and what they answer for."""
    here = findings.of("agents.toml")
    agents: dict[AgentId, AgentProfile] = {}
    here.present("agent", file.agent, Wording("one agent or more"))
    for index, table in enumerate(file.agent):
        key = element_key("agent", index, table.id)
        if here.told(key):
            continue
        here.identity(f"{key}.id", table.id, agents)
        _check_sip_user(here, f"{key}.id", table.id, codes)
        here.name(f"{key}.name", table.name)
        skills = _skills(table, key, departments, here)
        agents[AgentId(table.id)] = AgentProfile(
            AgentId(table.id), table.name, dict.fromkeys(skills, 1), {language: 1}
        )
    return MappingProxyType(agents)


def _skills(
    table: AgentTable, key: str, departments: Collection[DepartmentId], here: FileFindings
) -> frozenset[DepartmentId]:
    if table.skills is None:
        return frozenset(departments)
    here.present(f"{key}.skills", table.skills, Wording("departments, or no such line for all"))
    for place, skill in here.items(f"{key}.skills", table.skills):
        here.known(place, skill, departments, Wording("is no department"))
    return frozenset(DepartmentId(skill) for skill in table.skills)


def _check_sip_user(here: FileFindings, key: str, agent: str, codes: FeatureCodes) -> None:
    if _RESERVED_AGENT.fullmatch(agent):
        here.add(
            key,
            agent,
            Wording("is a name the telephone system needs itself"),
            Wording("another name, such as 1001"),
        )
    if agent in _by_key(codes).values():
        here.add(key, agent, Wording("is a feature code"), Wording("another name, such as 1001"))


def check_queue(file: QueueFile, findings: Findings) -> QueueRules:
    """Check the rules of the queue."""
    here = findings.of("queue.toml")
    _check_ranges(file, here)
    if len(file.callback_key) != 1 or file.callback_key not in _KEYS:
        here.add(
            "callback_key",
            file.callback_key,
            Wording("is no key of a telephone"),
            Wording("one of 0 to 9, * or #"),
        )
    codes = FeatureCodes(**file.codes.model_dump())
    _check_codes(codes, here)
    if here.all.found:
        # Nobody will use these rules, and a number far out of range fits into no timedelta.
        return QueueRules(codes=codes)
    return QueueRules(
        ring_time=timedelta(seconds=file.ring_time),
        wrap_up=timedelta(seconds=file.wrap_up),
        callback_key=file.callback_key,
        key_pause=timedelta(seconds=file.key_pause),
        number_pause=timedelta(seconds=file.number_pause),
        number_tries=file.number_tries,
        service_hours_to_call_back=timedelta(hours=file.call_back_within_hours),
        codes=codes,
    )


def _check_ranges(file: QueueFile, here: FileFindings) -> None:
    for key, (least, most) in _RANGES.items():
        value = getattr(file, key)
        if not least <= value <= most:
            here.add(
                key,
                value,
                Wording("is out of range"),
                Wording("{least} to {most}", least=least, most=most),
            )


def _by_key(codes: FeatureCodes) -> dict[str, str]:
    """The feature codes by their key in ``[codes]``."""
    return {
        "ready": codes.ready,
        "pause": codes.pause,
        "log_out": codes.log_out,
        "end_wrap_up": codes.end_wrap_up,
        "callback": codes.callback,
    }


def _check_codes(codes: FeatureCodes, here: FileFindings) -> None:
    earlier: dict[str, str] = {}
    for name, code in _by_key(codes).items():
        key = f"codes.{name}"
        if not _CODE.fullmatch(code):
            here.add(
                key,
                code,
                Wording("is no feature code"),
                Wording("* or # and one to five more keys, such as *11"),
            )
            continue
        for other, taken in earlier.items():
            if code.startswith(taken) or taken.startswith(code):
                here.add(
                    key,
                    code,
                    Wording("can't be told from codes.{other}, {taken}", other=other, taken=taken),
                    Wording("codes of which none is the beginning of another"),
                )
        earlier[name] = code
