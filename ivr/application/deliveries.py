"""What goes out when a callback is requested or changes: to whom, and by which ways.

Pure: decides, and sends nothing. What a message says is in :mod:`ivr.application.messages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ivr.application.messages import callback_message, moved_message
from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.callback import Callback, CallbackEvent
from ivr.domain.county import County
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CaseworkerId, DepartmentId, MessageId


def messages_about(
    callback: Callback, before: Callback | None, county: County, at: datetime
) -> list[OutboxMessage]:
    """Return what tells of the latest change of ``callback``; ``before`` is it before the change.

    The owner is told, and who had it before: by MQTT always, that is the contract, and by the
    other ways each of them wants to be told by.
    """
    told = list(_to_the_owner(callback, county, at))
    moved = None if before is None else moved_message(before, callback, at)
    if moved is not None:
        by_webhook = any(each.delivery is Delivery.WEBHOOK for each in told)
        told += [
            each
            for each in _by_all_ways(moved, county)
            # A webhook has one receiver, whoever the caseworker is.
            if not (by_webhook and each.delivery is Delivery.WEBHOOK)
        ]
    return told


def _to_the_owner(callback: Callback, county: County, at: datetime) -> Iterator[OutboxMessage]:
    own = callback.changed_by == callback.caseworker
    for each in _by_all_ways(callback_message(callback, at), county):
        # Nobody reads mail about what they did themselves; but a calendar has to learn the end.
        if each.delivery is Delivery.MAIL and own and callback.event is not CallbackEvent.CLOSED:
            continue
        yield each


def ways_to(
    department: DepartmentId, caseworker: CaseworkerId, county: County
) -> tuple[Delivery, ...]:
    """Return the ways a caseworker wants to be told by; MQTT for one who is not known any more."""
    known = county.caseworker(department, caseworker)
    return (Delivery.MQTT,) if known is None else known.deliveries


def _by_all_ways(message: OutboxMessage, county: County) -> Iterator[OutboxMessage]:
    """The rows that bring ``message`` to its caseworker, each with an id of its own."""
    wanted = ways_to(message.department, message.caseworker, county)
    for way in dict.fromkeys((Delivery.MQTT, *wanted)):
        suffix = "" if way is Delivery.MQTT else f"/{way}"
        yield replace(
            message,
            message_id=MessageId(f"{message.message_id}{suffix}"),
            delivery=way,
            chosen=way in wanted,
        )
