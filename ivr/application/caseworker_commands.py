"""What caseworkers' programs ask for over MQTT, as read from the wire. Nothing is done here.

Described for others in docs/reference/mqtt.md, with a JSON Schema beside it. A field we don't
know is a misunderstanding and refused; what is said about mistakes quotes nothing of what was
sent, as it may be personal.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, assert_never

import orjson
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

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
from ivr.domain.errors import UnexpectedMessage
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId

COMMAND_BYTES = 64 * 1024
"""The largest command read: room for the longest note, every character written as an escape."""


@dataclass(frozen=True, slots=True)
class ChangeCommand:
    """A caseworker wants a callback changed. ``message_id`` is the sender's own."""

    message_id: str
    callback: CallbackId
    change: Change
    comment: str = ""
    note: str | None = None
    """Replaces the callback's note; None leaves it."""


@dataclass(frozen=True, slots=True)
class RepeatCommand:
    """A caseworker wants to be told once more of all callbacks that are still to be done."""

    message_id: str


@dataclass(frozen=True, slots=True)
class CallCommand:
    """A caseworker wants to be connected with the citizen of a callback."""

    message_id: str
    callback: CallbackId


Command = ChangeCommand | RepeatCommand | CallCommand


class MalformedCommand(UnexpectedMessage):
    """A command that breaks the contract; answered where it at least has a ``message_id``."""

    default_code = "command_malformed"

    def __init__(self, message: str, *, message_id: str | None = None) -> None:
        """``message`` quotes nothing of what was sent: it may be personal."""
        super().__init__(message)
        self.message_id = message_id


def read_command(payload: bytes, department: DepartmentId) -> Command:
    """Read a command of a caseworker of ``department``. Raises MalformedCommand."""
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
        read = _WIRE.validate_python(content)
    except ValidationError as error:
        raise MalformedCommand(_explain(error), message_id=message_id) from None
    if isinstance(read, _Repeat):
        return RepeatCommand(message_id)
    if isinstance(read, _Call):
        return CallCommand(message_id, CallbackId(read.callback_id))
    return ChangeCommand(
        message_id=message_id,
        callback=CallbackId(read.callback_id),
        change=_change(read, department),
        comment=read.comment,
        note=read.note,
    )


_SenderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
_CallbackId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]

_INSTANT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
"""RFC 3339, of this century: no arithmetic with it can overflow."""


def _instant(value: object) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        with suppress(ValueError):
            return datetime.fromisoformat(value)
    raise PydanticCustomError("instant", "Should be a time of RFC 3339 with its offset")


class _Addressed(BaseModel):
    """As much of a command as is needed to answer it."""

    model_config = ConfigDict(strict=True)

    message_id: _SenderId


class _Wire(_Addressed):
    """What every command has."""

    model_config = ConfigDict(strict=True, extra="forbid")

    schema_: Literal["ivr.command.v1"] = Field(alias="schema")


class _Repeat(_Wire):
    command: Literal["repeat"]


class _Call(_Wire):
    command: Literal["call"]
    callback_id: _CallbackId


class _OfCallback(_Wire):
    """What every command that changes one callback has."""

    callback_id: _CallbackId
    comment: str = ""
    note: str | None = None


class _Acknowledge(_OfCallback):
    command: Literal["acknowledge"]


class _Attempt(_OfCallback):
    command: Literal["attempt"]
    result: Annotated[AttemptResult, Field(strict=False)] = AttemptResult.NOT_REACHED
    next_try_at: Annotated[datetime, BeforeValidator(_instant)] | None = None


class _Close(_OfCallback):
    command: Literal["close"]
    reason: Annotated[CloseReason, Field(strict=False)] = CloseReason.SETTLED


class _Reassign(_OfCallback):
    command: Literal["reassign"]
    caseworker: _Name
    department: _Name | None = None


class _Reopen(_OfCallback):
    command: Literal["reopen"]


class _Comment(_OfCallback):
    command: Literal["comment"]
    comment: Annotated[str, StringConstraints(min_length=1)]


_AboutCallback = _Acknowledge | _Attempt | _Close | _Reassign | _Reopen | _Comment


def _change(read: _AboutCallback, department: DepartmentId) -> Change:
    match read:
        case _Acknowledge():
            return Acknowledge()
        case _Attempt():
            return Attempt(read.result, read.next_try_at)
        case _Close():
            return Close(read.reason)
        case _Reassign():
            to = DepartmentId(read.department or department)
            return Reassign(to, CaseworkerId(read.caseworker))
        case _Reopen():
            return Reopen()
        case _Comment():
            return Comment()
        case _:
            assert_never(read)


_WORDS = ("acknowledge", "attempt", "call", "close", "comment", "reassign", "reopen", "repeat")


def _word(content: Any) -> str | None:  # noqa: ANN401  whatever was sent
    word = content.get("command") if isinstance(content, dict) else None
    return word if isinstance(word, str) and word in _WORDS else None


_WIRE: TypeAdapter[_AboutCallback | _Repeat | _Call] = TypeAdapter(
    Annotated[
        Annotated[_Acknowledge, Tag("acknowledge")]
        | Annotated[_Attempt, Tag("attempt")]
        | Annotated[_Call, Tag("call")]
        | Annotated[_Close, Tag("close")]
        | Annotated[_Comment, Tag("comment")]
        | Annotated[_Reassign, Tag("reassign")]
        | Annotated[_Reopen, Tag("reopen")]
        | Annotated[_Repeat, Tag("repeat")],
        Discriminator(
            _word,
            custom_error_type="command",
            custom_error_message="command: should be one of " + ", ".join(_WORDS),
        ),
    ]
)


def _explain(error: ValidationError) -> str:
    """Say which fields are wrong and what is allowed, without what was sent."""
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'message'}: {problem['msg']}"
        for problem in problems
    )
