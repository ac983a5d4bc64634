"""Routes about bulk announcements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import Field

from ivr.adapters.web.failures import documented
from ivr.adapters.web.models import By, Id, Line, Shown
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router
from ivr.application.bulk_announcements import LONGEST_TEXT, AnnouncementWish, Recording
from ivr.domain.announcement import Announcement
from ivr.domain.errors import Refused
from ivr.domain.ids import AnnouncementId, DepartmentId

KINDS = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
}
"""What recordings may be, by the type of the body."""

_UNTIL = (
    "When it ends, in the county's time: `18:00` (the next time it is that time),"
    " `2026-11-23 18:00`, `23.11.2026 18:00`, or RFC 3339. Left out: when the service closes today."
)
_DEPARTMENTS = "Whose callers hear it; none: everybody, also on the common number."

router = api_router("announcements", HTTPStatus.SERVICE_UNAVAILABLE, prefix="/announcements")
_made = documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class AnnouncementShown(Shown):
    """A bulk announcement that callers hear."""

    id: str = Field(examples=["261123-090000"])
    text: str = Field(
        description="What is read out; empty for a recording.",
        examples=["Wegen Sturmflut sind die Deiche gesperrt."],
    )
    made_at: datetime = Field(examples=["2026-11-23T09:00:00+01:00"])
    made_by: str = Field(examples=["heike.janssen"])
    until: datetime = Field(examples=["2026-11-23T18:00:00+01:00"])
    departments: list[str] | None = Field(
        description="Whose callers hear it; null: everybody.", examples=[["umwelt"]]
    )


class AnnouncementList(Shown):
    """What callers hear before the queue."""

    announcements: list[AnnouncementShown] = Field(description="Oldest first.")


class AnnouncementText(By):
    """What is to be read out."""

    text: Line = Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        examples=["Wegen Sturmflut sind die Deiche gesperrt."],
    )
    until: Line | None = Field(default=None, max_length=40, description=_UNTIL, examples=["18:00"])
    departments: list[Id] = Field(default=[], description=_DEPARTMENTS, examples=[["umwelt"]])


@router.get("", summary="Announcements that callers hear now")
async def list_announcements(parts: With) -> AnnouncementList:
    """Shows what callers hear before the queue; those that are over are not shown."""
    zone = parts.county.hours.zone
    return AnnouncementList(
        announcements=[_shown(each, zone) for each in parts.announcements.active()]
    )


@router.post("", summary="Announce a text", status_code=HTTPStatus.CREATED, responses=_made)
async def announce(parts: With, wish: AnnouncementText) -> AnnouncementShown:
    """Has a text read out to callers before the queue, from now until its end.

    Whatever fails (a department that does not exist, no room on the disk, a text of more than 45
    seconds) leaves everything as it was.
    """
    made = await parts.announcements.make(
        AnnouncementWish(wish.text, wish.until, _departments(wish.departments), wish.by)
    )
    return _shown(made, parts.county.hours.zone)


@router.post(
    "/recording",
    summary="Announce a recording",
    status_code=HTTPStatus.CREATED,
    responses=_made,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS},
        }
    },
)
async def announce_recording(
    parts: With,
    request: Request,
    by: Annotated[
        Line, Query(min_length=1, max_length=100, description="Who does it.", examples=["onken"])
    ],
    until: Annotated[Line | None, Query(max_length=40, description=_UNTIL)] = None,
    department: Annotated[list[Id] | None, Query(description=_DEPARTMENTS)] = None,
) -> AnnouncementShown:
    """Plays a recording to callers before the queue, from now until its end.

    The body is the recording, of at most 16 MB; its `Content-Type` says what kind it is.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = KINDS.get(content_type)
    if kind is None:
        raise Refused(
            f"A recording is one of {', '.join(KINDS)} (Content-Type).", code="recording_unusable"
        )
    recording = Recording(await request.body(), kind)
    made = await parts.announcements.make(
        AnnouncementWish(recording, until, _departments(department or []), by)
    )
    return _shown(made, parts.county.hours.zone)


@router.post(
    "/{announcement_id}/end",
    summary="End an announcement",
    responses=documented(HTTPStatus.NOT_FOUND),
)
async def end_announcement(
    parts: With,
    announcement_id: Annotated[
        Id, Path(description="The announcement's id.", examples=["261123-090000"])
    ],
    by: By,
) -> AnnouncementShown:
    """Lets nobody hear it any more; who is just hearing it hears it to its end."""
    ended = await parts.announcements.end(AnnouncementId(announcement_id), by.by)
    return _shown(ended, parts.county.hours.zone)


def _departments(ids: Sequence[str]) -> list[DepartmentId]:
    return [DepartmentId(each) for each in ids]


def _shown(announcement: Announcement, zone: tzinfo) -> AnnouncementShown:
    departments = announcement.departments
    return AnnouncementShown(
        id=announcement.id,
        text=announcement.text,
        made_at=announcement.made_at.astimezone(zone),
        made_by=announcement.made_by,
        until=announcement.until.astimezone(zone),
        departments=None if departments is None else sorted(departments),
    )
