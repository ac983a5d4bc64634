"""Rows to domain objects and back; columns are named like the fields they hold."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import RowMapping

from ivr.application.ports.couriers import OutboxMessage, Receipt
from ivr.domain.announcement import Announcement
from ivr.domain.callback import (
    AttemptResult,
    Callback,
    CallbackEvent,
    CallbackSource,
    CallbackState,
    CloseReason,
)
from ivr.domain.calls import CallRecord, CallResult, Outcome
from ivr.domain.delivery import Delivery
from ivr.domain.kept_place import KeptPlace
from ivr.domain.outgoing import OutgoingRecord, OutgoingResult
from ivr.domain.retention import DataClass, Deletion, Reason


def callback_row(callback: Callback) -> dict[str, Any]:
    """Return the columns of ``callbacks`` and ``callback_versions``."""
    return _row(callback)


def callback_of(row: RowMapping) -> Callback:
    """Build the callback of a row of ``callbacks`` or ``callback_versions``."""
    return Callback(
        **{
            **row,
            "source": CallbackSource(row["source"]),
            "state": CallbackState(row["state"]),
            "event": CallbackEvent(row["event"]),
            "result": None if row["result"] is None else AttemptResult(row["result"]),
            "close_reason": None
            if row["close_reason"] is None
            else CloseReason(row["close_reason"]),
            "preferred_times": tuple(row["preferred_times"]),
            "answers": tuple(row["answers"]),
        }
    )


def message_row(message: OutboxMessage) -> dict[str, Any]:
    """Return the columns of ``outbox`` that a new message fills."""
    return _row(message)


def message_of(row: RowMapping) -> OutboxMessage:
    """Build the message of a row of ``outbox``."""
    values = {field.name: row[field.name] for field in fields(OutboxMessage)}
    return OutboxMessage(**{**values, "delivery": Delivery(row["delivery"])})


def receipt_of(row: RowMapping) -> Receipt:
    """Build the receipt of a row of ``outbox`` that tells of a callback."""
    return Receipt(
        message_id=row["message_id"],
        delivery=Delivery(row["delivery"]),
        department=row["department"],
        caseworker=row["caseworker"],
        event=CallbackEvent(row["body"]["event"]),
        created_at=row["created_at"],
        delivered_at=row["published_at"],
        tries=row["tries"],
        error=row["error"],
    )


def call_row(record: CallRecord) -> dict[str, Any]:
    """Return the columns of ``calls``."""
    return _row(record)


def call_of(row: RowMapping) -> CallRecord:
    """Build the finished call of a row of ``calls``."""
    result = None if row["result"] is None else CallResult(row["result"])
    return CallRecord(**{**row, "outcome": Outcome(row["outcome"]), "result": result})


def outgoing_row(record: OutgoingRecord) -> dict[str, Any]:
    """Return the columns of ``outgoing_calls``."""
    return _row(record)


def outgoing_of(row: RowMapping) -> OutgoingRecord:
    """Build the outgoing call of a row of ``outgoing_calls``."""
    result = None if row["result"] is None else OutgoingResult(row["result"])
    return OutgoingRecord(**{**row, "result": result})


def place_row(kept: KeptPlace) -> dict[str, Any]:
    """Return the columns of ``kept_places``."""
    row = _row(kept)
    row["place_at"], row["place_order"] = row.pop("place")
    return row


def place_of(row: RowMapping) -> KeptPlace:
    """Build the kept place of a row of ``kept_places``."""
    values = dict(row)
    place = (values.pop("place_at"), values.pop("place_order"))
    return KeptPlace(**values, place=place)


def announcement_row(announcement: Announcement) -> dict[str, Any]:
    """Return the columns of ``announcements`` for one that has not ended."""
    row = _row(announcement)
    if announcement.departments is not None:
        row["departments"] = sorted(announcement.departments)
    return row | {"ended_at": None, "ended_by": ""}


def announcement_of(row: RowMapping) -> Announcement:
    """Build the announcement of a row of ``announcements``."""
    values = {field.name: row[field.name] for field in fields(Announcement)}
    departments = values.pop("departments")
    return Announcement(
        **values, departments=None if departments is None else frozenset(departments)
    )


def deletion_row(deletion: Deletion) -> dict[str, Any]:
    """Return the columns of ``deletions``."""
    return _row(deletion)


def deletion_of(row: RowMapping) -> Deletion:
    """Build the line of a row of ``deletions``."""
    return Deletion(**{**row, "data": DataClass(row["data"]), "reason": Reason(row["reason"])})


def _row(
    thing: Callback
    | OutboxMessage
    | CallRecord
    | KeptPlace
    | OutgoingRecord
    | Announcement
    | Deletion,
) -> dict[str, Any]:
    return {field.name: getattr(thing, field.name) for field in fields(thing)}
