"""What is written on the wire and what is read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.application.messages import (
    COMMAND_BYTES,
    Command,
    MalformedCommand,
    callback_message,
    queue_body,
    read_command,
    reference_only,
    reply_message,
)
from ivr.application.ports import IncomingCommand, QueueFigures
from ivr.domain.callback import Acknowledge, Attempt, CallbackSource, Change, Close
from ivr.domain.errors import Refused
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId, RecordingId
from tests.fakes.callbacks import MONDAY, a_callback

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
OUT: dict[str, Any] = orjson.loads((REFERENCE / "mqtt.schema.json").read_bytes())
IN: dict[str, Any] = orjson.loads((REFERENCE / "mqtt-command.schema.json").read_bytes())
INCOMING = IncomingCommand(DepartmentId("umwelt"), CaseworkerId("janssen"), b"")
COMMAND: dict[str, object] = {
    "schema": "ivr.command.v1",
    "message_id": "1",
    "command": "close",
    "callback_id": "cb-1",
}

CHANGES: dict[str, Change] = {
    "acknowledge": Acknowledge(),
    "attempt": Attempt(),
    "close": Close(),
}


def read(command: object) -> Command:
    return read_command(orjson.dumps(command))


def malformed(payload: bytes) -> MalformedCommand:
    with pytest.raises(MalformedCommand) as error:
        read_command(payload)
    return error.value


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
            },
        }

    @pytest.mark.parametrize(
        ("actions", "event"),
        [
            ([], "requested"),
            (["acknowledge"], "acknowledged"),
            (["acknowledge", "attempt"], "attempted"),
            (["close"], "closed"),
        ],
    )
    def test_names_what_happened(self, actions: list[str], event: str) -> None:
        callback = a_callback()
        for action in actions:
            callback = callback.after(CHANGES[action], by="janssen", at=MONDAY)
        body = callback_message(callback, MONDAY).body
        assert body["event"] == body["callback"]["state"] == event
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
        assert set(body["callback"]) == {"id", "department", "caseworker", "due_at", "state"}
        jsonschema.validate(body, OUT)


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


class TestReadCommand:
    @pytest.mark.parametrize("word", ["acknowledge", "attempt", "close"])
    def test_each_command(self, word: str) -> None:
        command = read({**COMMAND, "command": word})
        assert command == Command("1", CHANGES[word], CallbackId("cb-1"), None)
        jsonschema.validate({**COMMAND, "command": word}, IN)

    def test_a_note(self) -> None:
        assert read({**COMMAND, "note": "erledigt"}).note == "erledigt"
        assert read({**COMMAND, "note": None}).note is None

    @pytest.mark.parametrize(
        "change",
        [
            {"schema": "ivr.command.v2"},
            {"command": "dance"},
            {"command": None},
            {"callback_id": ""},
            {"callback_id": 7},
            {"note": 7},
            {"caseworker": "somebody else"},
        ],
    )
    def test_what_is_wrong_is_said_and_can_be_answered(self, change: Mapping[str, object]) -> None:
        wrong = {**COMMAND, **change}
        error = malformed(orjson.dumps(wrong))
        assert error.code == "command_malformed"
        assert error.message_id == "1"
        assert next(iter(change)) in error.message
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, IN)

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"\xff\xfe",
            b"null",
            b"[]",
            b"{",
            b"{}",
            b'{"message_id": 5}',
            b'{"message_id": ""}',
            b'{"message_id": "a/b"}',
            b'{"message_id": "a\\n"}',
            b'{"message_id": "' + b"x" * 101 + b'"}',
            b"[" * 5000,
            b" " * (COMMAND_BYTES + 1),
        ],
    )
    def test_without_an_id_nobody_can_be_answered(self, payload: bytes) -> None:
        assert malformed(payload).message_id is None

    def test_what_was_sent_is_not_repeated(self) -> None:
        error = malformed(orjson.dumps({**COMMAND, "command": "+494461999", "note": 12345}))
        assert "4461" not in error.message
        assert "12345" not in error.message

    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_refused(self, payload: bytes) -> None:
        with pytest.raises(MalformedCommand):
            read_command(payload)

    @given(
        st.dictionaries(
            st.sampled_from([*COMMAND, "note", "other"]),
            st.none()
            | st.booleans()
            | st.integers(0, 9)
            | st.text("a1\x00ü", max_size=5)
            | st.just("1"),
        )
    )
    def test_any_object_is_read_or_refused(self, content: dict[str, object]) -> None:
        payload = orjson.dumps({**COMMAND, **content})
        try:
            command = read_command(payload)
        except MalformedCommand:
            return
        assert command.message_id == {**COMMAND, **content}["message_id"]


def test_queue_figures() -> None:
    figures = QueueFigures(MONDAY, waiting=3, longest_wait_seconds=41, agents={"ready": 2})
    assert queue_body(figures) == {
        "schema": "ivr.queue.v1",
        "at": "2026-11-23T08:00:00+00:00",
        "waiting": 3,
        "longest_wait_seconds": 41,
        "agents": {"ready": 2},
    }
