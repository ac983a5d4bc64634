"""Numbers are read from standard input where somebody wants them in no list of processes."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from typer.testing import CliRunner

from ivr.cli import callbacks, callbacks_changes
from ivr.cli.callbacks import app


class Sent:
    """A service that keeps what it is sent."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def post(self, *_path: str, body: dict[str, Any]) -> None:
        self.bodies.append(body)

    patch = post


class Found(Sent):
    """A service that finds nothing."""

    def post(self, *_path: str, body: dict[str, Any]) -> dict[str, Any]:  # type: ignore[override]  # an answer
        self.bodies.append(body)
        return {"callbacks": [], "total": 0}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    service = Sent()
    monkeypatch.setattr(callbacks_changes, "service", lambda: nullcontext(service))
    return service


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        (["request", "-"], "04461 123456"),
        (["request", "04461 654321"], "04461 654321"),
        (["request", "--call", "call-1"], None),
        (["edit", "cb-1", "--number", "-"], "04461 123456"),
        (["edit", "cb-1", "--number", "04461 654321"], "04461 654321"),
        (["edit", "cb-1", "--name", "Albers"], None),
    ],
)
def test_a_dash_stands_for_standard_input(
    sent: Sent, arguments: list[str], number: str | None
) -> None:
    ran = CliRunner().invoke(app, [*arguments, "--json"], input="04461 123456\n")
    assert ran.exit_code == 0, ran.output
    assert [body["number"] for body in sent.bodies] == [number]


def test_also_where_callbacks_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Found()
    monkeypatch.setattr(callbacks, "service", lambda: nullcontext(service))
    ran = CliRunner().invoke(app, ["list", "--number", "-"], input="04461 123456\n")
    assert ran.exit_code == 0, ran.output
    assert [body["number"] for body in service.bodies] == ["04461 123456"]


@pytest.mark.parametrize("command", ["request", "edit"])
def test_the_help_tells(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"], env={"LC_ALL": "C.UTF-8"}).output
    assert "standard input" in " ".join(shown.replace("│", " ").split())
