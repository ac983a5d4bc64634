"""Calls and agents in the words of Asterisk's ``queue_log``, for reports that can read it.

Follows the engine from outside: facts, commands and what the service looks like afterwards. It
decides nothing, and no part of the engine knows of it. After a restart it goes on with what the
engine remembers.

A call lost with the switch ends as Asterisk's own queue tells it when Asterisk is stopped: with
ABANDON, or in a talk with COMPLETECALLER. One that Asterisk's own queue has taken over leaves this
one with EXITWITHTIMEOUT: so Asterisk itself tells of a caller who goes from one queue to the next,
and reports count the call there as answered or abandoned, and here as neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.ids import E164, AgentId, CallId, OfferId
from ivr.domain.limiting import NOBODY_THERE
from ivr.domain.live import LiveCall, Phase
from ivr.domain.memory import Memory
from ivr.domain.queue_entry import NOBODY, QueueEntry, QueueEvent, Values
from ivr.domain.rules import QueueRules
from ivr.domain.speech import Sound
from ivr.domain.views import AgentProgress, CallProgress, Progress


@dataclass(slots=True)
class _Entered:
    """A call that entered the queue and has not ended. ``origin`` is the place where it entered."""

    origin: int
    key: str
    pressed: str = ""
    """The key pressed last before the caller was put through to anybody."""
    hold: int | None = None
    """Seconds until it was connected."""
    agent: AgentId | None = None
    agent_left_at: datetime | None = None
    transfer: QueueEvent | None = None
    """How the agent put the caller through."""
    shown_out: tuple[QueueEvent, int] | None = None
    """Why the caller could not wait any longer, and after how many seconds."""

    def talk_over(self, now: datetime) -> None:
        """Note when the agent left; what came first counts."""
        self.agent_left_at = self.agent_left_at or now


@dataclass(frozen=True, slots=True)
class _Ringing:
    agent: AgentId
    call: CallId
    since: datetime


class QueueJournal:
    """Puts into ``queue_log``'s words what happens."""

    def __init__(self) -> None:
        """Start with an empty queue and everybody logged out."""
        self._entered: dict[CallId, _Entered] = {}
        self._restored: set[CallId] = set()
        """Calls that entered in an earlier run of the program."""
        self._ringing: dict[OfferId, _Ringing] = {}
        self._answered: dict[CallId, tuple[OfferId, int]] = {}
        """The latest offer of a call that was answered, and how many seconds it rang."""
        self._agents: dict[AgentId, tuple[Presence, str]] = {}

    @classmethod
    def resume(cls, memory: Memory, rules: QueueRules) -> QueueJournal:
        """Go on in a run whose engine goes on with ``memory`` and by ``rules``.

        Which key a caller pressed last is not in it; it is told as the one that leads there.
        """
        journal = cls()
        journal._agents = {each.id: (each.presence, each.reason) for each in memory.agents}
        journal._entered = {
            call.id: _entered(call, rules) for call in memory.calls if call.queued_at is not None
        }
        rings_since = {agent.offer: agent.since for agent in memory.agents}
        for offer in memory.offers:
            since = rings_since[offer.id]
            if since is None:
                raise AssertionError(f"offer {offer.id} was made at no time")
            if offer.answered_at is None:
                journal._ringing[offer.id] = _Ringing(offer.agent, offer.call, since)
            else:
                rang = 0 if offer.connected else _seconds(since, offer.answered_at)
                journal._answered[offer.call] = (offer.id, rang)
        return journal

    def follow(
        self,
        event: on.Event | None,
        commands: Sequence[do.Command],
        progress: Progress,
        callback_key: str,
        now: datetime,
    ) -> list[QueueEntry]:
        """Return what is to be told of a fact (None: a deadline) and what came of it."""
        self._note_restored(event)
        self._note_key(event)
        self._note_talks_over(event, commands, now)
        return [
            *self._not_answered(event, now),
            *self._entries(progress, callback_key, now),
            *self._connections(progress, now),
            *self._offers(commands, now),
            *self._ends(event, commands, now),
            *self._departures(progress, now),
            *self._presences(progress, now),
        ]

    def _note_restored(self, event: on.Event | None) -> None:
        """Take a kept place as one that entered in an earlier run, which told of it."""
        if isinstance(event, on.PlaceRestored):
            self._restored.add(event.kept.call)

    def _note_key(self, event: on.Event | None) -> None:
        if isinstance(event, on.CallerPressed) and event.call in self._entered:
            entered = self._entered[event.call]
            if entered.transfer is None:
                entered.pressed = event.key

    def _note_talks_over(
        self, event: on.Event | None, commands: Sequence[do.Command], now: datetime
    ) -> None:
        for command in commands:
            if isinstance(command, do.ReleaseAgent) and command.call in self._entered:
                self._entered[command.call].talk_over(now)
            if isinstance(command, do.HandOver) and command.call in self._entered:
                # Who has just picked up got the caller without a word with the agent.
                blind = isinstance(event, on.PartyAnswered)
                entered = self._entered[command.call]
                entered.transfer = (
                    QueueEvent.BLINDTRANSFER if blind else QueueEvent.ATTENDEDTRANSFER
                )
                entered.talk_over(now)

    def _not_answered(self, event: on.Event | None, now: datetime) -> Iterator[QueueEntry]:
        match event:
            case on.OfferAnswered(offer) if offer in self._ringing:
                self._note_answered(offer, self._ringing.pop(offer), now)
            case on.OfferFailed(offer) if offer in self._ringing:
                yield self._rang(offer, QueueEvent.RINGNOANSWER, now)
            case _:
                pass

    def _note_answered(self, offer: OfferId, rang: _Ringing, now: datetime) -> None:
        if rang.call in self._entered:
            self._answered[rang.call] = (offer, _seconds(rang.since, now))
            self._entered[rang.call].agent_left_at = None  # of an earlier talk

    def _rang(self, offer: OfferId, event: QueueEvent, now: datetime) -> QueueEntry:
        rang = self._ringing.pop(offer)
        milliseconds = int((now - rang.since) / timedelta(milliseconds=1))
        return QueueEntry(now, rang.call, _name(rang.agent), event, (milliseconds,))

    def _entries(self, progress: Progress, key: str, now: datetime) -> Iterator[QueueEntry]:
        for view in progress.calls:
            entered = self._entered.get(view.id)
            if view.queued_at is not None and entered is None:
                entered = self._entered[view.id] = _Entered(view.entered_as, key)
                if view.id not in self._restored:
                    yield from _entry(
                        view.id, view.dialled, view.caller_number, view.entered_as, now
                    )
            if entered is not None and view.shown_out is not None and entered.shown_out is None:
                entered.shown_out = _shown_out(view.shown_out, view.queued_at, now)

    def _connections(self, progress: Progress, now: datetime) -> Iterator[QueueEntry]:
        for view in progress.calls:
            entered = self._entered.get(view.id)
            if entered is not None and entered.hold is None and view.answered_at is not None:
                yield self._connection(view, entered, now)

    def _connection(self, view: CallProgress, entered: _Entered, now: datetime) -> QueueEntry:
        entered.hold = _seconds(view.queued_at, view.answered_at)
        entered.agent = view.agent
        values = (entered.hold, *self._answered.get(view.id, ("", 0)))
        return QueueEntry(now, view.id, _name(view.agent), QueueEvent.CONNECT, values)

    def _offers(self, commands: Sequence[do.Command], now: datetime) -> Iterator[QueueEntry]:
        for command in commands:
            match command:
                case do.OfferCall(call=call, offer=offer, agent=agent):
                    self._ringing[offer] = _Ringing(agent, call, now)
                case do.WithdrawOffer(offer=offer, why=why) if offer in self._ringing:
                    missed = why is do.Withdrawal.NO_ANSWER
                    yield self._rang(
                        offer,
                        QueueEvent.RINGNOANSWER if missed else QueueEvent.RINGCANCELED,
                        now,
                    )
                case _:
                    pass

    def _ends(
        self, event: on.Event | None, commands: Sequence[do.Command], now: datetime
    ) -> Iterator[QueueEntry]:
        for command in commands:
            if isinstance(command, do.RecordCall):
                record = command.record
                self._answered.pop(record.id, None)
                entered = self._entered.pop(record.id, None)
                if entered is None and record.queued_at is not None:
                    # Came and went with one fact: nobody saw it in between.
                    entered = _Entered(1, "")
                    if record.id not in self._restored:
                        yield from _entry(record.id, record.dialled, record.caller_number, 1, now)
                self._restored.discard(record.id)
                if entered is not None:
                    yield _end(record, entered, now, by_agent=isinstance(event, on.AgentHungUp))

    def _departures(self, progress: Progress, now: datetime) -> Iterator[QueueEntry]:
        """Tell of those whom Asterisk's own queue has taken over."""
        for view in progress.taken_over:
            self._answered.pop(view.id, None)
            self._restored.discard(view.id)
            entered = self._entered.pop(view.id, None)
            if entered is not None:
                places = (entered.origin, entered.origin)
                waited = _seconds(view.queued_at, now)
                yield QueueEntry(
                    now, view.id, NOBODY, QueueEvent.EXITWITHTIMEOUT, (*places, waited)
                )

    def _presences(self, progress: Progress, now: datetime) -> Iterator[QueueEntry]:
        for view in progress.agents:
            before = self._agents.get(view.id, (Presence.LOGGED_OUT, ""))
            after = (view.presence, view.reason)
            if before != after:
                self._agents[view.id] = after
                yield from _presence(view, before[0], now)


