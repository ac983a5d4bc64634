"""The admin's files, read into :mod:`ivr.provisioning.tables` as far as their shape is right.

What the values mean (is this a telephone number, does that department exist) is checked in the
modules beside it that are named after what they check. A wrong shape never hides other problems:
what is broken is reported and left out, so that all the rest can still be checked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ivr.provisioning.findings import FileFindings, Findings, element_key, suggestion
from ivr.provisioning.tables import (
    LEVELS_TAGS,
    LEVELS_TYPE,
    AgentsFile,
    CallbacksFile,
    CountyFile,
    DepartmentsFile,
    DutyFile,
    HoursFile,
    MenuFile,
    PrivacyFile,
    QueueFile,
    Table,
    TransfersFile,
    TrunkFile,
)
from ivr.provisioning.wording import Wording


@dataclass(frozen=True, slots=True)
class Files:
    """All files as far as their shape is right."""

    county: CountyFile
    departments: DepartmentsFile
    duty: DutyFile
    callbacks: CallbacksFile
    hours: HoursFile
    agents: AgentsFile
    queue: QueueFile
    menu: MenuFile
    transfers: TransfersFile
    privacy: PrivacyFile
    trunk: TrunkFile


_OPTIONAL_FILES = frozenset(
    f"{name}.toml" for name in ("duty", "callbacks", "queue", "menu", "transfers", "privacy")
)


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
        duty=_read(folder / "duty.toml", DutyFile, findings),
        callbacks=_read(folder / "callbacks.toml", CallbacksFile, findings),
        hours=_read(folder / "hours.toml", HoursFile, findings),
        agents=_read(folder / "agents.toml", AgentsFile, findings),
        queue=_read(folder / "queue.toml", QueueFile, findings),
        menu=_read(folder / "menu.toml", MenuFile, findings),
        transfers=_read(folder / "transfers.toml", TransfersFile, findings),
        privacy=_read(folder / "privacy.toml", PrivacyFile, findings),
        trunk=_read(folder / "trunk.toml", TrunkFile, findings),
    )


def _report_strangers(folder: Path, findings: Findings) -> None:
    """A mistyped file name must not mean that its content is silently ignored."""
    for path in sorted(folder.glob("*.toml")):
        if path.name not in file_names():
            findings.of(path.name).add(
                "", "", Wording("is unknown"), suggestion(path.name, file_names())
            )


_File = TypeVar("_File", bound=Table)


def _read(path: Path, table: type[_File], findings: Findings) -> _File:
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
        line = re.search(r"line (\d+)", str(error))
        place = Wording("line {number}", number=line[1]) if line else ""
        here.unreadable(place, Wording("is not TOML: {reason}", reason=error))
    return None


def _shaped(raw: dict[str, Any], table: type[_File], here: FileFindings) -> _File:
    """Return ``raw`` as a ``table``, without what has the wrong shape."""
    try:
        return table.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
    rest = deepcopy(raw)
    for detail in details:
        location = _way(detail["loc"])
        _report(raw, table, location, detail, here)
        _take_out(rest, location, detail)
    return table.model_validate(rest)


def _way(location: Sequence[int | str]) -> tuple[int | str, ...]:
    """The way to a value as it stands in the file: without pydantic's note of which type it is.

    Such a note stands behind the key of a list or table of levels, before what is in it.
    """
    for place, step in enumerate(location[:-1]):
        if step in LEVELS_TAGS and location[place - 1] in _LEVELS_KEYS:
            return (*location[:place], *location[place + 1 :])
    return tuple(location)


_LEVELS_KEYS = frozenset({"skills", "languages", "caseworkers"})
_EMPTY: dict[str, Any] = {"model_type": {}, "int_type": 0}
"""What takes the place of an element of a list that has the wrong type, by what it should be."""


def _take_out(
    raw: Any,  # noqa: ANN401  any TOML value
    location: Sequence[int | str],
    detail: ErrorDetails,
) -> None:
    *way, last = location
    for step in way:
        raw = raw[step]
    if isinstance(last, int):
        # Its neighbours keep their places, or later messages would count wrongly.
        raw[last] = _EMPTY.get(detail["type"], "")
    else:
        del raw[last]


def _report(
    raw: dict[str, Any],
    table: type[Table],
    location: Sequence[int | str],
    detail: ErrorDetails,
    here: FileFindings,
) -> None:
    key = key_of(raw, location)
    if detail["type"] == "extra_forbidden":
        known = _keys_at(table, location[:-1])
        # Its value says nothing: it is the key that is wrong.
        here.add(key, "", Wording("there is no such key"), suggestion(str(location[-1]), known))
        return
    if detail["type"] == "int_type" and isinstance(detail["input"], dict):
        here.add(key, detail["input"], Wording("is not a whole number"), _QUOTED_NAME)
        return
    wrong, allowed = _TYPES.get(detail["type"], (Wording("has the wrong type"), ""))
    here.add(key, detail["input"], wrong, allowed)


_TYPES = {
    "string_type": (Wording("is not text"), Wording('text in quotes, such as "04461/919-4010"')),
    "int_type": (Wording("is not a whole number"), Wording("digits without quotes, such as 20")),
    "bool_type": (Wording("is not yes or no"), Wording("true or false, without quotes")),
    "list_type": (Wording("is not a list"), Wording('a list in brackets, such as ["07:00-18:00"]')),
    "date_type": (Wording("is not a date"), Wording("a date without quotes, such as 2026-12-24")),
    "model_type": (Wording("is not a table"), Wording("a table with keys of its own")),
    "dict_type": (Wording("is not a table"), Wording("a table with keys of its own")),
    LEVELS_TYPE: (
        Wording("is neither a list nor a table"),
        Wording('["umwelt", "jugend"], or with numbers {{ umwelt = 1, jugend = 2 }}'),
    ),
}


_QUOTED_NAME = Wording('a name with a dot in quotes, such as {{ "heike.janssen" = 2 }}')
"""Without quotes the dot makes a table of its first part, which nobody meant."""


def _keys_at(table: type[Table], location: Sequence[int | str]) -> tuple[str, ...]:
    """The keys that are known at ``location``."""
    for step in location:
        if isinstance(step, str):
            table = _inner_table(table.model_fields[step].annotation)
    return tuple(field.alias or name for name, field in table.model_fields.items())


def _inner_table(annotation: Any) -> type[Table]:  # noqa: ANN401  a type expression
    """The table in ``X``, ``list[X]`` or ``X | None``."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
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
