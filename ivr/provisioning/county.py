"""The admin's files as one checked whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ivr.domain.county import County
from ivr.domain.errors import ConfigError
from ivr.provisioning.agents import check_agents, check_queue
from ivr.provisioning.departments import (
    NumberBook,
    check_county,
    check_departments,
    check_numbering,
)
from ivr.provisioning.files import read_files
from ivr.provisioning.findings import Findings
from ivr.provisioning.hours import check_hours
from ivr.provisioning.trunk import Trunk, check_trunk


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that the files of one folder say."""

    county: County
    trunk: Trunk


def load_county(config_dir: Path) -> Configuration:
    """Read and check the files in ``config_dir``.

    Raises ConfigError with every problem there is, in the order of the files.
    """
    findings = Findings()
    files = read_files(config_dir, findings)
    plan = check_numbering(files.county, findings)
    book = NumberBook(plan)
    department_ids = [table.id for table in files.departments.department]
    common_number, common_department = check_county(files.county, department_ids, book, findings)
    departments = check_departments(files.departments, book, findings)
    hours = check_hours(files.hours, files.county, findings)
    rules = check_queue(files.queue, findings)
    agents = check_agents(files.agents, departments, files.county.language, rules.codes, findings)
    trunk = check_trunk(files.trunk, findings)
    if findings.found:
        raise ConfigError(tuple(findings.found.values()))
    assert common_number is not None
    county = County(
        name=files.county.name,
        numbering=plan,
        language=files.county.language,
        common_number=common_number,
        common_department=common_department,
        departments=departments,
        agents=agents,
        hours=hours,
        rules=rules,
    )
    return Configuration(county, trunk)
