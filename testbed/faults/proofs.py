"""What must be true after a drive. Each proof returns what it found wrong, in words.

Pure: evidence in, findings out. Telephones are compared with the database by the caller's number
and the time, never by ids, which the telephones do not know.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from testbed.faults.evidence import (
    CallbackRow,
    CallSeen,
    Evidence,
    FallbackEntry,
    Record,
    RingSeen,
    Wish,
)

PROMISED: Final = "callback-promised"
PLACE_KEPT: Final = "keep-place-confirmed"
LATE: Final = timedelta(seconds=2)
"""Between what a telephone sees and what is written down."""
SAME_TIME: Final = timedelta(seconds=3)
"""Who came so close together may have entered the queue in either order: greetings differ."""


def findings(evidence: Evidence) -> list[str]:
    """Return everything that is wrong; nothing, if nobody was lost."""
    return [finding for proof in _PROOFS for finding in proof(evidence)]


def nobody_lost(evidence: Evidence) -> Iterator[str]:
    """Whoever stayed on the line was served, or the call ended in a way that is known."""
    for call in evidence.calls:
        if lost_with_asterisk(evidence, call):
            continue
        if call.gave_up:
            yield f"{_name(call)}: {call.gave_up}"
        elif not _served(evidence, call) and not call.hung_up and not _promised(call):
            yield (
                f"{_name(call)}: was hung up on without having talked to anybody; heard"
                f" {', '.join(call.heard) or 'nothing'}"
            )


def each_recorded_once(evidence: Evidence) -> Iterator[str]:
    """Every call has one record, with the outcome that the telephones saw."""
    unclaimed = {record.id: record for record in evidence.records}
    for call in evidence.calls:
        records = records_of(evidence, call)
        for record in records:
            unclaimed.pop(record.id, None)
        if len(records) > 1:
            yield f"{_name(call)}: {len(records)} records: {_outcomes(records)}"
        elif records:
            expected = _expected(evidence, call)
            if expected and records[0].outcome not in expected:
                yield (
                    f"{_name(call)}: recorded as {records[0].outcome}, should be"
                    f" {' or '.join(sorted(expected))}"
                )
        elif call.answered_at and not _may_lack_record(evidence, call):
            yield f"{_name(call)}: no record of the call"
    for record in unclaimed.values():
        yield f"record {record.id} ({record.outcome}): nobody made that call"


def order_kept(evidence: Evidence) -> Iterator[str]:
    """Of two who waited at the same time, who came first was put through first."""
    waits = [wait for wait in _waits(evidence) if wait.until is not None]
    for later in waits:
        if later.rang_at is None:
            continue
        for earlier in waits:
            passed_over = (
                earlier.since + SAME_TIME < later.since
                and earlier.until is not None
                and earlier.until > later.rang_at + LATE
                and (earlier.rang_at is None or earlier.rang_at > later.rang_at + LATE)
            )
            if passed_over:
                yield (
                    f"{later.number} was put through at {_clock(later.rang_at)}, before"
                    f" {earlier.number}, who had waited"
                    f" {(later.since - earlier.since).total_seconds():.1f} s longer"
                )


def promises_kept(evidence: Evidence) -> Iterator[str]:
    """What was promised aloud is stored once and delivered under one message id."""
    claimed: set[str] = set()
    for call in evidence.calls:
        rows = callbacks_of(evidence, call)
        claimed.update(row.id for row in rows)
        if PROMISED in call.heard and not rows:
            yield f"{_name(call)}: was promised a callback, and there is none"
        if len(rows) > max(1, call.heard.count(PROMISED)):
            yield f"{_name(call)}: {len(rows)} callbacks"
    for row in evidence.callbacks:
        if row.id not in claimed:
            yield f"callback {row.id}: nobody asked for it"
        messages = {
            told.message
            for told in evidence.told
            if told.callback == row.id and told.event == "requested"
        }
        if not messages:
            yield f"callback {row.id}: no caseworker was told"
        if len(messages) > 1:
            yield f"callback {row.id}: told under {len(messages)} message ids"
    if evidence.undelivered:
        yield f"{evidence.undelivered} messages are still undelivered"


def nothing_left_over(evidence: Evidence) -> Iterator[str]:
    """No channel, bridge, call, busy agent or kept place is there when everybody has gone."""
    yield from (f"left over: {name}" for name in evidence.left_over)
    if evidence.kept_places:
        yield f"left over: {evidence.kept_places} kept places"


def presence_kept(evidence: Evidence) -> Iterator[str]:
    """Agents are what they chose to be."""
    for agent, (chosen, says) in evidence.presences.items():
        if chosen != says:
            yield f"agent {agent} chose {chosen} and is {says}"


def nothing_crashed(evidence: Evidence) -> Iterator[str]:
    """No process ended but those that were ended, and no log tells of a surprise."""
    yield from evidence.exits
    yield from (f"in the log: {line}" for line in dict.fromkeys(evidence.tracebacks))
    for fault in evidence.faults:
        if fault.back_at is None:
            yield f"after {fault.kind} at {_clock(fault.began_at)} the service did not get ready"


_PROOFS: Final[Sequence[Callable[[Evidence], Iterator[str]]]] = (
    nobody_lost,
    each_recorded_once,
    order_kept,
    promises_kept,
    nothing_left_over,
    presence_kept,
    nothing_crashed,
)


# -- which belongs to which --------------------------------------------------------------------


def lost_with_asterisk(evidence: Evidence, call: CallSeen) -> bool:
    """Asterisk died while the call was going on."""
    return any(call.during(death) for death in evidence.asterisk_deaths)


def records_of(evidence: Evidence, call: CallSeen) -> list[Record]:
    """Return the records of a call."""
    return [
        record
        for record in evidence.records
        if record.number == call.number and _belongs(call, record.arrived_at)
    ]


def callbacks_of(evidence: Evidence, call: CallSeen) -> list[CallbackRow]:
    """Return the callbacks that were asked for in a call, or came of its kept place."""
    return [
        row
        for row in evidence.callbacks
        if row.number == call.number
        and call.dialled_at - LATE <= row.requested_at
        and row.requested_at <= _next_call(evidence, call)
    ]


def fallback_of(evidence: Evidence, call: CallSeen) -> list[FallbackEntry]:
    """Return the entries of a call into Asterisk's own queue."""
    return [
        entry
        for entry in evidence.fallback
        if _same_number(entry.number, call.number) and _belongs(call, entry.entered_at)
    ]


