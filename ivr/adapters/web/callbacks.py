"""Routes about callbacks: found, requested and changed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from ivr.adapters.web import views
from ivr.adapters.web.failures import documented
from ivr.adapters.web.models import (
    CallbackList,
    CallbackShown,
    CallbackWish,
    CallbackWithHistory,
    Change,
    Id,
    Line,
)
from ivr.adapters.web.parts import Parts, With
from ivr.adapters.web.who import Who
from ivr.application.callback_requests import WrittenRequest
from ivr.application.ports import CallbackFilter
from ivr.domain import callback as promise
from ivr.domain.callback import Acknowledge, Attempt, Callback, CallbackSource, CallbackState, Close
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId

CallbackInPath = Annotated[Id, Path(description="The callback's id.", examples=["api-5f0c1d"])]
_Key = Annotated[
    Id | None,
    Header(
        description="Any text of the sender's own, the same when a request is sent again: the"
        " callback is then requested once, however often the request arrives."
    ),
]

router = APIRouter(
    prefix="/callbacks", tags=["callbacks"], responses=documented(HTTPStatus.SERVICE_UNAVAILABLE)
)
_ID_DIGITS = 20
_change_failures = documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@router.get("", summary="Callbacks, oldest request first")
async def list_callbacks(
    parts: With,
    state: Annotated[
        list[CallbackState] | None, Query(description="Only these states; may be repeated.")
    ] = None,
    department: Annotated[Id | None, Query(description="Only of this department.")] = None,
    caseworker: Annotated[Id | None, Query(description="Only of this caseworker.")] = None,
    published: Annotated[
        bool | None,
        Query(description="`false`: the MQTT broker still lacks a message about it."),
    ] = None,
    delivered: Annotated[
        bool | None,
        Query(description="`false`: a message about it has not arrived, by whatever way."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
    *,
    who: Who,
) -> CallbackList:
    """Shows callbacks that match all that is asked for; without anything, all of them.

    Who looks, and by what, is in the audit before.
    """
    found = await parts.looking.callbacks(
        CallbackFilter(
            states=frozenset(state) if state else None,
            department=DepartmentId(department) if department else None,
            caseworker=CaseworkerId(caseworker) if caseworker else None,
            published=published,
            delivered=delivered,
            limit=limit,
        ),
        who,
    )
    return CallbackList(callbacks=await _shown(parts, found))


@router.get("/{callback_id}", summary="One callback with its history", responses=_change_failures)
async def show_callback(parts: With, callback_id: CallbackInPath, who: Who) -> CallbackWithHistory:
    """Shows a callback, what became of it and who did it, and who was told of it and how.

    Who looks is in the audit before.
    """
    versions = await parts.looking.callback(CallbackId(callback_id), who)
    published = not await _unpublished(parts, versions[-1:])
    receipts = await parts.callbacks.receipts(CallbackId(callback_id))
    return views.callback_with_history(
        versions, receipts, parts.county.hours.zone, published=published
    )


@router.get(
    "/{callback_id}/message",
    summary="What the caller said about it",
    response_class=Response,
    responses={
        200: {
            "description": "The recording.",
            "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(HTTPStatus.NOT_FOUND),
    },
)
async def spoken_message(
    parts: With,
    callback_id: CallbackInPath,
    by: Annotated[
        Line,
        Query(
            min_length=1,
            max_length=100,
            description="Who listens; kept in the audit.",
            examples=["heike.janssen"],
        ),
    ],
) -> Response:
    """Gives the recording of what the caller said; who asked for it is in the audit."""
    content = await parts.listening.message(CallbackId(callback_id), by)
    return Response(content, media_type="audio/wav")


@router.post(
    "",
    summary="Request a callback",
    status_code=HTTPStatus.CREATED,
    responses={
        200: {
            "model": CallbackShown,
            "description": "It was requested before, with the same `Idempotency-Key`.",
        },
        **documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    },
)
async def request_callback(
    parts: With,
    wish: CallbackWish,
    request: Request,
    response: Response,
    who: Who,
    idempotency_key: _Key = None,
) -> CallbackShown:
    """Promises a callback to a citizen: it is stored when this answers.

    It goes to the caseworker on duty of the department and is due after the county's service
    time. Refused where the number is none (`number_invalid`, 422), costs more than an ordinary
    call (`number_not_allowed`), there is no such department (`department_not_found`), or the
    `Idempotency-Key` was used for another request (`request_differs`).
    """
    written = WrittenRequest(
        number=wish.number,
        department=DepartmentId(wish.department) if wish.department else None,
        caller_name=wish.caller_name,
        subject=wish.subject,
        note=wish.note,
    )
    callback, is_new = await parts.requests.request(
        _callback_id(idempotency_key), written, CallbackSource.API, by=who
    )
    response.headers["Location"] = request.url_for("show_callback", callback_id=callback.id).path
    if is_new:
        return views.callback(callback, parts.county.hours.zone, published=False)
    response.status_code = HTTPStatus.OK
    return (await _shown(parts, [callback]))[0]


@router.post("/{callback_id}/acknowledge", summary="Take a callback", responses=_change_failures)
async def acknowledge(parts: With, callback_id: CallbackInPath, wish: Change) -> CallbackShown:
    """Says that a caseworker has taken it. Refused where somebody has (`callback_acknowledged`)."""
    return await _change(parts, callback_id, Acknowledge(), wish)


@router.post(
    "/{callback_id}/attempt", summary="Note an attempt to phone back", responses=_change_failures
)
async def attempt(parts: With, callback_id: CallbackInPath, wish: Change) -> CallbackShown:
    """Says that the citizen was phoned and not reached.

    Refused before the callback is taken (`callback_not_acknowledged`) and after its end
    (`callback_closed`).
    """
    return await _change(parts, callback_id, Attempt(), wish)


@router.post("/{callback_id}/close", summary="End a callback", responses=_change_failures)
async def close(parts: With, callback_id: CallbackInPath, wish: Change) -> CallbackShown:
    """Says that the promise is kept, or needs no keeping. Refused where it is closed."""
    return await _change(parts, callback_id, Close(), wish)


async def _change(
    parts: Parts, callback_id: str, change: promise.Change, wish: Change
) -> CallbackShown:
    changed = await parts.callbacks.change(
        CallbackId(callback_id), change, by=wish.by, note=wish.note
    )
    # Committed a moment ago; asking the store once more could fail after all is well.
    return views.callback(changed, parts.county.hours.zone, published=False)


async def _shown(parts: Parts, callbacks: Sequence[Callback]) -> list[CallbackShown]:
    unpublished = await _unpublished(parts, callbacks)
    zone = parts.county.hours.zone
    return [views.callback(each, zone, published=each.id not in unpublished) for each in callbacks]


async def _unpublished(parts: Parts, callbacks: Sequence[Callback]) -> set[CallbackId]:
    """Return those of which the broker lacks a message."""
    if not callbacks:
        return set()
    ids = frozenset(callback.id for callback in callbacks)
    lacking = await parts.callbacks.list_callbacks(
        CallbackFilter(ids=ids, published=False, limit=len(ids))
    )
    return {callback.id for callback in lacking}


def _callback_id(key: str | None) -> CallbackId:
    """Derive an id from the sender's key, so that a repeat has the same; else draw one.

    Twenty digits are short enough to be typed, and too many to meet by chance.
    """
    drawn = uuid.uuid4().hex if key is None else hashlib.sha256(key.encode()).hexdigest()
    return CallbackId(f"api-{drawn[:_ID_DIGITS]}")
