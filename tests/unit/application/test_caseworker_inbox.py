"""What one caseworker has to do, from messages that come twice, late, or are somebody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivr.application.caseworker_inbox import Answered, CaseworkerInbox, Changed, Done, Gone
from ivr.application.messages import callback_message, moved_message, reference_only, reply_message
from ivr.application.ports.couriers import IncomingCommand
from ivr.domain.callback import Acknowledge, Callback, Close, Comment, Reassign, Reopen
from ivr.domain.errors import Refused
from ivr.domain.ids import CaseworkerId, DepartmentId
from tests.fakes.callbacks import MONDAY, a_callback

UMWELT, JANSSEN = DepartmentId("umwelt"), CaseworkerId("janssen")
MEYER = Reassign(UMWELT, CaseworkerId("meyer"))


@pytest.fixture
def inbox() -> CaseworkerInbox:
    return CaseworkerInbox(UMWELT, JANSSEN)


def told(callback: Callback) -> dict[str, Any]:
    return callback_message(callback, MONDAY).body


def gone(before: Callback, after: Callback) -> dict[str, Any]:
    message = moved_message(before, after, MONDAY)
    assert message is not None
    return message.body


def open_ids(inbox: CaseworkerInbox) -> list[str]:
    return [item.id for item in inbox.open_items()]


def test_what_is_due_first_is_at_the_top_and_rows_keep_their_numbers(
    inbox: CaseworkerInbox,
) -> None:
    late = replace(a_callback("late"), due_at=MONDAY + timedelta(days=3))
    soon = replace(a_callback("soon"), due_at=MONDAY + timedelta(days=1))
    assert isinstance(inbox.hear(told(late)), Changed)
    assert isinstance(inbox.hear(told(soon)), Changed)
    assert [(item.number, item.id) for item in inbox.open_items()] == [(2, "soon"), (1, "late")]
    inbox.hear(told(soon.after(Close(), by="janssen", at=MONDAY)))
    inbox.hear(told(a_callback("third")))
    assert [(item.number, item.id) for item in inbox.open_items()] == [(3, "third"), (1, "late")]


def test_a_callback_is_found_by_number_and_by_id(inbox: CaseworkerInbox) -> None:
    inbox.hear(told(a_callback("cb-1")))
    inbox.hear(told(a_callback("cb-2")))
    for name in ("2", "cb-2"):
        found = inbox.find(name)
        assert found is not None
        assert found.id == "cb-2"
    assert inbox.find("3") is None


def test_a_repeat_says_nothing_new(inbox: CaseworkerInbox) -> None:
    assert inbox.hear(told(a_callback())) is not None
    assert inbox.hear(told(a_callback())) is None
    assert open_ids(inbox) == ["cb-1"]


def test_what_comes_late_changes_nothing(inbox: CaseworkerInbox) -> None:
    closed = a_callback().after(Close(), by="janssen", at=MONDAY)
    inbox.hear(told(closed))
    assert inbox.hear(told(a_callback())) is None
    assert open_ids(inbox) == []


def test_what_is_closed_is_done_and_can_come_back(inbox: CaseworkerInbox) -> None:
    closed = a_callback().after(Close(), by="janssen", at=MONDAY)
    inbox.hear(told(a_callback()))
    assert isinstance(inbox.hear(told(closed)), Done)
    assert open_ids(inbox) == []
    assert inbox.find("1") is not None
    inbox.hear(told(closed.after(Reopen(), by="janssen", at=MONDAY)))
    assert [(item.number, item.id) for item in inbox.open_items()] == [(1, "cb-1")]


def test_what_went_to_somebody_else_is_dropped_and_can_come_back(inbox: CaseworkerInbox) -> None:
    moved = a_callback().after(MEYER, by="onken", at=MONDAY)
    inbox.hear(told(a_callback()))
    news = inbox.hear(gone(a_callback(), moved))
    assert isinstance(news, Gone)
    assert news.item.callback["caseworker"] == "meyer"
    assert open_ids(inbox) == []
    back = moved.after(Reassign(UMWELT, JANSSEN), by="meyer", at=MONDAY)
    assert isinstance(inbox.hear(told(back)), Changed)
    assert open_ids(inbox) == ["cb-1"]


def test_what_was_never_ours_is_no_news(inbox: CaseworkerInbox) -> None:
    moved = a_callback().after(MEYER, by="onken", at=MONDAY)
    assert inbox.hear(gone(a_callback(), moved)) is None
    assert inbox.hear(told(moved)) is None
    assert open_ids(inbox) == []


def test_with_references_what_is_known_stays(inbox: CaseworkerInbox) -> None:
    inbox.hear(told(a_callback()))
    taken = a_callback().after(Acknowledge(), by="janssen", at=MONDAY)
    inbox.hear(reference_only(told(taken)))
    [item] = inbox.open_items()
    assert item.callback["state"] == "acknowledged"
    assert item.callback["caller_number"] == "+494461123456"


def test_overdue_from_the_moment_it_is_due(inbox: CaseworkerInbox) -> None:
    inbox.hear(told(a_callback()))
    [item] = inbox.open_items()
    assert item.is_overdue(a_callback().due_at)
    assert not item.is_overdue(a_callback().due_at - timedelta(seconds=1))


def test_answers() -> None:
    inbox = CaseworkerInbox(UMWELT, JANSSEN)
    incoming = IncomingCommand(UMWELT, JANSSEN, b"")
    refusal = Refused("Taken by meyer.", code="callback_acknowledged")
    assert inbox.hear(reply_message(incoming, "1", None, MONDAY).body) == Answered("1", ok=True)
    assert inbox.hear(reply_message(incoming, "2", refusal, MONDAY, by="meyer").body) == Answered(
        "2", ok=False, code="callback_acknowledged", detail="Taken by meyer.", by="meyer"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "ivr.other.v1"},
        {"message_id": 7},
        {"event": None},
        {"callback": []},
        {"callback": {"id": "cb-1"}},
        {"schema": "ivr.reply.v1"},
    ],
)
def test_what_is_not_of_the_contract_is_no_news(
    inbox: CaseworkerInbox, change: dict[str, Any]
) -> None:
    assert inbox.hear({**told(a_callback()), **change}) is None
    assert open_ids(inbox) == []


def test_a_due_time_that_is_none_is_no_news(inbox: CaseworkerInbox) -> None:
    body = told(a_callback())
    body["callback"]["due_at"] = "soon"
    assert inbox.hear(body) is None


def test_what_an_older_ivr_tells_is_understood(inbox: CaseworkerInbox) -> None:
    old, new = told(a_callback()), told(a_callback().after(Comment(), by="x", at=MONDAY))
    for body in (old, new):
        del body["callback"]["version"]
    inbox.hear(old)
    assert isinstance(inbox.hear(new), Changed)


def test_only_so_much_is_remembered(
    inbox: CaseworkerInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.application.caseworker_inbox._REMEMBERED", 2)
    for name in ("cb-1", "cb-2", "cb-3"):
        assert inbox.hear(told(a_callback(name))) is not None
    assert inbox.hear(told(a_callback("cb-3"))) is None
    assert inbox.hear(told(a_callback("cb-1"))) is not None  # forgotten, and harmless
