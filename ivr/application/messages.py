"""What is said over MQTT: callbacks and answers out, commands in. The one place of the contract.

Described for others in docs/reference/mqtt.md, with a JSON Schema beside it. Pure functions:
nothing is sent, stored or logged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ivr.application.ports import IncomingCommand, OutboxMessage, QueueFigures
from ivr.domain.callback import Acknowledge, Attempt, Callback, Change, Close
from ivr.domain.errors import Refused, UnexpectedMessage
from ivr.domain.ids import CallbackId, MessageId

CALLBACK_SCHEMA = "ivr.callback.v1"
REPLY_SCHEMA = "ivr.reply.v1"
QUEUE_SCHEMA = "ivr.queue.v1"

COMMAND_BYTES = 64 * 1024
"""The largest command read: room for the longest note, every character written as an escape."""


def callback_message(callback: Callback, at: datetime) -> OutboxMessage:
    """Tell the callback's caseworker what became of it; the state names the event."""
    body = {
        "schema": CALLBACK_SCHEMA,
        "message_id": callback.message_id,
        "event": callback.event.value,
        "callback": {
            "id": callback.id,
            "department": callback.department,
            "caseworker": callback.caseworker,
            "caller_number": callback.caller_number,
            "caller_name": callback.caller_name,
            "subject": callback.subject,
            "note": callback.note,
            "source": callback.source.value,
            "call_id": callback.call,
            "requested_at": _rfc3339(callback.requested_at),
            "due_at": _rfc3339(callback.due_at),
            "state": callback.state.value,
            "spoken_message": callback.message is not None,
        },
    }
    return OutboxMessage(
        message_id=callback.message_id,
        department=callback.department,
        caseworker=callback.caseworker,
        body=body,
        created_at=at,
        callback=callback.id,
    )


def _rfc3339(at: datetime) -> str:
    """Write an instant in UTC, so that all messages of one callback say the same."""
    return at.astimezone(UTC).isoformat()


_REFERENCE = ("id", "department", "caseworker", "due_at", "state")


def reference_only(body: dict[str, Any]) -> dict[str, Any]:
    """Return ``body`` with nothing personal left: only what is needed to look the rest up."""
    if body["schema"] != CALLBACK_SCHEMA:
        return body
    return {**body, "callback": {key: body["callback"][key] for key in _REFERENCE}}


@dataclass(frozen=True, slots=True)
class Command:
    """What a caseworker wants done, as read from the wire. ``message_id`` is the sender's own."""

    message_id: str
    change: Change
    callback: CallbackId
    note: str | None


_CHANGES: dict[str, Change] = {
    "acknowledge": Acknowledge(),
    "attempt": Attempt(),
    "close": Close(),
}


class MalformedCommand(UnexpectedMessage):
    """A command that breaks the contract; answered where it at least has a ``message_id``."""

    default_code = "command_malformed"

    def __init__(self, message: str, *, message_id: str | None = None) -> None:
        """``message`` quotes nothing of what was sent: it may be personal."""
        super().__init__(message)
        self.message_id = message_id


_SenderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]


class _Addressed(BaseModel):
    """As much of a command as is needed to answer it."""

    model_config = ConfigDict(strict=True)

    message_id: _SenderId


class _Command(BaseModel):
    """The whole of a command; a field we don't know is a misunderstanding and is refused."""

    model_config = ConfigDict(strict=True, extra="forbid")

    schema_: Literal["ivr.command.v1"] = Field(alias="schema")
    message_id: _SenderId
    command: Literal["acknowledge", "attempt", "close"]
    callback_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    note: str | None = None


def read_command(payload: bytes) -> Command:
    """Read a caseworker's command. Raises MalformedCommand."""
    if len(payload) > COMMAND_BYTES:
        raise MalformedCommand(f"A command has at most {COMMAND_BYTES} bytes.")
    try:
        content = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise MalformedCommand("The command is not JSON.") from None
    try:
        message_id = _Addressed.model_validate(content).message_id
    except ValidationError as error:
        raise MalformedCommand(_explain(error)) from None
    try:
        read = _Command.model_validate(content)
    except ValidationError as error:
        raise MalformedCommand(_explain(error), message_id=message_id) from None
    return Command(
        message_id=message_id,
        change=_CHANGES[read.command],
        callback=CallbackId(read.callback_id),
        note=read.note,
    )


def _explain(error: ValidationError) -> str:
    """Say which fields are wrong and what is allowed, without what was sent."""
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'message'}: {problem['msg']}"
        for problem in problems
    )


def reply_id(incoming: IncomingCommand, message_id: str) -> MessageId:
    """The id of the answer to a command; a slash keeps it apart from any callback's."""
    return MessageId(f"{incoming.department}/{incoming.caseworker}/{message_id}/reply")


def reply_message(
    incoming: IncomingCommand,
    message_id: str,
    refusal: Refused | UnexpectedMessage | None,
    at: datetime,
) -> OutboxMessage:
    """Answer the command ``message_id``: done where ``refusal`` is None."""
    answer = reply_id(incoming, message_id)
    body: dict[str, Any] = {
        "schema": REPLY_SCHEMA,
        "message_id": answer,
        "in_reply_to": message_id,
        "ok": refusal is None,
    }
    if refusal is not None:
        body |= {"code": refusal.code, "detail": refusal.message}
    return OutboxMessage(
        message_id=answer,
        department=incoming.department,
        caseworker=incoming.caseworker,
        body=body,
        created_at=at,
    )


def queue_body(figures: QueueFigures) -> dict[str, Any]:
    """Return the JSON object that tells the queue's figures."""
    return {
        "schema": QUEUE_SCHEMA,
        "at": _rfc3339(figures.at),
        "waiting": figures.waiting,
        "longest_wait_seconds": figures.longest_wait_seconds,
        "agents": figures.agents,
    }
