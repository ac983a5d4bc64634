"""Whatever arrives over MQTT, the caseworker's terminal shows it and does not obey it."""

from __future__ import annotations

from datetime import datetime

import pytest
from rich.live import Live

from ivr.application.caseworker_inbox import Item
from ivr.cli import inbox_output
from ivr.cli.inbox_output import JsonLines, Lines, Screen
from tests.examples import BERLIN

HOSTILE = "Harms\x1b]0;title\x07"
HARMLESS = "Harms�]0;title�"

ITEM = Item(
    1,
    {
        "id": "cb-1",
        "state": "requested",
        "due_at": "2026-11-24T09:00:00Z",
        "caller_name": HOSTILE,
    },
)


def now() -> datetime:
    return datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN)


def test_lines_command_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(now)
    lines.told({}, HOSTILE)
    lines.say(f"{HOSTILE}\nmore")
    lines.list_all([ITEM])
    out = capsys.readouterr().out
    assert out.startswith(f"{HARMLESS}\n{HARMLESS}\nmore\n")
    assert out.count(HARMLESS) == 3
    assert "\x1b" not in out


def test_words_beside_json_command_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    JsonLines().say(HOSTILE)
    assert capsys.readouterr().err == f"{HARMLESS}\n"


def test_the_screen_obeys_nobody(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A screen of its own would have commands of its own.
    monkeypatch.setattr(inbox_output, "Live", lambda **_options: Live(auto_refresh=False))
    with Screen("janssen (umwelt)", now) as screen:
        screen.told({}, HOSTILE)
        screen.refresh([ITEM], "")
    out = capsys.readouterr().out
    assert out.count(HARMLESS) == 2
    assert "\x1b]" not in out
