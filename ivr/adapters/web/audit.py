"""The routes about the audit."""

from __future__ import annotations

from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from ivr.adapters.web.models import Id, Line, Shown
from ivr.adapters.web.models_callbacks import Moment
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router
from ivr.adapters.web.who import Who
from ivr.application.audit_chain import Damage
from ivr.application.ports.audit import AuditFilter, AuditHead, AuditLink
from ivr.domain.errors import UnexpectedMessage

router = api_router("audit", HTTPStatus.SERVICE_UNAVAILABLE, prefix="/audit")

_HASH = "9f2c6d0e51b6a4d1f7e2a9c84b3d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f"
_Kept = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9]{1,18}:[0-9a-f]{64}$",
        description="A head that was written down earlier, as `entries:hash`: the chain has to"
        " have had it.",
    ),
]


class AuditEntryShown(Shown):
    """Who did what to whom."""

    position: int = Field(description="Its place in the chain, from 1.", examples=[4711])
    at: datetime = Field(examples=["2026-11-23T09:00:00+01:00"])
    by: str = Field(description="Who did it.", examples=["heike.janssen"])
    action: str = Field(description="What was done.", examples=["listen"])
    target: str = Field(
        description="The id of the call, agent or callback.", examples=["1763884800.12"]
    )
    details: dict[str, Any] = Field(
        description="What else matters; no caller's number.", examples=[{"phone": "1003"}]
    )
    hash: str = Field(
        description="SHA-256 of the entry and of the hash of the one before.", examples=[_HASH]
    )


class AuditList(Shown):
    """What must not happen unseen."""

    entries: list[AuditEntryShown] = Field(description="Latest first.")


class AuditBreak(Shown):
    """Where somebody has been at the audit."""

    position: int = Field(description="The first entry that is not as it was written.")
    damage: Damage = Field(
        description="`changed`, or in another place than it was written in; `missing`; `added` by"
        " somebody else; `headless`: the end of the chain was taken away."
    )


class AuditVerification(Shown):
    """Whether the audit is whole."""

    entries: int = Field(description="So many entries hang together from the beginning.")
    hash: str = Field(description="The hash of the last one of them.", examples=[_HASH])
    broken: AuditBreak | None = Field(description="Null where the audit is whole.")


@router.get("", summary="Who saw, changed, exported or listened to what")
async def list_audit(
    parts: With,
    who: Who,
    by: Annotated[Line | None, Query(description="Only what this person did.")] = None,
    action: Annotated[Id | None, Query(description="Only this.")] = None,
    target: Annotated[Id | None, Query(description="Only to this call, agent or callback.")] = None,
    since: Annotated[Moment | None, Query(description="Only from then on.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many entries.")] = 100,
) -> AuditList:
    """Shows what was done with others' data, calls and agents, written down before it was done.

    Who looks, and by what, is the next entry.
    """
    wanted = AuditFilter(by=by, action=action, target=target, since=since, limit=limit)
    zone = parts.county.hours.zone
    found = await parts.looking.audit(wanted, who)
    return AuditList(entries=[_shown(link, zone) for link in found])


@router.get("/verification", summary="Is the audit whole?")
async def verify_audit(parts: With, kept: _Kept = None) -> AuditVerification:
    """Follows the chain from its beginning; with very many entries it takes a while."""
    head, broken = await parts.audit.verify(_head(kept))
    return AuditVerification(
        entries=head.count,
        hash=head.hash,
        broken=None
        if broken is None
        else AuditBreak(position=broken.position, damage=broken.damage),
    )


def _head(kept: str | None) -> AuditHead | None:
    if kept is None:
        return None
    count, _colon, digits = kept.partition(":")
    return AuditHead(int(count), digits)


def _shown(link: AuditLink, zone: tzinfo) -> AuditEntryShown:
    entry = link.entry
    if entry is None:
        raise UnexpectedMessage(
            f"Somebody has been at the audit: entry {link.position} is none.", code="audit_broken"
        )
    return AuditEntryShown(
        position=link.position,
        at=entry.at.astimezone(zone),
        by=entry.by,
        action=entry.action,
        target=entry.target,
        details=entry.details,
        hash=link.hash,
    )
