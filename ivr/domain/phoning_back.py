"""Phoning back a caller who kept the place, when it is the caller's turn.

Agent first: the agent is offered the call as ever, answers, and hears that the caller is being
phoned. Caller first: the caller is phoned when somebody suitable is ready, and waits in front of
all who came later. What comes to nothing is tried again after a while, at the old place; when it
is given up, :mod:`ivr.domain.keeping_place` says.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ivr.domain import commands as do
from ivr.domain.agents import PauseReason
from ivr.domain.due import WHISPER_LIMIT, Due
from ivr.domain.floor import Floor
from ivr.domain.live import AWAY, LiveCall, Offer, Party, Phase, Phoning, Purpose
from ivr.domain.rules import FirstReached
from ivr.domain.speech import Sound
from ivr.domain.staff import Staff


class PhoningBack:
    """Callers being phoned."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    # -- whose turn it is ----------------------------------------------------------------------

    def serve(self, now: datetime) -> None:
        """Phone every caller for whom, in the order of the queue, somebody suitable is ready.

        The agent is not held: by the time the caller answers it is the next to get free.
        """
        floor = self._floor
        if floor.keeping_place.first is FirstReached.AGENT:
            return
        if all(kind.offerable for kind in floor.seekers.lines(now)):
            return  # nobody who is away
        idle = Staff(floor.rules.strategy, floor.roster.idle())
        for waiting in list(floor.waiting):
            if idle.is_occupied:
                return
            call = floor.calls[waiting]
            if call.ringing or call.rests_until is not None:
                continue
            need = floor.need(call, now)
            if idle.meets(need):
                idle.leave_out(idle.next_for(call, need))
                if call.phase is AWAY and not call.parties:
                    self._phone(call, now)

    def agent_answered(self, offer: Offer, now: datetime) -> None:
        """The agent picked up: now the caller is phoned."""
        call = self._floor.calls[offer.call]
        if call.phase is AWAY and offer.phoning is None:
            offer.phoning = Phoning.RINGING
            self._tell(offer, Sound("caller-phoned-back"), now)
            self._phone(call, now)

    def _phone(self, call: LiveCall, now: datetime) -> None:
        floor = self._floor
        if call.kept is None:
            raise AssertionError(f"call {call.id} is away and keeps no place")
        ring_time = floor.keeping_place.ring_time
        label = floor.county.name
        floor.third_parties.dial(
            call, Purpose.PHONING_BACK, call.kept.number, label, ring_time, now
        )

    # -- reached -------------------------------------------------------------------------------

    def answered(self, party: Party, now: datetime) -> None:
        """The caller picked up, and is on the line again."""
        floor = self._floor
        call = floor.calls[party.call]
        floor.third_parties.adopt(party, now)
        floor.timers.cancel((Due.AWAY, call.id))
        call.on_line = True
        call.phase = Phase.WAITING
        offer = floor.talk_of(call)
        if offer is not None:
            offer.answered_at = now  # the talk begins when both are there
            offer.whispering = False
            floor.talks.join(offer, now)
        else:
            floor.entrance.leave(call)
            floor.entrance.enter(call, now)
            floor.voice.say(call, (Sound("keep-place-welcome"),), now)

    # -- not reached ---------------------------------------------------------------------------

    def failed(self, party: Party, now: datetime) -> None:
        """The caller did not pick up, or is busy."""
        floor = self._floor
        call = floor.calls[party.call]
        if call.kept is None:
            raise AssertionError(f"call {call.id} was phoned and keeps no place")
        call.kept = replace(call.kept, attempts=call.kept.attempts + 1)
        floor.command(do.KeepPlace(call.kept))
        call.rests_until = now + floor.keeping_place.retry_after
        floor.timers.set((Due.AWAY, call.id), now)  # perhaps that was the last attempt
        floor.entrance.leave(call)
        floor.entrance.hold(call, now)
        offer = floor.talk_of(call)
        if offer is not None:
            offer.phoning = Phoning.IN_VAIN
            if not offer.whispering:
                self._break_the_news(offer, now)

    def left(self, party: Party, _now: datetime) -> None:
        """Never told: who picked up is the caller from then on."""
        raise AssertionError(f"{party.id} picked up and is a third party still")

    def heard(self, offer: Offer, now: datetime) -> None:
        """The agent has heard what there was to hear, or its end got lost."""
        offer.whispering = False
        self._floor.timers.cancel((Due.WHISPER, offer.id))
        if offer.phoning is Phoning.IN_VAIN:
            self._break_the_news(offer, now)
        elif offer.phoning is Phoning.TOLD:
            self._let_go(offer, now)

    def _break_the_news(self, offer: Offer, now: datetime) -> None:
        offer.phoning = Phoning.TOLD
        self._tell(offer, Sound("caller-not-reached"), now)

    def _let_go(self, offer: Offer, now: datetime) -> None:
        """Free the agent, without wrap-up: there was nothing to wrap up."""
        self._floor.talks.withdraw(offer, do.Withdrawal.ELSEWHERE, now)
        self._floor.roster.free(self._floor.agent(offer.agent), now)

    def agent_left(self, offer: Offer, now: datetime) -> None:
        """The agent hung up: as good as a rejection, but for one who knows that it is over.

        A caller whose telephone rings is not put off: who answers is next, as if phoned first.
        """
        floor = self._floor
        floor.lines.ended(offer.id, now)
        self._let_go(offer, now)
        if offer.phoning is Phoning.RINGING:
            floor.roster.pause(floor.agent(offer.agent), PauseReason.REJECTED, now)

    def _tell(self, offer: Offer, words: Sound, now: datetime) -> None:
        floor = self._floor
        offer.whispering = True
        floor.timers.set((Due.WHISPER, offer.id), now + WHISPER_LIMIT)
        floor.command(do.PlayToAgent(offer.call, offer.id, (words,), floor.county.language))
