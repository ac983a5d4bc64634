"""What an earlier run commanded, written down once more: nobody knows how much of it was.

Everything has an id of its own, so what was written is not written twice; what adds to a callback
has none, and is looked for in the callback's history, in the transaction that adds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from ivr.application.call_back_results import CallBackResults
from ivr.application.callbacks_in_calls import Doubtful
from ivr.application.places import KeptPlaces
from ivr.application.records import CallRecords
from ivr.application.recovery import Again
from ivr.domain import commands as do
from ivr.domain.live import Phase
from ivr.domain.memory import Memory

_InLane = do.StoreCallback | Doubtful


class Redoing:
    """Hands commands to those who write them down, before there is anything new to write."""

    def __init__(
        self,
        records: CallRecords,
        places: KeptPlaces,
        results: CallBackResults,
    ) -> None:
        self._records = records
        self._places = places
        self._results = results

    def redo(self, again: Sequence[Again], memory: Memory) -> list[_InLane]:
        """Have all of ``again`` written; return what the dispatcher has to carry out for that.

        ``memory`` is what the engine remembers now. Call it before kept places are restored.
        """
        asking = {call.id for call in memory.calls if call.phase is Phase.KEEPING}
        in_lanes: list[_InLane] = []
        for each in again:
            match each.command:
                case do.RecordCall(record):
                    self._records.add(record)
                case do.NoteResult() as result:
                    self._records.add(result)
                case do.NoteOutgoingCall() as noted:
                    self._results.add(noted)
                case do.KeepPlace(kept):
                    self._places.keep(kept, promised=kept.call not in asking)
                case do.ReleasePlace(call):
                    self._places.release(call)
                case do.StoreCallback() as command:
                    in_lanes.append(command)
                case do.AddToCallback() | do.NoteReached() as command:
                    in_lanes.append(Doubtful(command, each.at))
                case _:
                    assert_never(each.command)
        return in_lanes
