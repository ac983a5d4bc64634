"""Whose business it is that something falls due."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, assert_never

from ivr.domain.due import Due
from ivr.domain.events_of_calls import EventsOfCalls
from ivr.domain.events_of_offers import EventsOfOffers
from ivr.domain.events_of_parties import EventsOfParties
from ivr.domain.floor import Floor
from ivr.domain.ids import E164, AgentId, CallId, LegId, OfferId
from ivr.domain.live import LiveCall, Phase
from ivr.domain.parts import Parts

DueInCall = Literal[
    Due.ANNOUNCE,
    Due.AWAY,
    Due.CLOSED,
    Due.CLOSING,
    Due.KEEP,
    Due.LIMIT,
    Due.MENU,
    Due.MESSAGE,
    Due.NUMBER,
    Due.PLAYBACK,
    Due.STORE,
    Due.WIDEN,
]
"""What concerns a call; with its id it is a key of the timers."""


class Deadlines:
    """To the part that waits for it."""

    def __init__(
        self,
        floor: Floor,
        parts: Parts,
        calls: EventsOfCalls,
        offers: EventsOfOffers,
        parties: EventsOfParties,
    ) -> None:
        """Route to ``parts``, which work on ``floor``."""
        self._floor = floor
        self._parts = parts
        self._calls = calls
        self._offers = offers
        self._parties = parties

    def fall_due(self, due: Due, key: str, now: datetime) -> None:
        """Do what is due about whom ``key`` stands for."""
        floor = self._floor
        match due:  # the commonest first
            case Due.WRAP_UP:
                self._parts.wishes.wrap_up_ended(floor.agent(AgentId(key)), now)
            case Due.RING:
                self._parts.offering.not_answered(floor.offers[OfferId(key)], now)
            case Due.WHISPER:
                self._offers.words_over(floor.offers[OfferId(key)], now)
            case Due.CONNECT:
                self._parts.offering.connect_failed(floor.offers[OfferId(key)], now)
            case Due.CODE:
                self._offers.keys_paused(floor.offers[OfferId(key)], now)
            case Due.LEG:
                floor.lines.ended(OfferId(key), now)  # or a visit's id: legs are all alike
            case Due.PARTY:
                self._parties.silent(floor.parties[LegId(key)], now)
            case Due.OUTGOING:
                self._parts.calling_back.words_lost(floor.outgoing[CallId(key)], now)
            case Due.REST:
                floor.roster.rested(floor.agent(AgentId(key)))
            case Due.REDIAL:
                floor.entrance.forget_lost(E164(key))
            case _:
                self._fall_due_in_call(due, floor.calls[CallId(key)], now)

    def _fall_due_in_call(self, due: DueInCall, call: LiveCall, now: datetime) -> None:
        match due:
            case Due.PLAYBACK:  # its end got lost, or it is too long
                self._floor.voice.stop(call)
                self._calls.said(call, now)
            case Due.ANNOUNCE:
                self._parts.announcing.announce(call, now)
            case Due.KEEP:
                self._parts.keeping_place.not_stored(call, now)
            case Due.AWAY:
                self._parts.keeping_place.look(call, now)
            case Due.LIMIT:
                self._parts.limiting.look(call, now)
            case Due.NUMBER:
                self._parts.promising.paused(call, now)
            case Due.STORE:
                self._store_silent(call, now)
            case Due.MESSAGE:
                self._parts.promising.message_lost(call, now)
            case Due.MENU:
                self._parts.reception.menu_silence(call, now)
            case Due.CLOSING:
                self._parts.reception.closing(call, now)
            case Due.CLOSED:
                self._parts.reception.thought_it_over(call, now)
            case Due.WIDEN:
                self._floor.entrance.await_widening(call, now)
            case _:
                assert_never(due)

    def _store_silent(self, call: LiveCall, now: datetime) -> None:
        """Nobody knows whether a callback is committed."""
        if call.phase is Phase.AWAY:
            self._parts.keeping_place.store(call, now)
        else:
            self._parts.promising.store_failed(call, now)
