"""The shape of the admin's files: which keys there are and what type each has.

What the values mean (is this a telephone number, does that department exist) is checked in the
modules beside it that are named after what they check. A wrong shape never hides other problems:
what is broken is reported and left out, so that all the rest can still be checked.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from ivr.provisioning.findings import FileFindings, Findings, element_key, suggestion
from ivr.provisioning.wording import Wording


class _Table(BaseModel):
    """A TOML table. Nothing is converted, nothing unknown is accepted.

    Every field has an empty default: what may not be missing is for the checks to say.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class CountyFile(_Table):
    """``county.toml``."""

    name: str = ""
    country: str = ""
    area_code: str = ""
    time_zone: str = ""
    language: str = ""
    common_number: str = ""
    common_department: str = ""


class CaseworkerTable(_Table):
    """One caseworker of a department."""

    id: str = ""
    name: str = ""


class DepartmentTable(_Table):
    """One ``[[department]]``."""

    id: str = ""
    name: str = ""
    numbers: list[str] = []
    caseworkers: list[CaseworkerTable] = []
    on_duty: list[str] = []


class DepartmentsFile(_Table):
    """``departments.toml``."""

    department: list[DepartmentTable] = []


class WeekTable(_Table):
    """``[week]``: spans such as ``07:00-18:00``; a day without any is closed."""

    monday: list[str] = []
    tuesday: list[str] = []
    wednesday: list[str] = []
    thursday: list[str] = []
    friday: list[str] = []
    saturday: list[str] = []
    sunday: list[str] = []


class HolidaysTable(_Table):
    """``[holidays]``."""

    country: str = ""
    region: str = ""


class ClosedTable(_Table):
    """One ``[[closed]]`` day."""

    date: dt.date | None = None
    reason: str = ""


class HoursFile(_Table):
    """``hours.toml``."""

    week: WeekTable = WeekTable()
    holidays: HolidaysTable | None = None
    closed: list[ClosedTable] = []


class AgentTable(_Table):
    """One ``[[agent]]``; no ``skills`` means all."""

    id: str = ""
    name: str = ""
    skills: list[str] | None = None


class AgentsFile(_Table):
    """``agents.toml``."""

    agent: list[AgentTable] = []


class CodesTable(_Table):
    """``[codes]`` of ``queue.toml``."""

    ready: str = "*11"
    pause: str = "*12"
    log_out: str = "*13"
    end_wrap_up: str = "*14"
    callback: str = "*7"


class QueueFile(_Table):
    """``queue.toml``; times are seconds where nothing else is said."""

    ring_time: int = 20
    wrap_up: int = 10
    callback_key: str = "1"
    call_back_within_hours: int = 24
    key_pause: int = 3
    number_pause: int = 8
    number_tries: int = 3
    codes: CodesTable = CodesTable()


class RegistrationTable(_Table):
    """``[registration]`` of ``trunk.toml``."""

    server: str = ""
    user: str = ""
    auth_user: str = ""


class TrunkFile(_Table):
    """``trunk.toml``."""

    match: list[str] = []
    codecs: list[str] = []
    outbound: str | None = None
    registration: RegistrationTable | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """All files as far as their shape is right."""

    county: CountyFile
    departments: DepartmentsFile
    hours: HoursFile
    agents: AgentsFile
    queue: QueueFile
    trunk: TrunkFile


_OPTIONAL_FILES = frozenset({"queue.toml"})


def file_names() -> tuple[str, ...]:
    """The files an admin may write."""
    return tuple(f"{name}.toml" for name in Files.__dataclass_fields__)


def read_files(folder: Path, findings: Findings) -> Files:
    """Read all files of ``folder``; what is wrong with their shape goes to ``findings``."""
    if folder.is_dir():
        _report_strangers(folder, findings)
    else:
        findings.of(str(folder)).add(
            "",
            "",
            Wording("is no folder"),
            Wording("the folder with county.toml, or another one named by IVR_CONFIG"),
        )
        findings.unread.update(file_names())
    return Files(
        county=_read(folder / "county.toml", CountyFile, findings),
        departments=_read(folder / "departments.toml", DepartmentsFile, findings),
        hours=_read(folder / "hours.toml", HoursFile, findings),
        agents=_read(folder / "agents.toml", AgentsFile, findings),
        queue=_read(folder / "queue.toml", QueueFile, findings),
        trunk=_read(folder / "trunk.toml", TrunkFile, findings),
    )


