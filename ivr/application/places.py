"""Kept places on their way into the store, and back out of it when the program starts.

One writer takes all changes in order. A place is promised only after its first commit: that is
tried once, and answered either way. What follows (its changes, its release) nobody waits for; it
is tried until it is done, so a promise is never lost and a kept one never kept again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from ivr.application.backoff import Backoff
from ivr.application.ports.store import Store
from ivr.application.ports.switch import Post
from ivr.application.written_later import WrittenLater
from ivr.domain.commands import Command
from ivr.domain.errors import Unavailable
from ivr.domain.events import Event, PlaceNotStored, PlaceRestored, PlaceStored
from ivr.domain.ids import CallId
from ivr.domain.kept_place import KeptPlace

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Change:
    """``kept`` is to be stored, None: the place is to be released; ``first``: it is promised."""

    call: CallId
    kept: KeptPlace | None
    first: bool = False


class KeptPlaces:
    """Writes what becomes of kept places; ``post`` tells the engine."""

    def __init__(self, store: Store, post: Post, backoff: Backoff | None = None) -> None:
        self._store = store
        self._post = post
        self._waiting: list[_Change] = []
        self._known: set[CallId] = set()
        """Those promised, or about to be; what comes for others is a first time."""
        self._answers: list[Event] = []
        """What came of first times, and the engine has not been told; at a stop it never is."""
        self._to_restore = False
        """The store has not been asked yet what was promised before."""
        self._later = WrittenLater("places", self.flush, lambda: len(self._waiting), backoff)

    async def restore_if_possible(self) -> None:
        """Tell the engine of every place still to be honoured; later, where the store is away."""
        self._to_restore = True
        try:
            await self._restore()
        except Unavailable:
            self._later.wake()

    async def _restore(self) -> None:
        if not self._to_restore:
            return
        async with self._store.transaction() as transaction:
            places = await transaction.places()
        released = {change.call for change in self._waiting if change.kept is None}
        to_honour = [kept for kept in places if kept.call not in released]
        stored = {kept.call for kept in to_honour}
        asked = [change.call for change in self._waiting if change.first and change.call in stored]
        self._waiting = [
            replace(change, first=False) if change.call in stored else change
            for change in self._waiting
        ]
        self._known |= stored
        for kept in to_honour:
            self._post(PlaceRestored(kept))
        for call in asked:  # in the run before, which did not hear the answer
            self._answer(PlaceStored(call))
        self._to_restore = False
        if to_honour:
            log.info("places_restored", places=len(to_honour))

    def keep(self, kept: KeptPlace, *, promised: bool = False) -> None:
        """Have a place stored, or its change; never waits.

        The first time ends with PlaceStored or PlaceNotStored, unless an earlier run has
        ``promised`` it.
        """
        first = kept.call not in self._known and not promised
        self._add(_Change(kept.call, kept, first=first))
        self._known.add(kept.call)

    def release(self, call: CallId) -> None:
        """Have a place forgotten; never waits."""
        self._add(_Change(call, None))
        self._known.discard(call)

    @property
    def settled(self) -> bool:
        """Whether nothing waits, nor an answer for the engine."""
        return not self._waiting and not self._answers

    def heard(self, event: Event | None, _commands: Sequence[Command], _now: datetime) -> None:
        """Take note of what the engine has been told; the dispatcher is followed by this."""
        if event in self._answers:
            self._answers.remove(event)

    async def run(self) -> None:
        """Write until cancelled; then write what is left, once."""
        await self._later.run()

    async def flush(self) -> None:
        """Write all that waits. Raises Unavailable; then no new place is promised."""
        try:
            await self._restore()
            changes = self._waiting[:]
            if not changes:
                return
            await self._write(changes)
        except Unavailable as error:
            self._refuse_new_places(error)
            raise
        del self._waiting[: len(changes)]
        for change in changes:
            if change.first:
                self._answer(PlaceStored(change.call))

    async def _write(self, changes: list[_Change]) -> None:
        async with self._store.transaction() as transaction:
            for change in changes:
                if change.kept is None:
                    await transaction.release_place(change.call)
                else:
                    await transaction.save_place(change.kept)

    def _refuse_new_places(self, error: Unavailable) -> None:
        """Promise none of the new places.

        Each becomes a release: a commit whose answer got lost may have taken place all the same.
        Not where nothing was read yet, and so nothing written: the place may be one of before.
        """
        refused = [change.call for change in self._waiting if change.first]
        waiting = [_Change(each.call, None) if each.first else each for each in self._waiting]
        if self._to_restore:
            waiting = [each for each in self._waiting if not each.first]
        self._waiting = waiting
        for call in refused:
            log.error("place_not_stored", call=call, reason=error.message)
            self._known.discard(call)
            self._answer(PlaceNotStored(call))

    def _answer(self, event: PlaceStored | PlaceNotStored) -> None:
        self._answers.append(event)
        self._post(event)

    def _add(self, change: _Change) -> None:
        self._waiting.append(change)
        self._later.wake(at_once=change.first)  # a caller waits for the answer
