"""Rows to domain objects and back; columns are named like the fields they hold."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import RowMapping

from ivr.application.ports import OutboxMessage
from ivr.domain.callback import Callback, CallbackSource, CallbackState
from ivr.domain.calls import CallRecord, Outcome


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
        }
    )


def message_row(message: OutboxMessage) -> dict[str, Any]:
    """Return the columns of ``outbox`` that a new message fills."""
    return _row(message)


def message_of(row: RowMapping) -> OutboxMessage:
    """Build the message of a row of ``outbox``."""
    return OutboxMessage(**{field.name: row[field.name] for field in fields(OutboxMessage)})


def call_row(record: CallRecord) -> dict[str, Any]:
    """Return the columns of ``calls``."""
    return _row(record)


def call_of(row: RowMapping) -> CallRecord:
    """Build the finished call of a row of ``calls``."""
    return CallRecord(**{**row, "outcome": Outcome(row["outcome"])})


def _row(thing: Callback | OutboxMessage | CallRecord) -> dict[str, Any]:
    return {field.name: getattr(thing, field.name) for field in fields(thing)}
