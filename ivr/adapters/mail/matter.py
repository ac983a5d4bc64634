"""What a mail is about, read from a message of the outbox and the county's configuration.

Where only a reference may be sent, everything personal is empty.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.callback import SYSTEM, CallbackEvent, CallbackState
from ivr.domain.county import County
from ivr.domain.ids import E164, CaseworkerId, DepartmentId

_READABLE_ID = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,3}")
"""Ids that may stand in a Message-ID as they are (dot-atom of RFC 5322, section 3.2.3)."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One change of one callback; texts in one line but ``note`` and ``comment``."""

    id: str
    message_id: str
    version: int
    event: CallbackEvent
    moved: bool
    """The mail goes to who had it before."""
    closed: bool
    department: str
    owner: str
    who: str
    """Who made the change; empty: the system, or not known."""
    requested_at: datetime | None
    due_at: datetime
    number: str = ""
    name: str = ""
    topic: str = ""
    subject: str = ""
    reference: str = ""
    note: str = ""
    comment: str = ""
    preferred_times: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    attempts: int = 0
    spoken_message: bool = False

    @property
    def about(self) -> str:
        """What it is about, as short as it can be said; empty where that is not to be told."""
        return ", ".join(part for part in (self.subject or self.topic, self.name) if part) or (
            self.number
        )


def matter_of(message: OutboxMessage, body: Mapping[str, Any], county: County) -> Matter:
    """Read ``body``: that of ``message``, or as much of it as may be told."""
    told = body["callback"]
    department = DepartmentId(told["department"])
    owner = CaseworkerId(told["caseworker"])
    number = told.get("caller_number")
    return Matter(
        id=told["id"],
        message_id=body["message_id"],
        version=told.get("version", 1),
        event=CallbackEvent(body["event"]),
        moved=(message.department, message.caseworker) != (department, owner),
        closed=told["state"] == CallbackState.CLOSED,
        department=_department(county, department),
        owner=_name(county, department, owner),
        who=_who(county, department, told.get("changed_by", "")),
        requested_at=_local(county, told.get("requested_at")),
        due_at=datetime.fromisoformat(told["due_at"]).astimezone(county.hours.zone),
        number=county.numbering.display(E164(number)) if number else "",
        name=one_line(told.get("caller_name", "")),
        topic=_topic(county, department, told.get("topic")),
        subject=one_line(told.get("subject", "")),
        reference=one_line(told.get("reference", "")),
        note=told.get("note", ""),
        comment=told.get("comment", ""),
        preferred_times=tuple(told.get("preferred_times", ())),
        answers=tuple(one_line(each) for each in told.get("answers", ())),
        attempts=told.get("attempts", 0),
        spoken_message=told.get("spoken_message", False),
    )


def one_line(text: str) -> str:
    """Return ``text`` as one line of printable characters: nothing in it can begin a header."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def safe_id(text: str) -> str:
    """Return ``text`` as it may stand in a Message-ID: the same for the same, others for others."""
    if _READABLE_ID.fullmatch(text):
        return text
    return hashlib.sha256(text.encode()).hexdigest()


def _local(county: County, instant: str | None) -> datetime | None:
    return datetime.fromisoformat(instant).astimezone(county.hours.zone) if instant else None


def _department(county: County, department: DepartmentId) -> str:
    found = county.departments.get(department)
    return department if found is None else found.name


def _name(county: County, department: DepartmentId, caseworker: CaseworkerId) -> str:
    found = county.caseworker(department, caseworker)
    return caseworker if found is None else found.name


def _who(county: County, department: DepartmentId, changed_by: str) -> str:
    if changed_by == SYSTEM:
        return ""
    return one_line(_name(county, department, CaseworkerId(changed_by)))


def _topic(county: County, department: DepartmentId, topic: str | None) -> str:
    found = county.departments.get(department)
    topics = () if found is None else found.topics
    return next((each.name for each in topics if each.id == topic), topic or "")
