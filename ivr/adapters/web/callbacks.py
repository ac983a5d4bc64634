"""Routes about callbacks: found, and requested. What is done with them: callbacks_changes.py."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Path, Query, Request, Response

from ivr.adapters.web import views_callbacks as views
from ivr.adapters.web.failures import documented
from ivr.adapters.web.models import Id, Line
from ivr.adapters.web.models_callbacks import (
    MOST_LEFT_OUT,
    CallbackList,
    CallbackSearch,
    CallbackShown,
    CallbackWish,
    CallbackWithHistory,
    Moment,
)
from ivr.adapters.web.parts import Parts, With
from ivr.adapters.web.routers import api_router
from ivr.adapters.web.who import Who
from ivr.application.callback_requests import WrittenRequest
from ivr.application.county_checks import callable_number
from ivr.application.ports.store import CallbackFilter
from ivr.domain.callback import Callback, CallbackSource, CallbackState
from ivr.domain.ids import CallbackId, CallId, CaseworkerId, DepartmentId, TopicId

CallbackInPath = Annotated[Id, Path(description="The callback's id.", examples=["api-5f0c1d"])]
_Key = Annotated[
    Id | None,
    Header(
        description="Any text of the sender's own, the same when a request is sent again: the"
        " callback is then requested once, however often the request arrives."
    ),
]

router = api_router("callbacks", HTTPStatus.SERVICE_UNAVAILABLE, prefix="/callbacks")
_ID_DIGITS = 20
_change_failures = documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@router.get("", summary="Callbacks, oldest request first")
async def list_callbacks(
    parts: With,
    *,
    who: Who,
    state: Annotated[
        list[CallbackState] | None, Query(description="Only these states; may be repeated.")
    ] = None,
    department: Annotated[Id | None, Query(description="Only of this department.")] = None,
    caseworker: Annotated[Id | None, Query(description="Only of this caseworker.")] = None,
    topic: Annotated[Id | None, Query(description="Only about this topic.")] = None,
    overdue: Annotated[
        bool, Query(description="`true`: only open ones that should have been kept by now.")
    ] = False,
    due_before: Annotated[
        Moment | None, Query(description="Only those due earlier; RFC 3339 with offset.")
    ] = None,
    published: Annotated[
        bool | None,
        Query(description="`false`: the MQTT broker still lacks a message about it."),
    ] = None,
    delivered: Annotated[
        bool | None,
        Query(description="`false`: a message about it has not arrived, by whatever way."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
    offset: Annotated[
        int, Query(ge=0, le=MOST_LEFT_OUT, description="So many of the first are left out.")
    ] = 0,
) -> CallbackList:
    """Shows callbacks that match all that is asked for; without anything, all of them.

    Numbers and texts are looked for with `POST …/search`: they do not belong in an address. Who
    looks, and by what, is in the audit before.
    """
    return await _found(
        parts,
        who,
        CallbackFilter(
            states=frozenset(state) if state else None,
            department=DepartmentId(department) if department else None,
            caseworker=CaseworkerId(caseworker) if caseworker else None,
            topic=TopicId(topic) if topic else None,
            overdue=parts.clock.now() if overdue else None,
            due_before=due_before,
            published=published,
            delivered=delivered,
            limit=limit,
            offset=offset,
        ),
    )


@router.post("/search", summary="Callbacks by number or text")
async def search_callbacks(parts: With, search: CallbackSearch, who: Who) -> CallbackList:
    """Shows callbacks that match all that is asked for, oldest request first.

    The number is read as people write it. Refused where it is none (`number_invalid`). Who looks is
    in the audit before, with what was asked for but the number and the text.
    """
    number = None if search.number is None else callable_number(search.number, parts.county)
    return await _found(
        parts,
        who,
        CallbackFilter(
            states=frozenset(search.state) if search.state else None,
            department=DepartmentId(search.department) if search.department else None,
            caseworker=CaseworkerId(search.caseworker) if search.caseworker else None,
            topic=TopicId(search.topic) if search.topic else None,
            number=number,
            text=search.text,
            overdue=parts.clock.now() if search.overdue else None,
            published=search.published,
            delivered=search.delivered,
            due_before=search.due_before,
            limit=search.limit,
            offset=search.offset,
        ),
    )


@router.get("/{callback_id}", summary="One callback with its history", responses=_change_failures)
async def show_callback(parts: With, callback_id: CallbackInPath, who: Who) -> CallbackWithHistory:
    """Shows a callback, what became of it and who did it, and who was told of it and how.

    Who looks is in the audit before.
    """
    versions = await parts.looking.callback(CallbackId(callback_id), who)
    arrived = (await _arrived(parts, versions[-1:]))[versions[-1].id]
    receipts = await parts.callbacks.receipts(CallbackId(callback_id))
    return views.callback_with_history(versions, receipts, parts.county, parts.clock.now(), arrived)


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

    It goes to whoever is responsible for the department and the topic, or to the caseworker that
    is named, and is due after the department's service time. Refused where there is no number
    (`number_missing`, 422), it is none (`number_invalid`, 422) or costs more than an ordinary call
    (`number_not_allowed`), there is no such department, caseworker, topic or live call
    (`department_not_found`, `caseworker_not_found`, `topic_not_found`, `call_not_found`), the
    caseworker that is named is absent today (`caseworker_absent`), the preferred times
    can't be read (`preferred_times_malformed`, 422), or the `Idempotency-Key` was used for another
    request (`request_differs`).
    """
    written = WrittenRequest(
        number=wish.number or "",
        department=DepartmentId(wish.department) if wish.department else None,
        caseworker=CaseworkerId(wish.caseworker) if wish.caseworker else None,
        call=CallId(wish.call) if wish.call else None,
        caller_name=wish.caller_name,
        topic=TopicId(wish.topic) if wish.topic else None,
        subject=wish.subject,
        note=wish.note,
        reference=wish.reference,
        preferred_times=tuple(wish.preferred_times),
        language=wish.language,
        answers=tuple(wish.answers),
    )
    callback, is_new = await parts.requests.request(
        _callback_id(idempotency_key), written, CallbackSource.API, by=who
    )
    response.headers["Location"] = request.url_for("show_callback", callback_id=callback.id).path
    if not is_new:
        response.status_code = HTTPStatus.OK
    arrived = views.NOWHERE_YET if is_new else (await _arrived(parts, [callback]))[callback.id]
    return views.callback(callback, parts.county, parts.clock.now(), arrived)


