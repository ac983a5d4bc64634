"""Everything outside the engine, by chance and in virtual time: callers, switch, store, agents.

It obeys as a switch does that never fails. What no simulated person can cause ends in an
AssertionError, so that this keeps up with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final, get_args

from ivr.application.simulating.clockwork import Clockwork, Obeying
from ivr.application.simulating.habits import Habits
from ivr.application.simulating.staff import Staff, WorkingTimes
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.calls import CallRecord
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import E164, AgentId, CallId, OfferId, PlaybackId
from ivr.domain.speech import Sound

Arrivals = Iterator[tuple[datetime, E164]]
"""When callers come, and what they dial; in order."""
Quarters = Iterator[tuple[datetime, int | None]]
"""When how many agents are to be there, see ``on_duty.quarters``."""

_ENTERED: Final = "please-wait"
"""Who hears this is in the queue."""
_OFFERS: Final = frozenset({"way-out-callback", "closed-callback-offer"})
"""Who hears these can't be served, and may ask for a callback."""
_OVERTIME: Final = 7200.0
"""So long after closing time agents stay at most for callers who still wait."""
_LOOK_AGAIN: Final = 30.0
_MESSAGE: Final = 20.0
"""How long a spoken message is."""
_INTO_THE_TALK: Final = 0.8
"""At this share of a talk the agent takes the callback request."""


@dataclass(slots=True, eq=False)
class _Caller:
    id: CallId
    talk: float
    patience: float
    by_key: bool
    """Asks for a callback instead of giving up."""
    noted: bool
    """The agent takes a callback request."""
    playback: PlaybackId | None = None
    offered_callback: bool = False
    waiting: bool = False
    answered: bool = False
    record: CallRecord | None = None
    """What is left of the call that is over."""


