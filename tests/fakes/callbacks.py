"""What is stored, to test with; use ``dataclasses.replace`` for others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Never

from ivr.domain.announcement import Announcement
from ivr.domain.callback import Callback, CallbackSource
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.ids import (
    E164,
    AgentId,
    AnnouncementId,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.outgoing import OutgoingRecord

WINTER = timezone(timedelta(hours=1))
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=WINTER)


class NobodyPhones:
    """For those whose commands ask for no calls."""

    async def allow(self, *_: object) -> Never:
        raise AssertionError("a call was asked for")


def a_callback(name: str = "cb-1") -> Callback:
    """Return a new promise of the department Umwelt."""
    return Callback(
        id=CallbackId(name),
        department=DepartmentId("umwelt"),
        caseworker=CaseworkerId("janssen"),
        caller_number=E164("+494461123456"),
        source=CallbackSource.CALLER_DTMF,
        requested_at=MONDAY,
        due_at=datetime(2026, 11, 25, 8, 0, tzinfo=UTC),
        call=CallId(f"call-of-{name}"),
    )


def a_call(name: str = "call-1") -> CallRecord:
    """Return a call that was answered after 13 seconds."""
    return CallRecord(
        id=CallId(name),
        outcome=Outcome.COMPLETED,
        dialled="+4944619197777",
        department=DepartmentId("umwelt"),
        caller_number=E164("+494461123456"),
        arrived_at=MONDAY,
        queued_at=MONDAY + timedelta(seconds=5),
        answered_at=MONDAY + timedelta(seconds=18),
        ended_at=MONDAY + timedelta(seconds=120),
        agent=AgentId("1001"),
        offers=1,
    )


def an_outgoing_call(name: str = "out-1", callback: str = "cb-1") -> OutgoingRecord:
    """Return a call that a caseworker is about to make."""
    return OutgoingRecord(
        id=CallId(name),
        callback=CallbackId(callback),
        department=DepartmentId("umwelt"),
        caseworker=CaseworkerId("janssen"),
        asked_at=MONDAY,
        asked_by="onken",
    )


def a_place(name: str = "call-1") -> KeptPlace:
    """Return a place kept for two hours."""
    return KeptPlace(
        call=CallId(name),
        number=E164("+494461123456"),
        dialled="+4944619197777",
        department=DepartmentId("umwelt"),
        language="de",
        arrived_at=MONDAY,
        queued_at=MONDAY + timedelta(seconds=5),
        place=(MONDAY + timedelta(seconds=5), 7),
        expires_at=MONDAY + timedelta(hours=2),
    )


def an_announcement(name: str = "flood") -> Announcement:
    """Return an announcement for everybody, until the evening."""
    return Announcement(
        id=AnnouncementId(name),
        prompt=f"announcement-{name}",
        made_at=MONDAY,
        until=MONDAY + timedelta(hours=9),
        text="Wegen Sturmflut sind die Deiche gesperrt.",
        made_by="cordes",
    )