def _entered(call: LiveCall, rules: QueueRules) -> _Entered:
    return _Entered(
        origin=call.entered_as,
        key=rules.callback_key,
        pressed=rules.callbacks.return_key if call.returning is not None else "",
        hold=_seconds(call.queued_at, call.answered_at) if call.answered_at is not None else None,
        agent=call.agent,
        agent_left_at=call.left_at,
        transfer=_transfer(call) if call.phase is Phase.HANDED_OVER else None,
        shown_out=_shown_out(call.shown_out, call.queued_at, call.left_at),
    )


def _transfer(call: LiveCall) -> QueueEvent:
    return QueueEvent.BLINDTRANSFER if call.unannounced else QueueEvent.ATTENDEDTRANSFER


def _shown_out(
    why: Sound | None, queued_at: datetime | None, at: datetime | None
) -> tuple[QueueEvent, int] | None:
    if why is None:
        return None
    event = QueueEvent.EXITEMPTY if why == NOBODY_THERE else QueueEvent.EXITWITHTIMEOUT
    return event, _seconds(queued_at, at)


def _entry(
    call: CallId, dialled: str, caller: E164 | None, position: int, now: datetime
) -> Iterator[QueueEntry]:
    yield QueueEntry(now, call, NOBODY, QueueEvent.DID, (dialled,))
    yield QueueEntry(now, call, NOBODY, QueueEvent.ENTERQUEUE, ("", caller or "", position))


