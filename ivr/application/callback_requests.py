"""Callback requests as people write them: at a desk, or by another program of the county.

Callers' and agents' keys don't come here: the engine makes callbacks of those. Both end in
:meth:`ivr.application.callbacks.Callbacks.request`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.application.callbacks import Callbacks
from ivr.application.ports import Clock
from ivr.domain.callback import Callback, CallbackSource
from ivr.domain.county import County, Department
from ivr.domain.errors import Refused
from ivr.domain.ids import E164, CallbackId, DepartmentId


@dataclass(frozen=True, slots=True)
class WrittenRequest:
    """What is asked for. ``number`` is as people write it, no ``department`` the common one."""

    number: str
    department: DepartmentId | None = None
    caller_name: str = ""
    subject: str = ""
    note: str = ""


class CallbackRequests:
    """Makes promises of written requests: finds the owner and the due time."""

    def __init__(self, county: Callable[[], County], callbacks: Callbacks, clock: Clock) -> None:
        """``county`` tells what is configured now."""
        self._county = county
        self._callbacks = callbacks
        self._clock = clock

    async def request(
        self, callback_id: CallbackId, written: WrittenRequest, source: CallbackSource
    ) -> tuple[Callback, bool]:
        """Commit the promise; return the callback and whether it is new.

        The same request under an id that exists changes nothing and returns what became of the
        first. Raises Refused (``number_invalid``, ``number_not_allowed``,
        ``department_not_found``, ``request_differs``, and those of ``Callbacks.request``) and
        Unavailable.
        """
        wanted = self._promise(callback_id, written, source)
        if await self._callbacks.request(wanted):
            return wanted, True
        first, *later = await self._callbacks.history(callback_id)
        if _asked(first) != _asked(wanted):
            raise Refused(
                f"Callback {callback_id} was requested before with other values.",
                code="request_differs",
            )
        return (later or [first])[-1], False

    def _promise(
        self, callback_id: CallbackId, written: WrittenRequest, source: CallbackSource
    ) -> Callback:
        department = self._department(written.department)
        now = self._clock.now()
        return Callback(
            id=callback_id,
            department=department.id,
            caseworker=self._county().responsible(department.id, None, now, callback_id),
            caller_number=self._number(written.number),
            source=source,
            requested_at=now,
            due_at=self._county().callback_due(department.id, now),
            caller_name=written.caller_name,
            subject=written.subject,
            note=written.note,
        )

    def _department(self, wanted: DepartmentId | None) -> Department:
        if wanted is not None and wanted not in self._county().departments:
            known = ", ".join(sorted(self._county().departments))
            raise Refused(
                f"There is no such department. There are: {known}.", code="department_not_found"
            )
        return self._county().callback_department(wanted)

    def _number(self, text: str) -> E164:
        number = self._county().numbering.parse(text)
        if number is None:
            raise Refused(
                "The number is no telephone number that can be called back.",
                code="number_invalid",
            )
        if not self._county().numbering.may_be_called(number):
            raise Refused(
                "The number is not called back: it costs more than an ordinary call.",
                code="number_not_allowed",
            )
        return number


def _asked(callback: Callback) -> tuple[object, ...]:
    """What the one who asks decides about a callback."""
    return (
        callback.department,
        callback.caller_number,
        callback.caller_name,
        callback.subject,
        callback.note,
        callback.source,
    )
