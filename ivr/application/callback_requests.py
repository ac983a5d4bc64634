"""Callback requests as people write them: at a desk, or by another program of the county.

Callers' and agents' keys don't come here: the engine makes callbacks of those. Both end in
:meth:`ivr.application.callbacks.Callbacks.request`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.application.callbacks import Callbacks
from ivr.application.county_checks import (
    callable_number,
    canonical_times,
    check_present,
    check_topic,
    known_caseworker,
    known_department,
)
from ivr.application.ports.machine import Clock
from ivr.domain.callback import Callback, CallbackSource
from ivr.domain.callback_deadlines import with_deadlines
from ivr.domain.county import County
from ivr.domain.errors import Refused
from ivr.domain.ids import E164, CallbackId, CallId, CaseworkerId, DepartmentId, TopicId
from ivr.domain.live import CallView


@dataclass(frozen=True, slots=True)
class WrittenRequest:
    """What is asked for.

    ``number`` is as people write it. ``call`` is a call that is going on: its caller's number,
    department and language are meant where the request names none. No ``department``: the common
    one; no ``caseworker``: whoever is responsible.
    """

    number: str = ""
    department: DepartmentId | None = None
    caseworker: CaseworkerId | None = None
    call: CallId | None = None
    caller_name: str = ""
    topic: TopicId | None = None
    subject: str = ""
    note: str = ""
    reference: str = ""
    preferred_times: tuple[str, ...] = ()
    language: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Caller:
    """What a call tells of its caller."""

    number: E164 | None = None
    department: DepartmentId | None = None
    language: str = ""


class CallbackRequests:
    """Makes promises of written requests: finds the owner and the due time."""

    def __init__(
        self,
        county: Callable[[], County],
        callbacks: Callbacks,
        live_call: Callable[[CallId], CallView],
        clock: Clock,
    ) -> None:
        """``county`` tells what is configured now.

        ``live_call`` shows a call that is going on, or raises Refused (``call_not_found``).
        """
        self._county = county
        self._callbacks = callbacks
        self._live_call = live_call
        self._clock = clock

    async def request(
        self,
        callback_id: CallbackId,
        written: WrittenRequest,
        source: CallbackSource,
        *,
        by: str,
    ) -> tuple[Callback, bool]:
        """Commit the promise of ``by``; return the callback and whether it is new.

        The same request under an id that exists changes nothing and returns what became of the
        first. Raises Refused (``call_not_found``, ``number_missing``, ``number_invalid``,
        ``number_not_allowed``, ``department_not_found``, ``caseworker_not_found``,
        ``caseworker_absent``, ``topic_not_found``, ``preferred_times_malformed``,
        ``request_differs``, and those of ``Callbacks.request``) and Unavailable.
        """
        caller = await self._caller(callback_id, written)
        promise = self._promise(callback_id, written, source, caller)
        # Who is chosen has to be there when it is asked first, not when it is asked again.
        if written.caseworker is not None and await self._first(callback_id) is None:
            county = self._county()
            department = known_department(promise.department, county)
            check_present(department, written.caseworker, county, promise.requested_at)
        if await self._callbacks.request(promise, by=by):
            return promise, True
        first, *later = await self._callbacks.history(callback_id)
        # Whose turn it is may differ by now; who was chosen may not.
        other = written.caseworker is not None and written.caseworker != first.caseworker
        if other or _asked(first) != _asked(promise):
            raise Refused(
                f"Callback {callback_id} was requested before with other values.",
                code="request_differs",
            )
        return (later or [first])[-1], False

    async def _caller(self, callback_id: CallbackId, written: WrittenRequest) -> _Caller:
        """Who is meant where the request does not say; known still when it comes once more."""
        if written.call is None:
            return _Caller()
        try:
            view = self._live_call(written.call)
        except Refused:
            first = await self._first(callback_id)
            if first is None or first.call != written.call:
                raise
            return _Caller(first.caller_number, first.department, first.language)
        return _Caller(view.caller_number, view.department, view.language)

    async def _first(self, callback_id: CallbackId) -> Callback | None:
        try:
            return (await self._callbacks.history(callback_id))[0]
        except Refused:
            return None

    def _promise(
        self,
        callback_id: CallbackId,
        written: WrittenRequest,
        source: CallbackSource,
        caller: _Caller,
    ) -> Callback:
        county, now = self._county(), self._clock.now()
        wanted = written.department or caller.department or county.common_department
        department = known_department(wanted, county)
        if written.topic is not None:
            check_topic(department, written.topic)
        if written.caseworker is not None:
            owner = known_caseworker(department, written.caseworker).id
        else:
            owner = county.responsible(department.id, written.topic, now, callback_id)
        promise = Callback(
            id=callback_id,
            department=department.id,
            caseworker=owner,
            caller_number=_number(written.number or caller.number, county),
            source=source,
            requested_at=now,
            due_at=county.callback_due(department.id, now),
            call=written.call,
            caller_name=written.caller_name,
            topic=written.topic,
            subject=written.subject,
            note=written.note,
            reference=written.reference,
            preferred_times=canonical_times(written.preferred_times),
            language=written.language or caller.language,
            answers=written.answers,
        )
        return with_deadlines(promise, county)


def _number(text: str | None, county: County) -> E164:
    if not text:
        raise Refused("A number to call back is needed.", code="number_missing")
    return callable_number(text, county)


def _asked(callback: Callback) -> tuple[object, ...]:
    """What the one who asks decides about a callback."""
    return (
        callback.department,
        callback.caller_number,
        callback.caller_name,
        callback.topic,
        callback.subject,
        callback.note,
        callback.reference,
        callback.preferred_times,
        callback.language,
        callback.answers,
        callback.call,
        callback.source,
    )
