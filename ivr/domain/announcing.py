"""Announcing: what a caller hears while waiting, between the music.

The place in the queue, how long it will probably take, and where that is long, what else the
caller can do. Only music is interrupted, never words, and not for nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.domain import commands as do
from ivr.domain import due
from ivr.domain.estimating import Standing
from ivr.domain.floor import Floor
from ivr.domain.live import LiveCall
from ivr.domain.speech import Count, Sound, Utterance

_HIGHEST_COUNT = 99
_MINUTE = timedelta(minutes=1)
_EXACT = 10
"""Up to so many minutes people name each; beyond, they say fifteen or twenty."""
_STEP = 5
_LONGEST = 30
"""Beyond so many minutes it is just long."""


class Announcing:
    """Announcements to waiting callers."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def begin(self, call: LiveCall, now: datetime) -> None:
        """Set the time of the caller's next announcement."""
        if call.queued_at is None:
            raise AssertionError(f"call {call.id} waits without having entered the queue")
        at = self._floor.rules.announcing.next_after(now, queued_at=call.queued_at)
        if at is not None:
            self._floor.timers.set((due.ANNOUNCE, call.id), at)

    def announce(self, call: LiveCall, now: datetime) -> None:
        """Tell the caller how things stand, where music is all there is to hear."""
        floor = self._floor
        self.begin(call, now)
        if call.playback is not None:
            return
        words = self._words(call, now)
        if words:
            floor.command(do.StopMusic(call.id))
            floor.voice.say(call, words, now)

    def _words(self, call: LiveCall, now: datetime) -> Utterance:
        rules = self._floor.rules.announcing
        if call.place is None:
            raise AssertionError(f"call {call.id} waits without a place")
        standing = self._floor.standing(call, call.place, now)
        words: Utterance = ()
        if rules.position:
            words += position_words(standing.position)
        if rules.estimate and standing.estimate is not None:
            words += estimate_words(standing.estimate)
        if self._is_long(standing):
            words += (Sound("callback-offer"),)
            if self._floor.may_keep_place(call):
                words += (Sound("keep-place-offer"),)
        return words

    def _is_long(self, standing: Standing) -> bool:
        """Whether the caller may want to do something else than wait."""
        threshold = self._floor.rules.announcing.offer_callback_above
        return bool(threshold) and (standing.estimate or timedelta(0)) >= threshold


def position_words(position: int) -> Utterance:
    """Say a place in the queue."""
    if position == 1:
        return (Sound("position-next"),)
    if position > _HIGHEST_COUNT:
        return ()
    return (Sound("position"), Count(position))


def estimate_words(estimate: timedelta) -> Utterance:
    """Say how long it will take, rounded as people do.

    >>> [str(phrase) for phrase in estimate_words(timedelta(minutes=7, seconds=40))[1:]]
    ["Count(number=8)", "Sound(name='estimate-minutes')"]
    """
    minutes = round(estimate / _MINUTE)
    if minutes > _EXACT:
        minutes = round(estimate / _MINUTE / _STEP) * _STEP
    begin = Sound("estimate")
    if estimate < _MINUTE:
        return (begin, Sound("estimate-under-a-minute"))
    if minutes == 1:
        return (begin, Sound("estimate-a-minute"))
    if minutes > _LONGEST:
        return (begin, Sound("estimate-long"))
    return (begin, Count(minutes), Sound("estimate-minutes"))
