"""Returning: a caller whom the county has phoned in vain may be put through to the caseworker.

By key, while the service of the caseworker's department is open. Nobody has to: the caller stands
in the queue, and has the same place again where the caseworker does not answer.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain import commands as do
from ivr.domain.calls import Outcome
from ivr.domain.floor import Floor, outcome_of
from ivr.domain.ids import E164
from ivr.domain.known import KnownCallback
from ivr.domain.live import LiveCall, Party, Phase, Purpose
from ivr.domain.speech import Digits, Sound, Utterance


class Returning:
    """Callers who return a missed call."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def offer(self, call: LiveCall, now: datetime) -> Utterance:
        """Say to a caller who enters the queue how to get to the caseworker, where that works."""
        if self._wanted(call, now) is None:
            return ()
        return (Sound("return-offer"), Digits(self._floor.rules.callbacks.return_key))

    def pressed(self, call: LiveCall, key: str, now: datetime) -> bool:
        """Put the caller through, where that is what the key asks for."""
        floor = self._floor
        asked = key == floor.rules.callbacks.return_key and call.dialog is None
        if not asked or call.phase is not Phase.WAITING or call.offer is not None:
            return False
        wanted = self._wanted(call, now)
        if wanted is None:
            return False
        call.returning, _ = wanted
        floor.talks.stop_ringing(call, do.Withdrawal.ELSEWHERE, now)
        floor.entrance.leave(call)
        floor.voice.silence(call)
        call.phase = Phase.RETURNING
        floor.voice.say(call, (Sound("putting-through"),), now)
        return True

    def said(self, call: LiveCall, now: datetime) -> None:
        """The caller knows: ring the caseworker, unless there is nobody any more."""
        floor = self._floor
        returning = _returning(call)
        phone = self._phone(returning, now)
        if phone is None or self._is_in_use(phone):
            self._back(call, now)
            return
        floor.command(do.StartMusic(call.id))
        label, ring_time = floor.label(call), floor.county.transfers.ring_time
        floor.third_parties.dial(call, Purpose.RETURNED_CALL, phone, label, ring_time, now)

    def answered(self, party: Party, _now: datetime) -> None:
        """The caseworker picked up."""
        floor = self._floor
        call = floor.calls[party.call]
        call.phase, call.transferred_to = Phase.HANDED_OVER, party.to
        call.ends_as = Outcome.COMPLETED
        floor.command(do.StopMusic(call.id))
        floor.command(do.HandOver(call.id, party.id))
        floor.command(do.NoteReached(call.id, _returning(call).id))

    def failed(self, party: Party, now: datetime) -> None:
        """The caseworker did not pick up, or they could not be joined."""
        call = self._floor.calls[party.call]
        call.transferred_to, call.ends_as = "", None
        if not party.answered:
            self._floor.command(do.StopMusic(call.id))
        self._back(call, now)

    def left(self, party: Party, now: datetime) -> None:
        """The caseworker hung up."""
        call = self._floor.calls[party.call]
        self._floor.hang_up(call, outcome_of(call), now)

    def _back(self, call: LiveCall, now: datetime) -> None:
        floor = self._floor
        floor.entrance.enter(call, now)
        floor.voice.say(call, (Sound("return-not-reached"), Sound("place-kept")), now)

    def _wanted(self, call: LiveCall, now: datetime) -> tuple[KnownCallback, E164] | None:
        """The missed call's callback and its owner's phone; None: not to be rung, or once was."""
        if not self._floor.rules.callbacks.return_key or call.returning is not None:
            return None
        for known in call.known:
            phone = self._phone(known, now) if known.missed else None
            if phone is not None:
                return known, phone
        return None

    def _phone(self, known: KnownCallback, now: datetime) -> E164 | None:
        """Return the owner's phone, while it may be rung. The configuration has a way out then."""
        county = self._floor.county
        owner = county.caseworker(known.department, known.caseworker)
        if owner is None or not county.hours_of(known.department).is_open(now):
            return None
        return owner.phone

    def _is_in_use(self, phone: E164) -> bool:
        """Whether it is in a call with us already: a second one would only knock."""
        floor = self._floor
        return any(each.phone == phone for each in floor.outgoing.values()) or any(
            party.to == phone for party in floor.parties.values()
        )


def _returning(call: LiveCall) -> KnownCallback:
    if call.returning is None:
        raise AssertionError(f"call {call.id} is put through without a callback")
    return call.returning
