"""Whose business it is what a caller does, and what becomes of what a caller was told."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.calls import Outcome
from ivr.domain.floor import Floor
from ivr.domain.live import AWAY, GONE, KEEPING, LiveCall, Phase
from ivr.domain.parts import Parts

_ON_THE_WAY = frozenset({Phase.WAY_OUT, Phase.RETURNING, AWAY})
"""Those who hear where they go from here."""
_TOLD_HERE = frozenset({Phase.HANDED_OVER, Phase.LEAVING, Phase.GONE})


class EventsOfCalls:
    """To the part whose business it is, by where the caller is."""

    def __init__(self, floor: Floor, parts: Parts) -> None:
        """Route to ``parts``, which work on ``floor``."""
        self._floor = floor
        self._parts = parts

    def happened(self, event: on.OfCall, now: datetime) -> None:
        """Have the part take note whose business it is; unknown or over: nobody's."""
        call = self._floor.calls.get(event.call)
        if call is None:
            outgoing = self._floor.outgoing.get(event.call)
            if outgoing is not None:
                self._parts.calling_back.happened(event, outgoing, now)
            return
        if call.phase is AWAY:
            self._of_absent(event, call, now)
            return
        match event:  # the commonest first
            case on.PlaybackFinished(playback=playback):
                if call.playback == playback:
                    self.said(call, now)
            case on.CallerHungUp() | on.CallerLost() | on.CallerTakenOver():
                self._left(event, call, now)
            case on.CallerPressed(key=key):
                self._pressed(call, key, now)
            case on.CallerRecognised(callbacks=known):
                call.known = known
            case on.MessageRecorded(recording=recording, seconds=seconds):
                self._parts.promising.recorded(call, recording, seconds, now)
            case (
                on.CallbackStored()
                | on.CallbackNotStored()
                | on.CallbackAddedTo()
                | on.CallbackNotAddedTo()
            ):
                self._parts.promising.answered(call, event, now)
            case on.CallerMovedUp():
                self._parts.intervening.moved_up(call)
            case on.CallerTakenOut():
                self._parts.intervening.taken_out(call, now)
            case on.PlaceStored():
                self._parts.keeping_place.stored(call, now)
            case on.PlaceNotStored():
                self._parts.keeping_place.not_stored(call, now)
            case _:
                assert_never(event)

    def _left(
        self,
        event: on.CallerHungUp | on.CallerLost | on.CallerTakenOver,
        call: LiveCall,
        now: datetime,
    ) -> None:
        match event:
            case on.CallerHungUp():
                self.hung_up(call, now)
            case on.CallerLost():
                self._lost(call, now)
            case on.CallerTakenOver():
                self._taken_over(call, now)
            case _:
                assert_never(event)

    def _lost(self, call: LiveCall, now: datetime) -> None:
        """The switch ended, and the call with it: it has failed, unless its outcome was decided.

        So has a talk that broke off, for nobody knows whether the matter was settled. Its record
        keeps who answered and when: the caller did get an agent, and waits and service levels
        count it as answered. Who calls again is served first.
        """
        if not self._parts.keeping_place.lost(call, now):
            call.ends_as = call.ends_as or Outcome.FAILED
            self.hung_up(call, now)

    def _taken_over(self, call: LiveCall, now: datetime) -> None:
        """Asterisk's own queue has the caller, and tells of the call: no record is left here.

        What is on its way into the store gets there all the same. Who was answered here, or put
        through, or has heard the last words, is told of here: as if the caller had hung up.
        """
        if call.answered_at is not None or call.phase in _TOLD_HERE:
            self.hung_up(call, now)
        else:
            call.taken_over = True
            self._parts.reception.left(call, now, do.Withdrawal.ELSEWHERE)

    def hung_up(self, call: LiveCall, now: datetime) -> None:
        """The caller hung up, or the leg by which the caller was phoned back is gone."""
        if call.phase is KEEPING:
            self._parts.keeping_place.hung_up(call, now)
        elif call.phase is not GONE:
            self._parts.promising.caller_leaves(call, now)
            self._parts.reception.left(call, now)

    def _pressed(self, call: LiveCall, key: str, now: datetime) -> None:
        """The key means what the first of these says."""
        parts = self._parts
        meant = (
            parts.reception.pressed(call, key, now)
            or parts.returning.pressed(call, key, now)
            or parts.keeping_place.pressed(call, key, now)
        )
        if not meant:
            parts.promising.caller_pressed(call, key, now)

    def _of_absent(self, event: on.OfCall, call: LiveCall, now: datetime) -> None:
        """The caller keeps the place and is away, or hears the last words before."""
        match event:
            case on.CallerHungUp() | on.CallerLost() | on.CallerTakenOver():
                self._parts.keeping_place.hung_up(call, now)
            case on.CallerRecognised(callbacks=known):
                call.known = known
            case on.PlaybackFinished(playback=playback):
                if call.playback == playback:
                    self.said(call, now)
            case on.CallbackStored(callback=callback):
                self._parts.keeping_place.callback_stored(call, callback, now)
            case on.CallerMovedUp():
                self._parts.intervening.moved_up(call)
            case on.CallerTakenOut():
                self._parts.keeping_place.taken_out(call, now)
            case (
                on.CallerPressed()
                | on.MessageRecorded()
                | on.CallbackNotStored()  # it is tried again when that is due
                | on.CallbackAddedTo()
                | on.CallbackNotAddedTo()
                | on.PlaceStored()
                | on.PlaceNotStored()
            ):
                pass
            case _:
                assert_never(event)

    def said(self, call: LiveCall, now: datetime) -> None:
        """What the caller was told has ended."""
        offer = self._floor.talk_of(call)
        self._floor.voice.ended(call)
        if offer is not None and offer.announcing:
            self._parts.offering.announced(offer, now)
        elif call.dialog is not None:
            self._parts.promising.said(call, call.dialog, now)
        else:
            self._parts.reception.said(call, now)
            if call.phase in _ON_THE_WAY:
                self._said_on_the_way(call, now)

    def _said_on_the_way(self, call: LiveCall, now: datetime) -> None:
        if call.phase is Phase.WAY_OUT:
            self._parts.limiting.said(call, now)
        elif call.phase is Phase.RETURNING:
            self._parts.returning.said(call, now)
        else:
            self._parts.keeping_place.said(call, now)
