"""Routes about calls: those going on and those that are over."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from ivr.adapters.web import views
from ivr.adapters.web.failures import documented
from ivr.adapters.web.models import CallList, FinishedCall, Id, LiveCall
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router
from ivr.adapters.web.who import Who
from ivr.domain.calls import CallRecord
from ivr.domain.ids import CallId

CallInPath = Annotated[Id, Path(description="The call's id.", examples=["1763884800.12"])]
_Limit = Annotated[int, Query(ge=0, le=1000, description="At most so many finished calls.")]
_AnyCall = Annotated[LiveCall | FinishedCall, Field(discriminator="kind")]

router = api_router("calls", HTTPStatus.SERVICE_UNAVAILABLE, prefix="/calls")


@router.get("", summary="Calls going on and the latest finished ones")
async def list_calls(parts: With, who: Who, limit: _Limit = 100) -> CallList:
    """Shows all live calls and the latest finished ones; who looks is in the audit before.

    Who answered a finished call is told only where `privacy.toml` wants it (`per_agent`).
    """
    zone = parts.county.hours.zone
    live, finished = await parts.looking.calls(limit, who)
    return CallList(
        live=[views.live_call(call, parts.county) for call in live],
        finished=[views.finished_call(record, zone) for record in finished],
        outgoing=[views.outgoing_call(call, zone) for call in parts.desk.snapshot().outgoing],
    )


@router.get("/{call_id}", summary="One call", responses=documented(HTTPStatus.NOT_FOUND))
async def show_call(parts: With, call_id: CallInPath, who: Who) -> _AnyCall:
    """Shows a call, live or finished; `kind` says which. Who looks is in the audit before.

    Between a call's end and its record in the database there may be a moment in which it is
    neither.
    """
    zone = parts.county.hours.zone
    call = await parts.looking.call(CallId(call_id), who)
    if isinstance(call, CallRecord):
        return views.finished_call(call, zone)
    return views.live_call(call, parts.county)
