"""What an earlier run commanded, written down once more: nobody knows how much of it was.

Everything has an id of its own, so what was written is not written twice; what adds to a callback
has none, and is looked for in the callback's history first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from ivr.application.call_back_results import CallBackResults
from ivr.application.callbacks_in_calls import is_of
from ivr.application.places import KeptPlaces
from ivr.application.ports import Post, Store
from ivr.application.records import CallRecords
from ivr.application.recovery import Again
from ivr.domain import commands as do
from ivr.domain.errors import Unavailable
from ivr.domain.events import CallbackAddedTo
from ivr.domain.live import Phase
from ivr.domain.memory import Memory

_Adding = do.AddToCallback | do.NoteReached
_InLane = do.StoreCallback | _Adding


class Redoing:
    """Hands commands to those who write them down, before there is anything new to write."""

    def __init__(
        self,
        store: Store,
        records: CallRecords,
        places: KeptPlaces,
        results: CallBackResults,
        post: Post,
    ) -> None:
        self._store = store
        self._records = records
        self._places = places
        self._results = results
        self._post = post

    async def redo(self, again: Sequence[Again], memory: Memory) -> list[_InLane]:
        """Have all of ``again`` written; return what the dispatcher has to carry out for that.

        ``memory`` is what the engine remembers now. Call it before kept places are restored.
        """
        asking = {call.id for call in memory.calls if call.phase is Phase.KEEPING}
        in_lanes: list[_InLane] = []
        for each in again:
            match each.command:
                case do.RecordCall(record):
                    self._records.add(record)
                case do.NoteOutgoingCall() as noted:
                    self._results.add(noted)
                case do.KeepPlace(kept):
                    self._places.keep(kept, promised=kept.call not in asking)
                case do.ReleasePlace(call):
                    self._places.release(call)
                case do.StoreCallback() as command:
                    in_lanes.append(command)
                case do.AddToCallback() | do.NoteReached() as command:
                    if not await self._is_done(command, each.at):
                        in_lanes.append(command)
                    elif isinstance(command, do.AddToCallback):
                        self._post(CallbackAddedTo(command.callback, command.call))
                case _:
                    assert_never(each.command)
        return in_lanes

    async def _is_done(self, command: _Adding, since: datetime) -> bool:
        """Whether the same has added to the callback since then."""
        try:
            async with self._store.transaction() as transaction:
                versions = await transaction.history(command.callback)
        except Unavailable:
            return False  # nor can it be done now, and that is what is told then
        return any(
            version.changed_at is not None
            and version.changed_at >= since
            and is_of(version, command)
            for version in versions
        )
