"""The plan of ``duty.toml``: who has duty when and for what, and who is absent.

Whether somebody is responsible at every hour is for :mod:`ivr.provisioning.year_ahead`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ivr.domain.county import Department
from ivr.domain.ids import CaseworkerId, DepartmentId, TopicId
from ivr.domain.opening import Span
from ivr.domain.responsibility import Absence, Duty
from ivr.provisioning.caseworkers import NOT_THEIRS
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.hours import spans_of_days
from ivr.provisioning.tables import AbsenceTable, DutyFile, DutyTable, WeekTable
from ivr.provisioning.wording import Wording

_LARGEST_SHARE = 100


def check_duty(
    file: DutyFile, departments: Mapping[DepartmentId, Department], findings: Findings
) -> Mapping[DepartmentId, Department]:
    """Check the plan and return the departments with what concerns each."""
    here = findings.of("duty.toml")
    duties = _duties(file, departments, here)
    absences = _absences(file, departments, here)
    _check_anybody(departments, duties, findings.of("departments.toml"))
    return MappingProxyType(
        {
            department.id: replace(
                department,
                duties=tuple(duties.get(department.id, ())),
                absences=tuple(
                    absence
                    for absence in absences
                    if any(person.id == absence.caseworker for person in department.caseworkers)
                ),
            )
            for department in departments.values()
        }
    )


def _check_anybody(
    departments: Mapping[DepartmentId, Department],
    duties: Mapping[DepartmentId, list[Duty]],
    here: FileFindings,
) -> None:
    """Find departments in which nobody ever gets callbacks."""
    for department in departments.values():
        nobody = not (department.on_duty or department.head or duties.get(department.id))
        if department.caseworkers and nobody:
            here.present(f"department[{department.id}].on_duty", ())


def _duties(
    file: DutyFile, departments: Mapping[DepartmentId, Department], here: FileFindings
) -> Mapping[DepartmentId, list[Duty]]:
    duties: dict[DepartmentId, list[Duty]] = {}
    for number, table in enumerate(file.duty, start=1):
        key = f"duty[{number}]"
        if here.told(key) or not here.present(f"{key}.department", table.department):
            continue
        here.known(f"{key}.department", table.department, departments, Wording("is no department"))
        department = departments.get(DepartmentId(table.department))
        if department is not None:
            duty = _duty(table, key, department, here)
            duties.setdefault(department.id, []).append(duty)
    return duties


def _duty(table: DutyTable, key: str, department: Department, here: FileFindings) -> Duty:
    return Duty(
        shares=_shares(table, f"{key}.caseworkers", department, here),
        topics=_topics(table, f"{key}.topics", department, here),
        weekly=_weekly(table, key, here),
    )


def _shares(
    table: DutyTable, key: str, department: Department, here: FileFindings
) -> Mapping[CaseworkerId, int]:
    people = [person.id for person in department.caseworkers]
    here.present(key, table.caseworkers)
    if isinstance(table.caseworkers, list):
        for place, name in here.items(key, table.caseworkers):
            here.known(place, name, people, NOT_THEIRS)
        return MappingProxyType(dict.fromkeys(map(CaseworkerId, table.caseworkers), 1))
    for name, share in table.caseworkers.items():
        here.known(f"{key}.{name}", name, people, NOT_THEIRS)
        here.within(f"{key}.{name}", share, 1, _LARGEST_SHARE)
    return MappingProxyType({CaseworkerId(who): n for who, n in table.caseworkers.items()})


def _topics(
    table: DutyTable, key: str, department: Department, here: FileFindings
) -> frozenset[TopicId] | None:
    if table.topics is None:
        return None
    known = [topic.id for topic in department.topics]
    here.present(key, table.topics, Wording("topics, or no such line for all without an entry"))
    for place, name in here.items(key, table.topics):
        if known:
            here.known(place, name, known, Wording("is no topic of this department"))
        else:
            allowed = Wording("topics of this department in departments.toml")
            here.add(place, name, Wording("is no topic of this department"), allowed)
    return frozenset(map(TopicId, table.topics))


def _weekly(
    table: DutyTable, key: str, here: FileFindings
) -> Mapping[int, tuple[Span, ...]] | None:
    days = [day for day in WeekTable.model_fields if day in table.model_fields_set]
    if not days:
        return None
    if not any(getattr(table, day) for day in days):
        wrong, allowed = Wording("never holds"), Wording('such as monday = ["08:00-12:00"]')
        here.add(f"{key}.{days[0]}", "", wrong, allowed)
    return spans_of_days(table, key, here)


def _absences(
    file: DutyFile, departments: Mapping[DepartmentId, Department], here: FileFindings
) -> list[Absence]:
    people = {person.id for department in departments.values() for person in department.caseworkers}
    absences = []
    for number, table in enumerate(file.absence, start=1):
        key = f"absence[{number}]"
        if here.told(key):
            continue
        if here.present(f"{key}.caseworker", table.caseworker):
            wrong = Wording("is no caseworker of any department")
            here.known(f"{key}.caseworker", table.caseworker, people, wrong)
        absence = _absence(table, key, here)
        if absence is not None:
            absences.append(absence)
    return absences


def _absence(table: AbsenceTable, key: str, here: FileFindings) -> Absence | None:
    day = Wording("a date without quotes, such as 2026-12-24")
    if table.since is None:
        here.present(f"{key}.from", "", day)
    if table.until is None:
        here.present(f"{key}.to", "", day)
    if table.since is None or table.until is None:
        return None
    if table.until < table.since:
        wrong, allowed = Wording("is before the first day"), Wording("the last day of the absence")
        here.add(f"{key}.to", table.until, wrong, allowed)
    return Absence(CaseworkerId(table.caseworker), table.since, table.until)
