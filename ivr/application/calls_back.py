"""Calling back: a caseworker is connected with the citizen of a callback.

Here is decided whether that may be: the numbers, how often a day, and whether one of the two is in
a call with us already. How it goes on is the engine's business (:mod:`ivr.domain.calling_back`),
what came of it :mod:`ivr.application.call_back_results` writes down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from ivr.application.audit import note_change
from ivr.application.callbacks import Callbacks, existing_callback
from ivr.application.ports.audit import AuditEntry
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import Store, Transaction
from ivr.application.ports.switch import Post
from ivr.domain.callback import Acknowledge, Callback, CallbackState
from ivr.domain.county import Caseworker, County
from ivr.domain.errors import Refused
from ivr.domain.events import CallBackWished
from ivr.domain.ids import E164, CallbackId, CallId
from ivr.domain.live import Phase
from ivr.domain.outgoing import OutgoingRecord
from ivr.domain.views import Snapshot

_NOT_ON_THE_LINE = (Phase.AWAY, Phase.KEEPING)
"""Callers who keep a place hang up, or did."""


@dataclass(frozen=True, slots=True)
class Line:
    """What tells whether a call can be made now.

    ``works``: whether the switch can be asked. ``snapshot``: who is in a call.
    """

    works: Callable[[], bool]
    snapshot: Callable[[], Snapshot]
    post: Post


class CallsBack:
    """Makes outgoing calls. Every method raises Unavailable where the store is away."""

    def __init__(
        self,
        store: Store,
        callbacks: Callbacks,
        line: Line,
        county: Callable[[], County],
        clock: Clock,
        run: str,
    ) -> None:
        """``run`` tells this run of the program from others: it becomes part of ids."""
        self._store = store
        self._callbacks = callbacks
        self._line = line
        self._county = county
        self._clock = clock
        self._ids = (CallId(f"out-{run}-{number}") for number in count(1))

    async def call(self, callback_id: CallbackId, by: str) -> OutgoingRecord:
        """Ring the owner of a callback, then the citizen; returns as soon as that has begun.

        Raises Refused (``callback_not_found`` and those of :meth:`allow`).
        """
        async with self._store.transaction() as transaction:
            callback = await existing_callback(transaction, callback_id)
            record, start = await self.allow(transaction, callback, by)
        self._callbacks.committed()
        start()
        return record

    async def calls_of(self, callback_id: CallbackId) -> list[OutgoingRecord]:
        """Return the calls made for a callback, earliest first.

        Raises Refused (``callback_not_found``).
        """
        async with self._store.transaction() as transaction:
            await existing_callback(transaction, callback_id)
            return await transaction.outgoing(callback_id)

    async def allow(
        self, transaction: Transaction, callback: Callback, by: str
    ) -> tuple[OutgoingRecord, Callable[[], None]]:
        """Count a call for ``callback``; return it, and what begins it once that is committed.

        A callback that nobody has taken is taken for its owner. Raises Refused, and then nothing
        is counted: ``callback_closed``, ``caseworker_without_phone``, ``number_not_allowed``,
        ``call_back_under_way``, ``caseworker_on_the_line``, ``citizen_on_the_line``,
        ``no_way_out``, ``calls_a_day_used_up``.
        """
        now = self._clock.now()
        caseworker, phone = self._phone(callback)
        self._check_number(callback)
        self._check_lines(callback, phone)
        await self._check_counts(transaction, callback, now)
        if callback.state is CallbackState.REQUESTED:
            taken = await self._callbacks.change_in(
                transaction, callback, Acknowledge(), by=callback.caseworker
            )
            await note_change(transaction, taken, by, now)
        record = OutgoingRecord(
            id=next(self._ids),
            callback=callback.id,
            department=callback.department,
            caseworker=callback.caseworker,
            asked_at=now,
            asked_by=by,
        )
        await transaction.add_outgoing(record)
        await transaction.add_audit(AuditEntry(now, by, "citizen_called", callback.id))
        wish = CallBackWished(
            call=record.id,
            callback=callback.id,
            department=callback.department,
            caseworker=callback.caseworker,
            phone=phone,
            number=callback.caller_number,
            language=self._language(caseworker),
        )
        return record, lambda: self._line.post(wish)

    def _phone(self, callback: Callback) -> tuple[Caseworker, E164]:
        if not callback.is_open:
            raise Refused(f"Callback {callback.id} is closed.", code="callback_closed")
        caseworker = self._county().caseworker(callback.department, callback.caseworker)
        if caseworker is None or caseworker.phone is None:
            raise Refused(
                f"{callback.caseworker} has no telephone: phone in departments.toml.",
                code="caseworker_without_phone",
            )
        return caseworker, caseworker.phone

    def _check_number(self, callback: Callback) -> None:
        county = self._county()
        if not county.may_be_phoned(callback.caller_number):
            abroad = county.rules.callbacks.call_abroad
            raise Refused(
                "The number is not called: allowed are ordinary fixed and mobile numbers"
                + (", also abroad." if abroad else " of this country."),
                code="number_not_allowed",
            )

    def _check_lines(self, callback: Callback, phone: E164) -> None:
        """Refuse a call to somebody who is in one with us; the engine has the last word."""
        snapshot, number = self._line.snapshot(), callback.caller_number
        if not self._line.works():
            raise Refused("Asterisk is not connected.", code="no_way_out")
        if any(call.callback == callback.id for call in snapshot.outgoing):
            raise Refused(
                f"The citizen of callback {callback.id} is just being called.",
                code="call_back_under_way",
            )
        in_calls: set[str] = set()
        for outgoing in snapshot.outgoing:
            in_calls |= {outgoing.phone, outgoing.number}
        in_calls |= {
            each
            for call in snapshot.calls
            if call.phase not in _NOT_ON_THE_LINE
            for each in (call.caller_number, call.party)
            if each
        }
        if phone in in_calls:
            raise Refused(
                f"{callback.caseworker} is in a call already.", code="caseworker_on_the_line"
            )
        if number in in_calls:
            raise Refused("The citizen is in a call with us.", code="citizen_on_the_line")

    async def _check_counts(
        self, transaction: Transaction, callback: Callback, now: datetime
    ) -> None:
        county = self._county()
        rules = county.rules.callbacks
        today = now.astimezone(county.hours.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        if await transaction.count_outgoing(today) >= rules.calls_a_day:
            raise Refused(
                f"Today {rules.calls_a_day} citizens were called: calls_a_day in callbacks.toml.",
                code="calls_a_day_used_up",
            )
        if await transaction.count_outgoing(today, callback.id) >= rules.calls_a_day_each:
            raise Refused(
                f"Today this citizen was called {rules.calls_a_day_each} times:"
                " calls_a_day_each in callbacks.toml.",
                code="calls_a_day_used_up",
            )

    def _language(self, caseworker: Caseworker) -> str:
        county = self._county()
        return caseworker.language if caseworker.language in county.languages else county.language
