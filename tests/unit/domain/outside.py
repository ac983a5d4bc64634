"""The world outside the engine: callers, phones and store, as facts and commands leave them.

It complains about commands that make no sense out there: a prompt for a caller who is gone, a
second call on a ringing phone, an id used twice, a promise that was not stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import Callback, CallbackSource
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.county import County
from ivr.domain.due import LEG_LIMIT, VISIT_LIMIT, WHISPER_LIMIT
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
from ivr.domain.kept_place import KeptPlace
from ivr.domain.speech import Digits, Sound, Utterance
from tests.unit.domain.outside_outgoing import OutgoingCalls


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
        self.whispering: dict[OfferId, datetime] = {}
        """Agents to whom something is said, and until when at the latest."""
        self.to_be_joined: set[OfferId] = set()
        self.joined: dict[OfferId, AgentId] = {}
        self.ending: dict[OfferId | VisitId | LegId, tuple[AgentId, datetime]] = {}
        """Legs that will end by themselves, and until when they may occupy the agent's line."""
        self.offers_ever: list[OfferId] = []
        self.let_go: set[OfferId] = set()
        self.dialled: dict[LegId, CallId] = {}
        self.parties: dict[LegId, CallId] = {}  # third parties who have picked up
        self.adopted: dict[LegId, CallId] = {}
        self.legs_ever: list[LegId] = []
        self.keeping: dict[CallId, KeptPlace] = {}
        """Places on their way into the store."""
        self.kept: set[CallId] = set()
        self.promised_a_call: set[CallId] = set()
        """Those who kept the place and have not picked up since."""
        self.regained: set[CallId] = set()
        self.called_again: set[CallId] = set()
        """Those whose kept place another call must have."""
        self.storing: dict[CallbackId, Callback] = {}
        self.stored: set[CallbackId] = set()
        self.requested_in: dict[CallbackId, CallId] = {}
        self.callbacks_ever: list[CallbackId] = []
        self.promised: set[CallId] = set()
        self.adding: dict[CallId, CallbackId] = {}
        """Callbacks with which it is being stored that their caller has called again."""
        self.added: set[CallId] = set()
        self.read_back: dict[CallId, str] = {}
        """The numbers that callers heard last before a callback was stored."""
        self.recording: dict[RecordingId, CallId] = {}
        """Messages that are being spoken, or whose end was not told yet."""
        self.recordings_ever: list[RecordingId] = []
        self.messages: set[RecordingId] = set()
        """Those in which something was said, and that are still there."""
        self.came_back: set[CallId] = set()  # they wait again, as nobody took them over
        self.recorded: set[CallId] = set()
        self.taken_over: set[CallId] = set()  # they leave no record, and are served elsewhere
        self.outgoing = OutgoingCalls()

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
        self.outgoing.notice(event)
        match event:
            case on.CallArrived(call=call):
                if call not in self.callers_ever:
                    self.callers.add(call)
                    self.callers_ever.append(call)
            case on.CallerHungUp() | on.CallerLost() | on.CallerTakenOver():
                self._leave(event)
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
                self.whispering.pop(offer, None)
            case on.CallbackStored() | on.CallbackNotStored():
                return self._notice_callback(event)
            case on.PartyAnswered() | on.PartyFailed() | on.PartyHungUp():
                self._notice_party(event)
            case on.CallbackAddedTo() | on.CallbackNotAddedTo():
                self._notice_addition(event)
            case _:
                self._notice_place(event)
        return None

    def _leave(self, event: on.CallerHungUp | on.CallerLost | on.CallerTakenOver) -> None:
        call = event.call
        self.callers.discard(call)
        self.playing.pop(call, None)  # nobody hears it; who kept a place may be back
        if not isinstance(event, on.CallerHungUp):
            self.music.discard(call)
            self.adopted = {leg: of for leg, of in self.adopted.items() if of != call}

    def is_served_elsewhere(self, call: CallId) -> None:
        """No record will come of the call."""
        assert call not in self.callers, "a caller is left in the line"
        assert call not in self.kept, "a place is kept for nobody"
        self.taken_over.add(call)

    def _notice_callback(self, event: on.CallbackStored | on.CallbackNotStored) -> Callback | None:
        if self.requested_in.get(event.callback) != event.call:
            return None  # told of another call, to which it means nothing
        committed = self.storing.pop(event.callback, None)
        if isinstance(event, on.CallbackNotStored):
            return None
        self.stored.add(event.callback)
        return committed

    def _notice_addition(self, event: on.CallbackAddedTo | on.CallbackNotAddedTo) -> None:
        if self.adding.get(event.call) == event.callback:
            del self.adding[event.call]
            if isinstance(event, on.CallbackAddedTo):
                self.added.add(event.call)

    def _notice_party(self, event: on.PartyAnswered | on.PartyFailed | on.PartyHungUp) -> None:
        match event:
            case on.PartyAnswered(leg=leg):
                if leg in self.dialled:
                    self.parties[leg] = self.dialled.pop(leg)
            case _:
                self._end_party(event.leg)
                if event.leg in self.adopted:
                    self.callers.discard(self.adopted[event.leg])

    def _notice_place(self, event: on.Event) -> None:
        match event:
            case on.PlaceStored(call=call):
                if self.keeping.pop(call, None) is not None:
                    self._keep_place(call)
            case on.PlaceNotStored(call=call):
                self.keeping.pop(call, None)
            case on.PlaceRestored(kept=kept):
                if kept.call not in self.callers_ever:
                    self.callers_ever.append(kept.call)
                    self._keep_place(kept.call)
            case _:
                self._notice_phone(event)

    def _keep_place(self, call: CallId) -> None:
        self.kept.add(call)
        self.promised_a_call.add(call)

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
            case do.NoteResult(call=ended):
                assert ended in self.recorded | self.taken_over, "a result of a call that goes on"
                return
            case do.RecordCall(record=record):
                call: CallId | None = record.id
            case do.StoreCallback(callback=callback):
                call = callback.call
            case do.KeepPlace(kept):
                call = kept.call
            case _:
                call = command.call
        assert call is not None
        if call in self.outgoing.wished:
            self.outgoing.obey(command, call)
            return
        assert call in self.callers_ever
        over = call in self.recorded | self.taken_over
        assert not over, "something to do for a call that is over"
        self._obey(command, call, committed)

    def _obey(self, command: do.Command, call: CallId, committed: Callback | None) -> None:
        if isinstance(command, do.TalkCommand):
            self._obey_in_talk(command, call)
        elif isinstance(command, do.SoundCommand):
            self._sound(command, call, committed)
        elif isinstance(command, do.RecordingCommand):
            self._record(command, call)
        elif isinstance(command, do.PartyCommand):
            self._obey_about_party(command, call)
        elif isinstance(command, do.StoreCommand | do.RecordCall):
            self._keep(command, call)
        else:
            assert not isinstance(command, do.Supervise), "nobody supervises here"
            assert not isinstance(command, do.NoteResult), "it is about no call that goes on"
            assert not isinstance(command, do.NoteOutgoingCall), "none of the queue's business"
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
                self.whispering.pop(offer, None)  # it took too long, or its end got lost
                self.to_be_joined.add(offer)
            case do.WithdrawOffer(offer=offer) | do.ReleaseAgent(offer=offer):
                self._let_go(offer)
            case _:
                assert_never(command)

    def _obey_about_party(self, command: do.PartyCommand, call: CallId) -> None:
        match command:
            case do.DialParty(leg=leg):
                assert leg not in self.legs_ever
                self.legs_ever.append(leg)
                self.dialled[leg] = call
            case do.EndParty(leg=leg):
                self._end_party(leg)
            case do.HandOver(leg=leg):
                assert self.parties[leg] == call
                assert call in self.callers
                assert call not in self.music
                assert call not in self.playing
            case do.AdoptCaller(leg=leg):
                assert self.parties.pop(leg) == call
                assert call in self.kept
                assert call not in self.callers, "on the line already"
                self.adopted[leg] = call
                self.promised_a_call.discard(call)
                self.callers.add(call)
            case _:
                raise AssertionError(f"nobody consults here: {command}")

    def _end_party(self, leg: LegId) -> None:
        self.dialled.pop(leg, None)
        self.parties.pop(leg, None)

    def _sound(self, command: do.SoundCommand, call: CallId, committed: Callback | None) -> None:
        match command:
            case do.StartMusic():
                assert call in self.callers
                self.music.add(call)
            case do.StopMusic():
                self.music.discard(call)
            case do.StartRinging() | do.StopRinging():
                raise AssertionError(f"no caller hears a ringing tone: {command}")
            case do.Play(playback=playback, utterance=utterance):
                self._play(call, playback)
                self._heard(call, utterance)
                self._check_promise(call, utterance, committed)
            case do.PlayToBoth(playback=playback, utterance=utterance, offer=offer):
                assert offer in self.joined
                self._play(call, playback)
                self._heard(call, utterance)
                self._check_promise(call, utterance, committed)
            case do.StopPlaying(playback=playback):
                if self.playing.get(call) == playback:
                    del self.playing[call]
            case do.SpeakAndHangUp():
                pass
            case do.PlayToAgent(offer=offer):
                assert offer in self.joining
                until = self.whispering.get(offer, self.now)
                assert until <= self.now, "two whispers at once"
                self.whispering[offer] = self.now + WHISPER_LIMIT
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
                again = callback.id == f"cb-{call}-place" and callback.id not in self.stored
                assert again or callback.id not in self.callbacks_ever
                assert self._county.numbering.may_be_called(callback.caller_number)
                assert callback.message is None or callback.message in self.messages
                assert call not in self.recording.values(), "stored before all was said"
                self._check_read_back(callback)
                self.callbacks_ever.append(callback.id)
                self.requested_in[callback.id] = call
                self.storing[callback.id] = callback
            case do.AddToCallback(callback=known):
                self.adding[call] = known
            case do.NoteReached():
                assert call in self.parties.values(), "nobody was reached"
            case do.RecordCall():
                assert call not in self.callers, "a caller is left in the line"
                assert call not in self.kept, "a place is kept for nobody"
                self._check_kept_promise(command.record)
                self.recorded.add(call)
            case do.KeepPlace(kept):
                assert self._county.numbering.may_be_called(kept.number)
                if call not in self.kept:
                    self.keeping[call] = kept
            case do.ReleasePlace():
                self.keeping.pop(call, None)
                self.kept.discard(call)
            case _:
                assert_never(command)

    def _check_kept_promise(self, record: CallRecord) -> None:
        """Whoever was promised a place was phoned, has a callback, or has called again."""
        if record.id in self.promised_a_call:
            assert record.outcome is Outcome.CALLBACK
            if f"cb-{record.id}-place" not in self.stored:
                self.called_again.add(record.id)

    def _play(self, call: CallId, playback: PlaybackId) -> None:
        assert call in self.callers
        assert call not in self.playing, "two prompts at once"
        assert call not in self.recording.values(), "a prompt into a message"
        assert playback not in self.playbacks_ever
        self.playbacks_ever.append(playback)
        self.playing[call] = playback

    def _check_read_back(self, callback: Callback) -> None:
        """Whoever asks by key has heard the number, unless it is the call's own or a place's."""
        rules = self._county.rules.callbacks
        by_agent = callback.source is CallbackSource.AGENT_DTMF
        of_place = callback.id == f"cb-{callback.call}-place"
        if rules.confirm_number and not by_agent and not of_place:
            heard = self.read_back.pop(callback.call or CallId(""))
            assert heard == self._county.numbering.display(callback.caller_number)

    def _heard(self, call: CallId, utterance: Utterance) -> None:
        if Sound("callback-number") in utterance:
            [number, _] = [phrase for phrase in utterance if isinstance(phrase, Digits)]
            self.read_back[call] = number.text
        if Sound("place-regained") in utterance:
            self.regained.add(call)
        if Sound("keep-place-confirmed") in utterance:
            assert call in self.kept

    def _check_promise(
        self, call: CallId, utterance: Utterance, committed: Callback | None
    ) -> None:
        if committed is not None and committed.call == call:
            self.promised.add(call)
        if Sound("callback-noted") in utterance:
            assert call in self.promised
        if Sound("callback-added") in utterance:
            assert call in self.added
        if Sound("callback-promised") in utterance:
            assert committed is not None
            assert committed.call == call
            assert (Sound("message-kept") in utterance) == (committed.message is not None)
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
        self.whispering.pop(offer, None)
        for legs in (self.ringing, self.joining, self.joined):
            if offer in legs:
                return legs.pop(offer)
        return None
