"""A switch in memory with the small world around it: callers, agents' telephones, their doings.

Whatever Asterisk would tell is posted; what only people would notice (who rings, who hears what)
is there to be looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.commands import TransferProgress
from ivr.domain.errors import Unavailable
from ivr.domain.events import FailureCause
from ivr.domain.ids import AgentId, CallId, LegId, OfferId, PlaybackId, RecordingId, VisitId
from ivr.domain.memory import Memory
from ivr.domain.speech import Sound, SoundName, Utterance
from tests.fakes.adoption import differences
from tests.fakes.parties import FakeParties, FakeParty, talk_room


@dataclass
class FakeCaller:
    """A citizen on the telephone, until one side hangs up."""

    id: CallId
    world: FakeSwitch
    here: bool = True
    answered: bool = False
    music: bool = False
    ringing: bool = False
    """Hears the ringing tone."""
    channel: str = ""
    """Where the caller is: the call's own channel, or the leg by which the caller was reached."""
    heard: list[Utterance] = field(default_factory=list)
    recording: RecordingId | None = None
    """The spoken message being recorded, with the seconds ``spoken``."""
    spoken: float = 0
    arrived: on.CallArrived | None = None
    """What was told when the call came in."""
    arrived_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.channel = self.channel or self.id

    def press(self, keys: str) -> None:
        for key in keys:
            self.world.tell(on.CallerPressed(self.id, key))
            if key == "#":
                self.end_message()

    def speak(self, seconds: float) -> None:
        self.spoken += seconds

    def end_message(self) -> None:
        """End the spoken message, if there is one, as ``#`` and silence do."""
        recording, self.recording = self.recording, None
        if recording is not None:
            if self.spoken:
                self.world.messages[recording] = self.spoken
            self.world.tell(on.MessageRecorded(self.id, recording, self.spoken))

    def hang_up(self) -> None:
        self.end_message()
        self.world.forget_caller(self)
        if self.id not in self.world.taken_over:
            self.world.tell(on.CallerHungUp(self.id))


@dataclass
class FakeLeg:
    """An agent's telephone ringing, then in a talk."""

    offer: OfferId
    phone: FakePhone
    label: str
    number: str | None
    answered: bool = False
    hears_words: bool = False
    """Something is being said to the agent alone."""


@dataclass
class FakePhone:
    """An agent's telephone: one call at a time, and one that the agent made besides."""

    agent: AgentId
    world: FakeSwitch
    registered: bool = True
    busy: bool = False
    """With a call that is none of ours."""
    leg: FakeLeg | None = None
    party: FakeParty | None = None
    """The call of somebody else, in which the agent is a third party."""
    transfers: list[TransferProgress] = field(default_factory=list)
    """What it was told of the transfers it asked for."""
    heard: list[Utterance] = field(default_factory=list)

    def register(self) -> None:
        self.registered = True
        self.world.tell(on.PhoneReachable(self.agent))

    def unregister(self) -> None:
        self.registered = False
        self.world.tell(on.PhoneUnreachable(self.agent))

    def be_called_by_others(self) -> None:
        """It rings for a call that is none of ours."""
        self.busy = True
        self.world.tell(on.PhoneBusy(self.agent))

    def be_done_with_others(self) -> None:
        self.busy = False
        self.world.tell(on.PhoneFree(self.agent))

    def answer(self) -> None:
        if self.party is not None:
            self.party.answer()
            return
        leg = self._leg()
        leg.answered = True
        self.world.tell(on.OfferAnswered(leg.offer))

    def reject(self) -> None:
        self._unanswered(FailureCause.BUSY)

    def let_it_ring(self) -> None:
        """Nobody picks up until the switch gives up."""
        self._unanswered(FailureCause.NO_ANSWER)

    def hang_up(self) -> None:
        if self.party is not None:
            self.party.hang_up()
            return
        leg = self._leg()
        assert leg.answered
        self.world.forget_leg(leg.offer)
        self.world.tell(on.AgentHungUp(leg.offer))

    def press(self, keys: str) -> None:
        for key in keys:
            self.world.tell(on.AgentPressed(self._leg().offer, key))

    def dial(self, number: str) -> FakeVisit:
        """Call a feature code or a number."""
        visit = self.world.visit()
        is_code = number.startswith(("*", "#"))
        kind = on.FeatureCodeDialled if is_code else on.NumberDialled
        self.world.tell(kind(visit.id, self.agent, number))
        return visit

    def transfer(self, number: str, consultation: VisitId | None = None) -> None:
        """Ask for a transfer (REFER); in somebody else's call there is nobody to be transferred."""
        if self.party is not None:
            self.transfers.append(TransferProgress.REFUSED)
            return
        self.world.tell(on.TransferRequested(self._leg().offer, number, consultation))

    @property
    def in_use(self) -> bool:
        return self.busy or self.leg is not None or self.party is not None

    def _unanswered(self, cause: FailureCause) -> None:
        if self.party is not None:
            self.party.fail(cause)
            return
        leg = self._leg()
        assert not leg.answered
        self.world.forget_leg(leg.offer)
        self.world.tell(on.OfferFailed(leg.offer, cause))

    def _leg(self) -> FakeLeg:
        assert self.leg is not None, f"the telephone of {self.agent} has no call"
        return self.leg