async def _found(parts: Parts, who: str, wanted: CallbackFilter) -> CallbackList:
    found = await parts.looking.callbacks(wanted, who)
    total = await parts.callbacks.count(wanted)
    arrived = await _arrived(parts, found)
    now = parts.clock.now()
    return CallbackList(
        total=total,
        callbacks=[views.callback(each, parts.county, now, arrived[each.id]) for each in found],
    )


async def _arrived(parts: Parts, callbacks: Sequence[Callback]) -> dict[CallbackId, views.Arrived]:
    """Say of each how far its messages have come."""
    if not callbacks:
        return {}
    ids = frozenset(callback.id for callback in callbacks)
    unpublished, undelivered = [
        {each.id for each in await parts.callbacks.list_callbacks(wanted)}
        for wanted in (
            CallbackFilter(ids=ids, published=False, limit=len(ids)),
            CallbackFilter(ids=ids, delivered=False, limit=len(ids)),
        )
    ]
    return {
        each: views.Arrived(published=each not in unpublished, delivered=each not in undelivered)
        for each in ids
    }


def _callback_id(key: str | None) -> CallbackId:
    """Derive an id from the sender's key, so that a repeat has the same; else draw one.

    Twenty digits are short enough to be typed, and too many to meet by chance.
    """
    drawn = uuid.uuid4().hex if key is None else hashlib.sha256(key.encode()).hexdigest()
    return CallbackId(f"api-{drawn[:_ID_DIGITS]}")
