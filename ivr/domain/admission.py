"""Admission: a caller's way into the queue for the first time, or away from it.

Shared by the parts of the engine that send callers there.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain.floor import Due, Floor
from ivr.domain.live import LiveCall, Phase
from ivr.domain.rules import AtClosing
from ivr.domain.speech import Sound, Utterance
from ivr.domain.welcome import language_offers

PLEASE_WAIT: Utterance = (Sound("please-wait"),)
PLACE_REGAINED: Utterance = (Sound("place-regained"), *PLEASE_WAIT)


def admit(floor: Floor, call: LiveCall, now: datetime, words: Utterance = ()) -> None:
    """Let the caller wait for an agent, and say so, or ``words``."""
    floor.enter_queue(call, now)
    floor.say(call, words or (PLACE_REGAINED if call.regained else PLEASE_WAIT), now)
    if floor.rules.at_closing is AtClosing.OFFER_CALLBACK:
        closing = floor.county.hours_of(call.department).closing(now)
        if closing is not None:
            floor.timers.set((Due.CLOSING, call.id), closing)


def turn_away(floor: Floor, call: LiveCall, why: Utterance, now: datetime) -> None:
    """Tell the caller why there is nobody to talk to; a callback may be asked for."""
    call.phase = Phase.CLOSED
    call.turned_away = why
    floor.say(call, (*why, *language_offers(floor.county, call.language)), now)
