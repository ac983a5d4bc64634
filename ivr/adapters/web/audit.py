"""The route about the audit."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from ivr.adapters.web.failures import documented
from ivr.adapters.web.models import Shown
from ivr.adapters.web.parts import With

router = APIRouter(
    prefix="/audit", tags=["audit"], responses=documented(HTTPStatus.SERVICE_UNAVAILABLE)
)


class AuditEntryShown(Shown):
    """Who did what to whom."""

    at: datetime = Field(examples=["2026-11-23T09:00:00+01:00"])
    by: str = Field(description="Who did it.", examples=["heike.janssen"])
    action: str = Field(
        description="`listen`, `whisper`, `barge`, `move_up`, `take_out`, `message`, or what"
        " somebody chose for an agent: `ready`, `paused`, `logged_out`, `last_call`.",
        examples=["listen"],
    )
    target: str = Field(
        description="The id of the call, agent or callback.", examples=["1763884800.12"]
    )
    details: dict[str, Any] = Field(
        description="What else matters; no caller's number.", examples=[{"phone": "1003"}]
    )


class AuditList(Shown):
    """What must not happen unseen."""

    entries: list[AuditEntryShown] = Field(description="Latest first.")


@router.get("", summary="Who supervised whom")
async def list_audit(
    parts: With,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many entries.")] = 100,
) -> AuditList:
    """Shows what was done with others' calls and agents, written down before it was done."""
    zone = parts.county.hours.zone
    return AuditList(
        entries=[
            AuditEntryShown(
                at=entry.at.astimezone(zone),
                by=entry.by,
                action=entry.action,
                target=entry.target,
                details=entry.details,
            )
            for entry in await parts.audit.latest(limit)
        ]
    )
