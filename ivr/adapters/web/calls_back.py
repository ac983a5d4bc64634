"""Routes about calling back: connect a caseworker with a citizen, and see what came of it."""

from __future__ import annotations

from datetime import tzinfo
from http import HTTPStatus

from ivr.adapters.web.callbacks import CallbackInPath
from ivr.adapters.web.failures import documented
from ivr.adapters.web.models import By
from ivr.adapters.web.models_calls_back import CallBack, CallBackList
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router
from ivr.domain.ids import CallbackId
from ivr.domain.outgoing import OutgoingPhase, OutgoingRecord

router = api_router(
    "callbacks", HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE, prefix="/callbacks"
)


@router.post(
    "/{callback_id}/call",
    summary="Call the citizen back",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(HTTPStatus.CONFLICT),
)
async def call_back(parts: With, callback_id: CallbackInPath, wish: By) -> CallBack:
    """Rings the telephone of the callback's owner, then the citizen's; both see the common number.

    Answers as soon as that has begun: `GET …/calls` tells how it goes on, and the attempt is noted
    by itself. A callback that nobody has taken is taken for its owner. Refused where it is closed
    (`callback_closed`), its owner has no telephone (`caseworker_without_phone`), the number may not
    be called (`number_not_allowed`), one of the two is in a call with us (`call_back_under_way`,
    `caseworker_on_the_line`, `citizen_on_the_line`), enough citizens were called today
    (`calls_a_day_used_up`), or Asterisk is away (`no_way_out`).
    """
    record = await parts.calls_back.call(CallbackId(callback_id), wish.by)
    return _call_back(record, OutgoingPhase.CASEWORKER, parts.county.hours.zone)


@router.get("/{callback_id}/calls", summary="The calls made to keep a callback")
async def list_calls_back(parts: With, callback_id: CallbackInPath) -> CallBackList:
    """Shows the calls made for a callback, and how far one is that is going on."""
    records = await parts.calls_back.calls_of(CallbackId(callback_id))
    phases = {view.id: view.phase for view in parts.desk.snapshot().outgoing}
    zone = parts.county.hours.zone
    return CallBackList(calls=[_call_back(each, phases.get(each.id), zone) for each in records])


def _call_back(record: OutgoingRecord, phase: OutgoingPhase | None, zone: tzinfo) -> CallBack:
    return CallBack(
        id=record.id,
        callback=record.callback,
        department=record.department,
        caseworker=record.caseworker,
        asked_at=record.asked_at.astimezone(zone),
        asked_by=record.asked_by,
        phase=phase if record.result is None else None,
        ended_at=None if record.ended_at is None else record.ended_at.astimezone(zone),
        result=record.result,
        talked_seconds=record.talked_seconds,
    )
