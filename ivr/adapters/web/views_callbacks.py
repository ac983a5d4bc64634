"""From callbacks to what is shown of them. Pure; times become the county's local time here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ivr.adapters.web.models_callbacks import (
    CallbackShown,
    CallbackWithHistory,
    Delivered,
    NextStepShown,
    Version,
)
from ivr.application.ports.couriers import Receipt
from ivr.domain.callback import Callback
from ivr.domain.county import County
from ivr.domain.next_step import next_step


@dataclass(frozen=True, slots=True)
class Arrived:
    """How far the messages about a callback have come."""

    published: bool = False
    """The MQTT broker has all of them."""
    delivered: bool = False
    """All have arrived by the way they were to go."""


NOWHERE_YET = Arrived()
"""Of what was committed a moment ago."""


def callback(callback: Callback, county: County, now: datetime, arrived: Arrived) -> CallbackShown:
    """Show a callback."""
    zone = county.hours.zone
    department = county.departments.get(callback.department)
    caseworker = county.caseworker(callback.department, callback.caseworker)
    topics = {topic.id: topic.name for topic in department.topics} if department else {}
    return CallbackShown(
        id=callback.id,
        department=callback.department,
        department_name=department.name if department else "",
        caseworker=callback.caseworker,
        caseworker_name=caseworker.name if caseworker else "",
        caller_number=callback.caller_number,
        caller_name=callback.caller_name,
        topic=callback.topic,
        topic_name=topics.get(callback.topic, "") if callback.topic else "",
        subject=callback.subject,
        note=callback.note,
        reference=callback.reference,
        preferred_times=list(callback.preferred_times),
        language=callback.language,
        answers=list(callback.answers),
        source=callback.source,
        call=callback.call,
        requested_at=callback.requested_at.astimezone(zone),
        due_at=callback.due_at.astimezone(zone),
        overdue=callback.is_open and callback.due_at <= now,
        remind_at=_local(callback.remind_at, zone),
        escalate_at=_local(callback.escalate_at, zone),
        escalations=callback.escalations,
        state=callback.state,
        taken_by=callback.taken_by,
        attempts=callback.attempts,
        next_try_at=_local(callback.next_try_at, zone),
        next_step=_next_step(callback, county, now) if department else None,
        close_reason=callback.close_reason,
        event=callback.event,
        comment=callback.comment,
        changed_at=_local(callback.changed_at, zone),
        changed_by=callback.changed_by,
        version=callback.version,
        spoken_message=callback.message is not None,
        published=arrived.published,
        delivered=arrived.delivered,
    )


def _next_step(callback: Callback, county: County, now: datetime) -> NextStepShown | None:
    suggested = next_step(callback, county, now)
    if suggested is None:
        return None
    return NextStepShown(
        step=suggested.step,
        at=_local(suggested.at, county.hours.zone),
        as_preferred=suggested.as_preferred,
    )


def callback_with_history(
    versions: Sequence[Callback],
    receipts: Sequence[Receipt],
    county: County,
    now: datetime,
    arrived: Arrived,
) -> CallbackWithHistory:
    """Show a callback with all its versions and what became of the messages about it."""
    latest, zone = callback(versions[-1], county, now, arrived), county.hours.zone
    return CallbackWithHistory(
        **latest.model_dump(),
        history=[_version(version, zone) for version in versions],
        deliveries=[_delivered(receipt, zone) for receipt in receipts],
    )


def _delivered(receipt: Receipt, zone: tzinfo) -> Delivered:
    return Delivered(
        way=receipt.delivery,
        event=receipt.event,
        department=receipt.department,
        caseworker=receipt.caseworker,
        created_at=receipt.created_at.astimezone(zone),
        delivered_at=_local(receipt.delivered_at, zone),
        tries=receipt.tries,
        error=receipt.error,
    )


def _version(version: Callback, zone: tzinfo) -> Version:
    return Version(
        event=version.event,
        state=version.state,
        at=(version.changed_at or version.requested_at).astimezone(zone),
        by=version.changed_by,
        comment=version.comment,
        note=version.note,
        department=version.department,
        caseworker=version.caseworker,
        result=version.result,
        next_try_at=_local(version.next_try_at, zone),
        close_reason=version.close_reason,
    )


def _local(at: datetime | None, zone: tzinfo) -> datetime | None:
    return None if at is None else at.astimezone(zone)
