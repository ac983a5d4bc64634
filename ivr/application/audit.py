"""The audit: what must not happen unseen is written down before it happens."""

from __future__ import annotations

from ivr.application.ports import AuditEntry, Clock, Store


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

    async def latest(self, limit: int) -> list[AuditEntry]:
        """Return entries, latest first."""
        async with self._store.transaction() as transaction:
            return await transaction.audit(limit)
