"""The relay: brings what waits in the outbox to the broker. The only publisher of callbacks.

Works by row state alone: whatever is not marked as published is published, however it came to
be left over. A message may reach the broker twice, always with the same ``message_id``; none is
left out.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from ivr.application.backoff import Backoff
from ivr.application.ports import Broker, Clock, OutboxMessage, Store
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CaseworkerId, DepartmentId, MessageId

log = structlog.get_logger(__name__)

_Recipient = tuple[DepartmentId, CaseworkerId]

BATCH = 100
"""Messages published between two commits; as many may come twice after a crash."""

FORGETTABLE = timedelta(seconds=60)
"""A broker that crashes may forget what it acknowledged up to so long before."""

SWEEP_SECONDS = 30.0
"""How often to look without being woken: other processes store callbacks too."""


class Relay:
    """Publishes the outbox in order, one message at a time."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._backoff = backoff or Backoff(first=0.25, longest=5.0)
        self._sweep_seconds = sweep_seconds
        self._woken = asyncio.Event()
        self._unmarked: list[MessageId] = []
        """The broker has these, the store does not know yet."""
        self._refused: set[_Recipient] = set()
        """Whom the broker takes nothing for; each is reported once."""
        self._held_up = False
        self._anew = False

    def wake(self) -> None:
        """Say that there is something to publish; never waits."""
        self._woken.set()

    def connected(self) -> None:
        """Say that the broker is connected anew; never waits.

        It may have crashed and forgotten what it acknowledged in its last moments: that is
        published again.
        """
        self._anew = True
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled. Waits where broker or store are away, and says so once."""
        while True:
            self._woken.clear()
            try:
                await self.publish_waiting()
            except Unavailable as error:
                self._note_held_up(error)
                await asyncio.sleep(self._backoff.next())
                continue
            self._note_running()
            await self._wait()

    async def publish_waiting(self) -> None:
        """Publish all that waits now. Raises Unavailable where broker or store are away.

        One caseworker whose messages the broker refuses holds up nobody else's; theirs are
        tried again the next time.
        """
        passed_over: set[_Recipient] = set()
        while messages := await self._next_batch(passed_over):
            try:
                for message in messages:
                    await self._publish(message, passed_over)
            finally:
                await self._note_published()
        self._refused = passed_over

    async def _publish(self, message: OutboxMessage, passed_over: set[_Recipient]) -> None:
        recipient = (message.department, message.caseworker)
        if recipient in passed_over:
            return
        try:
            await self._broker.publish(message)
        except Refused as refusal:
            passed_over.add(recipient)
            self._note_refused(recipient, refusal)
        else:
            self._unmarked.append(message.message_id)

    async def _next_batch(self, passed_over: set[_Recipient]) -> list[OutboxMessage]:
        await self._repeat_the_latest()
        async with self._store.transaction() as transaction:
            # First, or messages the store failed to mark would go out again and again.
            await transaction.mark_published(self._unmarked, self._clock.now())
            messages = await transaction.unpublished(BATCH, without=passed_over)
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

    async def _note_published(self) -> None:
        """Mark at once, so that little is repeated after a crash; else with the next batch."""
        with suppress(Unavailable):
            async with self._store.transaction() as transaction:
                await transaction.mark_published(self._unmarked, self._clock.now())
            self._unmarked = []

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._sweep_seconds):
                await self._woken.wait()

    def _note_refused(self, recipient: _Recipient, refusal: Refused) -> None:
        if recipient in self._refused:
            return
        department, caseworker = recipient
        log.error(
            "callbacks_refused_by_broker",
            department=department,
            caseworker=caseworker,
            reason=refusal.message,
        )

    def _note_held_up(self, error: Unavailable) -> None:
        if not self._held_up:
            log.warning("callbacks_held_up", reason=error.message)
        self._held_up = True

    def _note_running(self) -> None:
        self._backoff.reset()
        if self._held_up:
            log.info("callbacks_published_again")
        self._held_up = False
