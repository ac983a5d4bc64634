"""The relay: has what waits in the outbox delivered by one way. Nothing else delivers callbacks.

Each way has a relay of its own, which sees nothing but its own rows: a slow or dead way holds up
no other. It works by row state alone: whatever is not marked as delivered is delivered, however it
came to be left over. A message may be delivered twice, always with the same ``message_id``; none
is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from ivr.application.backoff import Backoff
from ivr.application.held_up import HeldUp
from ivr.application.ports.couriers import Courier, OutboxMessage
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import Store
from ivr.domain.delivery import Delivery
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CaseworkerId, DepartmentId, MessageId

log = structlog.get_logger(__name__)

_Recipient = tuple[DepartmentId, CaseworkerId]

BATCH = 100
"""Messages delivered between two commits; as many may come twice after a crash."""

FORGETTABLE = timedelta(seconds=60)
"""A broker that crashes may forget what it acknowledged up to so long before."""

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Before what was refused is tried again, for ways where each message is refused for itself."""

SWEEP_SECONDS = 30.0
"""How often to look without being woken: other processes store callbacks too."""


class Relay:
    """Delivers the messages of one way in order, one at a time.

    ``pauses`` are those after the first, second, … time a message is refused, the last one after
    all further times; without any it is tried again at the next sweep, in its order.
    """

    def __init__(
        self,
        store: Store,
        way: Delivery,
        courier: Courier,
        clock: Clock,
        *,
        pauses: Sequence[timedelta] = (),
        backoff: Backoff | None = None,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._store = store
        self._way = way
        self._courier = courier
        self._clock = clock
        self._pauses = pauses
        self._backoff = backoff or Backoff(first=0.25, longest=5.0)
        self._sweep_seconds = sweep_seconds
        self._woken = asyncio.Event()
        self._unmarked: list[MessageId] = []
        """These are delivered, the store does not know yet."""
        self._refused: set[_Recipient] = set()
        """For whom a message was refused the last time; each is reported once."""
        self._held_up = HeldUp("callbacks_held_up", "callbacks_delivered_again", way=way.value)
        self._anew = False

    def wake(self) -> None:
        """Say that there is something to deliver; never waits."""
        self._woken.set()

    def connected(self) -> None:
        """Say that the broker is connected anew; never waits.

        It may have crashed and forgotten what it acknowledged in its last moments: that is
        published again.
        """
        self._anew = True
        self._woken.set()

    async def probe(self) -> None:
        """Raise Unavailable where messages for somebody are refused."""
        if self._refused:
            whom = ", ".join(sorted("/".join(recipient) for recipient in self._refused))
            raise Unavailable(
                f"Messages are refused ({self._way.value}) for: {whom}. `ivr callbacks show` tells"
                " the reason.",
                code="messages_refused",
            )

    async def run(self) -> None:
        """Deliver until cancelled. Waits where way or store are away, and says so once."""
        while True:
            self._woken.clear()
            try:
                await self.deliver_waiting()
            except Unavailable as error:
                self._held_up.note(error)
                await asyncio.sleep(self._backoff.next())
                continue
            self._backoff.reset()
            self._held_up.end()
            await self._wait()

    async def deliver_waiting(self) -> None:
        """Deliver all that waits now. Raises Unavailable where way or store are away.

        One caseworker for whom a message is refused holds up nobody else; what there is for
        that one waits for the next time.
        """
        passed_over: set[_Recipient] = set()
        while messages := await self._next_batch(passed_over):
            try:
                for message in messages:
                    await self._deliver(message, passed_over)
            finally:
                await self._note_delivered()
        self._refused = passed_over

    async def _deliver(self, message: OutboxMessage, passed_over: set[_Recipient]) -> None:
        recipient = (message.department, message.caseworker)
        if recipient in passed_over:
            return
        try:
            await self._courier.deliver(message)
        except Refused as refusal:
            passed_over.add(recipient)
            self._report_refusal(recipient, refusal)
            await self._note_refusal(message, refusal)
        else:
            self._unmarked.append(message.message_id)

    async def _next_batch(self, passed_over: set[_Recipient]) -> list[OutboxMessage]:
        await self._repeat_the_latest()
        async with self._store.transaction() as transaction:
            # First, or messages the store failed to mark would go out again and again.
            await transaction.mark_published(self._unmarked, self._clock.now())
            messages = await transaction.unpublished(
                BATCH, without=passed_over, way=self._way, at=self._clock.now()
            )
        self._unmarked = []
        return messages

    async def _repeat_the_latest(self) -> None:
        anew, self._anew = self._anew, False
        if not anew:
            return
        try:
            async with self._store.transaction() as transaction:
                await transaction.mark_published(self._unmarked, self._clock.now())
                await transaction.publish_latest_again(FORGETTABLE)
        except Unavailable:
            self._anew = True
            raise
        self._unmarked = []

    async def _note_refusal(self, message: OutboxMessage, refusal: Refused) -> None:
        """Note it, so that people see why and the pauses grow over a restart as well."""
        pause = self._pauses[min(message.tries, len(self._pauses) - 1)] if self._pauses else None
        try_at = None if pause is None else self._clock.now() + pause
        async with self._store.transaction() as transaction:
            await transaction.note_refusal(message.message_id, refusal.message, try_at)

    async def _note_delivered(self) -> None:
        """Mark at once, so that little is repeated after a crash; else with the next batch."""
        with suppress(Unavailable):
            async with self._store.transaction() as transaction:
                await transaction.mark_published(self._unmarked, self._clock.now())
            self._unmarked = []

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._sweep_seconds):
                await self._woken.wait()

    def _report_refusal(self, recipient: _Recipient, refusal: Refused) -> None:
        if recipient in self._refused:
            return
        department, caseworker = recipient
        log.error(
            "callbacks_refused",
            way=self._way.value,
            department=department,
            caseworker=caseworker,
            reason=refusal.message,
        )