class Outside:
    """Feeds the engine what people do, and obeys it."""

    def __init__(
        self,
        engine: QueueEngine,
        habits: Habits,
        times: WorkingTimes,
        ended: Callable[[CallRecord], None],
        start: datetime,
        seed: int,
        prompt_seconds: Callable[[do.Play, datetime], float] | None = None,
    ) -> None:
        """Begin with nobody there, on a new engine.

        ``ended`` gets every finished call, in the order of arrival. ``prompt_seconds`` says how
        long a prompt takes and when it was heard, where that matters to somebody. Callers and
        agents have a chance of their own: with the same seed the same callers come, however many
        agents there are.
        """
        county = engine.county
        self._clock = Clockwork(engine, start, self._obeying())
        self._callback_key = county.rules.callback_key
        self._callback_code = county.rules.codes.callback
        self._habits = habits
        self._ended = ended
        self._prompt_seconds = prompt_seconds
        self._callers_chance = Random(f"callers {seed}")  # noqa: S311 - chance, not a secret
        self._callers: dict[CallId, _Caller] = {}
        self._arrived = 0
        self._agents: dict[OfferId, AgentId] = {}
        agents_chance = Random(f"agents {seed}")  # noqa: S311 - chance, not a secret
        self._staff = Staff(
            county.agents.values(), county.rules, habits, self._clock, times, agents_chance
        )

    def run(self, arrivals: Arrivals, quarters: Quarters) -> None:
        """Let the callers come and the agents work, until nobody is there any more."""
        self._next_quarter(quarters, None)
        self._next_arrival(arrivals)
        self._clock.run()
        assert not self._callers, "somebody's call did not end"

    # -- agents --------------------------------------------------------------------------------

    def _next_quarter(self, quarters: Quarters, day: int | None) -> None:
        for at, wanted in quarters:
            self._clock.plan_at(at, self._quarter, (quarters, day), wanted)
            return

    def _quarter(self, rest: tuple[Quarters, int | None], wanted: int | None) -> None:
        quarters, day = rest
        today = self._clock.now.toordinal()
        if wanted is None:
            self._closes(0.0, None)
        else:
            if today != day:
                self._staff.begin_day()
            self._staff.be(wanted)
            if today != day or self._clock.now.minute == 0:
                self._staff.plan_breaks()
        self._next_quarter(quarters, today)

    def _closes(self, overtime: float, _: object) -> None:
        """Agents stay as long as somebody waits, but not for ever."""
        if self._callers and self._staff.anybody and overtime < _OVERTIME:
            self._clock.plan(_LOOK_AGAIN, self._closes, overtime + _LOOK_AGAIN)
            return
        self._staff.be(0)
        for caller in list(self._callers.values()):
            if not caller.answered and caller.record is None:
                self._clock.happens(on.CallerHungUp(caller.id))

    # -- callers -------------------------------------------------------------------------------

    def _next_arrival(self, arrivals: Arrivals) -> None:
        for at, dialled in arrivals:
            self._clock.plan_at(at, self._arrives, arrivals, dialled)
            return

    def _arrives(self, arrivals: Arrivals, dialled: E164) -> None:
        self._next_arrival(arrivals)
        chance, habits = self._callers_chance, self._habits
        self._arrived += 1
        talk = habits.talks.draw(chance)
        patience = chance.expovariate(1.0) * (habits.patience or 0.0)
        by_key = chance.random() < habits.callback_instead
        noted = chance.random() < habits.callback_taken
        call = CallId(f"call-{self._arrived}")
        self._callers[call] = _Caller(call, talk, patience, by_key, noted)
        number = f"+4917139200{self._arrived % 100:02d}" if by_key or noted else None
        self._clock.happens(on.CallArrived(call, dialled, number))

    def _tell_ended(self) -> None:
        """Pass finished calls on in the order of arrival: a dict keeps it."""
        while self._callers:
            first = next(iter(self._callers.values()))
            if first.record is None:
                return
            del self._callers[first.id]
            self._ended(first.record)

    def _waits(self, caller: _Caller) -> None:
        if not caller.waiting:
            caller.waiting = True
            if self._habits.patience is not None:
                self._clock.plan(caller.patience, self._gives_up, caller)

    def _gives_up(self, caller: _Caller, _: object) -> None:
        if caller.answered or caller.record is not None:
            return
        if caller.by_key:
            self._clock.happens(on.CallerPressed(caller.id, self._callback_key))
        else:
            self._clock.happens(on.CallerHungUp(caller.id))

    def _hears(self, command: do.Play | do.PlayToBoth) -> None:
        caller = self._callers[command.call]
        caller.playback = command.playback
        caller.offered_callback = False
        for phrase in command.utterance:
            if type(phrase) is Sound:
                if phrase.name == _ENTERED:
                    self._waits(caller)
                elif phrase.name in _OFFERS:
                    caller.offered_callback = True
        seconds = self._habits.prompt
        if self._prompt_seconds is not None and isinstance(command, do.Play):
            seconds = self._prompt_seconds(command, self._clock.now)
        self._clock.plan(seconds, self._has_heard, caller, command.playback)

    def _has_heard(self, caller: _Caller, playback: PlaybackId) -> None:
        if caller.playback != playback or caller.record is not None:
            return  # it was stopped
        caller.playback = None
        self._clock.happens(on.PlaybackFinished(caller.id, playback))
        if caller.offered_callback and caller.by_key:
            self._clock.happens(on.CallerPressed(caller.id, self._callback_key))

    def _talks(self, caller: _Caller) -> None:
        caller.answered = True
        self._clock.plan(caller.talk, self._has_talked, caller)

    def _has_talked(self, caller: _Caller, _: object) -> None:
        if caller.record is None:
            self._clock.happens(on.CallerHungUp(caller.id))

    def _takes_callback(self, caller: _Caller, offer: OfferId) -> None:
        if caller.record is None:
            for key in self._callback_code:
                self._clock.happens(on.AgentPressed(offer, key))

    # -- the switch and the store --------------------------------------------------------------

    def _at_once(self, event: on.Event) -> None:
        self._clock.at_once(self._clock.happens, event)

    def _obeying(self) -> Obeying:
        """What is made of each command the engine knows."""
        obeying: dict[type[do.Command], Callable[[Any], None]] = {
            **dict.fromkeys(_NOBODY_SEES, _obeyed),
            **dict.fromkeys(_NOBODY_CAUSES, _unexpected),
            do.StopPlaying: self._stops_hearing,
            do.Play: self._hears,
            do.PlayToBoth: self._hears,
            do.PlayToAgent: self._agent_hears,
            do.OfferCall: self._rings,
            do.ConnectCall: self._connects,
            do.ReleaseAgent: self._released,
            do.WithdrawOffer: self._withdrawn,
            do.RecordCall: self._recorded,
            do.StoreCallback: self._stores,
            do.RecordMessage: self._speaks,
            do.DialParty: self._dials,
            do.HandOver: self._handed_over,
            do.EndParty: self._party_ends,
        }
        missing = set(get_args(do.Command)) - set(obeying)
        assert not missing, f"nobody says what comes of {missing}"
        return obeying

    def _stops_hearing(self, command: do.StopPlaying) -> None:
        self._callers[command.call].playback = None

    def _agent_hears(self, command: do.PlayToAgent) -> None:
        heard = on.WhisperFinished(command.offer)
        self._clock.plan(self._habits.prompt, self._clock.happens, heard)

    def _recorded(self, command: do.RecordCall) -> None:
        self._callers[command.record.id].record = command.record
        self._tell_ended()

    def _stores(self, command: do.StoreCallback) -> None:
        callback = command.callback
        assert callback.call is not None, "a callback of no call"
        self._at_once(on.CallbackStored(callback.id, callback.call))

    def _speaks(self, command: do.RecordMessage) -> None:
        recorded = on.MessageRecorded(command.call, command.recording, _MESSAGE)
        self._clock.plan(_MESSAGE, self._clock.happens, recorded)

    def _rings(self, command: do.OfferCall) -> None:
        self._agents[command.offer] = command.agent
        self._staff.rung(command)

    def _connects(self, command: do.ConnectCall) -> None:
        caller, offer = self._callers[command.call], command.offer
        self._at_once(on.CallConnected(offer))
        self._talks(caller)
        if caller.noted:
            seconds = caller.talk * _INTO_THE_TALK
            self._clock.plan(seconds, self._takes_callback, caller, offer)

    def _released(self, command: do.ReleaseAgent) -> None:
        self._staff.released(self._agents.pop(command.offer))
        self._at_once(on.LegEnded(command.offer))

    def _withdrawn(self, command: do.WithdrawOffer) -> None:
        self._staff.withdrawn(self._agents.pop(command.offer), command.why)
        self._at_once(on.LegEnded(command.offer))

    # Callers for whom there is no room are put through where the admin says.

    def _dials(self, command: do.DialParty) -> None:
        seconds = self._habits.answer_after[1]
        self._clock.plan(seconds, self._clock.happens, on.PartyAnswered(command.leg))

    def _handed_over(self, command: do.HandOver) -> None:
        self._talks(self._callers[command.call])

    def _party_ends(self, command: do.EndParty) -> None:
        self._at_once(on.PartyHungUp(command.leg))


_NOBODY_SEES: Final[tuple[type[do.Command], ...]] = (
    do.AnswerCall,
    do.HangUpCall,
    do.StartMusic,
    do.StopMusic,
    do.StartRinging,
    do.StopRinging,
)
"""What nothing follows from here."""
_NOBODY_CAUSES: Final[tuple[type[do.Command], ...]] = (
    do.HoldCaller,
    do.ReturnToCaller,
    do.Consult,
    do.ConsultByVisit,
    do.EndVisit,
    do.JoinThree,
    do.ReportTransfer,
    do.AdoptCaller,
    do.Supervise,
    do.SpeakAndHangUp,
    do.DiscardMessage,
    do.AddToCallback,
    do.NoteReached,
    do.NoteResult,
    do.NoteOutgoingCall,
    do.KeepPlace,
    do.ReleasePlace,
)
"""What no simulated person leads to."""


def _obeyed(_command: do.Command) -> None:
    pass


def _unexpected(command: do.Command) -> None:
    raise AssertionError(f"nobody does here what leads to {command}")
