"""Limiting: who can't enter the queue, or can't stay in it, and the way out. Never silence.

A caller whose agent's phone rings, or who is asking for a callback, is not sent away; that is
looked at again when it came to nothing. Nor is a caller who kept the place and was phoned back, nor
one who was served already and is back because a transfer failed: they wait until they are served.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain.calls import Outcome
from ivr.domain.due import Due
from ivr.domain.floor import Floor, outcome_of
from ivr.domain.live import Exit, LiveCall, Party, Phase, Purpose
from ivr.domain.rules import WayOut
from ivr.domain.speech import Sound

LOOK_FOR_AGENTS = timedelta(seconds=20)
"""Nobody there at two looks in a row: a phone that is away for a moment sends nobody away."""
NOBODY_THERE = Sound("nobody-there")
LOOK_AGAIN = timedelta(seconds=5)
"""When a caller who waited too long could not be sent away just now."""


class Limiting:
    """The limits of the queue."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    # -- at the door ---------------------------------------------------------------------------

    def turned_away(self, call: LiveCall, now: datetime) -> bool:
        """Show the caller the way out where the queue can't be entered."""
        limits = self._floor.rules.limits
        if limits.max_waiting is not None and len(self._floor.waiting) >= limits.max_waiting:
            reason = Sound("queue-full")
        elif not limits.join_empty and not self._floor.somebody_there(call):
            reason = NOBODY_THERE
        else:
            return False
        self._show_out(call, reason, now)
        return True

    # -- inside --------------------------------------------------------------------------------

    def begin(self, call: LiveCall, now: datetime) -> None:
        """Set the time of the next look whether the caller may stay; who was promised to, may."""
        if call.kept is not None or call.answered_at is not None:
            return
        limits = self._floor.rules.limits
        looks = [now + LOOK_FOR_AGENTS] if limits.leave_when_empty else []
        latest = self._latest(call)
        if latest is not None:
            looks.append(latest if latest > now else now + LOOK_AGAIN)
        if looks:
            self._floor.timers.set((Due.LIMIT, call.id), min(looks))

    def look(self, call: LiveCall, now: datetime) -> None:
        """Send a caller away who can't stay."""
        reason = self._reason_to_leave(call, now)
        if reason is None or call.ringing:
            self.begin(call, now)
        else:
            self._floor.voice.silence(call)
            self._show_out(call, reason, now)

    def _reason_to_leave(self, call: LiveCall, now: datetime) -> Sound | None:
        latest = self._latest(call)
        if latest is not None and latest <= now:
            return Sound("waited-too-long")
        leaves = self._floor.rules.limits.leave_when_empty
        before, call.deserted = call.deserted, leaves and not self._floor.somebody_there(call)
        return NOBODY_THERE if before and call.deserted else None

    def _latest(self, call: LiveCall) -> datetime | None:
        limit = self._floor.rules.limits.max_wait
        if limit is None or call.queued_at is None:
            return None
        return call.queued_at + limit

    # -- the way out ---------------------------------------------------------------------------

    def _show_out(self, call: LiveCall, reason: Sound, now: datetime) -> None:
        floor = self._floor
        limits = floor.rules.limits
        call.shown_out, call.left_at = reason, now
        floor.brought_forward.append(call.id)
        floor.entrance.leave(call)
        match limits.way_out:
            case WayOut.ANNOUNCEMENT:
                floor.goodbye(call, Outcome.OVERFLOWED, (reason,), now)
            case WayOut.CALLBACK:
                self._leave_by(call, Exit(reason), now)
            case WayOut.NUMBER:
                self._leave_by(call, Exit(reason, limits.number), now)
            case _:
                assert_never(limits.way_out)

    def _leave_by(self, call: LiveCall, way_out: Exit, now: datetime) -> None:
        call.phase, call.exit, call.ends_as = Phase.WAY_OUT, way_out, Outcome.OVERFLOWED
        offer = Sound("putting-through" if way_out.number else "way-out-callback")
        self._floor.voice.say(call, (way_out.reason, offer), now)

    def said(self, call: LiveCall, now: datetime) -> None:
        """The caller knows: put the caller through, or wait for a key."""
        floor = self._floor
        number = _exit(call).number
        if number is not None:
            floor.command(do.StartMusic(call.id))
            label = floor.county.label(call.department)
            ring_time = floor.county.transfers.ring_time
            floor.third_parties.dial(call, Purpose.OVERFLOW, number, label, ring_time, now)
        else:
            floor.let_think(call, now)

    def answered(self, party: Party, _now: datetime) -> None:
        """Whoever the caller is put through to picked up."""
        floor = self._floor
        call = floor.calls[party.call]
        call.phase, call.transferred_to = Phase.HANDED_OVER, party.to
        floor.command(do.StopMusic(party.call))
        floor.command(do.HandOver(party.call, party.id))

    def failed(self, party: Party, now: datetime) -> None:
        """Nobody picked up, or they could not be joined: a callback is left."""
        call = self._floor.calls[party.call]
        call.transferred_to = ""
        if not party.answered:
            self._floor.command(do.StopMusic(call.id))
        self._leave_by(call, Exit(_exit(call).reason), now)

    def left(self, party: Party, now: datetime) -> None:
        """Whoever the caller was put through to hung up."""
        call = self._floor.calls[party.call]
        self._floor.hang_up(call, outcome_of(call), now)


def _exit(call: LiveCall) -> Exit:
    if call.exit is None:
        raise AssertionError(f"call {call.id} is shown out without a reason")
    return call.exit
