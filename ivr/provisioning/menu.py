"""The menu on the common number: which key stands for which department."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from types import MappingProxyType

from ivr.domain.county import Menu
from ivr.domain.ids import DepartmentId
from ivr.provisioning.findings import Findings
from ivr.provisioning.keys import check_key
from ivr.provisioning.prompts_wanted import COMMON
from ivr.provisioning.tables import MenuFile
from ivr.provisioning.wording import Wording

_KEYS = "1234560"
"""A menu of more departments than these is none that callers listen to."""


def check_menu(
    file: MenuFile, departments: Collection[DepartmentId], findings: Findings
) -> Menu | None:
    """Check the menu; without keys there is none."""
    here = findings.of("menu.toml")
    in_range = [here.within("pause", file.pause, 1, 30), here.within("tries", file.tries, 1, 5)]
    known = [*departments, COMMON]
    earlier: set[str] = set()
    for pressed, department in file.keys.items():
        key = f"keys.{pressed}"
        if not check_key(here, key, pressed, _KEYS):
            continue
        here.known(key, department, known, Wording("is no department"))
        if department in earlier:
            allowed = Wording("one key for each department")
            here.add(key, department, Wording("is there twice"), allowed)
        earlier.add(department)
    if not file.keys or not all(in_range):
        return None
    return Menu(
        keys=MappingProxyType(
            {
                key: None if department == COMMON else DepartmentId(department)
                for key, department in file.keys.items()
            }
        ),
        pause=timedelta(seconds=file.pause),
        tries=file.tries,
    )
