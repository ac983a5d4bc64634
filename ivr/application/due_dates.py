"""The clock of the promises: reminds owners, and gives to others what waited too long.

It also finds new owners for what belongs to somebody who is not configured any more.

What is due is found by row state, so a restart catches up. What is done, and that
it is done once however many programs look, is the business of the use cases
(:class:`ivr.application.callbacks.Callbacks`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from ivr.application.backoff import Backoff
from ivr.application.callbacks import OPEN_STATES, Callbacks
from ivr.application.held_up import HeldUp
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import CallbackFilter, Store
from ivr.domain.county import County
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CallbackId

log = structlog.get_logger(__name__)

BATCH = 100
"""So many are looked up at once."""

SWEEP_SECONDS = 60.0
"""How often to look at least: other programs change callbacks, and clocks are set."""

AFTER_REFUSAL = timedelta(seconds=1)
"""What can't be changed stays due: so long it is left alone."""

_Do = Callable[[CallbackId], Awaitable[None]]


class DueDates:
    """Lets callbacks fall due."""

    def __init__(
        self,
        store: Store,
        callbacks: Callbacks,
        county: Callable[[], County],
        clock: Clock,
        *,
        backoff: Backoff | None = None,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        """``county`` tells what is configured now."""
        self._store = store
        self._callbacks = callbacks
        self._county = county
        self._clock = clock
        self._backoff = backoff or Backoff(first=1.0, longest=30.0)
        self._sweep_seconds = sweep_seconds
        self._woken = asyncio.Event()
        self._held_up = HeldUp("due_dates_held_up", "due_dates_kept_again")

    def wake(self) -> None:
        """Say that a deadline may have changed, or who is configured; never waits."""
        self._woken.set()

    async def run(self) -> None:
        """Let fall due what is due until cancelled. Waits where the store is away, says so once."""
        while True:
            self._woken.clear()
            try:
                next_deadline = await self.catch_up()
            except Unavailable as error:
                self._held_up.note(error)
                await asyncio.sleep(self._backoff.next())
                continue
            self._backoff.reset()
            self._held_up.end()
            await self._wait(next_deadline)

    async def catch_up(self) -> datetime | None:
        """Let fall due all that is due now; return when something is next. Raises Unavailable.

        What has no owner any more gets one first.
        """
        refused = await _each_found(self._ownerless, self._callbacks.give_to_somebody_known)
        refused |= await _each_found(self._due, self._callbacks.fall_due)
        refused |= await _each(await self._unheard(), self._callbacks.escalate_unheard)
        async with self._store.transaction() as transaction:
            deadline = await transaction.next_deadline()
        if refused and deadline is not None:
            return max(deadline, self._clock.now() + AFTER_REFUSAL)
        return deadline

    async def _ownerless(self, limit: int) -> list[CallbackId]:
        """Those whose owner is not configured any more; at least ``limit``, if there are."""
        county = self._county()
        async with self._store.transaction() as transaction:
            return [
                callback.id
                for department, caseworker in await transaction.owners()
                if county.caseworker(department, caseworker) is None
                for callback in await transaction.callbacks(
                    CallbackFilter(
                        states=OPEN_STATES,
                        department=department,
                        caseworker=caseworker,
                        limit=limit,
                    )
                )
            ]

    async def _due(self, limit: int) -> list[CallbackId]:
        async with self._store.transaction() as transaction:
            return await transaction.callbacks_due(self._clock.now(), limit)

    async def _unheard(self) -> list[CallbackId]:
        """Those nobody may have heard of for too long; not fewer, for nights don't count."""
        limit = self._county().rules.callbacks.undelivered_after
        if not limit:
            return []
        async with self._store.transaction() as transaction:
            return await transaction.undelivered(self._clock.now() - limit)

    async def _wait(self, until: datetime | None) -> None:
        seconds = self._sweep_seconds
        if until is not None:
            left = (until - self._clock.now()).total_seconds()
            seconds = min(seconds, max(left, 0.0))
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()


async def _each_found(
    find: Callable[[int], Awaitable[list[CallbackId]]], do: _Do
) -> set[CallbackId]:
    """Do it to each that is found, a batch after the other; return those that were refused.

    They are found again each time: the batch grows by them, so that they hide no other.
    """
    done: set[CallbackId] = set()
    refused: set[CallbackId] = set()
    while found := [one for one in await find(BATCH + len(refused)) if one not in done]:
        refused |= await _each(found, do)
        done.update(found)
    return refused


async def _each(callbacks: Sequence[CallbackId], do: _Do) -> set[CallbackId]:
    """Do it to each, and return those that were refused.

    One that is gone by now, or can't be changed, holds up no other.
    """
    refused = set()
    for callback in callbacks:
        try:
            await do(callback)
        except Refused as refusal:
            log.warning("callback_not_changed_when_due", callback=callback, code=refusal.code)
            refused.add(callback)
    return refused