def talks_of(evidence: Evidence, call: CallSeen) -> list[RingSeen]:
    """Return the times an agent picked up for the caller."""
    return [
        ring
        for ring in evidence.rings
        if _same_number(ring.number, call.number)
        and ring.answered_at is not None
        and call.dialled_at <= ring.rang_at
        and (ring.rang_at <= _end(call) + LATE or call.phoned_at is not None)
        and ring.rang_at <= _next_call(evidence, call)
    ]


def _belongs(call: CallSeen, moment: datetime) -> bool:
    return call.dialled_at - LATE <= moment <= _end(call) + LATE


def _end(call: CallSeen) -> datetime:
    assert call.ended_at is not None, "all have gone home"
    return call.ended_at


def _next_call(evidence: Evidence, call: CallSeen) -> datetime:
    """Return when the same number calls again."""
    later = [
        other.dialled_at
        for other in evidence.calls
        if other.number == call.number and other.dialled_at > call.dialled_at
    ]
    return min(later, default=_end(call) + timedelta(days=1))


def _same_number(shown: str, number: str) -> bool:
    return shown.lstrip("+0")[-9:] == number.lstrip("+0")[-9:]


# -- what became of a call ---------------------------------------------------------------------


def _served(evidence: Evidence, call: CallSeen) -> bool:
    return bool(call.agents) or bool(talks_of(evidence, call))


def _promised(call: CallSeen) -> bool:
    return PROMISED in call.heard or PLACE_KEPT in call.heard or "callback-noted" in call.heard


def _expected(evidence: Evidence, call: CallSeen) -> frozenset[str]:
    """Return the outcomes that fit what the telephones saw; none: whatever."""
    if lost_with_asterisk(evidence, call):
        return frozenset()  # what had happened before counts, and else it failed
    if PLACE_KEPT in call.heard:
        return frozenset({"completed", "callback"})
    if talks_of(evidence, call):
        joined = frozenset({"completed", "callback"})
        # Picked up, and perhaps never joined. A tone alone may be one of the music's.
        return joined if call.agents else joined | {"abandoned"}
    if _promised(call):
        return frozenset({"callback"})
    if call.hung_up:
        return frozenset({"abandoned"})
    return frozenset()


