"""What came of outgoing calls on its way into the store, and into the callbacks' ledgers.

The call path does not wait for the disk; what can't be written now is kept and tried again, in
order. The end of a call and the attempt it was are one commit, so none is noted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from ivr.application.backoff import Backoff
from ivr.application.callbacks import Callbacks, existing_callback
from ivr.application.dispatcher import Dispatcher
from ivr.application.ports.store import Store, Transaction
from ivr.application.written_later import WrittenLater
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import Attempt, AttemptResult, CallbackState, Comment
from ivr.domain.errors import Refused

log = structlog.get_logger(__name__)

_PHONED = {
    "de": {
        AttemptResult.REACHED: "Hat inzwischen angerufen: erreicht.",
        AttemptResult.BUSY: "Hat inzwischen angerufen: besetzt.",
        AttemptResult.NOT_REACHED: "Hat inzwischen angerufen: nicht erreicht.",
    },
    "en": {
        AttemptResult.REACHED: "Has phoned meanwhile: reached.",
        AttemptResult.BUSY: "Has phoned meanwhile: busy.",
        AttemptResult.NOT_REACHED: "Has phoned meanwhile: not reached.",
    },
}
"""What the next owner reads of the call of the one before, in the county's language."""


class CallBackResults:
    """Follows the dispatcher and writes down how outgoing calls end."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        store: Store,
        callbacks: Callbacks,
        backoff: Backoff | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._store = store
        self._callbacks = callbacks
        self._unwritten: list[do.NoteOutgoingCall] = []
        self._later = WrittenLater("call_backs", self.flush, lambda: len(self._unwritten), backoff)
        dispatcher.follow(self._follow)

    @property
    def settled(self) -> bool:
        """Whether nothing waits."""
        return not self._unwritten

    def add(self, noted: do.NoteOutgoingCall) -> None:
        """Have it written how an outgoing call ended; never waits."""
        self._unwritten.append(noted)
        self._later.wake()

    async def run(self) -> None:
        """Write until cancelled; then write what is left, once."""
        await self._later.run()

    async def flush(self) -> None:
        """Write all that waits. Raises Unavailable; then the rest waits on."""
        while self._unwritten:
            async with self._store.transaction() as transaction:
                await self._write(transaction, self._unwritten[0])
            del self._unwritten[0]
            self._callbacks.committed()

    def _follow(
        self, _event: on.Event | None, commands: Sequence[do.Command], _now: datetime
    ) -> None:
        for command in commands:
            if isinstance(command, do.NoteOutgoingCall):
                log.info(
                    "outgoing_call_ended",
                    call=command.call,
                    callback=command.callback,
                    result=command.result,
                    talked_seconds=command.talked_seconds,
                )
                self.add(command)

    async def _write(self, transaction: Transaction, noted: do.NoteOutgoingCall) -> None:
        is_news = await transaction.end_outgoing(
            noted.call, noted.result, noted.ended_at, noted.talked_seconds
        )
        if is_news and noted.result.attempt is not None:
            await self._note_attempt(transaction, noted, noted.result.attempt)

    async def _note_attempt(
        self, transaction: Transaction, noted: do.NoteOutgoingCall, result: AttemptResult
    ) -> None:
        """Note the attempt, unless the callback was closed meanwhile.

        Whoever it was given to meanwhile, and has not taken it yet, reads of the call.
        """
        try:
            callback = await existing_callback(transaction, noted.callback)
            given_away = callback.state is CallbackState.REQUESTED
            await self._callbacks.change_in(
                transaction,
                callback,
                Comment() if given_away else Attempt(result),
                by=noted.caseworker,
                comment=self._words(result) if given_away else "",
            )
        except Refused as refusal:
            log.warning("attempt_not_noted", callback=noted.callback, code=refusal.code)

    def _words(self, result: AttemptResult) -> str:
        return _PHONED.get(self._dispatcher.county.language, _PHONED["en"])[result]