def _report_strangers(folder: Path, findings: Findings) -> None:
    """A mistyped file name must not mean that its content is silently ignored."""
    for path in sorted(folder.glob("*.toml")):
        if path.name not in file_names():
            findings.of(path.name).add(
                "", "", Wording("is unknown"), suggestion(path.name, file_names())
            )


Table = TypeVar("Table", bound=_Table)


def _read(path: Path, table: type[Table], findings: Findings) -> Table:
    here = findings.of(path.name)
    raw = None if path.name in findings.unread else _toml(path, here)
    return table() if raw is None else _shaped(raw, table, here)


def _toml(path: Path, here: FileFindings) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if path.name not in _OPTIONAL_FILES:
            here.unreadable("", Wording("does not exist"))
    except OSError as error:
        here.unreadable("", Wording("can't be read: {reason}", reason=error.strerror))
    except UnicodeDecodeError:
        here.unreadable("", Wording("is not text in UTF-8"))
    except (ValueError, RecursionError) as error:
        line = re.search(r"line \d+", str(error))
        here.unreadable(line[0] if line else "", Wording("is not TOML: {reason}", reason=error))
    return None


def _shaped(raw: dict[str, Any], table: type[Table], here: FileFindings) -> Table:
    """Return ``raw`` as a ``table``, without what has the wrong shape."""
    try:
        return table.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
    rest = deepcopy(raw)
    for detail in details:
        _report(raw, table, detail, here)
        _take_out(rest, detail)
    return table.model_validate(rest)


def _take_out(raw: Any, detail: ErrorDetails) -> None:  # noqa: ANN401  any TOML value
    *way, last = detail["loc"]
    for step in way:
        raw = raw[step]
    if isinstance(last, int):
        # Its neighbours keep their places, or later messages would count wrongly.
        raw[last] = {} if detail["type"] == "model_type" else ""
    else:
        del raw[last]


def _report(
    raw: dict[str, Any], table: type[_Table], detail: ErrorDetails, here: FileFindings
) -> None:
    location = detail["loc"]
    key = key_of(raw, location)
    if detail["type"] == "extra_forbidden":
        known = _keys_at(table, location[:-1])
        here.add(key, detail["input"], Wording("is unknown"), suggestion(str(location[-1]), known))
        return
    wrong, allowed = _TYPES.get(detail["type"], (Wording("has the wrong type"), ""))
    here.add(key, detail["input"], wrong, allowed)


_TYPES = {
    "string_type": (Wording("is not text"), Wording('text in quotes, such as "04461/919-4010"')),
    "int_type": (Wording("is not a whole number"), Wording("digits without quotes, such as 20")),
    "list_type": (Wording("is not a list"), Wording('a list in brackets, such as ["07:00-18:00"]')),
    "date_type": (Wording("is not a date"), Wording("a date without quotes, such as 2026-12-24")),
    "model_type": (Wording("is not a table"), Wording("a table with keys of its own")),
}


def _keys_at(table: type[_Table], location: Sequence[int | str]) -> tuple[str, ...]:
    """The keys that are known at ``location``."""
    for step in location:
        if isinstance(step, str):
            table = _inner_table(table.model_fields[step].annotation)
    return tuple(table.model_fields)


def _inner_table(annotation: Any) -> type[_Table]:  # noqa: ANN401  a type expression
    """The table in ``X``, ``list[X]`` or ``X | None``."""
    if isinstance(annotation, type) and issubclass(annotation, _Table):
        return annotation
    return next(_inner_table(inner) for inner in annotation.__args__)


def key_of(raw: dict[str, Any], location: Sequence[int | str]) -> str:
    """Write ``location`` for people: ``department[jugend].numbers[2]``."""
    text, value = "", raw
    for step in location:
        value = _inside(value, step)
        if isinstance(step, int):
            text = element_key(text, step, _inside(value, "id"))
        else:
            text += f".{step}" if text else step
    return text


def _inside(value: Any, step: int | str) -> Any:  # noqa: ANN401  any TOML value
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None
