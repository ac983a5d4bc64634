"""The departments, their numbers and their caseworkers: what the values mean and whether they fit.

Every problem is noted and the rest is used, so that all problems are found at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from ivr.domain.announcement import PROMPT_PREFIX
from ivr.domain.county import Department
from ivr.domain.ids import E164, CaseworkerId, DepartmentId
from ivr.provisioning.caseworkers import NOT_THEIRS, check_caseworkers
from ivr.provisioning.findings import FileFindings, Findings, element_key
from ivr.provisioning.hours import Opening
from ivr.provisioning.numbers import NumberBook
from ivr.provisioning.prompts_wanted import COMMON
from ivr.provisioning.queue import LONGEST_HEAD_START
from ivr.provisioning.tables import DepartmentsFile, DepartmentTable
from ivr.provisioning.topics import check_topics
from ivr.provisioning.wording import Wording

_TEXT_NAME = re.compile(rf"(?!{PROMPT_PREFIX})[a-z0-9][a-z0-9-]{{0,63}}")
"""Texts are files as well, beside those of bulk announcements."""


def check_departments(
    file: DepartmentsFile, book: NumberBook, opening: Opening, findings: Findings
) -> Mapping[DepartmentId, Department]:
    """Check the departments, their numbers and their caseworkers."""
    here = findings.of("departments.toml")
    departments: dict[DepartmentId, Department] = {}
    here.present("department", file.department, Wording("one department or more"))
    keys = [element_key("department", index, each.id) for index, each in enumerate(file.department)]
    tables = [each for each in zip(keys, file.department, strict=True) if not here.told(each[0])]
    # All numbers first: whether a caseworker's telephone is one of them has to be known.
    dids = [_dids(table, key, book, here) for key, table in tables]
    for (key, table), own_dids in zip(tables, dids, strict=True):
        here.identity(f"{key}.id", table.id, departments)
        if table.id == COMMON:
            wrong = Wording("stands for the common number")
            here.add(f"{key}.id", table.id, wrong, Wording("another id"))
        department = _department(table, key, own_dids, book, opening, here)
        departments[department.id] = department
    return MappingProxyType(departments)


def _dids(
    table: DepartmentTable, key: str, book: NumberBook, here: FileFindings
) -> tuple[E164, ...]:
    here.present(f"{key}.numbers", table.numbers)
    dids = [book.enter(here, *item) for item in here.items(f"{key}.numbers", table.numbers)]
    return tuple(did for did in dids if did is not None)


def _department(
    table: DepartmentTable,
    key: str,
    dids: tuple[E164, ...],
    book: NumberBook,
    opening: Opening,
    here: FileFindings,
) -> Department:
    here.name(f"{key}.name", table.name)
    here.present(f"{key}.caseworkers", table.caseworkers)
    caseworkers = check_caseworkers(table.caseworkers, f"{key}.caseworkers", book, here)
    if table.head:
        here.known(f"{key}.head", table.head, caseworkers, NOT_THEIRS)
    for place, name in here.items(f"{key}.on_duty", table.on_duty):
        here.known(place, name, caseworkers, NOT_THEIRS)
    if table.greeting and not _TEXT_NAME.fullmatch(table.greeting):
        here.add(
            f"{key}.greeting",
            table.greeting,
            Wording("is no name of a text"),
            Wording("small letters, digits and -, such as greeting-umwelt in texts.toml"),
        )
    in_range = here.within(f"{key}.head_start", table.head_start, 0, LONGEST_HEAD_START)
    department = DepartmentId(table.id)
    return Department(
        id=department,
        name=table.name,
        dids=dids,
        caseworkers=tuple(caseworkers.values()),
        on_duty=tuple(dict.fromkeys(CaseworkerId(name) for name in table.on_duty)),
        head=CaseworkerId(table.head) if table.head else None,
        topics=check_topics(table.topics, f"{key}.topics", dids, book, here),
        greeting=table.greeting,
        hours=opening.of(department, table.hours, f"{key}.hours", here),
        head_start=timedelta(seconds=table.head_start if in_range else 0),
    )
