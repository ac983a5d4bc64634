"""A caseworker at work, with a connection that does what the test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ivr.application.caseworker_inbox import (
    CaseworkerInbox,
    Connected,
    Disconnected,
    Happening,
    Item,
    ServiceSeen,
    Told,
)
from ivr.application.messages import callback_message, moved_message, reply_message
from ivr.application.ports.couriers import IncomingCommand
from ivr.cli.inbox_work import Work
from ivr.domain.callback import (
    Acknowledge,
    Attempt,
    AttemptResult,
    Callback,
    Close,
    CloseReason,
    Reassign,
)
from ivr.domain.errors import Refused
from ivr.domain.ids import CaseworkerId, DepartmentId
from tests.examples import BERLIN
from tests.fakes.callbacks import MONDAY, a_callback

OWNER = DepartmentId("umwelt"), CaseworkerId("janssen")


class FakeConnection:
    def __init__(self) -> None:
        self.sent: list[Mapping[str, Any]] = []

    async def run(self, hear: Callable[[Happening], None]) -> None:
        raise NotImplementedError

    def send(self, command: Mapping[str, Any]) -> str:
        self.sent.append(command)
        return str(len(self.sent))


class FakeOutput:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.listed: list[str] = []

    def told(self, _body: Mapping[str, Any], line: str) -> None:
        self.lines.append(line)

    def say(self, text: str) -> None:
        self.lines.append(text)

    def list_all(self, items: Sequence[Item]) -> None:
        self.listed = [item.id for item in items]

    def refresh(self, items: Sequence[Item], typed: str) -> None:
        raise NotImplementedError


class Desk:
    def __init__(self, *, quiet: bool = False) -> None:
        self.connection = FakeConnection()
        self.output = FakeOutput()
        self.work = Work(
            CaseworkerInbox(*OWNER), self.connection, self.output, self.now, quiet=quiet
        )

    @staticmethod
    def now() -> datetime:
        return datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN)

    def tell(self, callback: Callback) -> None:
        self.work.hear(Told(callback_message(callback, MONDAY).body))

    def answer(self, sent: str, refusal: Refused | None = None, by: str = "") -> None:
        incoming = IncomingCommand(*OWNER, b"")
        self.work.hear(Told(reply_message(incoming, sent, refusal, MONDAY, by=by).body))

    def all_told(self) -> None:
        self.work.hear(Connected("repeat"))
        self.answer("repeat")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.tell(a_callback())
    desk.all_told()
    desk.output.lines.clear()
    return desk


def test_what_is_typed_is_sent_and_its_answer_shown(desk: Desk) -> None:
    desk.work.type("take 1")
    assert desk.connection.sent == [{"command": "acknowledge", "callback_id": "cb-1"}]
    assert desk.work.unanswered() == ["take 1"]
    desk.answer("1")
    assert desk.output.lines == ["take 1: done"]
    assert desk.work.unanswered() == []


def test_a_refusal_says_why_and_who_was_faster(desk: Desk) -> None:
    desk.work.type("take 1")
    desk.answer("1", Refused("It went to somebody else.", code="callback_moved"), by="meyer")
    assert desk.output.lines == ["take 1: refused: It went to somebody else. (meyer)"]


def test_a_refusal_in_german(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    desk.work.type("nehmen 1")
    desk.answer("1", Refused("x", code="callback_acknowledged"), by="meyer")
    assert desk.output.lines == ["nehmen 1: abgelehnt: Der Rückruf ist schon übernommen. (meyer)"]


def test_what_is_typed_early_waits_until_there_are_rows() -> None:
    desk = Desk()
    desk.work.type("take 1")
    desk.work.type("quit")
    assert desk.connection.sent == []
    desk.work.hear(Connected("repeat"))
    desk.tell(a_callback())
    desk.answer("repeat")
    assert [sent["command"] for sent in desk.connection.sent] == ["acknowledge"]
    assert not desk.work.finished.is_set()
    desk.answer("1")
    assert desk.work.finished.is_set()


def test_what_is_not_understood_is_explained(desk: Desk) -> None:
    desk.work.type("take 7")
    assert desk.output.lines == ["There is no row 7."]
    assert desk.connection.sent == []


def test_news_is_a_line(desk: Desk) -> None:
    taken = a_callback().after(Acknowledge(), by="janssen", at=MONDAY)
    busy = taken.after(Attempt(AttemptResult.BUSY), by="janssen", at=MONDAY, comment="ganz\nbelegt")
    desk.tell(taken)
    desk.tell(busy)
    desk.tell(busy.after(Close(CloseReason.LETTER), by="janssen", at=MONDAY))
    assert desk.output.lines == [
        "1  acknowledged  2026-11-25 09:00  +494461123456",
        "1  phoned (busy)  2026-11-25 09:00  +494461123456  ganz belegt",
        "1  closed (letter written)",
    ]


def test_what_goes_to_somebody_else_is_told(desk: Desk) -> None:
    moved = a_callback().after(Reassign(OWNER[0], CaseworkerId("meyer")), by="x", at=MONDAY)
    message = moved_message(a_callback(), moved, MONDAY)
    assert message is not None
    desk.work.hear(Told(message.body))
    assert desk.output.lines == ["1  given to somebody else (now meyer has it)"]
    desk.work.type("list")
    assert desk.output.listed == []


def test_help_list_show_and_quit(desk: Desk) -> None:
    desk.work.type("help")
    assert "take N" in desk.output.lines[0]
    desk.work.type("list")
    assert desk.output.listed == ["cb-1"]
    desk.work.type("show 1")
    assert "Number: +494461123456" in desk.output.lines
    desk.work.type("")
    desk.work.type("quit")
    assert desk.work.finished.is_set()


def test_a_note_of_several_lines_forges_no_detail(desk: Desk) -> None:
    desk.tell(replace(a_callback("cb-2"), note="rings\nNumber: +49900123456"))
    desk.work.type("show cb-2")
    assert "Note: rings\n    Number: +49900123456" in desk.output.lines


def test_how_it_stands_with_the_connection_is_told() -> None:
    desk = Desk()
    desk.work.hear(Connected("a"))
    desk.work.hear(ServiceSeen(online=True))
    desk.work.hear(ServiceSeen(online=False))
    desk.work.hear(ServiceSeen(online=True))
    desk.work.hear(Disconnected("Connection refused"))
    assert desk.output.lines == [
        "Connected.",
        "ivr is away: commands wait, and news comes later.",
        "ivr is back.",
        "No connection: Connection refused",
    ]
    assert desk.work.why_not_all() == "No connection: Connection refused"


def test_once_shows_nothing_but_the_list() -> None:
    desk = Desk(quiet=True)
    assert desk.work.why_not_all() == "There is no connection yet."
    desk.tell(a_callback())
    desk.all_told()
    assert desk.output.lines == []
    assert desk.work.why_not_all() == "ivr does not answer."
    desk.work.list_all()
    assert desk.output.listed == ["cb-1"]


def test_an_answer_to_somebody_else_s_command_is_no_news(desk: Desk) -> None:
    desk.answer("of another window")
    assert desk.output.lines == []