@dataclass
class FakeVisit:
    """An agent's own call, to a feature code or to somebody whom the agent wants to consult."""

    id: VisitId
    world: FakeSwitch
    here: bool = True
    answered: bool = False
    heard: list[Utterance] = field(default_factory=list)

    def hang_up(self) -> None:
        self.world.end_visit(self.id)


class FakeSwitch:
    """``seconds`` says how long a sound takes, 0 where it does not; ``down``: it is away."""

    def __init__(self, post: Post, seconds: Mapping[SoundName, float] | None = None) -> None:
        self.down = False
        self.dead = False
        """So is the program that uses it."""
        self.executed: list[do.SwitchCommand] = []
        self.callers: dict[CallId, FakeCaller] = {}
        self.phones: dict[AgentId, FakePhone] = {}
        self.legs: dict[OfferId, FakeLeg] = {}
        self.visits: dict[VisitId, FakeVisit] = {}
        self.messages: dict[RecordingId, float] = {}
        """Spoken messages, with their seconds."""
        self.rooms: dict[str, str] = {}
        """In which bridge each channel is: those in the same hear each other."""
        self.parties = FakeParties(self)
        self._post = post
        self._seconds = seconds or {}
        self._playing: dict[PlaybackId, tuple[CallId, asyncio.TimerHandle]] = {}
        self._unheard: list[on.Event] = []
        self._memory: Memory | None = None
        """Of an earlier run, as long as it was not compared with the world."""
        self.lost: set[CallId] = set()
        """Callers who did not hang up: the switch crashed."""
        self.taken_over: set[CallId] = set()
        """Callers who are being served without us."""
        self._visits = 0

    # -- the world -----------------------------------------------------------------------------

    def call(
        self, name: str, dialled: str, number: str | None, diverted_from: tuple[str, ...] = ()
    ) -> FakeCaller:
        """Somebody calls; None: the number is withheld."""
        arrived = on.CallArrived(CallId(name), dialled, number, diverted_from)
        caller = self.callers[CallId(name)] = FakeCaller(CallId(name), self, arrived=arrived)
        self.tell(arrived)
        return caller

    def reached(self, call: CallId, leg: LegId) -> FakeCaller:
        """The caller of ``call`` was phoned back and is at ``leg``."""
        caller = self.callers[call] = FakeCaller(call, self, answered=True, channel=leg)
        return caller

    def phone(self, agent: AgentId) -> FakePhone:
        """The telephone of an agent, registered."""
        phone = self.phones[agent] = FakePhone(agent, self)
        phone.register()
        return phone

    def visit(self) -> FakeVisit:
        self._visits += 1
        visit = FakeVisit(VisitId(f"visit-{self._visits}"), self)
        self.visits[visit.id] = visit
        return visit

    def end_visit(self, visit: VisitId) -> None:
        if visit in self.visits:
            self.visits.pop(visit).here = False
            self.rooms.pop(visit, None)
            self.tell(on.LegEnded(visit))

    def join(self, room: str, *channels: str) -> None:
        self.rooms.update(dict.fromkeys(channels, room))

    def with_(self, channel: str) -> set[str]:
        """The channels that hear ``channel``, and that it hears."""
        room = self.rooms.get(channel)
        return {each for each, of in self.rooms.items() if of == room and each != channel}

    def hears(self, channel: str) -> set[str]:
        """The channels that ``channel`` hears."""
        return self.with_(channel) | self.parties.supervised_sound(channel)

    def crash(self) -> None:
        """All calls are gone, and nobody is told."""
        self.down = True
        self._unheard += self.parties.crash()
        for caller in list(self.callers.values()):
            self.forget_caller(caller)
            if caller.recording is not None:
                self._unheard.append(on.MessageRecorded(caller.id, caller.recording, 0))
            self.lost.add(caller.id)
            self._unheard.append(on.CallerLost(caller.id))
        for offer, leg in list(self.legs.items()):
            self.forget_leg(offer)
            self._unheard.append(
                on.AgentHungUp(offer) if leg.answered else on.OfferFailed(offer, FailureCause.FAULT)
            )

        for phone in self.phones.values():
            if phone.busy:
                phone.busy = False
                self._unheard.append(on.PhoneFree(phone.agent))

    def come_back(self) -> None:
        """Tell what happened meanwhile, and go on."""
        self.down = False
        if self.dead:
            return
        unheard, self._unheard = self._unheard, []
        if self._memory is not None:
            unheard, self._memory = differences(self, self._memory), None
        for event in (on.SwitchWasAway(), *unheard):
            self.tell(event)
        for phone in self.phones.values():
            reachable = on.PhoneReachable if phone.registered else on.PhoneUnreachable
            self.tell(reachable(phone.agent))

    def tell(self, event: on.Event) -> None:
        """What happens while the switch is away, nobody hears of."""
        if not (self.down or self.dead):
            self._post(event)

    def forget_caller(self, caller: FakeCaller) -> None:
        caller.here = False
        caller.music = False
        del self.callers[caller.id]
        self.rooms.pop(caller.channel, None)
        self.parties.forget(LegId(caller.channel))
        for playback, (call, _) in list(self._playing.items()):
            if call == caller.id:
                self._stop(playback)

    def forget_leg(self, offer: OfferId) -> None:
        leg = self.legs.pop(offer, None)
        if leg is None:
            return
        leg.phone.leg = None
        self.rooms.pop(offer, None)
        self.parties.seats = {
            party: (talk, how) for party, (talk, how) in self.parties.seats.items() if talk != offer
        }

    def kill_program(self) -> None:
        """Whoever has used the switch is dead: nobody hears anything until another run resumes."""
        self.dead = True

    def take_over(self, caller: FakeCaller) -> None:
        """The caller is served without us from now on."""
        self.taken_over.add(caller.id)
        caller.music = False

    # -- the port ------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether it has told everything."""
        return not self.down

    def resume(self, memory: Memory) -> None:
        self.dead = False
        self._unheard.clear()
        self._memory = memory
        if not self.down:
            self.come_back()

    async def execute(self, command: do.SwitchCommand) -> None:
        await asyncio.sleep(0)
        if self.down or self.dead:
            raise Unavailable("The switch is away.")
        self.executed.append(command)
        if isinstance(command, do.TalkCommand):
            self._talk(command)
        elif isinstance(command, do.SoundCommand):
            self._sound(command)
        elif isinstance(command, do.RecordingCommand):
            self._record(command)
        elif isinstance(command, do.PartyCommand):
            self.parties.execute(command)
        elif isinstance(command, do.Supervise):
            self.parties.supervise(command)
        else:
            assert_never(command)

    def _talk(self, command: do.TalkCommand) -> None:
        match command:
            case do.AnswerCall(call):
                if call in self.callers:
                    self.callers[call].answered = True
            case do.HangUpCall(call):
                if call in self.callers:
                    self.callers[call].end_message()
                    self.forget_caller(self.callers[call])
            case do.OfferCall():
                self._offer(command)
            case do.WithdrawOffer(_, offer) | do.ReleaseAgent(_, offer):
                if offer in self.legs:
                    self.forget_leg(offer)
                    self.tell(on.LegEnded(offer))
            case do.ConnectCall(call, offer):
                self._connect(call, offer)
            case _:
                assert_never(command)

    def _sound(self, command: do.SoundCommand) -> None:
        match command:
            case do.StartMusic(call) | do.StopMusic(call):
                if call in self.callers:
                    self.callers[call].music = isinstance(command, do.StartMusic)
            case do.StartRinging(call) | do.StopRinging(call):
                if call in self.callers:
                    self.callers[call].ringing = isinstance(command, do.StartRinging)
            case do.Play(call, playback, utterance):
                self._play(call, playback, utterance)
            case do.PlayToBoth(call, offer, playback, utterance):
                self._play_to_both(call, offer, playback, utterance)
            case do.StopPlaying(_, playback):
                self._stop(playback)
            case do.SpeakAndHangUp(visit, utterance):
                self._speak_and_hang_up(visit, utterance)
            case do.PlayToAgent(_, offer, utterance):
                self._whisper(offer, utterance)
            case _:
                assert_never(command)

    def _offer(self, command: do.OfferCall) -> None:
        if command.offer in self.legs:
            return
        phone = self.phones.get(command.agent)
        if command.call not in self.callers and not command.phoned_back:
            self.tell(on.CallerHungUp(command.call))
            self.tell(on.OfferFailed(command.offer, FailureCause.FAULT))
        elif phone is None or not phone.registered:
            self.tell(on.OfferFailed(command.offer, FailureCause.UNREACHABLE))
        elif phone.in_use:
            self.tell(on.OfferFailed(command.offer, FailureCause.BUSY))
        else:
            leg = FakeLeg(command.offer, phone, command.label, command.caller)
            self.legs[command.offer] = phone.leg = leg

    def _connect(self, call: CallId, offer: OfferId) -> None:
        caller, leg = self.callers.get(call), self.legs.get(offer)
        if talk_room(offer) in self.rooms.values():
            return
        if caller is None or leg is None or not leg.answered:
            self.tell(on.ConnectFailed(offer))
        else:
            leg.hears_words = False
            self.join(talk_room(offer), caller.channel, offer)
            self.tell(on.CallConnected(offer))

    def _play(self, call: CallId, playback: PlaybackId, utterance: Utterance) -> None:
        if call not in self.callers:
            self.tell(on.PlaybackFinished(call, playback))
            return
        self.callers[call].heard.append(utterance)
        end = self._after(utterance, lambda: self._finished(playback))
        self._playing[playback] = (call, end)

    def _play_to_both(
        self, call: CallId, offer: OfferId, playback: PlaybackId, utterance: Utterance
    ) -> None:
        leg = self.legs.get(offer)
        if leg is None or self.rooms.get(offer) is None:
            self.tell(on.PlaybackFinished(call, playback))
            return
        leg.phone.heard.append(utterance)
        self._play(call, playback, utterance)

    def _finished(self, playback: PlaybackId) -> None:
        if playback not in self._playing:
            return
        call, _ = self._playing.pop(playback)
        self.tell(on.PlaybackFinished(call, playback))

    def plays(self, playback: PlaybackId) -> bool:
        """Whether a prompt goes on."""
        return playback in self._playing

    def _stop(self, playback: PlaybackId) -> None:
        playing = self._playing.pop(playback, None)
        if playing is not None:
            playing[1].cancel()

    def _whisper(self, offer: OfferId, utterance: Utterance) -> None:
        leg = self.legs.get(offer)
        if leg is None or not leg.answered:
            self.tell(on.WhisperFinished(offer))
        else:
            leg.phone.heard.append(utterance)
            leg.hears_words = True
            self._after(utterance, lambda: self._whispered(offer))

    def _whispered(self, offer: OfferId) -> None:
        leg = self.legs.get(offer)
        if leg is not None and leg.hears_words:
            leg.hears_words = False
            self.tell(on.WhisperFinished(offer))

    def _after(self, utterance: Utterance, end: Callable[[], None]) -> asyncio.TimerHandle:
        seconds = sum(self._seconds.get(p.name, 0) for p in utterance if isinstance(p, Sound))
        return asyncio.get_running_loop().call_later(seconds, end)

    def _record(self, command: do.RecordingCommand) -> None:
        match command:
            case do.DiscardMessage(_, recording):
                self.messages.pop(recording, None)
                speaking = self.callers.get(command.call)
                if speaking is not None and speaking.recording == recording:
                    speaking.recording = None
            case do.RecordMessage(call, recording):
                caller = self.callers.get(call)
                if caller is None:
                    self.tell(on.MessageRecorded(call, recording, 0))
                elif recording not in self.messages:
                    caller.recording, caller.spoken = recording, 0
            case _:
                assert_never(command)

    def _speak_and_hang_up(self, visit: VisitId, utterance: Utterance) -> None:
        if visit in self.visits:
            self.visits[visit].heard.append(utterance)
            self.end_visit(visit)
