"""Calls and agents in the words of Asterisk's ``queue_log``, for reports that can read it.

Follows the engine from outside: facts, commands and what the service looks like afterwards. It
decides nothing, and no part of the engine knows of it.
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
from ivr.domain.ids import AgentId, CallId, OfferId
from ivr.domain.views import AgentProgress, CallProgress, Progress

_NOBODY = "NONE"
_SEPARATORS = re.compile(r"[|\x00-\x1f\x7f]")


class QueueEvent(StrEnum):
    """What is told, named as Asterisk names it."""

    ENTERQUEUE = "ENTERQUEUE"
    CONNECT = "CONNECT"
    COMPLETEAGENT = "COMPLETEAGENT"
    COMPLETECALLER = "COMPLETECALLER"
    BLINDTRANSFER = "BLINDTRANSFER"
    ABANDON = "ABANDON"
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
        QueueEvent.ABANDON,
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
    values: tuple[str | int, ...] = ()

    def line(self, queue: str) -> str:
        """Return the line without its end; a separator within a value becomes a blank."""
        fields = (int(self.at.timestamp()), self.call, queue, self.agent, self.event, *self.values)
        return "|".join(_SEPARATORS.sub(" ", str(field)) for field in fields)


@dataclass(slots=True)
class _Entered:
    """A call that entered the queue and has not ended. ``position`` is where it entered."""

    position: int
    key: str
    hold: int | None = None
    """Seconds until it was connected."""
    agent: AgentId | None = None


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
        return [
            *self._not_answered(event, now),
            *self._entries(progress, callback_key, now),
            *self._connections(progress, now),
            *self._offers(commands, now),
            *self._ends(event, commands, now),
            *self._presences(progress, now),
        ]

    def _not_answered(self, event: on.Event | None, now: datetime) -> Iterator[QueueEntry]:
        match event:
            case on.OfferAnswered(offer) if offer in self._ringing:
                rang = self._ringing.pop(offer)
                self._answered[rang.call] = (offer, _seconds(rang.since, now))
            case on.OfferFailed(offer) if offer in self._ringing:
                yield self._rang(offer, QueueEvent.RINGNOANSWER, now)
            case _:
                pass

    def _rang(self, offer: OfferId, event: QueueEvent, now: datetime) -> QueueEntry:
        rang = self._ringing.pop(offer)
        milliseconds = int((now - rang.since) / timedelta(milliseconds=1))
        return QueueEntry(now, rang.call, _name(rang.agent), event, (milliseconds,))

    def _entries(self, progress: Progress, key: str, now: datetime) -> Iterator[QueueEntry]:
        for view in progress.calls:
            if view.queued_at is not None and view.id not in self._entered:
                position = max(progress.waiting, 1)
                self._entered[view.id] = _Entered(position, key)
                values = ("", view.caller_number or "", position)
                yield QueueEntry(now, view.id, _NOBODY, QueueEvent.ENTERQUEUE, values)

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
                    values = ("", record.caller_number or "", 1)
                    yield QueueEntry(now, record.id, _NOBODY, QueueEvent.ENTERQUEUE, values)
                if entered is not None:
                    yield _end(record, entered, now, by_agent=isinstance(event, on.AgentHungUp))

    def _presences(self, progress: Progress, now: datetime) -> Iterator[QueueEntry]:
        for view in progress.agents:
            before = self._agents.get(view.id, (Presence.LOGGED_OUT, ""))
            after = (view.presence, view.reason)
            if before != after:
                self._agents[view.id] = after
                yield from _presence(view, before[0], now)


def _end(record: CallRecord, entered: _Entered, now: datetime, *, by_agent: bool) -> QueueEntry:
    position = entered.position
    agent = _name(entered.agent)
    if entered.hold is not None:
        talked = int(record.talked_seconds or 0)
        if record.transferred_to:
            values: tuple[str | int, ...] = (
                record.transferred_to, "ivr", entered.hold, talked, position,
            )  # fmt: skip
            return QueueEntry(now, record.id, agent, QueueEvent.BLINDTRANSFER, values)
        event = QueueEvent.COMPLETEAGENT if by_agent else QueueEvent.COMPLETECALLER
        return QueueEntry(now, record.id, agent, event, (entered.hold, talked, position))
    waited = int(record.waited_seconds or 0)
    left: tuple[str | int, ...] = (position, position, waited)
    if record.outcome is Outcome.ABANDONED:
        return QueueEntry(now, record.id, _NOBODY, QueueEvent.ABANDON, left)
    if record.outcome is Outcome.CALLBACK:
        return QueueEntry(now, record.id, _NOBODY, QueueEvent.EXITWITHKEY, (entered.key, *left))
    return QueueEntry(now, record.id, _NOBODY, QueueEvent.EXITWITHTIMEOUT, left)


def _presence(view: AgentProgress, before: Presence, now: datetime) -> Iterator[QueueEntry]:
    def told(event: QueueEvent, *values: str) -> QueueEntry:
        return QueueEntry(now, _NOBODY, _name(view.id), event, values)

    if view.presence is Presence.LOGGED_OUT:
        yield told(QueueEvent.REMOVEMEMBER, "")
        return
    if before is Presence.LOGGED_OUT:
        yield told(QueueEvent.ADDMEMBER, "")
    if view.presence is Presence.PAUSED:
        yield told(QueueEvent.PAUSE, view.reason)
    elif before is Presence.PAUSED:
        yield told(QueueEvent.UNPAUSE, "")


def _name(agent: AgentId | None) -> str:
    return _NOBODY if agent is None else agent


def _seconds(start: datetime | None, end: datetime | None) -> int:
    return int((end - start).total_seconds()) if start and end else 0
