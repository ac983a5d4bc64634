"""The county, its numbers and its departments: what the values mean and whether they fit.

Every problem is noted and the rest is used, so that all problems are found at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.domain.county import Caseworker, Department
from ivr.domain.ids import E164, CaseworkerId, DepartmentId
from ivr.domain.numbers import NumberingPlan, known_countries
from ivr.provisioning.files import CountyFile, DepartmentsFile, DepartmentTable
from ivr.provisioning.findings import FileFindings, Findings, element_key
from ivr.provisioning.wording import Wording

_AREA_CODE = re.compile(r"(0?([1-9][0-9]{1,5}))?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


@dataclass(slots=True)
class NumberBook:
    """Which number belongs to what; finds a number that is in two places."""

    plan: NumberingPlan
    owners: dict[str, str] = field(default_factory=dict)
    """By spelling: two numbers that can arrive as the same digits can't be told apart."""

    def enter(self, here: FileFindings, key: str, written: str) -> E164 | None:
        """Read the number ``written`` at ``key`` and note who has it; None where it is no DID."""
        number = self.plan.parse(written)
        if number is None:
            here.add(
                key,
                written,
                Wording("is not a telephone number"),
                Wording('written like "04461/919-4010", "+49 4461 9194010" or "919-4010"'),
            )
            return None
        if not self.plan.may_be_called(number):
            here.add(
                key,
                written,
                Wording("is a premium or special number"),
                Wording("a number of the fixed network or a mobile number"),
            )
            return None
        owner = self._owner(number)
        if owner:
            here.add(
                key,
                written,
                Wording("can't be told from the number at {owner}", owner=owner),
                Wording("each number in one place only"),
            )
            return None
        self.owners.update(dict.fromkeys(self.plan.spellings(number), f"{here.file}: {key}"))
        return number

    def _owner(self, number: E164) -> str | None:
        owners = (self.owners.get(spelling) for spelling in self.plan.spellings(number))
        return next((owner for owner in owners if owner), None)


def check_numbering(file: CountyFile, findings: Findings) -> NumberingPlan:
    """Check where the county is."""
    here = findings.of("county.toml")
    country = file.country
    if here.present("country", country) and country not in known_countries():
        here.add(
            "country",
            country,
            Wording("is no country"),
            Wording("two capital letters (ISO 3166), such as DE"),
        )
    area_code = _AREA_CODE.fullmatch(file.area_code)
    if area_code is None:
        here.add(
            "area_code",
            file.area_code,
            Wording("is no area code"),
            Wording("digits such as 04461, or nothing"),
        )
    return NumberingPlan(
        country=country if country in known_countries() else "DE",
        area_code=(area_code[2] or "") if area_code else "",
    )


def check_county(
    file: CountyFile, departments: Collection[str], book: NumberBook, findings: Findings
) -> tuple[E164 | None, DepartmentId]:
    """Check the county's name and language, the common number and who is behind it."""
    here = findings.of("county.toml")
    here.name("name", file.name)
    if here.present("language", file.language) and not _LANGUAGE.fullmatch(file.language):
        here.add(
            "language",
            file.language,
            Wording("is no language"),
            Wording("two small letters (ISO 639), such as de"),
        )
    number = None
    if here.present("common_number", file.common_number):
        number = book.enter(here, "common_number", file.common_number)
    if here.present("common_department", file.common_department):
        here.known(
            "common_department",
            file.common_department,
            departments,
            Wording("is no department"),
        )
    return number, DepartmentId(file.common_department)


def check_departments(
    file: DepartmentsFile, book: NumberBook, findings: Findings
) -> Mapping[DepartmentId, Department]:
    """Check the departments, their numbers and their caseworkers."""
    here = findings.of("departments.toml")
    departments: dict[DepartmentId, Department] = {}
    here.present("department", file.department, Wording("one department or more"))
    for index, table in enumerate(file.department):
        key = element_key("department", index, table.id)
        if here.told(key):
            continue
        here.identity(f"{key}.id", table.id, departments)
        department = _department(table, key, book, here)
        departments[department.id] = department
    return MappingProxyType(departments)


def _department(
    table: DepartmentTable, key: str, book: NumberBook, here: FileFindings
) -> Department:
    here.name(f"{key}.name", table.name)
    here.present(f"{key}.numbers", table.numbers)
    dids = [book.enter(here, *item) for item in here.items(f"{key}.numbers", table.numbers)]
    caseworkers = _caseworkers(table, key, here)
    if here.present(f"{key}.caseworkers", table.caseworkers):
        here.present(f"{key}.on_duty", table.on_duty)
    for place, name in here.items(f"{key}.on_duty", table.on_duty):
        here.known(place, name, caseworkers, Wording("is no caseworker of this department"))
    return Department(
        id=DepartmentId(table.id),
        name=table.name,
        dids=tuple(did for did in dids if did is not None),
        caseworkers=tuple(caseworkers.values()),
        on_duty=tuple(dict.fromkeys(CaseworkerId(name) for name in table.on_duty)),
    )


def _caseworkers(
    table: DepartmentTable, department: str, here: FileFindings
) -> dict[CaseworkerId, Caseworker]:
    caseworkers: dict[CaseworkerId, Caseworker] = {}
    for index, person in enumerate(table.caseworkers):
        key = element_key(f"{department}.caseworkers", index, person.id)
        if here.told(key):
            continue
        here.identity(f"{key}.id", person.id, caseworkers)
        here.name(f"{key}.name", person.name)
        caseworkers[CaseworkerId(person.id)] = Caseworker(CaseworkerId(person.id), person.name)
    return caseworkers
