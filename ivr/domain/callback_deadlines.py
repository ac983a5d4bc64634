"""When a callback's owner is reminded and when somebody else gets it. Worked out, never done here.

Whoever owns a callback has until a certain moment to do something about it: ``escalate_at``. So
long before it as the rules say the owner is reminded: ``remind_at``. All durations are open time of
the department.

=============  ====================================================================
a change       gives the owner time
=============  ====================================================================
requested      until the callback is due
reassigned     until it is due; if it is by now, as long as a deputy has
reopened       until it is due, which is worked out anew
escalated      ``escalate_again_after``, from now; at least until it is due
attempted      at least until the next try and the grace after it
closed         for ever
any other      as before
=============  ====================================================================

The grace is the time between two tries: who has not tried again by when the try after it would be
due has let it lie. A due time was said to a citizen: only reopening, a promise made anew, moves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from ivr.domain.callback import Callback, CallbackEvent, Escalate, Reassign, Remind
from ivr.domain.county import County
from ivr.domain.ids import CaseworkerId
from ivr.domain.next_step import first_moment, next_try

GIVEN_ANEW = (CallbackEvent.REASSIGNED, CallbackEvent.REOPENED, CallbackEvent.ESCALATED)
"""What gives a callback to an owner once more: it has to be taken, and the owner to hear of it."""


def with_deadlines(callback: Callback, county: County, before: Callback | None = None) -> Callback:
    """Return ``callback`` with the deadlines its latest change gives it.

    ``before`` is the version before that change; None: it is new.
    """
    at = callback.changed_at or callback.requested_at
    match callback.event:
        case (
            CallbackEvent.REQUESTED
            | CallbackEvent.REASSIGNED
            | CallbackEvent.REOPENED
            | CallbackEvent.ESCALATED
        ):
            return _with_new_owner(callback, county, at)
        case CallbackEvent.ATTEMPTED:
            return _after_attempt(callback, county, at)
        case CallbackEvent.CHANGED:
            return _after_edit(callback, county, before, at)
        case CallbackEvent.REMINDED:
            return _after_reminder(callback, county, at)
        case CallbackEvent.CLOSED:
            return replace(callback, remind_at=None, escalate_at=None)
        case CallbackEvent.ACKNOWLEDGED | CallbackEvent.COMMENTED:
            return callback
        case _:
            assert_never(callback.event)


def what_is_due(callback: Callback, county: County, now: datetime) -> Escalate | Remind | None:
    """Say what the clock has to do to ``callback``; None: nothing yet.

    Where it should escalate and nobody else is there any more, the owner is reminded in place of
    that, and somebody else gets it when the first of them is there again, if anybody ever is.
    """
    if not callback.is_open:
        return None
    if callback.escalate_at is not None and callback.escalate_at <= now:
        return escalation(callback, county, now) or Remind()
    if callback.remind_at is not None and callback.remind_at <= now:
        return Remind()
    return None


def escalation(callback: Callback, county: County, at: datetime) -> Escalate | None:
    """Give ``callback`` to whoever is next, first the deputy, then the head; None: nobody is."""
    owner = _next_owner(callback, county, at) if callback.is_open else None
    return None if owner is None else Escalate(owner)


def new_owner(callback: Callback, county: County, at: datetime) -> Reassign | None:
    """Give ``callback`` to whoever is responsible at ``at``, if its owner is not known any more.

    Where its department is not known any more either, it goes to the common one. None: its owner
    is known, or it needs none.
    """
    known = county.caseworker(callback.department, callback.caseworker) is not None
    if known or not callback.is_open:
        return None
    department, topic = callback.department, callback.topic
    if department not in county.departments:
        department, topic = county.callback_department(None).id, None
    return Reassign(department, county.responsible(department, topic, at, callback.id))


def owned_since(versions: Sequence[Callback]) -> datetime:
    """When it was given to the owner it has; ``versions`` are all of a callback, oldest first."""
    given = [version for version in versions if version.event in GIVEN_ANEW]
    latest = given[-1] if given else versions[0]
    return latest.changed_at or latest.requested_at


def is_unheard(callback: Callback, county: County, since: datetime, now: datetime) -> bool:
    """Whether a message of ``since`` that has reached nobody is a reason to escalate by now."""
    limit = county.rules.callbacks.undelivered_after
    hours = county.hours_of(callback.department)
    return bool(limit) and hours.after_service_time(since, limit) <= now


def _next_owner(callback: Callback, county: County, at: datetime) -> CaseworkerId | None:
    return county.escalates_to(callback.department, callback.caseworker, at, callback.escalations)


def _escalates_from(callback: Callback, county: County, at: datetime) -> datetime | None:
    return county.escalates_from(callback.department, callback.caseworker, at, callback.escalations)


def _until(end: datetime, callback: Callback, county: County, at: datetime) -> Callback:
    """Give the owner of ``callback`` time until ``end``."""
    before = county.rules.callbacks.remind_before
    remind_at = county.hours_of(callback.department).before_service_time(end, before)
    return replace(
        callback,
        remind_at=remind_at if before and remind_at > at else None,
        escalate_at=_escalates_from(callback, county, end),
    )


def _with_new_owner(callback: Callback, county: County, at: datetime) -> Callback:
    """Somebody has to take it: for the first time, or once more."""
    if callback.event is CallbackEvent.REOPENED:
        due_at = county.callback_due(callback.department, at)
        try_at = first_moment(callback, county, at).at
        callback = replace(callback, due_at=due_at, next_try_at=try_at)
    end = callback.due_at
    if callback.event is CallbackEvent.ESCALATED or end <= at:
        hours = county.hours_of(callback.department)
        # What nobody had heard of escalates before it is due, and is not late because of that.
        end = max(end, hours.after_service_time(at, county.rules.callbacks.escalate_again_after))
    if callback.next_try_at is not None and callback.next_try_at > at:
        end = max(end, _with_grace(callback.next_try_at, callback, county))
    return _until(end, callback, county, at)


def _after_attempt(callback: Callback, county: County, at: datetime) -> Callback:
    """Somebody works on it: wait for the next try, or for the letter or the end that is due."""
    try_at = callback.next_try_at or next_try(callback, county, at)
    grace = _with_grace(try_at or at, callback, county)
    end = max(callback.escalate_at or callback.due_at, grace)
    return _until(end, replace(callback, next_try_at=try_at), county, at)


def _with_grace(at: datetime, callback: Callback, county: County) -> datetime:
    hours = county.hours_of(callback.department)
    return hours.after_service_time(at, county.rules.callbacks.try_again_after)


def _after_reminder(callback: Callback, county: County, at: datetime) -> Callback:
    """The owner has been told; where it should escalate, in place of others who are not there."""
    escalate_at = callback.escalate_at
    if escalate_at is not None and escalate_at <= at and escalation(callback, county, at) is None:
        escalate_at = _escalates_from(callback, county, at)
    return replace(callback, remind_at=None, escalate_at=escalate_at)


def _after_edit(
    callback: Callback, county: County, before: Callback | None, at: datetime
) -> Callback:
    """Another number is worth another try."""
    same = before is None or before.caller_number == callback.caller_number
    if same or not callback.attempts:
        return callback
    return replace(callback, next_try_at=first_moment(callback, county, at).at)
