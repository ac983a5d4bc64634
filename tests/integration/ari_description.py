"""Asterisk's own description of ARI (its ``rest-api`` folder): what it sends and understands.

A :class:`Model` is an example of what Asterisk sends. It holds what the description promises and
nothing else, and remembers what was read from it.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

CACHED_ROOT = Path(__file__).parents[2] / "docker" / "asterisk" / "cached-root"

_SCALARS: Mapping[str, Any] = {
    "string": "x",
    "int": 1,
    "long": 1,
    "double": 1.0,
    "boolean": True,
    "Date": "2026-11-23T08:00:00.000+0100",
    "object": {},
    "containers": {},
}


class Model(dict[str, Any]):
    """An example of the model ``name``; ``reads`` collects ``name.field`` of all that is read."""

    def __init__(self, name: str, content: Mapping[str, Any], reads: set[str]) -> None:
        super().__init__(content)
        self._name = name
        self._reads = reads

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - JSON
        self._reads.add(f"{self._name}.{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - JSON
        self._reads.add(f"{self._name}.{key}")
        return super().get(key, default)


@dataclass(frozen=True, slots=True)
class Operation:
    """One request Asterisk understands; ``name`` is ``METHOD /path/{parameter}``."""

    name: str
    parameters: Mapping[str, Mapping[str, Any]]
    response: str

    def problems(self, query: Mapping[str, Any], *, body: bool) -> list[str]:
        """Say what is wrong with a request."""
        wanted = {name: p for name, p in self.parameters.items() if p["paramType"] == "query"}
        takes_body = any(p["paramType"] == "body" for p in self.parameters.values())
        return [
            *(f"{name} is unknown" for name in query.keys() - wanted.keys()),
            *(
                f"{name} is missing"
                for name, p in wanted.items()
                if p.get("required") and name not in query
            ),
            *(
                f"{name} can't be {value}"
                for name, value in query.items()
                if name in wanted and not _allowed(wanted[name], value)
            ),
            *(["a body is not taken"] if body and not takes_body else []),
        ]


class Description:
    """All of Asterisk's ``rest-api`` files."""

    def __init__(self, folder: Path) -> None:
        self._files = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
        self.reads: set[str] = set()

    @cached_property
    def models(self) -> Mapping[str, Mapping[str, Any]]:
        """Fields by model, then by name."""
        return {
            name: model["properties"]
            for file in self._files
            for name, model in file.get("models", {}).items()
        }

    def allowed(self, model: str, field: str) -> frozenset[str]:
        """The values a field can have."""
        return frozenset(self.models[model][field]["allowableValues"]["values"])

    def message(self, kind: str, **fields: Any) -> Model:  # noqa: ANN401 - JSON
        """Return a message with what it must hold and no more, and with ``fields``."""
        return Model(kind, {**self.example(kind), "type": kind, **fields}, self.reads)

    def example(self, kind: str) -> Any:  # noqa: ANN401 - JSON
        """Return the least that a value of type ``kind`` can be."""
        if kind in _SCALARS:
            return _SCALARS[kind]
        if listed := re.fullmatch(r"List\[(\w+)\]", kind):
            return [self.example(listed[1])]
        content = {
            name: _first_allowed(field) or self.example(field["type"])
            for name, field in self.models[kind].items()
            if field.get("required")
        }
        return Model(kind, content, self.reads)

    def operation(self, method: str, path: str) -> Operation | None:
        """Return what a request is to Asterisk; None where it is nothing."""
        found = [
            (api["path"].count("{"), api["path"], operation)
            for file in self._files
            for api in file.get("apis", [])
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", api["path"]), f"/{path}")
            for operation in api["operations"]
            if operation["httpMethod"] == method
        ]
        if not found:
            return None
        _, template, best = min(found, key=lambda each: each[0])
        parameters = {p["name"]: p for p in best.get("parameters", [])}
        return Operation(f"{method} {template}", parameters, best["responseClass"])


def asterisk_description() -> Description:
    """Read that of the Asterisk in the cached root file system."""
    root = subprocess.run([CACHED_ROOT], check=True, stdout=subprocess.PIPE, text=True).stdout
    return Description(Path(root.strip()) / "usr" / "share" / "asterisk" / "rest-api")


def _first_allowed(field: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    values = field.get("allowableValues", {}).get("values")
    return values[0] if values else None


def _allowed(parameter: Mapping[str, Any], value: object) -> bool:
    values = parameter.get("allowableValues", {}).get("values")
    if values is None:
        return True
    several = str(value).split(",") if parameter.get("allowMultiple") else [str(value)]
    return set(several) <= {str(each) for each in values}
