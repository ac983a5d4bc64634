"""Whose business it is what an agent does who is offered a call, or talks."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.domain import events as on
from ivr.domain.floor import Floor
from ivr.domain.keys import InCall
from ivr.domain.live import Offer, Phase
from ivr.domain.parts import Parts


class EventsOfOffers:
    """To the part whose business it is, by how far the talk is."""

    def __init__(self, floor: Floor, parts: Parts) -> None:
        """Route to ``parts``, which work on ``floor``."""
        self._floor = floor
        self._parts = parts

    def happened(self, event: on.OfOffer, now: datetime) -> None:
        """Have the part take note whose business it is; unknown or over: nobody's."""
        offer = self._floor.offers.get(event.offer)
        if offer is None:
            if isinstance(event, on.OfferFailed | on.AgentHungUp):
                self._floor.lines.ended(event.offer, now)  # given up, but the phone's line is free
            return
        transferring = self._parts.transferring
        match event:
            case on.OfferAnswered():
                self._parts.offering.answered(offer, now)
                self._parts.phoning_back.agent_answered(offer, now)
            case on.CallConnected():
                self._parts.offering.connected(offer, now)
                self._parts.keeping_place.connected(offer)
            case on.OfferFailed() | on.AgentHungUp() if self._is_away(offer):
                self._parts.phoning_back.agent_left(offer, now)
            case on.OfferFailed() | on.AgentHungUp() if transferring.leaving_hands_over(offer):
                transferring.agent_left(offer, now)
            case on.OfferFailed(cause=cause):
                self._parts.offering.failed(offer, cause, now)
            case on.ConnectFailed():
                self._parts.offering.connect_failed(offer, now)
            case on.AgentHungUp():
                self._parts.offering.agent_left(offer, now)
            case on.AgentPressed(key=key):
                if offer.connected:
                    self._agent_pressed(offer, key, now)
            case on.WhisperFinished() if self._is_away(offer):
                self._parts.phoning_back.heard(offer, now)
            case on.WhisperFinished():
                self._parts.offering.whispered(offer, now)
            case on.TransferRequested():
                transferring.requested(offer, event, now)
            case _:
                assert_never(event)

    def _is_away(self, offer: Offer) -> bool:
        """Whether an agent has answered whose caller has to be phoned first."""
        return offer.phoning is not None and self._floor.calls[offer.call].phase is Phase.AWAY

    def _agent_pressed(self, offer: Offer, key: str, now: datetime) -> None:
        if offer.target is not None:
            self._parts.transferring.target_key(offer, offer.target, key, now)
            return
        match self._floor.talks.code_pressed(offer, key, now):
            case InCall.CALLBACK:
                self._parts.promising.agent_asked(offer, now)
            case InCall.TRANSFER:
                self._parts.transferring.target_wanted(offer, now)
            case InCall.BACK:
                self._parts.transferring.back(offer, now)
            case InCall.THREE_WAY:
                self._parts.transferring.all_three(offer)
            case None:
                pass
            case _ as never:
                assert_never(never)

    def keys_paused(self, offer: Offer, now: datetime) -> None:
        """The agent pressed no key for long."""
        if offer.target is None:
            offer.keys = ""
        else:
            self._parts.transferring.target_keyed(offer, offer.target, now)

    def words_over(self, offer: Offer, now: datetime) -> None:
        """The agent has heard all there was to hear, or its end got lost."""
        if self._is_away(offer):
            self._parts.phoning_back.heard(offer, now)
        else:
            self._parts.offering.prepared(offer, now)
