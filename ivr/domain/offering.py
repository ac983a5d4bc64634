"""Offering: waiting callers in their order, each to the agent whose turn it is, until they talk.

With the strategy ``ring_several`` spare agents ring for a caller as well; the first to answer wins.
An offer ends in a talk, or the caller is where the caller was and the agent is freed, paused or
given a rest, depending on whose doing it was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain import due
from ivr.domain.agents import Agent, PauseReason
from ivr.domain.due import WHISPER_LIMIT, Due
from ivr.domain.events import FailureCause
from ivr.domain.floor import Floor
from ivr.domain.known import concerning
from ivr.domain.known import label as known_label
from ivr.domain.live import AWAY, TALKING, LiveCall, Offer, Phase
from ivr.domain.rules import Strategy
from ivr.domain.seeking import Kind
from ivr.domain.speech import Sound, department_prompt

PHONED_BACK = "↩"
"""What marks, on the agent's phone, a caller who is not on the line and will be phoned."""
FAULT_REST = timedelta(seconds=2)
"""An offer that failed for technical reasons is not repeated to the same agent before this."""


class Offering:
    """Callers meeting agents."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    # -- the policy ----------------------------------------------------------------------------

    def serve(self, now: datetime) -> None:
        """Offer every waiting caller for whom somebody suitable is ready.

        Everybody gets one agent before anybody gets a second.
        """
        floor = self._floor
        self._ring(lambda kind: not kind.phones, now)
        if floor.rules.strategy is Strategy.RING_SEVERAL:
            self._ring(lambda kind: bool(kind.phones), now)

    def _ring(self, wanted: Callable[[Kind], bool], now: datetime) -> None:
        """Let agents ring for waiting callers of the kinds that are ``wanted``, as far as they go.

        Whoever is left with nobody suitable stays so: meanwhile nobody becomes idle.
        """
        floor, staff = self._floor, self._floor.roster.staff

        def served(kind: Kind) -> bool:
            return kind.offerable and wanted(kind) and staff.meets(kind.need)

        while (found := floor.seekers.first(served, now)) is not None:
            waiting, need = found
            call = floor.calls[waiting]
            self._offer(call, staff.next_for(call, need), now)

    def _offer(self, call: LiveCall, agent: Agent, now: datetime) -> None:
        floor = self._floor
        offer = Offer(floor.offer_id(call), call.id, agent.id)
        floor.offers[offer.id] = offer
        call.ringing.append(offer.id)
        floor.seekers.touch(call.id)
        floor.roster.offered(agent, offer.id, call.id, now)
        ring_time = floor.rules.ring_time
        floor.timers.set((due.RING, offer.id), now + ring_time)
        label, away = self._shown(call, now), not call.on_line
        floor.command(
            do.OfferCall(call.id, offer.id, agent.id, label, call.caller, ring_time, away)
        )

    def _shown(self, call: LiveCall, now: datetime) -> str:
        """What the agent's phone shows besides the caller's number."""
        floor = self._floor
        known = concerning(call.known, call.department)
        if known is None:
            label = floor.label(call)
        else:
            of_call, county = call.department, floor.county
            label = f"{county.label(of_call)} · {known_label(known, county, of_call, now)}"
        return f"{PHONED_BACK} {label}" if call.phase is AWAY else label

    # -- from ringing to talking ---------------------------------------------------------------

    def answered(self, offer: Offer, now: datetime) -> None:
        """The agent picked up: the others stop ringing, and the caller leaves the queue."""
        if offer.answered_at is not None:
            return
        floor = self._floor
        call = floor.calls[offer.call]
        offer.answered_at = now
        floor.timers.cancel((due.RING, offer.id))
        call.ringing.remove(offer.id)
        call.offer, call.left_at = offer.id, None
        floor.talks.stop_ringing(call, do.Withdrawal.ELSEWHERE, now)
        floor.entrance.leave(call)
        floor.roster.answered(floor.agent(offer.agent))
        if call.phase is not AWAY:  # whoever is away has to be phoned first
            self._prepare(call, offer, now)

    def _prepare(self, call: LiveCall, offer: Offer, now: datetime) -> None:
        """Tell the agent what the call is about, and the caller that somebody answers."""
        floor = self._floor
        if floor.rules.whisper:
            offer.whispering = True
            words = (department_prompt(call.department or "common"),)
            floor.command(do.PlayToAgent(call.id, offer.id, words, floor.county.language))
        if floor.rules.connect_announcement:
            offer.announcing = True
            floor.voice.silence(call)
            floor.voice.say(call, (Sound("connecting"),), now)
        if offer.whispering or offer.announcing:
            floor.timers.set((due.WHISPER, offer.id), now + WHISPER_LIMIT)
        else:
            self._floor.talks.join(offer, now)

    def whispered(self, offer: Offer, now: datetime) -> None:
        """The agent has heard what the call is about."""
        if offer.whispering:
            offer.whispering = False
            if not offer.announcing:
                self._floor.talks.join(offer, now)

    def announced(self, offer: Offer, now: datetime) -> None:
        """The caller has heard that somebody answers; music until the agent has heard all."""
        floor = self._floor
        call = floor.calls[offer.call]
        offer.announcing = False
        floor.voice.ended(call)
        if offer.whispering:
            floor.command(do.StartMusic(call.id))
        else:
            self._floor.talks.join(offer, now)

    def prepared(self, offer: Offer, now: datetime) -> None:
        """Go on without the end of what was said: it got lost, or it takes too long."""
        offer.whispering = offer.announcing = False
        self._floor.talks.join(offer, now)

    def connected(self, offer: Offer, now: datetime) -> None:
        """They hear each other."""
        if not offer.joining or offer.connected:
            return
        floor = self._floor
        offer.connected = True
        floor.timers.cancel((due.CONNECT, offer.id))
        call = floor.calls[offer.call]
        call.phase = TALKING
        call.answered_at = call.answered_at or offer.answered_at
        call.agent, call.result = offer.agent, None
        floor.brought_forward.append(call.id)
        floor.roster.talking(floor.agent(offer.agent), now)

    # -- what comes to nothing -----------------------------------------------------------------

    def not_answered(self, offer: Offer, now: datetime) -> None:
        """The ring time is over."""
        self._floor.talks.withdraw(offer, do.Withdrawal.NO_ANSWER, now)
        self._missed(self._floor.agent(offer.agent), now)

    def failed(self, offer: Offer, cause: FailureCause, now: datetime) -> None:
        """The agent's leg ended unanswered."""
        if offer.answered_at is not None:
            self.agent_left(offer, now)
            return
        agent = self._floor.agent(offer.agent)
        self._floor.lines.ended(offer.id, now)
        self._floor.talks.forget(offer)
        match cause:
            case FailureCause.NO_ANSWER:
                self._missed(agent, now)
            case FailureCause.REJECTED | FailureCause.BUSY:
                self._floor.roster.pause(agent, PauseReason.REJECTED, now)
            case FailureCause.UNREACHABLE:
                self._floor.roster.pause(agent, PauseReason.UNREACHABLE, now)
            case FailureCause.FAULT:
                self._rest(agent, now)
            case _:
                assert_never(cause)

    def connect_failed(self, offer: Offer, now: datetime) -> None:
        """Caller and agent could not be joined: the caller gets the old place back."""
        if not offer.joining or offer.connected:
            return
        self._floor.talks.withdraw(offer, do.Withdrawal.ELSEWHERE, now)
        self._rest(self._floor.agent(offer.agent), now)
        self._back_to_place(offer, now)

    def agent_left(self, offer: Offer, now: datetime) -> None:
        """The agent hung up: the end of a talk, or as good as a rejection before it."""
        if offer.answered_at is None:
            self.failed(offer, FailureCause.REJECTED, now)
            return
        floor = self._floor
        call = floor.calls[offer.call]
        floor.lines.ended(offer.id, now)
        if not offer.connected:
            floor.talks.withdraw(offer, do.Withdrawal.ELSEWHERE, now)
            floor.roster.pause(floor.agent(offer.agent), PauseReason.REJECTED, now)
            self._back_to_place(offer, now)
            return
        floor.talks.end(offer, now)
        if call.dialog is None:
            floor.command(do.HangUpCall(call.id))
            floor.gone(call, now)
        else:  # the caller may finish the request for a callback alone
            call.phase = Phase.LEAVING

    def _back_to_place(self, offer: Offer, now: datetime) -> None:
        call = self._floor.calls[offer.call]
        self._floor.entrance.enter(call, now)
        self._floor.voice.stop(call)
        self._floor.command(do.StartMusic(call.id))

    def _missed(self, agent: Agent, now: datetime) -> None:
        self._floor.roster.missed(agent, self._floor.rules.pause_after_missed, now)

    def _rest(self, agent: Agent, now: datetime) -> None:
        until = now + FAULT_REST
        self._floor.roster.rest(agent, until, now)
        self._floor.timers.set((Due.REST, agent.id), until)