def _end(record: CallRecord, entered: _Entered, now: datetime, *, by_agent: bool) -> QueueEntry:
    if entered.hold is not None:
        event, values = _end_of_talk(record, entered, entered.hold, by_agent=by_agent)
        return QueueEntry(now, record.id, _name(entered.agent), event, values)
    event, values = _end_of_wait(record, entered)
    return QueueEntry(now, record.id, NOBODY, event, values)


def _end_of_talk(
    record: CallRecord, entered: _Entered, hold: int, *, by_agent: bool
) -> tuple[QueueEvent, Values]:
    talked = _seconds(record.answered_at, entered.agent_left_at or record.ended_at)
    figures = (hold, talked, entered.origin)
    if record.transferred_to and entered.transfer is QueueEvent.BLINDTRANSFER:
        return QueueEvent.BLINDTRANSFER, (record.transferred_to, "ivr", *figures)
    if record.transferred_to:
        return QueueEvent.ATTENDEDTRANSFER, ("BRIDGE", record.transferred_to, *figures)
    return QueueEvent.COMPLETEAGENT if by_agent else QueueEvent.COMPLETECALLER, figures


def _end_of_wait(record: CallRecord, entered: _Entered) -> tuple[QueueEvent, Values]:
    places = (entered.origin, entered.origin)
    if entered.shown_out is not None:
        event, waited = entered.shown_out
        return event, (*places, waited)
    left = (*places, int(record.waited_seconds or 0))
    if record.outcome in (Outcome.ABANDONED, Outcome.FAILED):
        return QueueEvent.ABANDON, left
    if record.outcome is Outcome.CALLBACK:
        return QueueEvent.EXITWITHKEY, (entered.key, *left)
    if record.outcome is Outcome.COMPLETED:  # by a caseworker, to whom a key leads
        return QueueEvent.EXITWITHKEY, (entered.pressed, *left)
    return QueueEvent.EXITWITHTIMEOUT, left


def _presence(view: AgentProgress, before: Presence, now: datetime) -> Iterator[QueueEntry]:
    def told(event: QueueEvent, *values: str) -> QueueEntry:
        return QueueEntry(now, NOBODY, _name(view.id), event, values)

    if view.presence is Presence.LOGGED_OUT:
        yield told(QueueEvent.REMOVEMEMBER, "")
        return
    if before is Presence.LOGGED_OUT:
        paused = view.presence is Presence.PAUSED
        yield told(QueueEvent.ADDMEMBER, "PAUSED" if paused else "")
    if view.presence is Presence.PAUSED:
        yield told(QueueEvent.PAUSE, view.reason)
    elif before is Presence.PAUSED:
        yield told(QueueEvent.UNPAUSE, "")


def _name(agent: AgentId | None) -> str:
    return NOBODY if agent is None else agent


def _seconds(start: datetime | None, end: datetime | None) -> int:
    return int((end - start).total_seconds()) if start and end else 0
