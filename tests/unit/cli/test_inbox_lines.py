"""What a caseworker types means one command, or is explained."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import pytest

from ivr.application.caseworker_commands import ChangeCommand, read_command
from ivr.application.caseworker_inbox import CaseworkerInbox
from ivr.application.messages import callback_message
from ivr.cli.inbox_lines import NotUnderstoodError, Order, Show, Word, help_text, read_line
from ivr.cli.language import _
from ivr.domain.ids import CaseworkerId, DepartmentId
from tests.examples import BERLIN
from tests.fakes.callbacks import MONDAY, a_callback

UMWELT = DepartmentId("umwelt")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN)


@pytest.fixture
def inbox() -> CaseworkerInbox:
    inbox = CaseworkerInbox(UMWELT, CaseworkerId("janssen"))
    inbox.hear(callback_message(a_callback(), MONDAY).body)
    return inbox


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("take 1", {"command": "acknowledge"}),
        ("  TAKE   cb-1 ", {"command": "acknowledge"}),
        ("call 1", {"command": "call"}),
        ("call 1 -- now", {"command": "call"}),
        ("attempt 1", {"command": "attempt"}),
        ("attempt 1 busy", {"command": "attempt", "result": "busy"}),
        ("attempt 1 wrong-number", {"command": "attempt", "result": "wrong_number"}),
        ("attempt 1 14:00", {"command": "attempt", "next_try_at": "2026-11-23T13:00:00+00:00"}),
        (
            "attempt 1 not_reached 24.11.2026 10:00 -- lange geklingelt",
            {
                "command": "attempt",
                "result": "not_reached",
                "next_try_at": "2026-11-24T09:00:00+00:00",
                "comment": "lange geklingelt",
            },
        ),
        ("close 1", {"command": "close"}),
        ("close 1 letter", {"command": "close", "reason": "letter"}),
        ("close 1 letter written", {"command": "close", "reason": "letter"}),
        ("comment 1 ruft selbst an", {"command": "comment", "comment": "ruft selbst an"}),
        ("comment 1 -- ruft selbst an", {"command": "comment", "comment": "ruft selbst an"}),
        ("comment 1 ruft an -- morgen", {"command": "comment", "comment": "ruft an morgen"}),
        ("give 1 meyer", {"command": "reassign", "caseworker": "meyer"}),
        (
            "give 1 meyer jugend -- dein Bezirk",
            {
                "command": "reassign",
                "caseworker": "meyer",
                "department": "jugend",
                "comment": "dein Bezirk",
            },
        ),
        ("reopen 1", {"command": "reopen"}),
    ],
)
def test_commands(inbox: CaseworkerInbox, line: str, command: dict[str, Any]) -> None:
    order = read_line(line, inbox, NOW)
    assert isinstance(order, Order)
    assert order.command == {**command, "callback_id": "cb-1"}
    assert order.about.number == 1


@pytest.mark.parametrize(
    "line",
    ["take 1", "attempt 1 busy 14:00", "close 1 mail", "comment 1 x", "give 1 meyer", "reopen 1"],
)
def test_the_service_takes_what_is_made_of_it(inbox: CaseworkerInbox, line: str) -> None:
    order = read_line(line, inbox, NOW)
    assert isinstance(order, Order)
    whole = {"schema": "ivr.command.v1", "message_id": "1", **order.command}
    assert isinstance(read_command(orjson.dumps(whole), UMWELT), ChangeCommand)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("nehmen 1", {"command": "acknowledge"}),
        ("take 1", {"command": "acknowledge"}),
        ("anrufen 1", {"command": "call"}),
        (
            "versuch 1 besetzt 14:00",
            {
                "command": "attempt",
                "result": "busy",
                "next_try_at": "2026-11-23T13:00:00+00:00",
            },
        ),
        ("versuch 1 nicht_erreicht", {"command": "attempt", "result": "not_reached"}),
        ("abschließen 1 zurückgezogen", {"command": "close", "reason": "withdrawn"}),
        ("Bemerkung 1 eilt", {"command": "comment", "comment": "eilt"}),
        ("abgeben 1 meyer", {"command": "reassign", "caseworker": "meyer"}),
        ("öffnen 1", {"command": "reopen"}),
    ],
)
def test_in_german(
    inbox: CaseworkerInbox,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    command: dict[str, Any],
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    order = read_line(line, inbox, NOW)
    assert isinstance(order, Order)
    assert order.command == {**command, "callback_id": "cb-1"}


@pytest.mark.parametrize(
    ("line", "explained"),
    [
        ("dance 1", "no such command: dance"),
        ("take", "Which one"),
        ("take 7", "no row 7"),
        ("take 1 quickly", "What does quickly mean"),
        ("show 1 more", "What does more mean"),
        ("attempt 1 tired", "tired is no result and no time. Results: reached, not_reached"),
        ("close 1 tired", "tired is no reason. Reasons: settled, letter"),
        ("comment 1", "What is the comment"),
        ("give 1", "To whom"),
        ("give 1 a b c", "To whom"),
    ],
)
def test_what_is_wrong_is_explained(inbox: CaseworkerInbox, line: str, explained: str) -> None:
    with pytest.raises(NotUnderstoodError, match=explained):
        read_line(line, inbox, NOW)


def test_results_are_explained_in_german(
    inbox: CaseworkerInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with pytest.raises(NotUnderstoodError, match="erreicht, nicht_erreicht, besetzt"):
        read_line("versuch 1 müde", inbox, NOW)


def test_words_for_the_program_itself(inbox: CaseworkerInbox) -> None:
    assert read_line("", inbox, NOW) is None
    assert read_line("help", inbox, NOW) is Word.HELP
    assert read_line("?", inbox, NOW) is Word.HELP
    assert read_line("list", inbox, NOW) is Word.LIST
    assert read_line("quit", inbox, NOW) is Word.QUIT
    assert isinstance(read_line("show 1", inbox, NOW), Show)


@pytest.mark.parametrize("locale", ["C", "de_DE.UTF-8"])
def test_the_help_tells_of_commands_there_are(
    inbox: CaseworkerInbox, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    lines = help_text().splitlines()
    words = [line.split()[0] for line in lines if line[0].islower() and " N" in line]
    assert len(words) == 8
    for word in words:
        try:
            read_line(f"{word} 1", inbox, NOW)
        except NotUnderstoodError as error:
            unknown = _("There is no such command: {word}. See: help").format(word=word)
            assert str(error) != unknown  # noqa: PT017  it may want more, but knows the word
