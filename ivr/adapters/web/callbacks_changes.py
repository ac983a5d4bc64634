"""Routes about what is done with callbacks: every change people may make."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from ivr.adapters.web import views_callbacks as views
from ivr.adapters.web.callbacks import CallbackInPath
from ivr.adapters.web.models_callbacks import (
    AttemptMade,
    CallbackShown,
    Change,
    Closing,
    Correction,
    Reassignment,
    Remark,
)
from ivr.adapters.web.parts import Parts, With
from ivr.adapters.web.routers import api_router
from ivr.application.county_checks import known_department
from ivr.application.moments import read_moment
from ivr.domain import callback as promise
from ivr.domain.errors import Refused
from ivr.domain.ids import E164, CallbackId, CaseworkerId, DepartmentId, TopicId

router = api_router(
    "callbacks",
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.SERVICE_UNAVAILABLE,
    prefix="/callbacks",
)


@router.post("/{callback_id}/acknowledge", summary="Take a callback")
async def acknowledge(parts: With, callback_id: CallbackInPath, wish: Change) -> CallbackShown:
    """Says that a caseworker has taken it. Refused where somebody has (`callback_acknowledged`)."""
    return await _change(parts, callback_id, promise.Acknowledge(), wish)


@router.post("/{callback_id}/attempt", summary="Note an attempt to phone back")
async def attempt(parts: With, callback_id: CallbackInPath, wish: AttemptMade) -> CallbackShown:
    """Says that the citizen was phoned, and what came of it.

    Refused before the callback is taken (`callback_not_acknowledged`), after its end
    (`callback_closed`), and where the time of the next try can't be understood, is over or too far
    away (`next_try_not_understood`, `next_try_not_allowed`, 422).
    """
    made = promise.Attempt(wish.result, _next_try(parts, wish.next_try_at))
    return await _change(parts, callback_id, made, wish)


@router.post("/{callback_id}/close", summary="End a callback")
async def close(parts: With, callback_id: CallbackInPath, wish: Closing) -> CallbackShown:
    """Says that the promise is kept, or needs no keeping.

    Refused where it is closed (`callback_closed`) and where the attempts speak against the reason
    (`close_reason_does_not_fit`): nobody is `unreachable` who was never phoned in vain, and nothing
    is `settled` when the latest attempt reached nobody.
    """
    return await _change(parts, callback_id, promise.Close(wish.reason), wish)


@router.post("/{callback_id}/reassign", summary="Give a callback to somebody else")
async def reassign(parts: With, callback_id: CallbackInPath, wish: Reassignment) -> CallbackShown:
    """Says who is to own it; who had it hears that it is gone.

    It waits to be taken again. Refused where it is closed (`callback_closed`) and where there is no
    such department or caseworker (`department_not_found`, `caseworker_not_found`), or the
    caseworker is absent today (`caseworker_absent`; the message names the deputy who is there).
    """
    wanted = await _new_owner(parts, CallbackId(callback_id), wish)
    return await _change(parts, callback_id, wanted, wish)


@router.post("/{callback_id}/reopen", summary="Open a callback again")
async def reopen(parts: With, callback_id: CallbackInPath, wish: Change) -> CallbackShown:
    """Says that it is not done after all; it waits to be taken again by the one who had it.

    Refused where it is not closed (`callback_not_closed`).
    """
    return await _change(parts, callback_id, promise.Reopen(), wish)


@router.post("/{callback_id}/comment", summary="Say something about a callback")
async def comment(parts: With, callback_id: CallbackInPath, wish: Remark) -> CallbackShown:
    """Adds something to know to its history. Refused where it is closed (`callback_closed`)."""
    return await _change(parts, callback_id, promise.Comment(), wish)


@router.patch("/{callback_id}", summary="Correct what a callback is about")
async def edit(parts: With, callback_id: CallbackInPath, wish: Correction) -> CallbackShown:
    """Changes what is told and leaves the rest; the department and the owner stay.

    Refused where it is closed (`callback_closed`), and for the reasons for which a request is
    (`number_invalid`, `number_not_allowed`, `topic_not_found`, `preferred_times_malformed`).
    """
    told = promise.Edit(
        caller_number=None if wish.number is None else E164(wish.number),
        caller_name=wish.caller_name,
        topic=None if wish.topic is None else TopicId(wish.topic),
        subject=wish.subject,
        reference=wish.reference,
        preferred_times=None if wish.preferred_times is None else tuple(wish.preferred_times),
        answers=None if wish.answers is None else tuple(wish.answers),
    )
    return await _change(parts, callback_id, told, wish)


def _next_try(parts: Parts, text: str | None) -> datetime | None:
    if text is None:
        return None
    at = read_moment(text, parts.clock.now(), parts.county.hours.zone)
    if at is None:
        raise Refused(
            "The time of the next try can't be understood: 14:00, 24.11.2026 14:00 or"
            " 2026-11-24 14:00.",
            code="next_try_not_understood",
        )
    return at


async def _new_owner(parts: Parts, callback_id: CallbackId, wish: Reassignment) -> promise.Reassign:
    """Complete what was left out: the same department, or whoever is responsible."""
    callback = await parts.callbacks.get(callback_id)
    department = DepartmentId(wish.department or callback.department)
    if wish.caseworker is not None:
        return promise.Reassign(department, CaseworkerId(wish.caseworker))
    known_department(department, parts.county)
    now = parts.clock.now()
    responsible = parts.county.responsible(department, None, now, callback_id)
    return promise.Reassign(department, responsible)


async def _change(
    parts: Parts, callback_id: str, change: promise.Change, wish: Change
) -> CallbackShown:
    changed = await parts.callbacks.change(
        CallbackId(callback_id), change, by=wish.by, comment=wish.comment, note=wish.note
    )
    # Committed a moment ago; asking the store once more could fail after all is well.
    return views.callback(changed, parts.county, parts.clock.now(), views.NOWHERE_YET)
