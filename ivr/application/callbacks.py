"""The callback's use cases: requested, changed and looked up, by whatever way people come.

The dispatcher, the web, the command line and MQTT all call these. A change and the message that
tells of it are committed together or not at all; the relay is woken after the commit. Nothing
is spoken or delivered from here.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.application.audit import note_change
from ivr.application.county_checks import checked_change
from ivr.application.deliveries import messages_about, ways_to
from ivr.application.ports.couriers import Receipt
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import CallbackFilter, Store, Transaction
from ivr.application.texts import CALLBACK_ID, check_texts
from ivr.domain.callback import SYSTEM, Callback, CallbackState, Change
from ivr.domain.callback_deadlines import (
    escalation,
    is_unheard,
    new_owner,
    owned_since,
    what_is_due,
    with_deadlines,
)
from ivr.domain.county import County
from ivr.domain.errors import Refused
from ivr.domain.ids import CallbackId

OPEN_STATES = frozenset(CallbackState) - {CallbackState.CLOSED}


class Callbacks:
    """All that can be done with callbacks.

    ``county`` tells what is configured now. ``committed`` is called after every commit that left
    something to deliver, to wake the relays; it must not block. Every method raises Unavailable
    where the store is away, and then nothing has changed.
    """

    def __init__(
        self,
        store: Store,
        county: Callable[[], County],
        clock: Clock,
        committed: Callable[[], None],
    ) -> None:
        self._store = store
        self._county = county
        self._clock = clock
        self._committed = committed

    async def request(self, callback: Callback, *, by: str = "") -> bool:
        """Commit a new promise; only after this may it be spoken.

        ``by`` is who wrote the request, for the audit; empty where keys were pressed. Returns
        False where a callback of this id was stored before: the promise is kept either way.
        Raises Refused (those of :func:`~ivr.application.texts.check_texts`).
        """
        check_texts(callback)
        callback = with_deadlines(callback, self._county())
        async with self._store.transaction() as transaction:
            added = await transaction.add_callback(callback)
            if added:
                await self._tell(transaction, callback)
                if by:
                    await note_change(transaction, callback, by, self._clock.now())
        if added:
            self._committed()
        return added

    async def change(
        self,
        callback_id: CallbackId,
        change: Change,
        *,
        by: str,
        comment: str = "",
        note: str | None = None,
        audited: bool = True,
        unless: Callable[[Callback], bool] | None = None,
    ) -> Callback:
        """Carry out ``change`` of ``by`` and return the callback after it.

        ``comment`` is what is said about the change; ``note`` replaces the callback's note, None
        leaves it. ``audited`` is False where a caller pressed keys, or nobody asked.
        Where ``unless`` is true of a version, nothing changes. Raises Refused
        (``callback_not_found``, those of :meth:`Callback.after`, of
        :func:`~ivr.application.county_checks.checked_change` and of
        :func:`~ivr.application.texts.check_texts`).
        """
        async with self._store.transaction() as transaction:
            callback = await existing_callback(transaction, callback_id)
            if unless is not None and any(map(unless, await transaction.history(callback_id))):
                return callback
            changed = await self.change_in(
                transaction, callback, change, by=by, comment=comment, note=note
            )
            if audited:
                await note_change(transaction, changed, by, self._clock.now())
        self._committed()
        return changed

    async def fall_due(self, callback_id: CallbackId) -> None:
        """Do what the clock has to do to a callback now, if anything: remind or escalate.

        Whether it is due is seen in the transaction that changes it: however many ask, it is done
        once. Raises Refused (``callback_not_found``).
        """
        async with self._store.transaction() as transaction:
            callback = await existing_callback(transaction, callback_id)
            change = what_is_due(callback, self._county(), self._clock.now())
            if change is None:
                return
            await self.change_in(transaction, callback, change, by=SYSTEM)
        self._committed()

    async def give_to_somebody_known(self, callback_id: CallbackId) -> None:
        """Give a callback whose owner is not configured any more to whoever is responsible now.

        Whether its owner is known is seen in the transaction that changes it. Raises Refused
        (``callback_not_found``, and as ``change`` does).
        """
        async with self._store.transaction() as transaction:
            callback = await existing_callback(transaction, callback_id)
            change = new_owner(callback, self._county(), self._clock.now())
            if change is None:
                return
            await self.change_in(transaction, callback, change, by=SYSTEM)
        self._committed()

    async def escalate_unheard(self, callback_id: CallbackId) -> None:
        """Give a callback to somebody else whose owner has not heard of it for too long.

        Not where the ways to that other person have brought nothing to anybody since: then it is
        not the owner who can't be reached. Raises Refused (``callback_not_found``).
        """
        county, now = self._county(), self._clock.now()
        async with self._store.transaction() as transaction:
            callback = await existing_callback(transaction, callback_id)
            since = owned_since(await transaction.history(callback_id))
            change = escalation(callback, county, now)
            if change is None or not is_unheard(callback, county, since, now):
                return
            limit = county.rules.callbacks.undelivered_after
            if callback_id not in await transaction.undelivered(now - limit):
                return  # told, or taken, a moment ago
            ways = ways_to(callback.department, change.caseworker, county)
            if not await transaction.delivered_since(since, ways):
                return
            await self.change_in(transaction, callback, change, by=SYSTEM)
        self._committed()

    async def change_in(
        self,
        transaction: Transaction,
        callback: Callback,
        change: Change,
        *,
        by: str,
        comment: str = "",
        note: str | None = None,
    ) -> Callback:
        """Carry out ``change`` in a transaction of somebody else's, who calls ``committed`` then.

        The one way a callback changes, whoever asks. Whether somebody asked for it, for the audit,
        is for the other to say (``note_change``). Raises Refused as ``change`` does, and then
        nothing has changed.
        """
        county, now = self._county(), self._clock.now()
        change = checked_change(change, callback, county, comment=comment, at=now)
        changed = callback.after(change, by=by, at=now, comment=comment, note=note)
        changed = with_deadlines(changed, county, before=callback)
        check_texts(changed)
        await transaction.save_callback(changed)
        await self._tell(transaction, changed, before=callback)
        return changed

    def committed(self) -> None:
        """Say that somebody else's transaction, with a change in it, was committed."""
        self._committed()

    async def get(self, callback_id: CallbackId) -> Callback:
        """Return one callback. Raises Refused (``callback_not_found``)."""
        async with self._store.transaction() as transaction:
            return await existing_callback(transaction, callback_id)

    async def list_callbacks(self, wanted: CallbackFilter) -> list[Callback]:
        """Return callbacks, oldest request first."""
        async with self._store.transaction() as transaction:
            return await transaction.callbacks(wanted)

    async def count(self, wanted: CallbackFilter) -> int:
        """Return how many there are, whatever ``limit`` and ``offset``."""
        async with self._store.transaction() as transaction:
            return await transaction.count_callbacks(wanted)

    async def history(self, callback_id: CallbackId) -> list[Callback]:
        """Return all versions, oldest first. Raises Refused (``callback_not_found``)."""
        async with self._store.transaction() as transaction:
            await existing_callback(transaction, callback_id)
            return await transaction.history(callback_id)

    async def receipts(self, callback_id: CallbackId) -> list[Receipt]:
        """Return what became of the messages about a callback, oldest first."""
        async with self._store.transaction() as transaction:
            return await transaction.receipts(callback_id)

    async def _tell(
        self, transaction: Transaction, callback: Callback, before: Callback | None = None
    ) -> None:
        """Put what tells of ``callback``, as it is now, into the outbox."""
        for message in messages_about(callback, before, self._county(), self._clock.now()):
            await transaction.add_message(message)


async def existing_callback(transaction: Transaction, callback_id: CallbackId) -> Callback:
    """Return a callback, locked. Raises Refused (``callback_not_found``)."""
    if not CALLBACK_ID.fullmatch(callback_id):
        raise not_found(callback_id)
    callback = await transaction.callback(callback_id)
    if callback is None:
        raise not_found(callback_id)
    return callback


def not_found(callback_id: CallbackId) -> Refused:
    """Return the refusal where there is no such callback, or none of the one who asks."""
    return Refused(f"There is no callback {callback_id!r}.", code="callback_not_found")
