"""Routes about the service as a whole: alive, ready, and how it stands."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from ivr.adapters.web import views
from ivr.adapters.web.failures import RETRY_AFTER_SECONDS, documented
from ivr.adapters.web.live_status import LiveStatus
from ivr.adapters.web.models import Health, Ready, Status
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router, open_router

probes = open_router("service")
router = api_router("service")


@probes.get("/healthz", summary="Is the process alive?")
async def health() -> Health:
    """Answers as long as the process works at all; no token is needed.

    For supervisors that restart what hangs. It says nothing about Asterisk, the database or
    the broker: restarting this process would not mend them.
    """
    return Health()


@probes.get(
    "/readyz",
    summary="Is everything there that the service needs?",
    responses={503: {"model": Ready, "description": "At least one part does not work."}},
)
async def readiness(parts: With, response: Response) -> Ready:
    """Asks Asterisk, the database and the broker; no token is needed."""
    shown = views.ready(await parts.desk.readiness())
    if not shown.ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return shown


@router.get("/status", summary="Who waits, who answers, how the day went")
async def status(parts: With) -> Status:
    """Shows all callers and agents at one moment, today's figures, and the rule of the queue."""
    figures = await parts.day.figures()
    promises = await parts.callback_count.figures()
    return views.status(parts.desk.snapshot(), parts.county, parts.clock.now(), figures, promises)


@router.get(
    "/events",
    summary="The status as it changes",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events: `event: status`, whose `data` is what `/status`"
            " shows.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **documented(HTTPStatus.SERVICE_UNAVAILABLE),
    },
)
async def events(request: Request) -> StreamingResponse:
    """Tells the status at once, with each change, and every second while somebody waits.

    At most twice a second; who reads slowly gets fewer, and always the latest. At most 50 screens
    are served (`too_many_screens`).
    """
    live = request.app.state.live
    assert isinstance(live, LiveStatus)
    live.check_room()
    return StreamingResponse(live.stream(), media_type="text/event-stream")
