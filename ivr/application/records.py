"""Finished calls, and what came of them, on their way into the store.

The call path does not wait for the disk; what can't be written now is kept and tried again, in
order. It never drops a record while the program runs.
"""

from __future__ import annotations

from ivr.application.backoff import Backoff
from ivr.application.ports.store import Store
from ivr.application.written_later import WrittenLater
from ivr.domain.calls import CallRecord
from ivr.domain.commands import NoteResult
from ivr.domain.ids import E164

_GATHERS_SECONDS = 0.1


class CallRecords:
    """Writes finished calls, several in one commit when many end at once."""

    def __init__(self, store: Store, backoff: Backoff | None = None) -> None:
        self._store = store
        self._unwritten: list[CallRecord | NoteResult] = []
        self._later = WrittenLater(
            "calls", self.flush, lambda: len(self._unwritten), backoff, _GATHERS_SECONDS
        )

    def add(self, record: CallRecord | NoteResult) -> None:
        """Have ``record`` written, a result behind its call; never waits."""
        self._unwritten.append(record)
        self._later.wake()

    def hurry(self) -> None:
        """Have what waits written without waiting for more."""
        if self._unwritten:
            self._later.wake(at_once=True)

    def waits_for(self, number: E164) -> bool:
        """Whether a call from ``number`` is not written yet."""
        return any(
            isinstance(record, CallRecord) and record.caller_number == number
            for record in self._unwritten
        )

    @property
    def settled(self) -> bool:
        """Whether nothing waits."""
        return not self._unwritten

    async def run(self) -> None:
        """Write until cancelled; then write what is left, once."""
        await self._later.run()

    async def flush(self) -> None:
        """Write all that waits. Raises Unavailable; then all of it waits on."""
        records = self._unwritten[:]
        if not records:
            return
        async with self._store.transaction() as transaction:
            await transaction.add_calls([each for each in records if isinstance(each, CallRecord)])
            for result in records:  # each behind its call
                if isinstance(result, NoteResult):
                    await transaction.note_result(result.call, result.agent, result.result)
        del self._unwritten[: len(records)]
