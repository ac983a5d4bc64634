"""The pages about the API and the command line name all there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main
from fastapi import FastAPI

from ivr.cli import agents, callbacks, status

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def test_every_route_is_on_the_page(app: FastAPI) -> None:
    page = (REFERENCE / "http-api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", page, re.MULTILINE))
    assert told == {
        f"{method.upper()} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }


@pytest.mark.parametrize(
    ("name", "app"),
    [("agents", agents.app), ("callbacks", callbacks.app), ("status", status.app)],
)
def test_every_command_is_on_the_page(name: str, app: typer.Typer) -> None:
    page = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
    told = set(re.findall(rf"^\| `ivr {name} ?([a-z-]*)", page, re.MULTILINE))
    command = typer.main.get_command(app)
    there = set(getattr(command, "commands", {""}))
    assert told == there - {"login"}
    assert "`login`" in page
    options = {
        option
        for each in getattr(command, "commands", {"": command}).values()
        for parameter in each.params
        for option in parameter.opts
        if option.startswith("--")
    }
    assert "--json" in options
    assert [option for option in sorted(options) if f"`{option}" not in page] == []
