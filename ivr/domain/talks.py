"""Offers and the talks they become: how they end, and what that means for the agent."""

from __future__ import annotations

from datetime import datetime
from itertools import repeat

from ivr.domain import commands as do
from ivr.domain import due
from ivr.domain.agents import Agent
from ivr.domain.due import CONNECT_LIMIT, Due
from ivr.domain.keys import InCall
from ivr.domain.lines import Lines
from ivr.domain.live import AWAY, LiveCall, Offer, Purpose
from ivr.domain.state import State
from ivr.domain.third_parties import ThirdParties
from ivr.domain.voice import Voice

_OF_AN_OFFER = (due.RING, due.WHISPER, due.CONNECT, Due.CODE)


class Talks:
    """Offers, from ringing to the end of the talk."""

    def __init__(
        self, state: State, lines: Lines, third_parties: ThirdParties, voice: Voice
    ) -> None:
        """Work on ``state``."""
        self._state = state
        self._lines = lines
        self._third_parties = third_parties
        self._voice = voice

    def forget(self, offer: Offer) -> None:
        """The agent's leg is gone or given up; the agent is left to the one who asks."""
        del self._state.offers[offer.id]
        call = self._state.calls[offer.call]
        if call.offer == offer.id:
            call.offer = None
            if call.phase is AWAY:  # nobody else who was answered stands in the queue
                self._state.seekers.touch(call.id)
        else:
            call.ringing.remove(offer.id)
            self._state.seekers.touch(call.id)
        self._state.timers.cancel_all(zip(_OF_AN_OFFER, repeat(offer.id)))

    def withdraw(self, offer: Offer, why: do.Withdrawal, now: datetime) -> None:
        """Take the agent's leg back before it became a talk."""
        self._state.command(do.WithdrawOffer(offer.call, offer.id, why))
        self._lines.await_end(offer, now)
        self.forget(offer)

    def stop_ringing(self, call: LiveCall, why: do.Withdrawal, now: datetime) -> None:
        """Take back every offer of the call that nobody has answered, and free the agents."""
        for ringing in list(call.ringing):
            offer = self._state.offers[ringing]
            self.withdraw(offer, why, now)
            self._state.roster.free(self._state.agent(offer.agent), now)

    def take_back(self, agent: Agent, now: datetime) -> None:
        """Let the agent's phone fall silent, where it rings for an offer; nobody missed it."""
        offer = self._state.offers[agent.offer] if agent.offer is not None else None
        if offer is not None and offer.answered_at is None:
            self.withdraw(offer, do.Withdrawal.ELSEWHERE, now)
            self._state.roster.free(agent, now)

    def join(self, offer: Offer, now: datetime) -> None:
        """Let the caller and the agent who has picked up hear each other."""
        offer.joining = True
        self._state.timers.cancel((due.WHISPER, offer.id))
        self._state.timers.set((due.CONNECT, offer.id), now + CONNECT_LIMIT)
        self._voice.silence(self._state.calls[offer.call])
        self._state.command(do.ConnectCall(offer.call, offer.id))

    def code_pressed(self, offer: Offer, key: str, now: datetime) -> InCall | None:
        """Add one key the agent pressed; say what is asked for once it is a code."""
        offer.keys, complete = self._state.codes.in_call(offer.keys, key)
        if offer.keys:
            self._state.timers.set((Due.CODE, offer.id), now + self._state.rules.key_pause)
        else:
            self._state.timers.cancel((Due.CODE, offer.id))
        return complete

    def end(self, offer: Offer, now: datetime) -> None:
        """Free the agent of a talk: wrap-up begins, and nobody listens in any more."""
        call = self._state.calls[offer.call]
        call.left_at = now
        for leg in list(call.parties):
            if self._state.parties[leg].purpose is Purpose.SUPERVISION:
                self._third_parties.end(self._state.parties[leg], now)
        self._state.command(do.ReleaseAgent(offer.call, offer.id))
        self._lines.await_end(offer, now)
        self.forget(offer)
        agent = self._state.agent(offer.agent)
        own = agent.profile.wrap_up
        until = now + (self._state.rules.wrap_up if own is None else own)
        self._state.roster.wrap_up(agent, until, now)
        self._state.handling.add(until - (offer.answered_at or now))
        if until > now:
            self._state.timers.set((due.WRAP_UP, offer.agent), until)
