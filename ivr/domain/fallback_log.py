"""Calls of the fallback queue, put together from the lines Asterisk wrote about them.

While the program is away only Asterisk's ``queue_log`` tells who called, see QueueEvent for its
words. The dialplan adds those of FallbackEvent. Everything comes from a file and may be missing,
torn or repeated: what can't be made sense of is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.county import County
from ivr.domain.ids import AgentId, CallId
from ivr.domain.queue_entry import QueueEvent

QUEUE = "ivr-fallback"
"""What the fallback queue is called in Asterisk."""

_FEWEST_FIELDS = 5
_CALLER = 1
"""The value of DID, as our dialplan writes it, and of ENTERQUEUE that is the caller's number."""
_UNIQUE_ID = re.compile(r"(?:.*-)?([0-9]{1,11})\.[0-9]+")
"""When the channel was made, and a counter; a system's name may stand in front.

Seconds with more digits are no date: torn, two numbers look like one.
"""
_PHONED_BACK = re.compile(r"-[0-9a-f]{1,12}-l[0-9]{1,4}$")
"""What the program puts behind a call's id for a leg by which the caller is phoned back."""


class FallbackEvent(StrEnum):
    """What only our dialplan writes."""

    MOVED = "MOVED"
    """The caller was in the program when it died."""
    CLOSED = "CLOSED"
    GONE = "GONE"
    """The call is over; the value says what came of a wish for a callback."""
    START = "QUEUESTART"
    """Asterisk has started: whatever was is over."""


STORED = "stored"
"""The value of GONE where a callback is promised."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line, without its end. ``call`` is the caller's also by a leg of the program's."""

    at: datetime
    call: CallId
    queue: str
    agent: str
    event: str
    values: Sequence[str] = ()


def read_line(text: str) -> LogLine | None:
    """Read ``epoch|call|queue|agent|event|value|…``; None where it is no such line."""
    fields = text.split("|")
    if len(fields) < _FEWEST_FIELDS or not re.fullmatch(r"[0-9]{1,11}", fields[0]):
        return None
    at = datetime.fromtimestamp(int(fields[0]), UTC)
    return LogLine(
        at, CallId(_PHONED_BACK.sub("", fields[1])), fields[2], fields[3], fields[4], fields[5:]
    )


@dataclass(slots=True)
class _Open:
    """A call that is not over, as far as the lines tell."""

    arrived_at: datetime
    dialled: str = ""
    caller: str = ""
    moved: bool = False
    closed: bool = False
    queued_at: datetime | None = None
    answered_at: datetime | None = None
    agent: AgentId | None = None
    offers: int = 0


class FallbackCalls:
    """Takes lines in their order, and tells calls that are over."""

    def __init__(self) -> None:
        """No call is known."""
        self._open: dict[CallId, _Open] = {}

    @property
    def open(self) -> frozenset[CallId]:
        """The calls that are not over."""
        return frozenset(self._open)

    def take(self, line: LogLine, county: County) -> list[CallRecord]:
        """Take note of a line; return the calls that ended with it."""
        if line.event == FallbackEvent.START:
            lost = [_record(call, known, None, line.at, county) for call, known in self._calls()]
            self._open.clear()
            return lost
        if line.queue != QUEUE or not _UNIQUE_ID.fullmatch(line.call):
            return []
        if line.event == FallbackEvent.GONE:
            known = self._open.pop(line.call, None)
            what = line.values[0] if line.values else ""
            return [] if known is None else [_record(line.call, known, what, line.at, county)]
        self._note(line)
        return []

    def _calls(self) -> list[tuple[CallId, _Open]]:
        return list(self._open.items())

    def _note(self, line: LogLine) -> None:
        first = line.event in {FallbackEvent.MOVED, QueueEvent.DID}
        if first and line.call not in self._open:
            self._open[line.call] = _Open(_arrival(line))
        known = self._open.get(line.call)
        if known is None:
            return
        match line.event:
            case FallbackEvent.MOVED:
                known.moved = True
            case FallbackEvent.CLOSED:
                known.closed = True
            case QueueEvent.DID if line.values:
                known.dialled = line.values[0]
                known.caller = _caller(line)
            case QueueEvent.ENTERQUEUE if len(line.values) > _CALLER:
                known.caller = _caller(line)
                known.queued_at = known.queued_at or line.at
            case QueueEvent.CONNECT:
                known.answered_at, known.agent = line.at, AgentId(line.agent)
                known.offers += 1
            case QueueEvent.RINGNOANSWER:
                known.offers += 1
            case _:
                pass


def _caller(line: LogLine) -> str:
    return line.values[_CALLER] if len(line.values) > _CALLER else ""


def _arrival(line: LogLine) -> datetime:
    made = _UNIQUE_ID.fullmatch(line.call)
    at = datetime.fromtimestamp(int(made[1]), UTC) if made else line.at
    return min(at, line.at)


def _record(
    call: CallId, known: _Open, callback: str | None, ended_at: datetime, county: County
) -> CallRecord:
    """Make the record; ``callback`` None: Asterisk died.

    Who came from the program had waited before: since when, only the arrival tells.
    """
    destination = county.destination(known.dialled)
    queued_at = known.arrived_at if known.moved and known.queued_at else known.queued_at
    return CallRecord(
        id=call,
        outcome=_outcome(known, callback),
        dialled=known.dialled,
        department=destination.department if destination else None,
        caller_number=county.numbering.parse(known.caller),
        arrived_at=known.arrived_at,
        queued_at=queued_at,
        answered_at=known.answered_at,
        ended_at=ended_at,
        agent=known.agent,
        offers=known.offers,
        language=county.language,
        by_fallback=True,
    )


def _outcome(known: _Open, callback: str | None) -> Outcome:
    if known.answered_at is not None:
        return Outcome.COMPLETED
    if callback is None:
        return Outcome.FAILED
    if callback == STORED:
        return Outcome.CALLBACK
    return Outcome.CLOSED if known.closed else Outcome.ABANDONED
