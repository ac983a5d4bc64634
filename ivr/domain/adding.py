"""Adding to a callback: who has requested one already calls again.

The call is noted with the callback there is; a second request is made only on purpose. Who calls
another department has another matter.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain import commands as do
from ivr.domain.due import STORE_LIMIT, THINKING_PAUSE, Due
from ivr.domain.floor import Floor
from ivr.domain.ids import AgentId, CallbackId
from ivr.domain.known import KnownCallback, asked_already, same_matter
from ivr.domain.live import CallbackDialog, LiveCall, Step


class Adding:
    """Callers with an open callback."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def to(self, call: LiveCall) -> KnownCallback | None:
        """Return the callback that the call belongs to; None: it was added, or there is none."""
        return None if call.added else same_matter(call.known, call.department)

    def tell(
        self, call: LiveCall, dialog: CallbackDialog, known: KnownCallback, now: datetime
    ) -> None:
        """Tell the caller that there is a request already."""
        dialog.step = Step.KNOWN
        dialog.known = known
        county = self._floor.county
        words = asked_already(known, county, call.department, county.rules.callback_key, now)
        self._floor.voice.say(call, words, now)

    def let_think(self, call: LiveCall, now: datetime) -> None:
        """Give the caller a moment to want a second one."""
        self._floor.timers.set((Due.NUMBER, call.id), now + THINKING_PAUSE)

    def add(
        self, call: LiveCall, dialog: CallbackDialog, agent: AgentId | None, now: datetime
    ) -> None:
        """Have it stored that the caller has called again."""
        if dialog.known is None:
            raise AssertionError(f"call {call.id} has no callback to add to")
        floor = self._floor
        dialog.step = Step.ADDING
        floor.timers.set((Due.STORE, call.id), now + STORE_LIMIT)
        floor.command(do.AddToCallback(call.id, dialog.known.id, agent))

    def forget(self, call: LiveCall, callback: CallbackId) -> None:
        """The callback is over, and nothing can be added to it."""
        call.known = tuple(known for known in call.known if known.id != callback)
