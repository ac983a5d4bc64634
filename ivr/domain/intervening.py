"""Intervening: what a supervisor does with a caller who has not got an agent yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ivr.domain import commands as do
from ivr.domain.calls import Outcome
from ivr.domain.due import Due
from ivr.domain.floor import Floor
from ivr.domain.live import LiveCall, Phase
from ivr.domain.speech import Sound


class Intervening:
    """Moving a waiting caller up, and taking one out."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def moved_up(self, call: LiveCall) -> None:
        """Let the caller be served next; only one who waits has a turn to move.

        Of one who keeps the place without waiting on the line the new place is stored.
        """
        before = call.place
        self._floor.entrance.move_up(call)
        if call.kept is not None and call.place is not None and call.place != before:
            call.kept = replace(call.kept, place=call.place)
            self._floor.command(do.KeepPlace(call.kept))

    def taken_out(self, call: LiveCall, now: datetime) -> None:
        """End the call with a word, unless an agent or a promise is on its way."""
        dialog = call.dialog
        promising = dialog is not None and (dialog.number is not None or dialog.stands)
        without_agent = call.phase in (Phase.GREETING, Phase.MENU, Phase.WAITING, Phase.CLOSED)
        if not without_agent or call.offer is not None or promising:
            return
        floor = self._floor
        call.dialog = None
        for due in (Due.NUMBER, Due.MENU, Due.CLOSED):
            floor.timers.cancel((due, call.id))
        floor.talks.stop_ringing(call, do.Withdrawal.CALLER_GONE, now)
        floor.voice.silence(call)
        floor.goodbye(call, Outcome.OVERFLOWED, (Sound("taken-out"),), now)
