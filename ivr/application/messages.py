"""What is said over MQTT: callbacks, and answers to commands. The one place of the contract.

Described for others in docs/reference/mqtt.md, with a JSON Schema beside it. Pure functions:
nothing is sent, stored or logged here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ivr.application.ports.couriers import IncomingCommand, OutboxMessage, QueueFigures
from ivr.domain.callback import Callback
from ivr.domain.errors import Refused, UnexpectedMessage
from ivr.domain.ids import MessageId
from ivr.domain.retention import CALLBACK_CONTENT

CALLBACK_SCHEMA = "ivr.callback.v1"
REPLY_SCHEMA = "ivr.reply.v1"
QUEUE_SCHEMA = "ivr.queue.v1"


def callback_message(callback: Callback, at: datetime) -> OutboxMessage:
    """Tell the callback's caseworker what became of it."""
    return OutboxMessage(
        message_id=callback.message_id,
        department=callback.department,
        caseworker=callback.caseworker,
        body={
            "schema": CALLBACK_SCHEMA,
            "message_id": callback.message_id,
            "event": callback.event.value,
            "callback": _whole(callback),
        },
        created_at=at,
        callback=callback.id,
    )


def moved_message(before: Callback, after: Callback, at: datetime) -> OutboxMessage | None:
    """Tell whoever had the callback that it is somebody else's; None where it is not.

    Nothing personal is told any more: only who has it.
    """
    if (before.department, before.caseworker) == (after.department, after.caseworker):
        return None
    message_id = MessageId(f"{after.message_id}.moved")
    return OutboxMessage(
        message_id=message_id,
        department=before.department,
        caseworker=before.caseworker,
        body={
            "schema": CALLBACK_SCHEMA,
            "message_id": message_id,
            "event": after.event.value,
            "callback": _reference(_whole(after)),
        },
        created_at=at,
        callback=after.id,
    )


def _whole(callback: Callback) -> dict[str, Any]:
    return {
        "id": callback.id,
        "version": callback.version,
        "department": callback.department,
        "caseworker": callback.caseworker,
        "caller_number": callback.caller_number,
        "caller_name": callback.caller_name,
        "topic": callback.topic,
        "subject": callback.subject,
        "note": callback.note,
        "reference": callback.reference,
        "preferred_times": list(callback.preferred_times),
        "language": callback.language,
        "answers": list(callback.answers),
        "source": callback.source.value,
        "call_id": callback.call,
        "requested_at": _rfc3339(callback.requested_at),
        "due_at": _rfc3339(callback.due_at),
        "state": callback.state.value,
        "taken_by": callback.taken_by,
        "attempts": callback.attempts,
        "result": callback.result,
        "next_try_at": None if callback.next_try_at is None else _rfc3339(callback.next_try_at),
        "close_reason": callback.close_reason,
        "escalations": callback.escalations,
        "comment": callback.comment,
        "changed_by": callback.changed_by,
        "spoken_message": callback.message is not None,
    }


def _rfc3339(at: datetime) -> str:
    """Write an instant in UTC, so that all messages of one callback say the same."""
    return at.astimezone(UTC).isoformat()


_REFERENCE = ("id", "version", "department", "caseworker", "due_at", "state")


def _reference(callback: dict[str, Any]) -> dict[str, Any]:
    # What waits since an older version of ivr was running has fewer fields.
    return {key: callback[key] for key in _REFERENCE if key in callback}


def reference_only(body: dict[str, Any]) -> dict[str, Any]:
    """Return ``body`` with nothing personal left: only what is needed to look the rest up."""
    if body["schema"] != CALLBACK_SCHEMA:
        return body
    return {**body, "callback": _reference(body["callback"])}


_PERSONAL = frozenset({"spoken_message"}.union(*CALLBACK_CONTENT.values()))
"""In a message the fields have the names they have in a callback."""


def without_person(body: dict[str, Any]) -> dict[str, Any]:
    """Return ``body`` with the same fields, those empty that tell of the caller."""
    if body["schema"] != CALLBACK_SCHEMA:
        return body
    told = body["callback"].items()
    # Of each type its own nothing: "", [], False.
    callback = {key: type(it)() if it and key in _PERSONAL else it for key, it in told}
    return {**body, "callback": callback}


def reply_id(incoming: IncomingCommand, message_id: str) -> MessageId:
    """The id of the answer to a command; a slash keeps it apart from any callback's."""
    return MessageId(f"{incoming.department}/{incoming.caseworker}/{message_id}/reply")


def reply_message(
    incoming: IncomingCommand,
    message_id: str,
    refusal: Refused | UnexpectedMessage | None,
    at: datetime,
    *,
    by: str = "",
) -> OutboxMessage:
    """Answer the command ``message_id``: done where ``refusal`` is None.

    ``by`` names who was faster, where somebody was.
    """
    answer = reply_id(incoming, message_id)
    body: dict[str, Any] = {
        "schema": REPLY_SCHEMA,
        "message_id": answer,
        "in_reply_to": message_id,
        "ok": refusal is None,
    }
    if refusal is not None:
        body |= {"code": refusal.code, "detail": refusal.message}
    if by:
        body["by"] = by
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
