"""Offering: longest-waiting caller first, longest-idle ready agent first, until they talk.

An offer ends in a talk, or the caller is where the caller was and the agent is freed, paused or
given a rest, depending on whose doing it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain.agents import Agent, PauseReason, Presence
from ivr.domain.events import FailureCause, FeatureCodeDialled
from ivr.domain.floor import Due, Floor
from ivr.domain.live import LiveCall, Offer, Phase
from ivr.domain.speech import Sound

CONNECT_LIMIT = timedelta(seconds=5)
"""By then caller and agent hear each other, or joining them failed."""
VISIT_LIMIT = timedelta(seconds=30)
"""By then an agent's own short call is over."""
FAULT_REST = timedelta(seconds=2)
"""An offer that failed for technical reasons is not repeated to the same agent before this."""


class Offering:
    """Callers meeting agents, and what agents choose to be."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    # -- the policy ----------------------------------------------------------------------------

    def serve(self, now: datetime) -> None:
        """Offer every waiting caller for whom somebody suitable is ready."""
        idle = self._floor.roster.idle()
        if not idle:
            return
        for call in self._floor.queue():
            if call.ringing:
                continue
            agent = next((a for a in idle if a.can_serve(call.department)), None)
            if agent is not None:
                idle.remove(agent)
                self._offer(call, agent, now)

    def _offer(self, call: LiveCall, agent: Agent, now: datetime) -> None:
        floor = self._floor
        offer = Offer(floor.offer_id(call), call.id, agent.id)
        floor.offers[offer.id] = offer
        call.ringing.append(offer.id)
        floor.roster.offered(agent, offer.id, call.id)
        ring_time = floor.rules.ring_time
        floor.timers.set((Due.RING, offer.id), now + ring_time)
        floor.command(
            do.OfferCall(call.id, offer.id, agent.id, self._shown(call), call.caller, ring_time)
        )

    def _shown(self, call: LiveCall) -> str:
        county = self._floor.county
        label = county.label(call.department)
        if call.caller is None:
            return label
        return f"{label} · {county.numbering.display(call.caller)}"

    # -- from ringing to talking ---------------------------------------------------------------

    def answered(self, offer: Offer, now: datetime) -> None:
        """The agent picked up: caller and agent are joined."""
        if offer.answered_at is not None:
            return
        floor = self._floor
        call = floor.calls[offer.call]
        offer.answered_at = now
        floor.timers.cancel((Due.RING, offer.id))
        call.ringing.remove(offer.id)
        call.offer = offer.id
        floor.stop_ringing(call, do.Withdrawal.ELSEWHERE, now)
        floor.timers.set((Due.CONNECT, offer.id), now + CONNECT_LIMIT)
        floor.leave_queue(call)
        floor.silence(call)
        floor.command(do.ConnectCall(call.id, offer.id))

    def connected(self, offer: Offer) -> None:
        """They hear each other."""
        if offer.answered_at is None or offer.connected:
            return
        floor = self._floor
        offer.connected = True
        floor.timers.cancel((Due.CONNECT, offer.id))
        call = floor.calls[offer.call]
        call.phase = Phase.TALKING
        call.answered_at = offer.answered_at
        call.agent = offer.agent
        floor.roster.talking(floor.agent(offer.agent))

    # -- what comes to nothing -----------------------------------------------------------------

    def not_answered(self, offer: Offer, now: datetime) -> None:
        """The ring time is over."""
        self._floor.withdraw_offer(offer, do.Withdrawal.NO_ANSWER, now)
        self._floor.roster.pause(self._floor.agent(offer.agent), PauseReason.MISSED, now)

    def failed(self, offer: Offer, cause: FailureCause, now: datetime) -> None:
        """The agent's leg ended unanswered."""
        if offer.answered_at is not None:
            self.agent_left(offer, now)
            return
        agent = self._floor.agent(offer.agent)
        self._floor.leg_ended(offer.id)
        self._floor.forget_offer(offer)
        match cause:
            case FailureCause.NO_ANSWER:
                self._floor.roster.pause(agent, PauseReason.MISSED, now)
            case FailureCause.REJECTED:
                self._floor.roster.pause(agent, PauseReason.REJECTED, now)
            case FailureCause.UNREACHABLE:
                self._floor.roster.pause(agent, PauseReason.UNREACHABLE, now)
            case FailureCause.FAULT:
                self._rest(agent, now)
            case _:
                assert_never(cause)

    def connect_failed(self, offer: Offer, now: datetime) -> None:
        """Caller and agent could not be joined: the caller gets the old place back."""
        if offer.answered_at is None or offer.connected:
            return
        self._floor.withdraw_offer(offer, do.Withdrawal.ELSEWHERE, now)
        self._rest(self._floor.agent(offer.agent), now)
        self._back_to_place(offer, now)

    def agent_left(self, offer: Offer, now: datetime) -> None:
        """The agent hung up: the end of a talk, or as good as a rejection before it."""
        if offer.answered_at is None:
            self.failed(offer, FailureCause.REJECTED, now)
            return
        floor = self._floor
        call = floor.calls[offer.call]
        floor.leg_ended(offer.id)
        if not offer.connected:
            floor.withdraw_offer(offer, do.Withdrawal.ELSEWHERE, now)
            floor.roster.pause(floor.agent(offer.agent), PauseReason.REJECTED, now)
            self._back_to_place(offer, now)
            return
        floor.end_talk(offer, now)
        if call.dialog is None:
            floor.command(do.HangUpCall(call.id))
            floor.gone(call, now)
        else:  # the caller may finish the request for a callback alone
            call.phase = Phase.LEAVING

    def _back_to_place(self, offer: Offer, now: datetime) -> None:
        call = self._floor.calls[offer.call]
        self._floor.enter_queue(call, now)
        self._floor.command(do.StartMusic(call.id))

    def _rest(self, agent: Agent, now: datetime) -> None:
        until = now + FAULT_REST
        self._floor.roster.rest(agent, until)
        self._floor.timers.set((Due.REST, agent.id), until)

    # -- what agents choose --------------------------------------------------------------------

    def presence_chosen(self, agent: Agent, presence: Presence, reason: str, now: datetime) -> None:
        """Take note of what the agent wants; a ringing phone of one who leaves falls silent."""
        floor = self._floor
        floor.roster.choose(agent, presence, reason, now)
        if presence is Presence.READY:
            floor.timers.cancel((Due.WRAP_UP, agent.id))
            floor.timers.cancel((Due.REST, agent.id))
        else:
            self._floor.take_back_offer(agent, now)

    def wrap_up_ended(self, agent: Agent, now: datetime) -> None:
        """The agent is done with the last call, or the time for it is over."""
        if agent.wrap_up_until is not None:
            self._floor.timers.cancel((Due.WRAP_UP, agent.id))
            self._floor.roster.end_wrap_up(agent, now)

    def feature_code(self, event: FeatureCodeDialled, now: datetime) -> None:
        """Do what an agent dialled, and say so."""
        agent = self._floor.roster.configured(event.agent)
        dialled = self._floor.codes.dialled(event.code)
        sound = Sound("agent-unknown")
        if agent is not None:
            agent.legs.add(event.visit)
            self._floor.timers.set((Due.LEG, event.visit), now + VISIT_LIMIT)
        if agent is not None and dialled is not None:
            sound = dialled.sound
            if dialled.presence is None:
                self.wrap_up_ended(agent, now)
            else:
                self.presence_chosen(agent, dialled.presence, "", now)
        self._floor.command(do.SpeakAndHangUp(event.visit, (sound,), self._floor.county.language))

    def phone_reachable(self, agent: Agent, now: datetime) -> None:
        """The phone is back; so is an agent who was paused for its absence."""
        agent.reachable = True
        if agent.presence is Presence.PAUSED and agent.reason == PauseReason.UNREACHABLE.value:
            self._floor.roster.choose(agent, Presence.READY, "", now)

    def phone_unreachable(self, agent: Agent, now: datetime) -> None:
        """The phone is gone: its caller need not wait for it, and nobody missed anything."""
        agent.reachable = False
        self._floor.take_back_offer(agent, now)
