"""Supervising: somebody listens in, whispers to the agent or barges into a talk.

Only where the configuration allows it. Who asked is known and written down before the wish
comes here; what is asked by key, with whom the leg belongs to, has to be before it is done.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain import commands as do
from ivr.domain.commands import KeyPressedBy, Supervision
from ivr.domain.events import SupervisionRequested
from ivr.domain.floor import Floor
from ivr.domain.ids import AgentId
from ivr.domain.live import LiveCall, Party, Purpose

KEYS = {"1": Supervision.LISTEN, "2": Supervision.WHISPER, "3": Supervision.BARGE}
"""What a supervisor presses in the talk."""


class Supervising:
    """Supervisors in talks."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def requested(self, event: SupervisionRequested, now: datetime) -> None:
        """Ring the supervisor's phone, or change what a supervisor does."""
        call = self._floor.calls.get(event.call)
        if call is None or not self._floor.rules.supervision:
            return
        party = self._floor.parties.get(event.leg)
        if party is None:
            self._ring(call, event, now)
        elif party.call == event.call and party.purpose is Purpose.SUPERVISION:
            self._change(party, event.how, keyed=False)

    def _ring(self, call: LiveCall, event: SupervisionRequested, now: datetime) -> None:
        floor = self._floor
        offer = floor.talk_of(call)
        agent = floor.roster.configured(event.agent)
        if offer is None or not offer.connected or agent is None or not agent.can_be_party:
            return
        label = floor.county.label(call.department)
        ring_time = floor.rules.ring_time
        party = floor.third_parties.dial(
            call, Purpose.SUPERVISION, agent.id, label, ring_time, now, leg=event.leg
        )
        party.how = event.how
        party.by = event.by

    def answered(self, party: Party, _now: datetime) -> None:
        """The supervisor picked up."""
        self._supervise(party, keyed=False)

    def failed(self, party: Party, now: datetime) -> None:
        """The supervisor did not pick up; the talk goes on as it was."""

    def left(self, party: Party, now: datetime) -> None:
        """The supervisor hung up; the talk goes on as it was."""

    def pressed(self, party: Party, key: str) -> None:
        """The supervisor wants to do something else."""
        how = KEYS.get(key)
        if how is not None:
            self._change(party, how, keyed=True)

    def _change(self, party: Party, how: Supervision, *, keyed: bool) -> None:
        if how is not party.how:
            party.how = how
            if party.answered:
                self._supervise(party, keyed=keyed)

    def _supervise(self, party: Party, *, keyed: bool) -> None:
        offer = self._floor.talk_of(self._floor.calls[party.call])
        if offer is None:
            raise AssertionError(f"{party.id} outlived the talk")
        who = KeyPressedBy(party.by, AgentId(party.to), offer.agent) if keyed else None
        self._floor.command(do.Supervise(party.call, offer.id, party.id, party.how, who))
