"""The world outside the engine where caseworkers phone back: their telephones and citizens'.

It complains about what makes no sense out there: a citizen who is phoned without the caseworker,
words to nobody, an attempt that was none, a telephone left ringing.
"""

from __future__ import annotations

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.events import CallBackWished
from ivr.domain.ids import CallId, LegId, PlaybackId
from ivr.domain.outgoing import OutgoingResult


class OutgoingCalls:
    """``…_ever`` hold what there ever was, the others what there is now."""

    def __init__(self) -> None:
        self.wished: dict[CallId, CallBackWished] = {}
        self.noted: set[CallId] = set()
        self.dialled: dict[LegId, CallId] = {}
        self.answered: dict[LegId, CallId] = {}
        """Who has picked up and is not the caseworker of a call, or not yet."""
        self.caseworkers: dict[LegId, CallId] = {}
        self.playing: dict[CallId, PlaybackId] = {}
        self.legs_ever: list[LegId] = []
        self._ringing: set[CallId] = set()
        self._phoned: set[CallId] = set()
        self._joined: set[CallId] = set()

    @property
    def alive(self) -> set[CallId]:
        return set(self.wished) - self.noted

    # -- facts ---------------------------------------------------------------------------------

    def notice(self, event: on.Event) -> None:
        match event:
            case CallBackWished(call=call):
                self.wished.setdefault(call, event)
            case on.PartyAnswered(leg=leg) if leg in self.dialled:
                self.answered[leg] = self.dialled.pop(leg)
            case on.PartyFailed(leg=leg) | on.PartyHungUp(leg=leg):
                self._end(leg)
            case on.CallerHungUp(call=call) | on.CallerLost(call=call):
                for leg in [leg for leg, of in self.caseworkers.items() if of == call]:
                    self._end(leg)
            case on.PlaybackFinished(call=call, playback=playback):
                if self.playing.get(call) == playback:
                    del self.playing[call]
            case _:
                pass

    def _end(self, leg: LegId) -> None:
        self.dialled.pop(leg, None)
        self.answered.pop(leg, None)
        call = self.caseworkers.pop(leg, None)
        if call is not None:
            self.playing.pop(call, None)

    # -- commands ------------------------------------------------------------------------------

    def obey(self, command: do.Command, call: CallId) -> None:
        assert call in self.alive, "something to do for a call that is over"
        there = call in self.caseworkers.values()
        match command:
            case do.DialParty(leg=leg, to=to):
                assert leg not in self.legs_ever
                self.legs_ever.append(leg)
                self.dialled[leg] = call
                assert to == (self.wished[call].number if there else self.wished[call].phone)
                if there:
                    self._phoned.add(call)
            case do.AdoptCaller(leg=leg):
                assert self.answered.pop(leg) == call
                assert not there
                self.caseworkers[leg] = call
            case do.Play(playback=playback):
                assert there, "words to nobody"
                assert call not in self.playing
                self.playing[call] = playback
            case do.StopPlaying():
                self.playing.pop(call, None)
            case do.StartRinging():
                assert there
                self._ringing.add(call)
            case do.StopRinging():
                self._ringing.discard(call)
            case do.HandOver(leg=leg):
                assert self.answered[leg] == call
                assert there
                assert call not in self._ringing
                assert call not in self.playing
                self._joined.add(call)
            case do.EndParty(leg=leg):
                self._end(leg)
            case do.HangUpCall():
                for leg in [leg for leg, of in self.caseworkers.items() if of == call]:
                    self._end(leg)
            case do.NoteOutgoingCall():
                self._note(command)
            case _:
                raise AssertionError(f"none of an outgoing call's business: {command}")

    def _note(self, noted: do.NoteOutgoingCall) -> None:
        call = noted.call
        legs = (self.dialled, self.answered, self.caseworkers)
        assert not any(call in of.values() for of in legs), "somebody's telephone is left"
        assert noted.callback == self.wished[call].callback
        assert noted.result.attempt is None or call in self._phoned
        assert noted.result is not OutgoingResult.REACHED or call in self._joined
        self.noted.add(call)
