"""Reception: a caller arrives, is greeted or told that the service is closed, and leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain.calls import Outcome
from ivr.domain.events import CallArrived
from ivr.domain.floor import Due, Floor, outcome_of
from ivr.domain.live import LiveCall, Phase
from ivr.domain.speech import Clock, Day, Sound, Utterance

CLOSED_PAUSE = timedelta(seconds=6)
"""How long a caller may think about a callback after the closed announcement."""


class Reception:
    """Callers coming and going."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def arrived(self, event: CallArrived, now: datetime) -> None:
        """Greet the caller; one who dialled what is not ours is turned away."""
        floor = self._floor
        if event.call in floor.calls:
            return
        destination = floor.county.destination(event.dialled, event.diverted_from)
        call = LiveCall(
            id=event.call,
            dialled=destination.did if destination else event.dialled,
            department=destination.department if destination else None,
            caller=floor.county.numbering.parse(event.caller),
            arrived_at=now,
            language=floor.county.language,
        )
        floor.calls[call.id] = call
        if destination is None:
            floor.hang_up(call, Outcome.FAILED, now)
            return
        floor.command(do.AnswerCall(call.id))
        if floor.county.hours.is_open(now):
            floor.say(call, (Sound("greeting"),), now)
        else:
            call.phase = Phase.CLOSED
            floor.say(call, self._closed_words(now), now)

    def said(self, call: LiveCall, now: datetime) -> None:
        """Go on after what the caller was told."""
        floor = self._floor
        floor.played(call)
        if call.dialog is not None:  # a number was asked for; nothing is said while storing
            floor.timers.set((Due.NUMBER, call.id), now + floor.rules.number_pause)
            return
        match call.phase:
            case Phase.GREETING:
                floor.knock(call, (Sound("please-wait"),))
            case Phase.WAITING:
                floor.command(do.StartMusic(call.id))
            case Phase.CLOSED:
                floor.timers.set((Due.CLOSED, call.id), now + CLOSED_PAUSE)
            case Phase.LEAVING:
                floor.hang_up(call, outcome_of(call), now)
            case (
                Phase.TALKING
                | Phase.WAY_OUT
                | Phase.KEEPING
                | Phase.AWAY
                | Phase.CONSULTING
                | Phase.HANDED_OVER
                | Phase.GONE
            ):
                pass
            case _:
                assert_never(call.phase)

    def thought_it_over(self, call: LiveCall, now: datetime) -> None:
        """The caller who can't be served was offered a callback and did not ask for one."""
        self._floor.goodbye(call, outcome_of(call), (), now)

    def left(self, call: LiveCall, now: datetime) -> None:
        """The caller hung up, wherever that was."""
        floor = self._floor
        floor.stop_ringing(call, do.Withdrawal.CALLER_GONE, now)
        offer = floor.talk_of(call)
        if offer is not None and offer.connected:
            floor.end_talk(offer, now)
        elif offer is not None:
            floor.withdraw_offer(offer, do.Withdrawal.CALLER_GONE, now)
            floor.roster.free(floor.agent(offer.agent), now)
        floor.gone(call, now)

    def _closed_words(self, now: datetime) -> Utterance:
        opening = self._floor.county.hours.next_opening(now)
        when: Utterance = ()
        if opening is not None:
            when = (
                Sound("open-again"),
                Day(opening.date()),
                Sound("from"),
                Clock(opening.time()),
            )
        return (Sound("closed"), *when, Sound("closed-callback-offer"))
