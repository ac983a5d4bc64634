"""Routes about what supervisors do with calls."""

from __future__ import annotations

from http import HTTPStatus

from pydantic import Field

from ivr.adapters.web import views
from ivr.adapters.web.calls import CallInPath
from ivr.adapters.web.models import By, Id, LiveCall
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router
from ivr.domain.commands import Supervision as How
from ivr.domain.ids import AgentId, CallId

router = api_router(
    "supervision",
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.SERVICE_UNAVAILABLE,
    prefix="/calls",
)


class SupervisionWish(By):
    """How somebody takes part in a talk."""

    how: How = Field(
        strict=False,
        description="`listen`: nobody hears the supervisor. `whisper`: the agent does. `barge`:"
        " both do.",
        examples=["listen"],
    )
    phone: Id = Field(
        description="Whose telephone rings for it: an agent's id, who is not ready.",
        examples=["1003"],
    )


@router.post("/{call_id}/supervise", summary="Take part in a talk")
async def supervise(parts: With, call_id: CallInPath, wish: SupervisionWish) -> LiveCall:
    """Rings a supervisor's telephone and lets it take part; asked again, changes how.

    Only where the configuration allows it (`supervision_off`), in a talk (`call_not_talking`), on
    a free telephone (`phone_not_free`). It is in the audit before the telephone rings; where that
    can't be written, nothing happens (503).
    """
    view = await parts.supervision.take_part(
        CallId(call_id), AgentId(wish.phone), wish.how, wish.by
    )
    return views.live_call(view, parts.county)


@router.post("/{call_id}/move-up", summary="Let a waiting caller be served next")
async def move_up(parts: With, call_id: CallInPath, by: By) -> LiveCall:
    """Moves a waiting caller to the front; refused for one who does not wait (`call_not_waiting`).

    It is in the audit before it happens.
    """
    view = await parts.supervision.move_up(CallId(call_id), by.by)
    return views.live_call(view, parts.county)


@router.post("/{call_id}/take-out", summary="Take a caller out of the queue")
async def take_out(parts: With, call_id: CallInPath, by: By) -> LiveCall:
    """Ends the call of somebody who has no agent yet, with a word; else `call_not_waiting`.

    It is in the audit before it happens.
    """
    view = await parts.supervision.take_out(CallId(call_id), by.by)
    return views.live_call(view, parts.county)
