"""Looking up who calls: the open callbacks of the number a call comes from.

Follows the dispatcher and tells the engine what the store knew. The call goes on meanwhile, and
where the store is slow or away it is a call like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from ivr.application.callbacks import OPEN_STATES
from ivr.application.dispatcher import Dispatcher
from ivr.application.held_up import HeldUp
from ivr.application.ports.store import CallbackFilter, Store, Transaction
from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import Callback, CallbackEvent, CallbackState
from ivr.domain.errors import Unavailable
from ivr.domain.ids import E164, CallId
from ivr.domain.known import KnownCallback
from ivr.domain.memory import Memory

log = structlog.get_logger(__name__)

MOST_WAITING = 500
"""So many calls wait for the store to answer at most; others are not looked up."""

MOST_CALLBACKS = 10
"""So many open callbacks of one number are told of at most, the latest requests."""

_GATHERS_SECONDS = 0.1
"""A greeting lasts longer. The first steps of the call go first, and callers who come together are
looked up together."""

_MOST_TOGETHER = 20
"""In one transaction."""


class KnownCallers:
    """Looks up the callers of all calls, those together who come together."""

    def __init__(self, dispatcher: Dispatcher, store: Store, post: Post) -> None:
        self._dispatcher = dispatcher
        self._store = store
        self._post = post
        self._held_up = HeldUp("callers_not_looked_up", "callers_looked_up_again")
        self._asked: asyncio.Queue[tuple[CallId, E164]] = asyncio.Queue(MOST_WAITING)
        dispatcher.follow(self._follow)

    def _follow(
        self, event: on.Event | None, _commands: Sequence[do.Command], _now: datetime
    ) -> None:
        match event:
            case on.CallArrived(call=call, caller=caller):
                number = self._dispatcher.county.numbering.parse(caller)
                if number is not None and not self._asked.full():
                    self._asked.put_nowait((call, number))
            case on.PlaceRestored(kept=kept) if not self._asked.full():
                self._asked.put_nowait((kept.call, kept.number))
            case _:
                pass

    def look_up_again(self, memory: Memory) -> None:
        """Look up who was not looked up in an earlier run and still waits."""
        for call in memory.calls:
            if call.caller is None or call.known or call.agent is not None:
                continue
            if not self._asked.full():
                self._asked.put_nowait((call.id, call.caller))

    async def run(self) -> None:
        """Look up until cancelled."""
        while True:
            asked = [await self._asked.get()]
            await asyncio.sleep(_GATHERS_SECONDS)
            while len(asked) < _MOST_TOGETHER and not self._asked.empty():
                asked.append(self._asked.get_nowait())
            try:
                await self._look_up(asked)
            except Unavailable as error:
                self._held_up.note(error)
            else:
                self._held_up.end()

    async def _look_up(self, asked: Sequence[tuple[CallId, E164]]) -> None:
        async with self._store.transaction() as transaction:
            promised = await transaction.promised({number for _, number in asked})
            found = [
                (call, await known_callbacks(transaction, number))
                for call, number in asked
                if number in promised
            ]
        for call, callbacks in found:
            if callbacks:
                log.info("caller_recognised", call=call, callbacks=len(callbacks))
                self._post(on.CallerRecognised(call, callbacks))


async def known_callbacks(transaction: Transaction, number: E164) -> tuple[KnownCallback, ...]:
    """Return the open callbacks of ``number``. Raises Unavailable.

    What was tried in vain last comes before the rest: that call is returned.
    """
    wanted = CallbackFilter(
        states=OPEN_STATES, number=number, latest_first=True, limit=MOST_CALLBACKS
    )
    callbacks = await transaction.callbacks(wanted)
    tried = {
        each.id: _tried_at(await transaction.history(each.id))
        for each in callbacks
        if _is_missed(each)
    }
    never = datetime.min.replace(tzinfo=UTC)
    latest_first = sorted(callbacks, key=lambda each: tried.get(each.id, never), reverse=True)
    return tuple(map(_known, latest_first))


def _is_missed(callback: Callback) -> bool:
    return callback.state is CallbackState.ATTEMPTED and callback.in_vain > 0


def _tried_at(versions: Sequence[Callback]) -> datetime:
    """When the latest attempt was made; ``versions`` are all of a callback, with one in it."""
    return max(
        version.changed_at
        for version in versions
        if version.event is CallbackEvent.ATTEMPTED and version.changed_at is not None
    )


def _known(callback: Callback) -> KnownCallback:
    return KnownCallback(
        id=callback.id,
        department=callback.department,
        caseworker=callback.caseworker,
        state=callback.state,
        due_at=callback.due_at,
        attempts=callback.attempts,
        missed=_is_missed(callback),
    )