def _may_lack_record(evidence: Evidence, call: CallSeen) -> bool:
    """Whether Asterisk died with a call that nobody had been told of yet, or a place is kept."""
    return lost_with_asterisk(evidence, call) or (
        PLACE_KEPT in call.heard and evidence.kept_places > 0
    )


# -- waiting -----------------------------------------------------------------------------------


class _Wait:
    """A caller in the program's own queue: from, until, and when the phone rang that answered."""

    def __init__(self, call: CallSeen, rang_at: datetime | None) -> None:
        assert call.answered_at is not None
        self.number = call.number
        self.since = call.answered_at
        self.rang_at = rang_at
        self.until = call.ended_at


def _waits(evidence: Evidence) -> Iterator[_Wait]:
    """Those whose order counts: who only waits, and in the program's queue.

    Who presses keys leaves the queue for a while; who got into Asterisk's own queue, or whose
    Asterisk died, was in another queue.
    """
    for call in evidence.calls:
        if (
            call.wish in (Wish.PATIENT, Wish.BRIEF, Wish.IMPATIENT)
            and call.answered_at is not None
            and not fallback_of(evidence, call)
            and not lost_with_asterisk(evidence, call)
        ):
            talks = talks_of(evidence, call)
            yield _Wait(call, talks[0].rang_at if talks else None)


def unserved_seconds(evidence: Evidence, *, wrap_up: float) -> tuple[float, str]:
    """Return the longest time in which somebody waited although an agent was free, and who.

    An agent is free from a wrap-up after one call's end until the telephone rings again; times of
    a pause are not known here, so the longest time may be an agent's break.
    """
    longest, who = 0.0, ""
    busy = _busy_times(evidence, wrap_up)
    for call in evidence.calls:
        if call.answered_at is None or lost_with_asterisk(evidence, call):
            continue
        mine = [r for r in evidence.rings if _same_number(r.number, call.number)]
        until = min(
            (r.rang_at for r in mine if call.answered_at <= r.rang_at <= _end(call)),
            default=_end(call),
        )
        for seconds in _free_times(busy, call.answered_at, until):
            if seconds > longest:
                longest, who = seconds, _name(call)
    return longest, who


def _busy_times(evidence: Evidence, wrap_up: float) -> dict[str, list[tuple[datetime, datetime]]]:
    busy: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for ring in evidence.rings:
        ended = ring.ended_at or ring.rang_at
        busy[ring.agent].append((ring.rang_at, ended + timedelta(seconds=wrap_up)))
    return busy


def _free_times(
    busy: dict[str, list[tuple[datetime, datetime]]], since: datetime, until: datetime
) -> Iterator[float]:
    """Yield how long somebody was free at a stretch, between the two moments, in seconds."""
    moments = sorted(
        {since, until}
        | {
            moment
            for times in busy.values()
            for time in times
            for moment in time
            if since < moment < until
        }
    )
    stretch = 0.0
    for begin, end in pairwise(moments):
        middle = begin + (end - begin) / 2
        all_busy = all(
            any(start <= middle <= stop for start, stop in times) for times in busy.values()
        )
        if all_busy:
            yield stretch
            stretch = 0.0
        else:
            stretch += (end - begin).total_seconds()
    yield stretch


def outcomes(evidence: Evidence) -> Counter[str]:
    """Count what became of the calls, in the words of the table of calls, or of the fallback."""
    counted: Counter[str] = Counter()
    for call in evidence.calls:
        records = records_of(evidence, call)
        if records:
            counted[records[0].outcome] += 1
        elif fallback_of(evidence, call):
            counted["in the fallback queue"] += 1
        elif lost_with_asterisk(evidence, call):
            counted["lost with Asterisk, unrecorded"] += 1
        else:
            counted["unrecorded"] += 1
    return counted


def _name(call: CallSeen) -> str:
    return f"{call.number} ({call.wish.value}, {_clock(call.dialled_at)} to {_clock(_end(call))})"


def _outcomes(records: Sequence[Record]) -> str:
    return ", ".join(f"{record.id} {record.outcome}" for record in records)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}.{moment.microsecond // 100_000}"
