"""Which callbacks a filter lets through, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from ivr.adapters.store.deliveries import WITH_MESSAGES_WAITING
from ivr.adapters.store.searching import has_text
from ivr.adapters.store.tables import callbacks, outbox
from ivr.application.ports.store import CallbackFilter
from ivr.domain.callback import CallbackState
from ivr.domain.delivery import Delivery


def matching(wanted: CallbackFilter, dialect: str) -> Select[Any]:
    """Select the callbacks that are ``wanted``, in no order."""
    query = select(callbacks)
    for column, value in (
        (callbacks.c.department, wanted.department),
        (callbacks.c.caseworker, wanted.caseworker),
        (callbacks.c.topic, wanted.topic),
        (callbacks.c.caller_number, wanted.number),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.ids is not None:
        query = query.where(callbacks.c.id.in_(wanted.ids))
    if wanted.states is not None:
        query = query.where(callbacks.c.state.in_(wanted.states))
    if wanted.due_before is not None:
        query = query.where(callbacks.c.due_at < wanted.due_before)
    if wanted.overdue is not None:
        query = query.where(
            callbacks.c.state != CallbackState.CLOSED, callbacks.c.due_at <= wanted.overdue
        )
    if wanted.text is not None:
        query = query.where(has_text(wanted.text, dialect))
    if wanted.published is not None:
        lacking = WITH_MESSAGES_WAITING.where(outbox.c.delivery == Delivery.MQTT)
        query = query.where(_among(lacking, wanted=not wanted.published))
    if wanted.delivered is not None:
        query = query.where(_among(WITH_MESSAGES_WAITING, wanted=not wanted.delivered))
    return query


def _among(ids: Select[Any], *, wanted: bool) -> ColumnElement[bool]:
    return callbacks.c.id.in_(ids) if wanted else callbacks.c.id.not_in(ids)
