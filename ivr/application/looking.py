"""Looking at citizens' data and the audit: who looks is written down in the transaction that reads.

What can't be written down is not shown. The audit gets no number, name or text, neither of what
was found nor of what was looked for. Finished calls tell who answered only where the county wants
figures per agent, and then that is written down as well.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from ivr.application.callbacks import existing_callback
from ivr.application.desk import Desk
from ivr.application.ports.audit import AuditEntry, AuditFilter, AuditLink
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import CallbackFilter, Store, Transaction
from ivr.domain.callback import Callback
from ivr.domain.calls import CallRecord
from ivr.domain.county import County
from ivr.domain.errors import Refused
from ivr.domain.ids import CallbackId, CallId
from ivr.domain.live import CallView
from ivr.domain.unnamed import unnamed_call

_TELLING = frozenset(
    {"states", "department", "caseworker", "topic", "published", "delivered", "limit", "offset"}
)
"""Parts of a filter whose values tell nothing of citizens; of others only that they were given."""

_GIVEN = "given"


class Looking:
    """What people see of callbacks, calls and the audit.

    ``by`` is who looks. Every method raises Unavailable where the store is away.
    """

    def __init__(self, desk: Desk, store: Store, clock: Clock) -> None:
        self._desk = desk
        self._store = store
        self._clock = clock

    async def callback(self, callback_id: CallbackId, by: str) -> list[Callback]:
        """Return all versions, oldest first. Raises Refused (``callback_not_found``)."""
        async with self._store.transaction() as transaction:
            await existing_callback(transaction, callback_id)
            versions = await transaction.history(callback_id)
            await self._note(transaction, by, "callback_seen", callback_id)
        return versions

    async def callbacks(self, wanted: CallbackFilter, by: str) -> list[Callback]:
        """Return callbacks, oldest request first."""
        async with self._store.transaction() as transaction:
            found = await transaction.callbacks(wanted)
            details = {**filter_shown(wanted), "found": len(found)}
            await self._note(transaction, by, "callbacks_listed", "callbacks", **details)
        return found

    async def calls(self, limit: int, by: str) -> tuple[tuple[CallView, ...], list[CallRecord]]:
        """Return the calls going on, and finished ones, latest first."""
        async with self._store.transaction() as transaction:
            finished = await transaction.calls(limit)
            await self._note(transaction, by, "calls_listed", "calls", found=len(finished))
            finished = await self._as_allowed(transaction, finished, by, "calls")
        return self._desk.snapshot().calls, finished

    async def call(self, call: CallId, by: str) -> CallView | CallRecord:
        """Return a call, live or finished. Raises Refused (``call_not_found``)."""
        async with self._store.transaction() as transaction:
            live = next((view for view in self._desk.snapshot().calls if view.id == call), None)
            record = None if live else await transaction.call(call)
            if live is None and record is None:
                raise Refused(f"There is no call {call}.", code="call_not_found")
            await self._note(transaction, by, "call_seen", call)
            if record is not None:
                [record] = await self._as_allowed(transaction, [record], by, call)
                return record
        assert live is not None
        return live

    async def audit(self, wanted: AuditFilter, by: str) -> list[AuditLink]:
        """Return entries, latest first; this look is the next one."""
        async with self._store.transaction() as transaction:
            found = await transaction.audit(wanted)
            details = {**audit_filter_shown(wanted, self._desk.county), "found": len(found)}
            await self._note(transaction, by, "audit_listed", "audit", **details)
        return found

    async def _as_allowed(
        self, transaction: Transaction, records: list[CallRecord], by: str, target: str
    ) -> list[CallRecord]:
        """Take out who answered, or write down that somebody sees it."""
        county = self._desk.county
        if not county.privacy.staff.per_agent:
            return [unnamed_call(record, county.agents) for record in records]
        if any(record.agent for record in records):
            await self._note(transaction, by, "agent_figures_seen", target)
        return records

    async def _note(
        self,
        transaction: Transaction,
        by: str,
        action: str,
        target: str,
        /,
        **details: Any,  # noqa: ANN401  any JSON value
    ) -> None:
        now = self._clock.now()
        await transaction.add_audit(AuditEntry(now, by, action, target, details))


def filter_shown(wanted: CallbackFilter) -> dict[str, Any]:
    """Say by what callbacks were looked for; of numbers and texts only that they were given."""
    shown: dict[str, Any] = {}
    for part in fields(wanted):
        value = getattr(wanted, part.name)
        if value is None or value == part.default:
            continue
        if part.name not in _TELLING:
            value = _GIVEN
        shown[part.name] = sorted(value) if isinstance(value, frozenset) else value
    return shown


def audit_filter_shown(wanted: AuditFilter, county: County) -> dict[str, Any]:
    """Say by what the audit was looked through; of what may be a citizen's number only that."""
    shown: dict[str, Any] = {}
    for part in fields(wanted):
        value = getattr(wanted, part.name)
        if value is None or value == part.default:
            continue
        if isinstance(value, datetime):
            value = value.isoformat()
        elif (
            isinstance(value, str) and value not in county.agents and county.numbering.parse(value)
        ):
            value = _GIVEN
        shown[part.name] = value
    return shown
