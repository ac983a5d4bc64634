"""The world outside the engine: callers, phones and store, as facts and commands leave them.

It complains about commands that make no sense out there: a prompt for a caller who is gone, a
second call on a ringing phone, an id used twice, a promise that was not stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import Callback
from ivr.domain.county import County
from ivr.domain.floor import LEG_LIMIT, VISIT_LIMIT
from ivr.domain.ids import (
    AgentId,
    CallbackId,
    CallId,
    LegId,
    OfferId,
    PlaybackId,
    RecordingId,
    VisitId,
)
from ivr.domain.speech import Digits, Sound, Utterance


class Outside:
    """``…_ever`` hold what there ever was, the others what there is now."""

    def __init__(self, county: County, now: datetime) -> None:
        self._county = county
        self.now = now
        self.callers: set[CallId] = set()
        self.callers_ever: list[CallId] = []
        self.music: set[CallId] = set()
        self.playing: dict[CallId, PlaybackId] = {}
        self.playbacks_ever: list[PlaybackId] = []
        self.reachable: set[AgentId] = set()
        self.busy: set[AgentId] = set()
        self.ringing: dict[OfferId, AgentId] = {}
        self.joining: dict[OfferId, AgentId] = {}
        self.whispering: set[OfferId] = set()
        self.to_be_joined: set[OfferId] = set()
        self.joined: dict[OfferId, AgentId] = {}
        self.ending: dict[OfferId | VisitId | LegId, tuple[AgentId, datetime]] = {}
        """Legs that will end by themselves, and until when they may occupy the agent's line."""
        self.offers_ever: list[OfferId] = []
        self.let_go: set[OfferId] = set()
        self.storing: dict[CallbackId, Callback] = {}
        self.callbacks_ever: list[CallbackId] = []
        self.promised: set[CallId] = set()
        self.recording: dict[RecordingId, CallId] = {}
        """Messages that are being spoken, or whose end was not told yet."""
        self.recordings_ever: list[RecordingId] = []
        self.messages: set[RecordingId] = set()
        """Those in which something was said, and that are still there."""
        self.recorded: set[CallId] = set()

    @property
    def phones_in_use(self) -> list[AgentId]:
        """The phones that ring or have a call, one entry for each leg."""
        legs = (self.ringing, self.joining, self.joined)
        return [agent for some in legs for agent in some.values()]

    def occupied(self, phone: AgentId) -> bool:
        """Whether a leg that should end still occupies the line of ``phone``."""
        return any(agent == phone and self.now < until for agent, until in self.ending.values())

    # -- facts ---------------------------------------------------------------------------------

    def notice(self, event: on.Event) -> Callback | None:
        """Let ``event`` be true out here; returns the callback whose commit it tells of."""
        match event:
            case on.CallArrived(call=call):
                if call not in self.callers_ever:
                    self.callers.add(call)
                    self.callers_ever.append(call)
            case on.CallerHungUp(call=call):
                self.callers.discard(call)
            case on.MessageRecorded(recording=recording, seconds=seconds):
                self._end_recording(recording, seconds)
            case on.PlaybackFinished(call=call, playback=playback):
                if self.playing.get(call) == playback:
                    del self.playing[call]
            case on.OfferAnswered(offer=offer):
                self._move(offer, self.ringing, self.joining)
            case on.CallConnected(offer=offer):
                self._join(offer)
            case on.OfferFailed(offer=offer) | on.AgentHungUp(offer=offer):
                self._end_leg(offer)
                self.ending.pop(offer, None)
            case on.LegEnded(leg=leg):
                self.ending.pop(leg, None)
            case on.FeatureCodeDialled(visit=visit, agent=agent):
                self.ending[visit] = agent, self.now + VISIT_LIMIT
            case on.WhisperFinished(offer=offer):
                self.whispering.discard(offer)
            case on.CallbackStored(callback=callback):
                return self.storing.pop(callback, None)
            case on.CallbackNotStored(callback=callback):
                self.storing.pop(callback, None)
            case _:
                self._notice_phone(event)
        return None

    def _notice_phone(self, event: on.Event) -> None:
        match event:
            case on.PhoneReachable(agent=agent):
                self.reachable.add(agent)
            case on.PhoneUnreachable(agent=agent):
                self.reachable.discard(agent)
            case on.PhoneBusy(agent=agent):
                self.busy.add(agent)
            case on.PhoneFree(agent=agent):
                self.busy.discard(agent)
            case _:
                pass

    # -- commands ------------------------------------------------------------------------------

    def obey(self, command: do.Command, committed: Callback | None) -> None:
        """Carry out ``command``; ``committed`` is the callback stored just now."""
        match command:
            case do.SpeakAndHangUp():
                return
            case do.RecordCall(record=record):
                call: CallId | None = record.id
            case do.StoreCallback(callback=callback):
                call = callback.call
            case do.KeepPlace() | do.ReleasePlace():
                raise AssertionError("not known here yet")
            case _:
                call = command.call
        assert call is not None
        assert call in self.callers_ever
        assert call not in self.recorded, "something to do for a call that is over"
        self._obey(command, call, committed)

    def _obey(self, command: do.Command, call: CallId, committed: Callback | None) -> None:
        if isinstance(command, do.TalkCommand):
            self._obey_in_talk(command, call)
        elif isinstance(command, do.SoundCommand):
            self._sound(command, call, committed)
        elif isinstance(command, do.RecordingCommand):
            self._record(command, call)
        elif isinstance(command, do.PartyCommand | do.Supervise):
            raise AssertionError("not known here yet")  # noqa: TRY004 - not a wrong type
        elif isinstance(command, do.StoreCommand | do.RecordCall):
            self._keep(command, call)
        else:
            assert_never(command)

    def _obey_in_talk(self, command: do.TalkCommand, call: CallId) -> None:
        match command:
            case do.AnswerCall():
                assert call in self.callers
            case do.HangUpCall():
                self.callers.discard(call)
            case do.OfferCall():
                self._ring(command.offer, command.agent)
            case do.ConnectCall(offer=offer):
                assert offer in self.joining
                assert call not in self.music
                assert call not in self.playing
                self.whispering.discard(offer)  # it took too long, or its end got lost
                self.to_be_joined.add(offer)
            case do.WithdrawOffer(offer=offer) | do.ReleaseAgent(offer=offer):
                self._let_go(offer)
            case _:
                assert_never(command)

    def _sound(self, command: do.SoundCommand, call: CallId, committed: Callback | None) -> None:
        match command:
            case do.StartMusic():
                assert call in self.callers
                self.music.add(call)
            case do.StopMusic():
                self.music.discard(call)
            case do.Play(playback=playback, utterance=utterance):
                self._play(call, playback)
                self._check_promise(call, utterance, committed)
            case do.PlayToBoth(playback=playback, utterance=utterance, offer=offer):
                assert offer in self.joined
                self._play(call, playback)
                self._check_promise(call, utterance, committed)
            case do.StopPlaying(playback=playback):
                if self.playing.get(call) == playback:
                    del self.playing[call]
            case do.SpeakAndHangUp():
                pass
            case do.PlayToAgent(offer=offer):
                assert offer in self.joining
                assert offer not in self.whispering, "two whispers at once"
                self.whispering.add(offer)
            case _:
                assert_never(command)

    def _end_recording(self, recording: RecordingId, seconds: float) -> None:
        if self.recording.pop(recording, None) and seconds:
            self.messages.add(recording)

    def _record(self, command: do.RecordingCommand, call: CallId) -> None:
        match command:
            case do.RecordMessage(recording=recording):
                assert call in self.callers
                assert call not in self.playing
                assert recording not in self.recordings_ever
                self.recordings_ever.append(recording)
                self.recording[recording] = call
            case do.DiscardMessage(recording=recording):
                assert recording in self.recordings_ever
                self.recording.pop(recording, None)
                self.messages.discard(recording)
            case _:
                assert_never(command)

    def _keep(self, command: do.StoreCommand | do.RecordCall, call: CallId) -> None:
        match command:
            case do.StoreCallback(callback=callback):
                assert callback.id not in self.callbacks_ever
                assert self._county.numbering.may_be_called(callback.caller_number)
                assert callback.message is None or callback.message in self.messages
                assert call not in self.recording.values(), "stored before all was said"
                self.callbacks_ever.append(callback.id)
                self.storing[callback.id] = callback
            case do.RecordCall():
                assert call not in self.callers, "a caller is left in the line"
                self.recorded.add(call)
            case do.KeepPlace() | do.ReleasePlace():
                raise AssertionError("not known here yet")
            case _:
                assert_never(command)

    def _play(self, call: CallId, playback: PlaybackId) -> None:
        assert call in self.callers
        assert call not in self.playing, "two prompts at once"
        assert call not in self.recording.values(), "a prompt into a message"
        assert playback not in self.playbacks_ever
        self.playbacks_ever.append(playback)
        self.playing[call] = playback

    def _check_promise(
        self, call: CallId, utterance: Utterance, committed: Callback | None
    ) -> None:
        if committed is not None and committed.call == call:
            self.promised.add(call)
        if Sound("callback-noted") in utterance:
            assert call in self.promised
        if Sound("callback-confirmed") in utterance:
            assert committed is not None
            assert committed.call == call
            assert (Sound("message-kept") in utterance) == (committed.message is not None)
            assert Digits(self._county.numbering.display(committed.caller_number)) in utterance

    # -- legs ----------------------------------------------------------------------------------

    def _ring(self, offer: OfferId, agent: AgentId) -> None:
        assert offer not in self.offers_ever
        assert agent in self.reachable
        assert agent not in self.busy
        assert agent not in self.phones_in_use
        assert not self.occupied(agent), "the line is not free yet"
        self.offers_ever.append(offer)
        self.ringing[offer] = agent

    def _let_go(self, offer: OfferId) -> None:
        assert offer in self.offers_ever
        assert offer not in self.let_go, "let go twice"
        self.let_go.add(offer)
        agent = self._end_leg(offer)
        if agent is not None:
            self.ending[offer] = agent, self.now + LEG_LIMIT

    def _join(self, offer: OfferId) -> None:
        if offer in self.to_be_joined:
            self._move(offer, self.joining, self.joined)

    @staticmethod
    def _move(
        offer: OfferId, source: dict[OfferId, AgentId], target: dict[OfferId, AgentId]
    ) -> None:
        if offer in source:
            target[offer] = source.pop(offer)

    def _end_leg(self, offer: OfferId) -> AgentId | None:
        self.whispering.discard(offer)
        for legs in (self.ringing, self.joining, self.joined):
            if offer in legs:
                return legs.pop(offer)
        return None
