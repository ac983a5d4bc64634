"""Calling back: a caseworker keeps a promise, and the system dials for both.

First the caseworker's telephone rings. Who picks it up hears what the call is about, then the
citizen is dialled, and both are joined; both see the common number. Whether the number may be
called, and how often, was decided before the wish comes here. The queue is not concerned.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.domain import commands as do
from ivr.domain.due import HANG_UP_LIMIT, PLAYBACK_LIMIT, Due
from ivr.domain.events import (
    CallBackWished,
    CallerHungUp,
    CallerLost,
    FailureCause,
    OfCall,
    PlaybackFinished,
)
from ivr.domain.floor import Floor
from ivr.domain.ids import E164, PlaybackId
from ivr.domain.live import LiveCall, Party, Phase, Purpose
from ivr.domain.outgoing import OutgoingCall, OutgoingPhase, OutgoingResult
from ivr.domain.speech import Sound, Utterance, department_prompt

_IN_VAIN = {
    FailureCause.BUSY: OutgoingResult.BUSY,
    FailureCause.FAULT: OutgoingResult.FAILED,
}
"""What it means that the citizen was not reached; any other cause: not reached."""


class CallingBack:
    """Outgoing calls."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def wished(self, event: CallBackWished, now: datetime) -> None:
        """Ring the caseworker, unless one of the two is in a call with us already."""
        floor = self._floor
        if event.call in floor.outgoing:
            return
        known = event.department in floor.county.departments
        call = OutgoingCall(
            id=event.call,
            callback=event.callback,
            department=event.department,
            label=floor.county.label(event.department if known else None),
            caseworker=event.caseworker,
            phone=event.phone,
            number=event.number,
            language=event.language,
            asked_at=now,
        )
        occupied = self._is_occupied(call)
        floor.outgoing[call.id] = call
        if occupied:
            self._end(call, OutgoingResult.NOT_CALLED, now)
        else:
            self._ring(call, Purpose.CASEWORKER, call.phone, now)

    def _is_occupied(self, call: OutgoingCall) -> bool:
        floor = self._floor
        both = {call.phone, call.number}
        return (
            any(
                each.callback == call.callback or both & {each.phone, each.number}
                for each in floor.outgoing.values()
            )
            or any(party.to in both for party in floor.parties.values())
            or any(is_on_the_line(each) and each.caller in both for each in floor.calls.values())
        )

    def _ring(self, call: OutgoingCall, purpose: Purpose, to: E164, now: datetime) -> None:
        floor = self._floor
        ring_time = floor.rules.callbacks.ring_time
        floor.third_parties.dial(call, purpose, to, call.label, ring_time, now)

    # -- picked up -----------------------------------------------------------------------------

    def answered(self, party: Party, now: datetime) -> None:
        """The caseworker picked up, or the citizen, be it by a mailbox."""
        call = self._floor.outgoing[party.call]
        if party.purpose is Purpose.CASEWORKER:
            self._floor.third_parties.adopt(party, now)
            call.phase = OutgoingPhase.ANNOUNCING
            department = department_prompt(call.department)
            self._say(call, (Sound("call-back-for"), department, Sound("call-back-dialling")), now)
        else:
            call.phase = OutgoingPhase.TALKING
            call.talking_since = now
            self._floor.command(do.StopRinging(call.id))
            self._floor.command(do.HandOver(call.id, party.id))

    def _say(self, call: OutgoingCall, utterance: Utterance, now: datetime) -> None:
        floor = self._floor
        call.playbacks += 1
        call.playback = PlaybackId(f"{call.id}-{floor.run}-p{call.playbacks}")
        floor.timers.set((Due.OUTGOING, call.id), now + PLAYBACK_LIMIT)
        floor.command(do.Play(call.id, call.playback, utterance, call.language))

    # -- what happens to the caseworker --------------------------------------------------------

    def happened(self, event: OfCall, call: OutgoingCall, now: datetime) -> None:
        """Take note of what the caseworker heard or did; most of what callers do means nothing."""
        match event:
            case CallerHungUp():
                self.hung_up(call, now)
            case CallerLost():
                self._lost(call, now)
            case PlaybackFinished(playback=playback, failed=failed):
                if call.playback == playback and failed:
                    self._floor.timers.set((Due.OUTGOING, call.id), now + HANG_UP_LIMIT)
                elif call.playback == playback:
                    self._said(call, now)
            case _:
                pass

    def words_lost(self, call: OutgoingCall, now: datetime) -> None:
        """The end of what was said got lost, it is too long, or broke off."""
        if call.playback is None:
            raise AssertionError(f"call {call.id} waits for words that were not said")
        self._floor.command(do.StopPlaying(call.id, call.playback))
        self._said(call, now)

    def _said(self, call: OutgoingCall, now: datetime) -> None:
        """The caseworker has heard it: the citizen is dialled, or that was all."""
        call.playback = None
        self._floor.timers.cancel((Due.OUTGOING, call.id))
        if call.result is not None:
            self._hang_up(call, call.result, now)
        else:
            call.phase = OutgoingPhase.CITIZEN
            self._floor.command(do.StartRinging(call.id))
            self._ring(call, Purpose.CITIZEN, call.number, now)

    def hung_up(self, call: OutgoingCall, now: datetime) -> None:
        """The caseworker hung up."""
        if call.adopted is None:
            return
        self._end(call, call.result or _RESULT_OF_LEAVING[call.phase], now)

    def _lost(self, call: OutgoingCall, now: datetime) -> None:
        """The switch ended: no attempt of the caseworker's, unless they talked already."""
        talked = call.phase is OutgoingPhase.TALKING
        self._end(
            call, call.result or (OutgoingResult.REACHED if talked else OutgoingResult.FAILED), now
        )

    # -- what happens to the other leg ---------------------------------------------------------

    def failed(self, party: Party, now: datetime) -> None:
        """The caseworker did not pick up, or the citizen, or the two could not be joined."""
        call = self._floor.outgoing[party.call]
        fault = party.cause is FailureCause.FAULT
        if party.purpose is Purpose.CASEWORKER:
            absent = OutgoingResult.CASEWORKER_NOT_REACHED
            self._end(call, OutgoingResult.FAILED if fault else absent, now)
            return
        if party.answered:
            call.talking_since = None
            call.result = OutgoingResult.NOT_REACHED
        else:
            self._floor.command(do.StopRinging(call.id))
            call.result = _IN_VAIN.get(party.cause, OutgoingResult.NOT_REACHED)
        call.phase = OutgoingPhase.LEAVING
        busy = call.result is OutgoingResult.BUSY
        self._say(call, (Sound("call-back-busy" if busy else "call-back-not-reached"),), now)

    def left(self, party: Party, now: datetime) -> None:
        """The citizen hung up."""
        self._hang_up(self._floor.outgoing[party.call], OutgoingResult.REACHED, now)

    # -- ending --------------------------------------------------------------------------------

    def _hang_up(self, call: OutgoingCall, result: OutgoingResult, now: datetime) -> None:
        self._floor.command(do.HangUpCall(call.id))
        self._end(call, result, now)

    def _end(self, call: OutgoingCall, result: OutgoingResult, now: datetime) -> None:
        """Give the call its result. Every outgoing call comes here, once."""
        floor = self._floor
        for leg in list(call.parties):
            floor.third_parties.end(floor.parties[leg], now)
        floor.timers.cancel((Due.OUTGOING, call.id))
        floor.third_parties.disown(call)
        del floor.outgoing[call.id]
        talked = now - call.talking_since if call.talking_since is not None else timedelta(0)
        floor.command(
            do.NoteOutgoingCall(
                call.id, call.callback, call.caseworker, result, now, talked.total_seconds()
            )
        )


_RESULT_OF_LEAVING = {
    OutgoingPhase.ANNOUNCING: OutgoingResult.GIVEN_UP,
    OutgoingPhase.CITIZEN: OutgoingResult.NOT_REACHED,
    OutgoingPhase.TALKING: OutgoingResult.REACHED,
}
"""What came of a call that the caseworker ends."""


def is_on_the_line(call: LiveCall) -> bool:
    """Whether the caller holds the telephone in the hand."""
    return call.on_line and call.phase is not Phase.GONE
