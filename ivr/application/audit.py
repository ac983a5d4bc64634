"""The audit: what must not happen unseen is written down before it happens."""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog

from ivr.application.audit_chain import Break, ChainCheck
from ivr.application.ports.audit import AuditEntry, AuditHead
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import Store, Transaction
from ivr.domain.callback import Callback
from ivr.domain.errors import Unavailable

log = structlog.get_logger(__name__)

_AT_ONCE = 1000
"""So many entries are checked before others may use the database again."""

_DAY_SECONDS = 24 * 60 * 60


class Audit:
    """Who did what to whom. Every method raises Unavailable where the store is away."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def note(self, by: str, action: str, target: str, **details: str) -> None:
        """Commit an entry; only when this returns may it be done. No caller's number goes in."""
        entry = AuditEntry(self._clock.now(), by, action, target, dict(details))
        async with self._store.transaction() as transaction:
            await transaction.add_audit(entry)

    async def verify(self, kept: AuditHead | None = None) -> tuple[AuditHead, Break | None]:
        """Follow the whole chain; return how far it is whole, and where it is broken.

        ``kept`` is a head of earlier that somebody has written down.
        """
        check = ChainCheck(kept)
        after: int | None = None
        while True:
            async with self._store.transaction() as transaction:
                head = await transaction.audit_head()
                links = await transaction.audit_links(after, _AT_ONCE)
            broken = check.follow(links)
            if broken is not None:
                return check.head, broken
            if len(links) < _AT_ONCE:
                return check.head, check.end(head)
            after = links[-1].position

    async def run(self) -> None:
        """Verify once a day and write the head into the log, until cancelled."""
        while True:
            await self._tell()
            await asyncio.sleep(_DAY_SECONDS)

    async def _tell(self) -> None:
        try:
            head, broken = await self.verify()
        except Unavailable as error:
            log.warning("audit_not_verified", reason=error.message)
            return
        if broken is None:
            log.info("audit_verified", entries=head.count, hash=head.hash)
        else:
            log.error("audit_broken", position=broken.position, damage=broken.damage.value)


async def note_change(transaction: Transaction, callback: Callback, by: str, at: datetime) -> None:
    """Write down, with the change itself, that somebody changed or requested ``callback``."""
    details = {"event": callback.event.value, "version": callback.version}
    await transaction.add_audit(AuditEntry(at, by, "callback_changed", callback.id, details))
