"""Into the queue, out of it, and back: a caller's place is never lost on the way.

It says how, not when: that is the business of the engine's parts.
"""

from __future__ import annotations

from datetime import datetime
from itertools import repeat

from ivr.domain import commands as do
from ivr.domain.due import Due
from ivr.domain.ids import E164, CallId
from ivr.domain.live import WAITING, LiveCall
from ivr.domain.need import widens_at
from ivr.domain.speech import Utterance
from ivr.domain.state import State

_OF_WHO_WAITS = (Due.ANNOUNCE, Due.CLOSING, Due.LIMIT, Due.WIDEN)


class Entrance:
    """Callers' ways into the queue and out of it."""

    def __init__(self, state: State) -> None:
        """Work on ``state``."""
        self._state = state
        self.entries = 0
        """How many callers have entered, ever, or know their number already."""
        self.at_the_door: list[tuple[CallId, Utterance]] = []
        """Who has knocked in this step, and what they hear when they are in."""
        self.entered: list[CallId] = []
        """Who has entered the queue in this step, or is back in it."""

    def knock(self, call: LiveCall, welcome: Utterance) -> None:
        """The caller wants to wait: is let in with ``welcome``, or sent away, in this step."""
        self.at_the_door.append((call.id, welcome))

    def take_from_door(self) -> list[tuple[LiveCall, Utterance]]:
        """Return whoever has knocked, and forget it."""
        knocked, self.at_the_door = self.at_the_door, []
        return [
            (self._state.calls[call], welcome)
            for call, welcome in knocked
            if call in self._state.calls
        ]

    def take_entered(self) -> list[LiveCall]:
        """Return whoever has entered the queue, or is back in it, and forget it."""
        entered, self.entered = self.entered, []
        return [self._state.calls[call] for call in entered if call in self._state.calls]

    def enter(self, call: LiveCall, now: datetime) -> None:
        """Let the caller wait: a new one at the end, a returning one at the original place."""
        if call.entered_as == 0:
            call.entered_as = len(self._state.waiting) + 1
        call.queued_at = self.since(call, now)
        if call.place is None:
            head_start = self._state.county.head_start(call.department, call.caller)
            call.place = (call.queued_at - head_start, self._number(call))
        call.phase = WAITING
        self._state.waiting.enter(call.id, call.place)
        self._state.seekers.touch(call.id)
        self.await_widening(call, now)
        self.entered.append(call.id)
        self._state.brought_forward.append(call.id)

    def since(self, call: LiveCall, now: datetime) -> datetime:
        """Say since when the caller waits, or would wait who entered now."""
        if call.queued_at is not None:
            return call.queued_at
        return now if call.entry is None else call.entry[0]

    def count_from_arrival(self, until: datetime) -> None:
        """Let whoever arrived until then and has not entered yet wait since the arrival.

        For callers whom nobody could greet, and for those who were being greeted. None of them
        stands before somebody who arrived earlier: where the way in took an earlier one longer, so
        that the wait began after their arrival, theirs begins then as well. Only since when people
        wait is compared, of all who have a place, also in a talk: head starts, a place regained and
        moving up count from there, as ever. Looks at every call, as it is rarely needed.
        """
        came = (call for call in self._state.calls.values() if call.arrived_at <= until)
        latest: datetime | None = None
        for call in sorted(came, key=lambda call: call.arrived_at):
            if call.queued_at is None and call.entry is None:
                call.entry = max(call.arrived_at, latest or call.arrived_at), self._number(call)
            since = self.since(call, until)
            latest = max(since, latest or since)

    def _number(self, call: LiveCall) -> int:
        """Return the caller's number among those who entered at the same time."""
        if call.entry is not None:
            return call.entry[1]
        self.entries += 1
        return self.entries

    def leave(self, call: LiveCall) -> None:
        """Take the caller out of the waiting room; the place is kept."""
        if call.place is not None and self._state.waiting.leave(call.id, call.place):
            self._state.seekers.gone(call.id)
        self._state.timers.cancel_all(zip(_OF_WHO_WAITS, repeat(call.id)))

    def move_up(self, call: LiveCall) -> None:
        """Let a waiting caller be the next; the place of one who does not wait stays."""
        if call.place is not None:
            call.place = self._state.waiting.move_up(call.id, call.place)
            self._state.seekers.touch(call.id)

    def await_widening(self, call: LiveCall, now: datetime) -> None:
        """Look again when the caller's need widens: somebody may be suitable then."""
        at = widens_at(call, self._state.rules.widening, now)
        if at is not None:
            self._state.timers.set((Due.WIDEN, call.id), at)

    def regain(self, call: LiveCall) -> None:
        """Give the caller the place of an earlier call from this number, where one was lost."""
        lost = self._state.lost_places.get(call.caller) if call.caller is not None else None
        if call.caller is not None and lost is not None and lost[0] <= call.arrived_at:
            call.place = lost
            call.regained = True
            self.forget_lost(call.caller)

    def forget_lost(self, number: E164) -> None:
        """A lost place is regained by now, or never will be."""
        del self._state.lost_places[number]
        self._state.timers.cancel((Due.REDIAL, number))

    def keep_lost(self, call: LiveCall, now: datetime, *, gave_up: bool) -> None:
        """Keep the place of a caller who was lost, for a while.

        Only once for one who ``gave_up``: nobody holds a place by calling again and again.
        """
        again = gave_up and call.regained and call.queued_at is not None
        if call.caller is None or call.place is None or again:
            return
        within = self._state.rules.redial_within
        if within:
            self._state.lost_places[call.caller] = call.place
            self._state.timers.set((Due.REDIAL, call.caller), now + within)

    def hold(self, call: LiveCall, now: datetime) -> None:
        """Let a caller who is away stand in the queue."""
        if call.place is None:
            raise AssertionError(f"call {call.id} is away without a place")
        self._state.waiting.enter(call.id, call.place)
        self._state.seekers.touch(call.id)
        self.await_widening(call, now)
        self._state.brought_forward.append(call.id)

    def release(self, call: LiveCall) -> None:
        """The kept place is used up, or was never promised."""
        call.kept = None
        self._state.command(do.ReleasePlace(call.id))
