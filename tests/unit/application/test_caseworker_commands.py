"""What caseworkers' programs ask for is read, or refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.application.caseworker_commands import (
    COMMAND_BYTES,
    CallCommand,
    ChangeCommand,
    Command,
    MalformedCommand,
    RepeatCommand,
    read_command,
)
from ivr.domain.callback import (
    Acknowledge,
    Attempt,
    AttemptResult,
    Change,
    Close,
    CloseReason,
    Comment,
    Reassign,
    Reopen,
)
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
IN: dict[str, Any] = orjson.loads((REFERENCE / "mqtt-command.schema.json").read_bytes())
UMWELT = DepartmentId("umwelt")
MEYER = CaseworkerId("meyer")
COMMAND: dict[str, object] = {
    "schema": "ivr.command.v1",
    "message_id": "1",
    "command": "close",
    "callback_id": "cb-1",
}


def read(command: object) -> Command:
    return read_command(orjson.dumps(command), UMWELT)


def malformed(payload: bytes) -> MalformedCommand:
    with pytest.raises(MalformedCommand) as error:
        read_command(payload, UMWELT)
    return error.value


class TestReadCommand:
    def test_a_call(self) -> None:
        whole = {**COMMAND, "command": "call"}
        assert read(whole) == CallCommand("1", CallbackId("cb-1"))
        jsonschema.validate(whole, IN)
        for wrong in ({**whole, "number": "+491713920001"}, {**whole, "note": "x"}):
            assert malformed(orjson.dumps(wrong)).message_id == "1"
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(wrong, IN)

    @pytest.mark.parametrize(
        ("parts", "change"),
        [
            ({"command": "acknowledge"}, Acknowledge()),
            ({"command": "attempt"}, Attempt(AttemptResult.NOT_REACHED)),
            ({"command": "attempt", "next_try_at": None}, Attempt(AttemptResult.NOT_REACHED)),
            (
                {"command": "attempt", "result": "busy", "next_try_at": "2026-11-24T10:00+01:00"},
                Attempt(AttemptResult.BUSY, datetime(2026, 11, 24, 9, tzinfo=UTC)),
            ),
            (
                {"command": "attempt", "next_try_at": "2026-11-24T09:00:00.5Z"},
                Attempt(next_try_at=datetime(2026, 11, 24, 9, 0, 0, 500000, tzinfo=UTC)),
            ),
            ({"command": "close"}, Close(CloseReason.SETTLED)),
            ({"command": "close", "reason": "letter"}, Close(CloseReason.LETTER)),
            ({"command": "reassign", "caseworker": "meyer"}, Reassign(UMWELT, MEYER)),
            (
                {"command": "reassign", "caseworker": "meyer", "department": None},
                Reassign(UMWELT, MEYER),
            ),
            (
                {"command": "reassign", "caseworker": "meyer", "department": "jugend"},
                Reassign(DepartmentId("jugend"), MEYER),
            ),
            ({"command": "reopen"}, Reopen()),
        ],
    )
    def test_each_command(self, parts: dict[str, object], change: Change) -> None:
        whole = {**COMMAND, **parts}
        assert read(whole) == ChangeCommand("1", CallbackId("cb-1"), change)
        jsonschema.validate(whole, IN)
        commented = {**whole, "comment": "eilt"}
        assert read(commented) == ChangeCommand("1", CallbackId("cb-1"), change, "eilt")
        jsonschema.validate(commented, IN)

    def test_a_comment(self) -> None:
        comment = {**COMMAND, "command": "comment", "comment": "ruft selbst an"}
        assert read(comment) == ChangeCommand("1", CallbackId("cb-1"), Comment(), "ruft selbst an")
        jsonschema.validate(comment, IN)

    def test_to_be_told_once_more(self) -> None:
        repeat = {key: COMMAND[key] for key in ("schema", "message_id")} | {"command": "repeat"}
        assert read(repeat) == RepeatCommand("1")
        jsonschema.validate(repeat, IN)

    def test_a_note(self) -> None:
        told = read({**COMMAND, "note": "erledigt"})
        assert isinstance(told, ChangeCommand)
        assert told.note == "erledigt"
        assert read({**COMMAND, "note": None}) == read(COMMAND)

    @pytest.mark.parametrize(
        "change",
        [
            {"schema": "ivr.command.v2"},
            {"command": "dance"},
            {"command": None},
            {"callback_id": ""},
            {"callback_id": 7},
            {"note": 7},
            {"comment": 7},
            {"caseworker": "somebody else"},
            {"reason": "tired"},
            {"reason": None},
            {"result": "busy"},
            {"result": "tired", "command": "attempt"},
            {"next_try_at": "14:00", "command": "attempt"},
            {"next_try_at": 1763884800, "command": "attempt"},
            {"next_try_at": "1763884800", "command": "attempt"},
            {"next_try_at": "0001-01-01T00:00:00+14:00", "command": "attempt"},
            {"next_try_at": "2026-11-23T09:00:00", "command": "attempt"},
            {"caseworker": "", "command": "reassign"},
            {"department": "", "caseworker": "meyer", "command": "reassign"},
            {"comment": "", "command": "comment"},
            {"callback_id": "cb-1", "command": "repeat"},
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

    @pytest.mark.parametrize("missing", ["callback_id", "caseworker", "comment"])
    def test_what_is_missing_is_said(self, missing: str) -> None:
        word = {"caseworker": "reassign"}.get(missing, "comment")
        whole = {**COMMAND, "command": word, "caseworker": "meyer", "comment": "eilt"}
        if missing != "caseworker":
            del whole["caseworker"]
        del whole[missing]
        assert missing in malformed(orjson.dumps(whole)).message
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(whole, IN)

    def test_no_day_that_does_not_exist(self) -> None:
        whole = {**COMMAND, "command": "attempt", "next_try_at": "2026-02-30T09:00:00Z"}
        assert "next_try_at" in malformed(orjson.dumps(whole)).message

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
            read_command(payload, UMWELT)

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
            command = read_command(payload, UMWELT)
        except MalformedCommand:
            return
        assert command.message_id == {**COMMAND, **content}["message_id"]
