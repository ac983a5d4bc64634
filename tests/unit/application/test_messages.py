"""What is written on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest

from ivr.application.messages import (
    callback_message,
    moved_message,
    queue_body,
    reference_only,
    reply_message,
)
from ivr.application.ports.couriers import IncomingCommand, QueueFigures
from ivr.domain.callback import (
    Acknowledge,
    Attempt,
    AttemptResult,
    CallbackSource,
    Change,
    Close,
    CloseReason,
    Comment,
    Edit,
    Escalate,
    Reassign,
    Remind,
    Reopen,
)
from ivr.domain.errors import Refused
from ivr.domain.ids import CaseworkerId, DepartmentId, RecordingId, TopicId
from tests.fakes.callbacks import MONDAY, a_callback

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
OUT: dict[str, Any] = orjson.loads((REFERENCE / "mqtt.schema.json").read_bytes())
REFERENCE_FIELDS = {"id", "version", "department", "caseworker", "due_at", "state"}
INCOMING = IncomingCommand(DepartmentId("umwelt"), CaseworkerId("janssen"), b"")
CHANGES: dict[str, Change] = {
    "acknowledge": Acknowledge(),
    "attempt": Attempt(),
    "close": Close(),
    "comment": Comment(),
    "edit": Edit(subject="Sperrmüll"),
    "remind": Remind(),
    "reopen": Reopen(),
    "reassign": Reassign(DepartmentId("jugend"), CaseworkerId("meyer")),
    "escalate": Escalate(CaseworkerId("meyer")),
}


class TestCallbackMessage:
    def test_a_spoken_message_is_told_of_and_not_told(self) -> None:
        spoken = replace(a_callback(), message=RecordingId("call-1-run-m1"))
        body = callback_message(spoken, MONDAY).body
        assert body["callback"]["spoken_message"] is True
        assert "call-1-run-m1" not in str(body)

    def test_is_the_contract_word_for_word(self) -> None:
        callback = replace(
            a_callback(), caller_name="Ümit Öztürk", subject="Müll", note="bitte abends"
        )
        message = callback_message(callback, MONDAY)
        assert (message.message_id, message.callback) == ("cb-1.1", "cb-1")
        assert (message.department, message.caseworker) == ("umwelt", "janssen")
        assert message.created_at == MONDAY
        assert message.body == {
            "schema": "ivr.callback.v1",
            "message_id": "cb-1.1",
            "event": "requested",
            "callback": {
                "id": "cb-1",
                "version": 1,
                "department": "umwelt",
                "caseworker": "janssen",
                "caller_number": "+494461123456",
                "caller_name": "Ümit Öztürk",
                "subject": "Müll",
                "note": "bitte abends",
                "source": "caller_dtmf",
                "call_id": "call-of-cb-1",
                "requested_at": "2026-11-23T08:00:00+00:00",
                "due_at": "2026-11-25T08:00:00+00:00",
                "state": "requested",
                "spoken_message": False,
                "topic": None,
                "reference": "",
                "preferred_times": [],
                "language": "",
                "answers": [],
                "taken_by": "",
                "attempts": 0,
                "result": None,
                "next_try_at": None,
                "close_reason": None,
                "escalations": 0,
                "comment": "",
                "changed_by": "",
            },
        }
        assert orjson.loads(orjson.dumps(message.body)) == message.body

    def test_tells_all_that_is_known(self) -> None:
        callback = replace(
            a_callback(),
            topic=TopicId("waste"),
            reference="AZ 66/2026",
            preferred_times=("mon-fri 14:00-16:00",),
            language="en",
            answers=("Die Gebühr beträgt 20 Euro.",),
        )
        change = Attempt(AttemptResult.BUSY, next_try_at=MONDAY + timedelta(hours=4))
        taken = callback.after(Acknowledge(), by="janssen", at=MONDAY)
        body = callback_message(
            taken.after(change, by="janssen", at=MONDAY, comment="Dauernd besetzt."), MONDAY
        ).body
        told = {
            "topic": "waste",
            "reference": "AZ 66/2026",
            "preferred_times": ["mon-fri 14:00-16:00"],
            "language": "en",
            "answers": ["Die Gebühr beträgt 20 Euro."],
            "version": 3,
            "taken_by": "janssen",
            "attempts": 1,
            "result": "busy",
            "next_try_at": "2026-11-23T12:00:00+00:00",
            "comment": "Dauernd besetzt.",
            "changed_by": "janssen",
        }
        assert told.items() <= orjson.loads(orjson.dumps(body))["callback"].items()
        jsonschema.validate(body, OUT)

    def test_tells_why_it_ended(self) -> None:
        closed = a_callback().after(Close(CloseReason.LETTER), by="janssen", at=MONDAY)
        body = callback_message(closed, MONDAY).body
        assert body["callback"]["close_reason"] == "letter"
        jsonschema.validate(body, OUT)

    @pytest.mark.parametrize(
        ("actions", "event"),
        [
            ([], "requested"),
            (["acknowledge"], "acknowledged"),
            (["acknowledge", "attempt"], "attempted"),
            (["close"], "closed"),
            (["close", "reopen"], "reopened"),
            (["comment"], "commented"),
            (["edit"], "changed"),
            (["remind"], "reminded"),
            (["reassign"], "reassigned"),
            (["escalate"], "escalated"),
        ],
    )
    def test_names_what_happened(self, actions: list[str], event: str) -> None:
        callback = a_callback()
        for action in actions:
            callback = callback.after(CHANGES[action], by="janssen", at=MONDAY)
        body = callback_message(callback, MONDAY).body
        assert body["event"] == event
        assert body["callback"]["state"] == callback.state
        jsonschema.validate(body, OUT)

    @pytest.mark.parametrize("source", list(CallbackSource))
    def test_keeps_to_the_schema_whatever_the_source(self, source: CallbackSource) -> None:
        callback = replace(
            a_callback(),
            source=source,
            call=None,
            requested_at=MONDAY + timedelta(microseconds=5),
        )
        jsonschema.validate(callback_message(callback, MONDAY).body, OUT)

    def test_as_a_reference_keeps_ids_state_and_due_time_only(self) -> None:
        body = reference_only(callback_message(a_callback(), MONDAY).body)
        assert set(body["callback"]) == REFERENCE_FIELDS
        jsonschema.validate(body, OUT)

    def test_as_a_reference_an_older_one_keeps_what_it_has(self) -> None:
        body = callback_message(a_callback(), MONDAY).body
        del body["callback"]["version"]
        assert set(reference_only(body)["callback"]) == REFERENCE_FIELDS - {"version"}
        jsonschema.validate(reference_only(body), OUT)


class TestMovedMessage:
    @pytest.mark.parametrize("action", ["reassign", "escalate"])
    def test_who_had_it_is_told_who_has_it_and_nothing_personal(self, action: str) -> None:
        before = replace(a_callback(), caller_name="Ümit Öztürk", note="bitte abends")
        after = before.after(CHANGES[action], by="ivr", at=MONDAY, comment="zu lange")
        message = moved_message(before, after, MONDAY)
        assert message is not None
        assert (message.department, message.caseworker) == ("umwelt", "janssen")
        assert message.message_id == message.body["message_id"] == "cb-1.2.moved"
        assert set(message.body["callback"]) == REFERENCE_FIELDS
        assert message.body["callback"]["caseworker"] == "meyer"
        assert message.body["event"] == after.event
        assert message.callback == "cb-1"
        jsonschema.validate(message.body, OUT)

    @pytest.mark.parametrize("action", ["acknowledge", "close", "comment", "edit", "remind"])
    def test_nobody_is_told_where_it_stays(self, action: str) -> None:
        before = a_callback()
        assert (
            moved_message(before, before.after(CHANGES[action], by="x", at=MONDAY), MONDAY) is None
        )


class TestReply:
    def test_done(self) -> None:
        reply = reply_message(INCOMING, "1", None, MONDAY)
        assert reply.body == {
            "schema": "ivr.reply.v1",
            "message_id": "umwelt/janssen/1/reply",
            "in_reply_to": "1",
            "ok": True,
        }
        assert (reply.department, reply.caseworker) == ("umwelt", "janssen")
        assert reply.callback is None
        jsonschema.validate(reply.body, OUT)

    def test_refused(self) -> None:
        refusal = Refused("There is none.", code="callback_not_found")
        body = reply_message(INCOMING, "1", refusal, MONDAY).body
        assert (body["ok"], body["code"]) == (False, "callback_not_found")
        assert body["detail"] == "There is none."
        jsonschema.validate(body, OUT)

    def test_names_who_was_faster(self) -> None:
        refusal = Refused("Taken by meyer.", code="callback_acknowledged")
        body = reply_message(INCOMING, "1", refusal, MONDAY, by="meyer").body
        assert body["by"] == "meyer"
        jsonschema.validate(body, OUT)

    def test_has_nothing_to_leave_out_of_a_reference(self) -> None:
        body = reply_message(INCOMING, "1", None, MONDAY).body
        assert reference_only(body) == body

    def test_two_caseworkers_may_choose_the_same_id(self) -> None:
        other = replace(INCOMING, caseworker=CaseworkerId("meyer"))
        first = reply_message(INCOMING, "1", None, MONDAY)
        second = reply_message(other, "1", None, MONDAY)
        assert first.message_id != second.message_id

    @pytest.mark.parametrize("break_it", [{"code": "x"}, {"ok": False}, {"extra": 1}])
    def test_the_schema_finds_mistakes(self, break_it: Mapping[str, object]) -> None:
        body = reply_message(INCOMING, "1", None, MONDAY).body
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**body, **break_it}, OUT)


def test_queue_figures() -> None:
    figures = QueueFigures(MONDAY, waiting=3, longest_wait_seconds=41, agents={"ready": 2})
    assert queue_body(figures) == {
        "schema": "ivr.queue.v1",
        "at": "2026-11-23T08:00:00+00:00",
        "waiting": 3,
        "longest_wait_seconds": 41,
        "agents": {"ready": 2},
    }
