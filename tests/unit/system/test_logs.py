"""Log lines as they leave the process."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from ivr.adapters.system.logs import configure_logs

Form = Literal["json", "console"]

NUMBER = "+491713920001"


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def fail(caller: str) -> None:
    raise ValueError(f"broken after {len(caller)} characters")


def log_a_defect_of_ours() -> None:
    try:
        fail(NUMBER)
    except ValueError:
        structlog.get_logger("test").exception("defect", number=NUMBER)


def log_a_defect_of_a_library() -> None:
    try:
        fail(NUMBER)
    except ValueError:
        logging.getLogger("library").exception("defect")


@pytest.mark.parametrize("log", [log_a_defect_of_ours, log_a_defect_of_a_library])
@pytest.mark.parametrize("form", ["json", "console"])
def test_a_defect_is_told_with_its_traceback_and_without_values(
    form: Form, log: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(log)
    configure_logs(form)

    log()

    written = capsys.readouterr().err
    assert "Traceback (most recent call last)" in written
    assert "in fail" in written
    assert "broken after 13 characters" in written
    assert NUMBER not in written


def test_a_json_line_is_one_line_also_with_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("json")

    log_a_defect_of_ours()

    (line,) = capsys.readouterr().err.splitlines()
    fields = json.loads(line)
    assert fields["event"] == "defect"
    assert fields["number"] == "<13 characters>"
    assert fields["exception"].startswith("Traceback")
