"""Calls and agents in the words of Asterisk's ``queue_log``, for reports that can read it.

Follows the engine from outside: facts, commands and what the service looks like afterwards. It
decides nothing, and no part of the engine knows of it.

Events and their values are those of Asterisk 22, apps/app_queue.c, in its calls of
``ast_queue_log()``, as explained on https://docs.asterisk.org/Operation/Logging/Queue-Logs/.
``DID`` is not among them: FreePBX writes it before the queue, with the application ``QueueLog()``,
and reports know it from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.ids import E164, AgentId, CallId, OfferId
from ivr.domain.limiting import NOBODY_THERE
from ivr.domain.views import AgentProgress, CallProgress, Progress

NOBODY = "NONE"
"""What stands in the place of the agent, or of the call, where there is none."""

_Values = tuple[str | int, ...]
_SEPARATORS = re.compile(r"[|\x00-\x1f\x7f]")


class QueueEvent(StrEnum):
    """What is told, named as Asterisk names it."""

    DID = "DID"
    ENTERQUEUE = "ENTERQUEUE"
    CONNECT = "CONNECT"
    COMPLETEAGENT = "COMPLETEAGENT"
    COMPLETECALLER = "COMPLETECALLER"
    BLINDTRANSFER = "BLINDTRANSFER"
    ATTENDEDTRANSFER = "ATTENDEDTRANSFER"
    ABANDON = "ABANDON"
    EXITEMPTY = "EXITEMPTY"
    EXITWITHKEY = "EXITWITHKEY"
    EXITWITHTIMEOUT = "EXITWITHTIMEOUT"
    RINGNOANSWER = "RINGNOANSWER"
    RINGCANCELED = "RINGCANCELED"
    ADDMEMBER = "ADDMEMBER"
    REMOVEMEMBER = "REMOVEMEMBER"
    PAUSE = "PAUSE"
    UNPAUSE = "UNPAUSE"


ENDS = frozenset(
    {
        QueueEvent.COMPLETEAGENT,
        QueueEvent.COMPLETECALLER,
        QueueEvent.BLINDTRANSFER,
        QueueEvent.ATTENDEDTRANSFER,
        QueueEvent.ABANDON,
        QueueEvent.EXITEMPTY,
        QueueEvent.EXITWITHKEY,
        QueueEvent.EXITWITHTIMEOUT,
    }
)
"""One of these follows every ENTERQUEUE, once."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One line; ``values`` mean what they mean in Asterisk."""

    at: datetime
    call: str
    agent: str
    event: QueueEvent
    values: _Values = ()

    def line(self, queue: str) -> str:
        """Return the line without its end; a separator within a value becomes a blank."""
        fields = (int(self.at.timestamp()), self.call, queue, self.agent, self.event, *self.values)
        return "|".join(_SEPARATORS.sub(" ", str(field)) for field in fields)


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
        if isinstance(event, on.AgentHungUp):
            for call, (offer, _) in self._answered.items():
                if offer == event.offer and call in self._entered:
                    self._entered[call].talk_over(now)
        for command in commands:
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
                place = max(progress.waiting, 1)
                entered = self._entered[view.id] = _Entered(place, key)
                if view.id not in self._restored:
                    yield from _entry(view.id, view.dialled, view.caller_number, place, now)
            if entered is not None and view.shown_out is not None and entered.shown_out is None:
                empty = view.shown_out == NOBODY_THERE
                why = QueueEvent.EXITEMPTY if empty else QueueEvent.EXITWITHTIMEOUT
                entered.shown_out = why, _seconds(view.queued_at, now)

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

    def _presences(self, progress: Progress, now: datetime) -> Iterator[QueueEntry]:
        for view in progress.agents:
            before = self._agents.get(view.id, (Presence.LOGGED_OUT, ""))
            after = (view.presence, view.reason)
            if before != after:
                self._agents[view.id] = after
                yield from _presence(view, before[0], now)


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
) -> tuple[QueueEvent, _Values]:
    talked = _seconds(record.answered_at, entered.agent_left_at or record.ended_at)
    figures = (hold, talked, entered.origin)
    if record.transferred_to and entered.transfer is QueueEvent.BLINDTRANSFER:
        return QueueEvent.BLINDTRANSFER, (record.transferred_to, "ivr", *figures)
    if record.transferred_to:
        return QueueEvent.ATTENDEDTRANSFER, ("BRIDGE", record.transferred_to, *figures)
    return QueueEvent.COMPLETEAGENT if by_agent else QueueEvent.COMPLETECALLER, figures


def _end_of_wait(record: CallRecord, entered: _Entered) -> tuple[QueueEvent, _Values]:
    places = (entered.origin, entered.origin)
    if entered.shown_out is not None:
        event, waited = entered.shown_out
        return event, (*places, waited)
    left = (*places, int(record.waited_seconds or 0))
    if record.outcome is Outcome.ABANDONED:
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
