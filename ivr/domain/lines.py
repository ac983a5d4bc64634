"""The lines of agents' telephones: what occupies them, until it is really gone.

Also agents' own calls, to which a few words are said.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain import commands as do
from ivr.domain import due
from ivr.domain.due import LEG_LIMIT, VISIT_LIMIT
from ivr.domain.ids import LegId, OfferId, VisitId
from ivr.domain.live import LiveCall, Offer
from ivr.domain.speech import Sound
from ivr.domain.state import State


class Lines:
    """What occupies telephones."""

    def __init__(self, state: State) -> None:
        """Work on ``state``."""
        self._state = state

    def ended(self, leg: OfferId | VisitId | LegId, now: datetime) -> None:
        """The leg is gone, or its end got lost: it occupies no line."""
        self._state.roster.leg_ended(leg, now)
        self._state.timers.cancel((due.LEG, leg))

    def await_end(self, offer: Offer, now: datetime) -> None:
        """Offer nothing to the agent before the leg is gone: the phone would be busy."""
        if offer.id in self._state.agent(offer.agent).legs:
            self._state.timers.set((due.LEG, offer.id), now + LEG_LIMIT)

    def speak_and_end(self, visit: VisitId, sound: Sound, now: datetime) -> None:
        """Answer an agent's own call with a few words; it occupies the line until it is gone."""
        self._state.timers.set((due.LEG, visit), now + VISIT_LIMIT)
        self._state.command(do.SpeakAndHangUp(visit, (sound,), self._state.county.language))

    def end_visit(self, call: LiveCall, now: datetime) -> None:
        """End the call with which an agent consults somebody, where there is one."""
        consultation = call.consultation
        if consultation is not None and consultation.visit is not None:
            self._state.command(do.EndVisit(call.id, consultation.visit))
            self._state.timers.set((due.LEG, consultation.visit), now + LEG_LIMIT)
            consultation.visit = None
