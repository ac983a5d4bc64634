"""The admin's files as one checked whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ivr.domain.county import County
from ivr.domain.errors import ConfigError, Problem
from ivr.domain.ids import E164, DepartmentId
from ivr.provisioning.agents import check_agents
from ivr.provisioning.callbacks import check_callbacks
from ivr.provisioning.coverage import check_coverage, check_way_out
from ivr.provisioning.departments import check_departments
from ivr.provisioning.duty import check_duty
from ivr.provisioning.files import file_names, read_files
from ivr.provisioning.findings import Findings
from ivr.provisioning.hours import check_hours
from ivr.provisioning.keys import check_meanings
from ivr.provisioning.languages import check_languages
from ivr.provisioning.menu import check_menu
from ivr.provisioning.numbers import NumberBook, check_numbering
from ivr.provisioning.privacy import check_privacy
from ivr.provisioning.queue import check_queue
from ivr.provisioning.tables import CountyFile
from ivr.provisioning.transfers import check_short_numbers, check_transfers
from ivr.provisioning.trunk import Trunk, check_trunk
from ivr.provisioning.wording import Wording


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that the files of one folder say."""

    county: County
    trunk: Trunk
    files: Mapping[str, str] = field(default_factory=dict)
    """Their texts, by name."""


def load_county(config_dir: Path) -> Configuration:
    """Read and check the files in ``config_dir``.

    Raises ConfigError with every problem there is, in the order of the files.
    """
    findings = Findings()
    files = read_files(config_dir, findings)
    plan = check_numbering(files.county, findings)
    book = NumberBook(plan)
    department_ids = [DepartmentId(table.id) for table in files.departments.department]
    common_number = _check_county(files.county, department_ids, book, findings)
    language_keys = check_languages(files.county, findings)
    opening = check_hours(files.hours, files.county, department_ids, findings)
    departments = check_departments(files.departments, book, opening, findings)
    departments = check_duty(files.duty, departments, findings)
    callbacks = check_callbacks(files.callbacks, findings)
    rules = check_queue(files.queue, book, findings)
    menu = check_menu(files.menu, department_ids, findings)
    check_meanings(files.county, files.queue, files.menu, files.callbacks, findings)
    agents = check_agents(files.agents, department_ids, files.county.language, findings)
    transfers = check_transfers(files.transfers, plan, findings)
    privacy = check_privacy(files.privacy, findings)
    trunk = check_trunk(files.trunk, findings)
    _refuse(findings)
    assert common_number is not None
    county = County(
        name=files.county.name,
        numbering=plan,
        language=files.county.language,
        common_number=common_number,
        common_department=DepartmentId(files.county.common_department),
        departments=departments,
        agents=agents,
        hours=opening.county,
        rules=replace(rules, callbacks=callbacks),
        language_keys=language_keys,
        menu=menu,
        transfers=transfers,
        privacy=privacy,
    )
    check_coverage(county, findings)
    check_way_out(county, trunk, findings)
    check_short_numbers(county, findings)
    _refuse(findings)
    return Configuration(county, trunk, county_files(config_dir))


def county_files(config_dir: Path) -> dict[str, str]:
    """Return the texts of the admin's files by name, as far as they can be read."""
    texts = {}
    for name in file_names():
        with suppress(OSError, UnicodeDecodeError):
            texts[name] = (config_dir / name).read_text(encoding="utf-8")
    return texts


def county_of(texts: Mapping[str, str]) -> County:
    """Return the county that these texts of files describe. Raises ConfigError."""
    return configuration_of(texts).county


def configuration_of(texts: Mapping[str, str]) -> Configuration:
    """Return all that these texts of files say. Raises ConfigError."""
    with TemporaryDirectory(prefix="ivr-") as folder:
        for name in file_names():
            if name in texts:
                (Path(folder) / name).write_text(texts[name], encoding="utf-8")
        return load_county(Path(folder))


def _refuse(findings: Findings) -> None:
    """Raise ConfigError with what was found, in the order of the files."""
    if findings.found:
        raise ConfigError(tuple(sorted(findings.found.values(), key=_place)))


def _place(problem: Problem) -> int:
    """The place of a problem's file; what is no file of ours comes first."""
    names = file_names()
    return names.index(problem.file) if problem.file in names else -1


def _check_county(
    file: CountyFile, departments: Collection[str], book: NumberBook, findings: Findings
) -> E164 | None:
    """Check the county's name, the common number and who is behind it."""
    here = findings.of("county.toml")
    here.name("name", file.name)
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
    return number
