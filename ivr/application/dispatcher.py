"""The dispatcher: the one coroutine that touches the engine.

Facts come in through the inbox, from whatever side; commands go out in lanes, in order within a
call and side by side across calls. What fails comes back as a fact through the same door. There
are no locks, because there is one writer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import assert_never

import structlog

from ivr.application.audit import Audit
from ivr.application.callbacks import Callbacks
from ivr.application.callbacks_in_calls import CallbacksInCalls, Doubtful
from ivr.application.inbox import Inbox, Item
from ivr.application.lanes import Lanes
from ivr.application.places import KeptPlaces
from ivr.application.ports.machine import Clock
from ivr.application.ports.switch import Switch
from ivr.application.recording import Recording
from ivr.application.records import CallRecords
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.calls import CallRecord
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import Unavailable
from ivr.domain.unnamed import unnamed_call
from ivr.domain.views import Progress, Snapshot

log = structlog.get_logger(__name__)

Follower = Callable[[on.Event | None, Sequence[do.Command], datetime], None]
"""Is told a fact (None: a deadline), what came of it, and when."""

_AboutCallback = do.StoreCallback | do.AddToCallback | do.NoteReached
_InLane = do.SwitchCommand | _AboutCallback | Doubtful
"""What is carried out in a lane, and may fail there."""

_LONGEST_DEAF_SECONDS = 10.0
"""So long deadlines wait for what a switch that is away has to tell."""
_STANDSTILL_SECONDS = 3.0
"""A deadline that comes so late came while the program stood still."""
_LOOK_AGAIN_SECONDS = 0.2
_AFTER_STANDSTILL_SECONDS = 1.0
"""By then what was missed is heard of, or the connection is known to be lost."""


class Dispatcher:
    """Feeds the engine from the inbox and has its commands carried out."""

    def __init__(
        self,
        inbox: Inbox,
        engine: QueueEngine,
        switch: Switch,
        callbacks: Callbacks,
        records: CallRecords,
        places: KeptPlaces,
        audit: Audit,
        clock: Clock,
        recording: Recording | None = None,
    ) -> None:
        """``recording`` writes every step down before its commands go out; None: nobody does."""
        self._engine = engine
        self._recording = recording
        self._switch = switch
        self._in_calls = CallbacksInCalls(callbacks, lambda: self.county, self._answer)
        self._records = records
        self._places = places
        self._audit = audit
        self._clock = clock
        self._inbox = inbox
        self._lanes: Lanes[_InLane] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0.0
        """When it was to ring; seconds of the event loop."""
        self._deaf_since: float | None = None
        """When a deadline first came while the switch was away; None: it is not."""
        self._snapshot: Snapshot | None = None
        """How the service stands since the last fact; None: nobody has asked yet."""
        self._watchers: list[Callable[[], None]] = []
        self._followers: list[Follower] = []
        self._left_over: Sequence[_InLane] = ()
        self._committing = 0
        """So many commits of callbacks are on their way."""
        self._telling = False
        """The commands of a step are on their way, and not all know of it yet."""
        self._answers: list[on.Event] = []
        """What came of commits, and the engine has not been told; at a stop it never is."""

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have ``watcher`` called after each fact; it must be quick and must not fail."""
        self._watchers.append(watcher)

    def follow(self, follower: Follower) -> None:
        """Have ``follower`` told each fact and its commands; it must be quick and must not fail."""
        self._followers.append(follower)

    @property
    def county(self) -> County:
        """What the engine goes by now."""
        return self._engine.county

    def progress(self) -> Progress:
        """Return what changes with a fact, without what takes long to work out."""
        return self._engine.progress()

    def snapshot(self) -> Snapshot:
        """Return the service as it stands between two facts; worked out once for all who ask."""
        if self._snapshot is None:
            self._snapshot = self._engine.snapshot()
        return self._snapshot

    def numbers_in_use(self) -> frozenset[str]:
        """Return who is on the line, or on the way there or into the store."""
        return self._engine.numbers_in_use()

    async def run(self) -> None:
        """Work until cancelled. A broken invariant of the engine ends it, on purpose."""
        async with asyncio.TaskGroup() as tasks:
            lanes = self._lanes = Lanes(tasks, self._carry_out)
            for left_over in self._left_over:
                self._have_done(left_over, lanes)
            self._left_over = ()
            self._set_alarm()
            while True:
                item = await self._inbox.get()
                if item.event is None and self._too_early():
                    continue
                now = self._clock.now()
                commands = self._engine_takes(item.event, now)
                if item.event in self._answers:
                    self._answers.remove(item.event)
                self._telling = True
                try:
                    await self._send_out(commands, lanes)
                finally:
                    self._tell(item, commands, now)

    @property
    def settled(self) -> bool:
        """Whether no commit of a callback is on its way, nor what came of it.

        And whoever writes down what follows from a step has heard of it.
        """
        waiting = self._committing or self._answers or self._left_over
        return not waiting and not self._telling

    def go_on(self, left_over: Sequence[_InLane]) -> None:
        """Have what an earlier run left over carried out first; call it before ``run``."""
        self._left_over = left_over

    async def rest(self, seconds: float) -> None:
        """Take nothing more, and return when what was decided is carried out.

        Waits at most ``seconds``: what hangs by then is the next run's business.
        """
        self._inbox.close()
        if self._lanes is not None:
            await self._lanes.emptied(seconds)

    async def _send_out(self, commands: Sequence[do.Command], lanes: Lanes[_InLane]) -> None:
        """Put commands into their lanes, and let those send before anything else is done.

        Callers and agents wait for nothing as they wait for a telephone to ring: what else a step
        asks for comes a turn of the loop later, and by then Asterisk may have answered. Where more
        facts wait, each turn would cost more than it brings.
        """
        offers = [command for command in commands if isinstance(command, do.OfferCall)]
        others = [command for command in commands if not isinstance(command, do.OfferCall)]
        try:
            for offer in offers:
                self._have_done(offer, lanes)
            if offers:
                await self._turn()
        finally:  # also where the program is stopped meanwhile: calls are written down
            for command in others:
                self._have_done(command, lanes)
        if others:
            await self._turn()

    async def _turn(self) -> None:
        """Let everybody else have a turn of the loop, unless more facts wait."""
        if not self._inbox:
            await asyncio.sleep(0)

    def _have_done(self, command: do.Command | Doubtful, lanes: Lanes[_InLane]) -> None:
        """Have a command carried out; never waits.

        What only has to be written goes to its writer at once: what still waits in a lane when
        the service ends is lost.
        """
        match command:
            case do.RecordCall(record):
                self._record(record)
            case do.NoteResult():
                self._records.add(command)
            case do.KeepPlace(kept):
                self._places.keep(kept)
            case do.ReleasePlace(call):
                self._places.release(call)
            case do.NoteOutgoingCall():
                pass  # whoever follows writes it down
            case do.StoreCallback() | do.AddToCallback() | do.NoteReached() | Doubtful():
                self._committing += 1
                lanes.put(_lane(command), command)
            case _:
                lanes.put(_lane(command), command)

    def _engine_takes(self, event: on.Event | None, now: datetime) -> list[do.Command]:
        self._snapshot = None
        try:
            commands = (
                self._engine.handle_timer(now) if event is None else self._engine.handle(event, now)
            )
        except BaseException:
            if self._recording is not None:
                self._recording.broke(event, now)
            raise
        if self._recording is not None:
            self._recording.took(event, commands, now)
        return commands

    def _tell(self, item: Item, commands: Sequence[do.Command], now: datetime) -> None:
        """Tell everybody else of a step whose commands are on their way."""
        for follower in self._followers:
            follower(item.event, commands, now)
        self._telling = False
        if self._recording is not None:
            self._recording.carried_out(now)
        self._set_alarm()
        for watcher in self._watchers:
            watcher()
        item.taken()

    def _too_early(self) -> bool:
        """Whether deadlines have to wait: what happened before them may not be told yet.

        Who answered while the program was away, frozen or cut off from the switch must not be
        taken for one who did not. Then they are looked at again, but not put off for ever.
        """
        now = asyncio.get_running_loop().time()
        if not self._switch.connected:
            self._deaf_since = now if self._deaf_since is None else self._deaf_since
            wait = _LOOK_AGAIN_SECONDS if now - self._deaf_since < _LONGEST_DEAF_SECONDS else 0.0
        else:
            self._deaf_since = None
            stood_still = now - self._alarm_at > _STANDSTILL_SECONDS
            wait = _AFTER_STANDSTILL_SECONDS if stood_still else 0.0
        if wait:
            self._set_alarm(at_least=wait)
        return bool(wait)

    def _set_alarm(self, at_least: float = 0.0) -> None:
        """Come back when the engine's next deadline is there; not within ``at_least`` seconds."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        deadline = self._engine.next_deadline()
        if deadline is not None:
            delay = max((deadline - self._clock.now()).total_seconds(), at_least)
            loop = asyncio.get_running_loop()
            self._alarm_at = loop.time() + delay
            self._alarm = loop.call_at(self._alarm_at, self._inbox.ring)

    def _answer(self, event: on.Event) -> None:
        """Have the engine told what came of a commit."""
        self._answers.append(event)
        self._inbox.post(event)

    def _record(self, record: CallRecord) -> None:
        named = self.county.privacy.staff.per_agent
        _log_call(record if named else unnamed_call(record, self.county.agents))
        self._records.add(record)

    async def _carry_out(self, command: _InLane) -> None:
        match command:
            case do.StoreCallback() | do.AddToCallback() | do.NoteReached():
                await self._in_calls.carry_out(command)
                self._committing -= 1  # not where it was cut off: then nobody knows
            case Doubtful(doubtful, since):
                await self._in_calls.carry_out(doubtful, since)
                self._committing -= 1
            case do.Supervise(keyed=do.KeyPressedBy() as keyed):
                await self._supervise(command, keyed)
            case _:
                await self._switch_does(command)

    async def _switch_does(self, command: do.SwitchCommand) -> None:
        try:
            await self._switch.execute(command)
        except Unavailable as error:
            self._switch_failed(command, error)

    async def _supervise(self, command: do.Supervise, keyed: do.KeyPressedBy) -> None:
        """Write a key's wish down, then do it: not done unseen, the supervisor is put out instead.

        To stay as before would be worse: who presses "whisper" would believe to be heard.
        """
        how, call = command.how, command.call
        details = {"phone": keyed.phone, "agent": keyed.agent, "via": "keys"}
        try:
            await self._audit.note(keyed.by, how.value, call, **details)
        except Unavailable as error:
            log.error(
                "supervision_ended", call=call, leg=command.leg, reason=f"no audit: {error.message}"
            )
            self._inbox.post(on.PartyFailed(command.leg, on.FailureCause.FAULT))
        else:
            await self._switch_does(command)

    def _switch_failed(self, command: do.SwitchCommand, error: Unavailable) -> None:
        """Tell the engine, where it waits for the command's end."""
        log.warning("command_failed", command=type(command).__name__, reason=error.message)
        match command:
            case do.OfferCall(offer=offer):
                self._inbox.post(on.OfferFailed(offer, on.FailureCause.FAULT))
            case do.DialParty(leg=leg) | do.HandOver(leg=leg) | do.Supervise(leg=leg):
                self._inbox.post(on.PartyFailed(leg, on.FailureCause.FAULT))
            case do.ConnectCall(offer=offer):
                self._inbox.post(on.ConnectFailed(offer))
            case (
                do.Play(call=call, playback=playback) | do.PlayToBoth(call=call, playback=playback)
            ):
                self._inbox.post(on.PlaybackFinished(call, playback))
            case do.PlayToAgent(offer=offer):
                self._inbox.post(on.WhisperFinished(offer))
            case do.RecordMessage(call=call, recording=recording):
                self._inbox.post(on.MessageRecorded(call, recording, 0))
            case (
                do.AnswerCall()
                | do.StartMusic()
                | do.StopMusic()
                | do.StartRinging()
                | do.StopRinging()
                | do.StopPlaying()
                | do.WithdrawOffer()
                | do.ReleaseAgent()
                | do.HangUpCall()
                | do.SpeakAndHangUp()
                | do.EndParty()
                | do.HoldCaller()
                | do.ReturnToCaller()
                | do.Consult()
                | do.ConsultByVisit()
                | do.EndVisit()
                | do.JoinThree()
                | do.ReportTransfer()
                | do.AdoptCaller()
                | do.DiscardMessage()
            ):
                pass  # the switch tidies up what is left over when it is back
            case _:
                assert_never(command)


def _lane(command: _InLane) -> Hashable:
    """Say what ``command`` has to wait for: the ones before it for the same call.

    A commit waits for nobody, and nobody's call waits for it.
    """
    match command:
        case do.StoreCallback(callback):
            return callback.id
        case do.AddToCallback(callback=known) | do.NoteReached(callback=known):
            return known
        case Doubtful(command=doubtful):
            return doubtful.callback
        case do.SpeakAndHangUp(visit=visit):
            return visit
        case do.OfferCall(offer=offer) | do.WithdrawOffer(offer=offer):
            return offer  # nothing the caller hears has to come before, and nobody waits for it
        case _:
            return command.call


def _log_call(record: CallRecord) -> None:
    """One line per call, when it is over."""
    log.info(
        "call_ended",
        call=record.id,
        outcome=record.outcome,
        department=record.department,
        agent=record.agent,
        offers=record.offers,
        waited_seconds=record.waited_seconds,
        talked_seconds=record.talked_seconds,
    )
