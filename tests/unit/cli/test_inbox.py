"""``ivr inbox`` before it connects: what it refuses to do with a password."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from ivr.cli import inbox
from ivr.cli.inbox import app
from ivr.domain.errors import Unavailable

OWNER = ["--department", "umwelt", "--caseworker", "umwelt.1", "--once"]


@pytest.fixture
def connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command end where it would connect."""

    def connect(*_arguments: object, **_named: object) -> None:
        raise Unavailable("It would connect.")

    monkeypatch.setattr(inbox, "caseworker_inbox", connect)


def run(*arguments: str) -> tuple[int, str, BaseException | None]:
    environment = {"IVR_INBOX_PASSWORD": "secret", "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
    ran = CliRunner().invoke(app, [*OWNER, *arguments], env=environment)
    return ran.exit_code, ran.output, ran.exception


@pytest.mark.usefixtures("connecting")
@pytest.mark.parametrize(
    "url", ["mqtt://mqtt.example.de", "MQTT://192.0.2.1:1883", "mqtt://[2001:db8::1]"]
)
def test_no_password_goes_through_the_network_in_the_clear(url: str) -> None:
    status, said, _ = run("--url", url)
    assert status == 2
    assert "mqtts://" in said
    assert "secret" not in said


@pytest.mark.usefixtures("connecting")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--url", "mqtts://mqtt.example.de"],
        ["--url", "mqtt://127.0.0.1:1883"],
        ["--url", "mqtt://[::1]"],
        ["--url", "mqtt://localhost"],
        ["--url", "mqtt://mqtt.example.de", "--user", ""],
        ["--url", "mqtt://[nonsense"],
    ],
)
def test_elsewhere_it_connects(arguments: list[str]) -> None:
    assert isinstance(run(*arguments)[2], Unavailable)
