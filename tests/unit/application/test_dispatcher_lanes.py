"""The dispatcher with an engine that says what a test wants: order, failures, deadlines."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from ivr.application import dispatcher
from ivr.application.audit import Audit
from ivr.application.callbacks import Callbacks
from ivr.application.dispatcher import Dispatcher
from ivr.application.inbox import Inbox
from ivr.application.places import KeptPlaces
from ivr.application.records import CallRecords
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import Callback
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import IvrError, Refused, Unavailable
from ivr.domain.events import Event
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
from ivr.domain.memory import Memory
from ivr.domain.views import Snapshot
from testbed.transcript import Transcript
from tests.fakes.callbacks import a_callback, a_place
from tests.fakes.store import FakeStore

ANNA, BERND = CallId("anna"), CallId("bernd")
OFFER, PLAYBACK = OfferId("o"), PlaybackId("p")


class RealTime:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ScriptedEngine:
    """Answers the events of ``script``; ``seen`` is what it was fed, a deadline being None."""

    def __init__(self) -> None:
        self.script: dict[Event | None, list[do.Command]] = {}
        self.deadlines: dict[Event | None, datetime | None] = {}
        self.deadline: datetime | None = None
        self.broken = False
        self.seen: Transcript[tuple[Event | None, datetime]] = Transcript("engine")

    def handle(self, event: Event, now: datetime) -> list[do.Command]:
        return self._take(event, now)

    def handle_timer(self, now: datetime) -> list[do.Command]:
        return self._take(None, now)

    def _take(self, event: Event | None, now: datetime) -> list[do.Command]:
        assert not self.broken
        self.deadline = self.deadlines.get(event, self.deadline)
        self.seen.add((event, now))
        return self.script.get(event, [])

    def next_deadline(self) -> datetime | None:
        return self.deadline

    def snapshot(self) -> Snapshot:
        return Snapshot((), ())

    async def took(self, event: Event | None) -> datetime:
        """Wait until it was fed ``event``; return when."""
        return (await self.seen.first(lambda seen: seen[0] == event, repr(event)))[1]


class GatedSwitch:
    """Carries out the commands of a call when its gate is open; they all are at first."""

    def __init__(self) -> None:
        self.begun: Transcript[do.SwitchCommand] = Transcript("switch")
        self.done: Transcript[do.SwitchCommand] = Transcript("switch")
        self.gates: dict[object, asyncio.Event] = defaultdict(asyncio.Event)
        self.closed: set[object] = set()
        self.failure: Exception | None = None
        self.connected = True
        self.on_begun: Callable[[do.SwitchCommand], None] = lambda _: None

    async def execute(self, command: do.SwitchCommand) -> None:
        self.begun.add(command)
        self.on_begun(command)
        call = getattr(command, "call", None)
        if call in self.closed:
            await self.gates[call].wait()
        if self.failure is not None:
            raise self.failure
        self.done.add(command)

    def resume(self, memory: Memory) -> None:
        """There is nobody."""

    async def did(self, command: do.SwitchCommand) -> None:
        await self.done.first(lambda done: done == command, repr(command), within=5)


class SlowCallbacks:
    """Stores nothing before it is told to, or fails."""

    def __init__(self) -> None:
        self.commit = asyncio.Event()
        self.failure: IvrError | None = None

    async def request(self, _callback: Callback) -> bool:
        await self.commit.wait()
        if self.failure is not None:
            raise self.failure
        return True


class Shell:
    def __init__(self) -> None:
        self.inbox = Inbox()
        self.engine = ScriptedEngine()
        self.switch = GatedSwitch()
        self.callbacks = SlowCallbacks()
        self.store = FakeStore()
        self.places = KeptPlaces(self.store, self.inbox.post)
        self.dispatcher = Dispatcher(
            self.inbox,
            cast("QueueEngine", self.engine),
            self.switch,
            cast("Callbacks", self.callbacks),
            CallRecords(self.store),
            self.places,
            Audit(self.store, RealTime()),
            RealTime(),
        )

    def when(self, event: Event | None, *commands: do.Command) -> None:
        self.engine.script[event] = list(commands)


@asynccontextmanager
async def running() -> AsyncIterator[Shell]:
    shell = Shell()
    task = asyncio.create_task(shell.dispatcher.run(), name="dispatcher")
    try:
        yield shell
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# -- lanes -----------------------------------------------------------------------------------------


async def test_commands_of_a_call_are_carried_out_in_order() -> None:
    async with running() as shell:
        shell.switch.closed = {ANNA}
        first = (do.AnswerCall(ANNA), do.StartMusic(ANNA))
        shell.when(on.CallerPressed(ANNA, "1"), *first)
        shell.when(on.CallerPressed(ANNA, "2"), do.StopMusic(ANNA))
        for key in "12":
            await shell.inbox.handled(on.CallerPressed(ANNA, key))
        await shell.switch.begun.first(lambda command: command == first[0], "the first")
        assert list(shell.switch.begun) == [first[0]]
        shell.switch.gates[ANNA].set()
        await shell.switch.did(do.StopMusic(ANNA))
        assert list(shell.switch.done) == [*first, do.StopMusic(ANNA)]


async def test_a_slow_call_does_not_hold_up_another() -> None:
    async with running() as shell:
        shell.switch.closed = {ANNA}
        shell.when(on.CallerHungUp(ANNA), do.AnswerCall(ANNA), do.AnswerCall(BERND))
        shell.inbox.post(on.CallerHungUp(ANNA))
        await shell.switch.did(do.AnswerCall(BERND))
        assert do.AnswerCall(ANNA) not in shell.switch.done


async def test_an_offer_of_a_call_waits_for_the_call() -> None:
    async with running() as shell:
        shell.switch.closed = {ANNA}
        commands = (do.StopMusic(ANNA), do.ConnectCall(ANNA, OFFER), do.ReleaseAgent(ANNA, OFFER))
        shell.when(on.OfferAnswered(OFFER), *commands)
        shell.inbox.post(on.OfferAnswered(OFFER))
        await shell.switch.begun.first(lambda command: command == commands[0], "the first")
        shell.switch.gates[ANNA].set()
        await shell.switch.did(commands[-1])
        assert list(shell.switch.done) == list(commands)


async def test_a_visit_waits_for_nobody() -> None:
    async with running() as shell:
        shell.switch.closed = {ANNA}
        words = do.SpeakAndHangUp(VisitId("v"), (), "de")
        shell.when(on.CallerHungUp(ANNA), do.AnswerCall(ANNA), words)
        shell.inbox.post(on.CallerHungUp(ANNA))
        await shell.switch.did(words)


# -- the store -------------------------------------------------------------------------------------

CALLBACK = a_callback()
ASKS = on.CallerPressed(CallId("call-of-cb-1"), "1")


async def test_the_store_does_not_hold_up_the_call() -> None:
    async with running() as shell:
        music = do.StartMusic(CallId("call-of-cb-1"))
        shell.when(ASKS, do.StoreCallback(CALLBACK), music)
        shell.inbox.post(ASKS)
        await shell.switch.did(music)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (None, on.CallbackStored),
        (Unavailable("The disk is full."), on.CallbackNotStored),
        (Refused("Too long."), on.CallbackNotStored),
    ],
)
async def test_the_engine_is_told_what_became_of_a_promise(
    failure: IvrError | None,
    told: Callable[[CallbackId, CallId], on.CallbackStored | on.CallbackNotStored],
) -> None:
    async with running() as shell:
        shell.callbacks.failure = failure
        shell.when(ASKS, do.StoreCallback(CALLBACK))
        await shell.inbox.handled(ASKS)
        assert [event for event, _ in shell.engine.seen] == [ASKS]
        shell.callbacks.commit.set()
        assert CALLBACK.call is not None
        await shell.engine.took(told(CALLBACK.id, CALLBACK.call))


# -- a switch that is away -------------------------------------------------------------------------

OFFERED = do.OfferCall(ANNA, OFFER, AgentId("1001"), "Umwelt", None, timedelta(seconds=20))

RECORDED = do.RecordMessage(
    ANNA, RecordingId("m"), timedelta(minutes=2), silence=timedelta(seconds=4)
)
SUPERVISED = do.Supervise(ANNA, OFFER, LegId("l"), do.Supervision.LISTEN)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (OFFERED, on.OfferFailed(OFFER, on.FailureCause.FAULT)),
        (do.ConnectCall(ANNA, OFFER), on.ConnectFailed(OFFER)),
        (do.Play(ANNA, PLAYBACK, (), "de"), on.PlaybackFinished(ANNA, PLAYBACK)),
        (do.PlayToBoth(ANNA, OFFER, PLAYBACK, (), "de"), on.PlaybackFinished(ANNA, PLAYBACK)),
        (do.PlayToAgent(ANNA, OFFER, (), "de"), on.WhisperFinished(OFFER)),
        (RECORDED, on.MessageRecorded(ANNA, RECORDED.recording, 0)),
        (SUPERVISED, on.PartyFailed(SUPERVISED.leg, on.FailureCause.FAULT)),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_command_somebody_waits_for_fails_as_an_event(
    command: do.SwitchCommand, told: Event
) -> None:
    async with running() as shell:
        shell.switch.failure = Unavailable("Asterisk is away.")
        shell.when(on.CallerHungUp(ANNA), command)
        shell.inbox.post(on.CallerHungUp(ANNA))
        await shell.engine.took(told)


@pytest.mark.parametrize(
    "command",
    [
        do.AnswerCall(ANNA),
        do.StartMusic(ANNA),
        do.StopMusic(ANNA),
        do.StopPlaying(ANNA, PLAYBACK),
        do.WithdrawOffer(ANNA, OFFER, do.Withdrawal.ELSEWHERE),
        do.ReleaseAgent(ANNA, OFFER),
        do.HangUpCall(ANNA),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_command_nobody_waits_for_fails_in_silence(command: do.SwitchCommand) -> None:
    async with running() as shell:
        shell.switch.failure = Unavailable("Asterisk is away.")
        shell.when(on.CallerHungUp(ANNA), command, do.ConnectCall(ANNA, OFFER))
        shell.inbox.post(on.CallerHungUp(ANNA))
        await shell.engine.took(on.ConnectFailed(OFFER))
        assert [event for event, _ in shell.engine.seen] == [
            on.CallerHungUp(ANNA),
            on.ConnectFailed(OFFER),
        ]


async def test_the_lane_of_a_failed_command_goes_on() -> None:
    async with running() as shell:
        shell.switch.closed = {ANNA}
        shell.switch.failure = Unavailable("Asterisk is away.")
        shell.when(on.CallerHungUp(ANNA), OFFERED, do.StartMusic(ANNA))
        await shell.inbox.handled(on.CallerHungUp(ANNA))
        await shell.switch.begun.first(lambda command: command == OFFERED, "the offer")
        shell.switch.closed = set()
        shell.switch.gates[ANNA].set()
        await shell.switch.begun.first(lambda command: command == do.StartMusic(ANNA), "the next")


async def test_asterisk_may_answer_an_offer_before_anything_else_of_the_step_is_begun() -> None:
    async with running() as shell:
        begun_by_then: list[do.SwitchCommand] = []

        def answers(command: do.SwitchCommand) -> None:
            if command == OFFERED:
                # What comes from outside is heard in the next turn of the loop, at the earliest.
                asyncio.get_running_loop().call_soon(
                    lambda: begun_by_then.extend(shell.switch.begun)
                )

        shell.switch.on_begun = answers
        shell.when(on.CallerHungUp(ANNA), do.HangUpCall(BERND), do.AnswerCall(ANNA), OFFERED)
        await shell.inbox.handled(on.CallerHungUp(ANNA))
        assert begun_by_then == [OFFERED]
        assert list(shell.switch.begun) == [OFFERED, do.HangUpCall(BERND), do.AnswerCall(ANNA)]


async def test_who_stops_it_while_a_telephone_begins_to_ring_loses_no_record() -> None:
    shell = Shell()
    shell.when(on.CallerHungUp(ANNA), OFFERED, do.KeepPlace(a_place(ANNA)))
    task = asyncio.create_task(shell.dispatcher.run(), name="dispatcher")
    shell.inbox.post(on.CallerHungUp(ANNA))
    await shell.switch.begun.first(lambda command: command == OFFERED, "the offer")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await shell.places.flush()
    async with shell.store.transaction() as transaction:
        assert await transaction.places() == [a_place(ANNA)]


# -- deadlines -------------------------------------------------------------------------------------

SOON = timedelta(seconds=0.05)
MUCH_LATER = timedelta(hours=1)


async def test_the_engine_is_woken_at_its_deadline_and_not_before() -> None:
    async with running() as shell:
        deadline = datetime.now(UTC) + SOON
        shell.engine.deadlines = {on.CallerHungUp(ANNA): deadline, None: None}
        shell.when(None, do.HangUpCall(BERND))
        shell.inbox.post(on.CallerHungUp(ANNA))
        assert await shell.engine.took(None) >= deadline - timedelta(milliseconds=5)
        await shell.switch.did(do.HangUpCall(BERND))


async def test_an_earlier_deadline_comes_earlier() -> None:
    async with running() as shell:
        now = datetime.now(UTC)
        shell.engine.deadlines = {
            on.CallerHungUp(ANNA): now + MUCH_LATER,
            on.CallerHungUp(BERND): now + SOON,
            None: None,
        }
        await shell.inbox.handled(on.CallerHungUp(ANNA))
        await shell.inbox.handled(on.CallerHungUp(BERND))
        await shell.engine.took(None)


async def test_a_deadline_that_was_dropped_does_not_come() -> None:
    async with running() as shell:
        deadline = datetime.now(UTC) + SOON
        shell.engine.deadlines = {on.CallerHungUp(ANNA): deadline, on.CallerHungUp(BERND): None}
        await shell.inbox.handled(on.CallerHungUp(ANNA))
        await shell.inbox.handled(on.CallerHungUp(BERND))
        await asyncio.sleep(2 * SOON.total_seconds())
        assert None not in [event for event, _ in shell.engine.seen]


async def test_a_deadline_that_is_past_comes_at_once() -> None:
    async with running() as shell:
        shell.engine.deadlines = {on.CallerHungUp(ANNA): datetime.now(UTC) - SOON, None: None}
        shell.inbox.post(on.CallerHungUp(ANNA))
        await shell.engine.took(None)


async def test_deadlines_wait_for_what_the_switch_has_to_tell() -> None:
    async with running() as shell:
        shell.switch.connected = False
        shell.engine.deadlines = {on.CallerHungUp(ANNA): datetime.now(UTC) - SOON, None: None}
        shell.inbox.post(on.CallerHungUp(ANNA))
        await shell.engine.took(on.CallerHungUp(ANNA))
        await asyncio.sleep(0.3)  # it would have come by now
        shell.inbox.post(on.CallerHungUp(BERND))
        shell.switch.connected = True
        await shell.engine.took(None)
        assert [event for event, _ in shell.engine.seen] == [
            on.CallerHungUp(ANNA),
            on.CallerHungUp(BERND),
            None,
        ]


async def test_deadlines_are_not_put_off_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "_LONGEST_DEAF_SECONDS", 0.1)
    async with running() as shell:
        shell.switch.connected = False
        shell.engine.deadlines = {on.CallerHungUp(ANNA): datetime.now(UTC) - SOON, None: None}
        shell.inbox.post(on.CallerHungUp(ANNA))
        await shell.engine.took(None)


async def test_after_a_standstill_what_was_missed_comes_before_deadlines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatcher, "_STANDSTILL_SECONDS", 0.1)
    monkeypatch.setattr(dispatcher, "_AFTER_STANDSTILL_SECONDS", 0.05)
    async with running() as shell:
        shell.engine.deadlines = {on.CallerHungUp(ANNA): datetime.now(UTC) + SOON, None: None}
        await shell.inbox.handled(on.CallerHungUp(ANNA))
        time.sleep(SOON.total_seconds() + 0.2)  # noqa: ASYNC251 - the whole program stands still
        asyncio.get_running_loop().call_later(0.01, shell.inbox.post, on.CallerHungUp(BERND))
        await shell.engine.took(None)
        assert [event for event, _ in shell.engine.seen][-2:] == [on.CallerHungUp(BERND), None]


async def test_what_is_left_over_keeps_the_journal_unsettled_until_it_is_stored() -> None:
    shell, promise = Shell(), a_callback("cb-1")
    settled = [shell.dispatcher.settled]
    shell.dispatcher.go_on([do.StoreCallback(promise)])
    settled.append(shell.dispatcher.settled)
    task = asyncio.create_task(shell.dispatcher.run(), name="dispatcher")
    await asyncio.sleep(0)
    settled.append(shell.dispatcher.settled)
    shell.callbacks.commit.set()
    assert promise.call is not None
    await shell.engine.took(on.CallbackStored(promise.id, promise.call))
    settled.append(shell.dispatcher.settled)
    assert settled == [True, False, False, True]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


# -- facts and defects -----------------------------------------------------------------------------


async def test_watchers_are_called_after_each_fact() -> None:
    async with running() as shell:
        seen: list[int] = []
        shell.dispatcher.watch(lambda: seen.append(len(shell.engine.seen)))
        for key in "123":
            await shell.inbox.handled(on.CallerPressed(ANNA, key))
        assert seen == [1, 2, 3]


async def test_one_who_gives_up_waiting_for_a_fact_stops_nobody() -> None:
    async with running() as shell:
        impatient = asyncio.create_task(shell.inbox.handled(on.CallerHungUp(ANNA)))
        await asyncio.sleep(0)
        impatient.cancel()
        await shell.inbox.handled(on.CallerHungUp(BERND))
        await shell.engine.took(on.CallerHungUp(ANNA))


async def test_a_broken_invariant_ends_it() -> None:
    shell = Shell()
    shell.engine.broken = True
    shell.inbox.post(on.CallerHungUp(ANNA))
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(shell.dispatcher.run(), 5)
    assert ended.group_contains(AssertionError)


async def test_a_defect_in_a_lane_ends_it() -> None:
    shell = Shell()
    shell.switch.failure = ZeroDivisionError()
    shell.when(on.CallerHungUp(ANNA), do.AnswerCall(ANNA))
    shell.inbox.post(on.CallerHungUp(ANNA))
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(shell.dispatcher.run(), 5)
    assert ended.group_contains(ZeroDivisionError)


# -- kept places -----------------------------------------------------------------------------------


async def test_places_are_kept_and_released_without_waiting_for_a_lane() -> None:
    async with running() as shell:
        shell.switch.closed = {ANNA}
        shell.when(on.CallerPressed(ANNA, "2"), do.AnswerCall(ANNA), do.KeepPlace(a_place(ANNA)))
        shell.when(on.CallerPressed(ANNA, "3"), do.ReleasePlace(ANNA))
        await shell.inbox.handled(on.CallerPressed(ANNA, "2"))
        await shell.places.flush()
        async with shell.store.transaction() as transaction:
            assert await transaction.places() == [a_place(ANNA)]
        await shell.inbox.handled(on.CallerPressed(ANNA, "3"))
        await shell.places.flush()
        async with shell.store.transaction() as transaction:
            assert await transaction.places() == []


# -- the end ---------------------------------------------------------------------------------------


async def test_at_rest_what_was_decided_is_carried_out_and_nothing_more_is() -> None:
    async with running() as shell:
        shell.switch.closed = {ANNA}
        decided = (do.AnswerCall(ANNA), do.StartMusic(ANNA))
        shell.when(on.CallerPressed(ANNA, "1"), *decided)
        shell.when(on.CallerPressed(ANNA, "2"), do.StopMusic(ANNA))
        await shell.inbox.handled(on.CallerPressed(ANNA, "1"))
        resting = asyncio.create_task(shell.dispatcher.rest(5))
        await asyncio.sleep(0)
        shell.inbox.post(on.CallerPressed(ANNA, "2"))
        assert not resting.done()

        shell.switch.gates[ANNA].set()
        await resting

        assert tuple(shell.switch.done) == decided


async def test_rest_does_not_wait_for_what_hangs() -> None:
    async with running() as shell:
        shell.switch.closed = {ANNA}
        shell.when(on.CallerPressed(ANNA, "1"), do.AnswerCall(ANNA))
        await shell.inbox.handled(on.CallerPressed(ANNA, "1"))

        async with asyncio.timeout(5):
            await shell.dispatcher.rest(0.01)


async def test_a_dispatcher_that_never_ran_is_at_rest() -> None:
    await Shell().dispatcher.rest(5)


async def test_a_promise_whose_answer_nobody_hears_any_more_leaves_the_end_unsettled() -> None:
    async with running() as shell:
        shell.when(ASKS, do.StoreCallback(CALLBACK))
        await shell.inbox.handled(ASKS)
        resting = asyncio.create_task(shell.dispatcher.rest(5))
        await asyncio.sleep(0)
        shell.callbacks.commit.set()
        await resting
        assert not shell.dispatcher.settled


async def test_a_promise_is_settled_when_the_engine_has_heard_of_it() -> None:
    async with running() as shell:
        shell.when(ASKS, do.StoreCallback(CALLBACK))
        await shell.inbox.handled(ASKS)
        assert not shell.dispatcher.settled
        shell.callbacks.commit.set()
        assert CALLBACK.call is not None
        await shell.engine.took(on.CallbackStored(CALLBACK.id, CALLBACK.call))
        await shell.inbox.passed()
        assert shell.dispatcher.settled
