"""Seeking: the waiting callers whose turn it may be, by what they need, without a look at all.

An index: worked out of the calls and never remembered. Whoever changes how a caller stands says so
(:meth:`Seekers.touch`); before anybody reads, those callers are looked at. Callers of one kind are
served by the same agents and stand in a line, in the order of the queue. Whoever asks looks at the
first of each line, or finds a place in it. It decides nothing.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from ivr.domain.ids import CallId, DepartmentId
from ivr.domain.need import Need
from ivr.domain.timers import Timers
from ivr.domain.waiting import Place


class Kind(NamedTuple):
    """What callers have in common who stand in one line."""

    department: DepartmentId | None
    language: str
    need: Need
    offerable: bool
    """Whether they may be offered to an agent; False: away, and not to be phoned now."""
    phones: int
    """How many agents' phones ring for each of them."""


class Seeking(NamedTuple):
    """How a caller stands who waits, and for whom another phone may ring."""

    kind: Kind
    place: Place
    widens_at: datetime | None
    """When the need widens next; None: no more."""


Look = Callable[[CallId, datetime], Seeking | None]
"""Says how a caller stands at a moment; None: does not wait, or enough phones ring."""


class Seekers:
    """Callers who wait for an agent's phone to ring."""

    def __init__(self, look: Look) -> None:
        """Start with nobody; ``look`` says how each caller stands."""
        self._look = look
        self.perhaps_somebody = False
        """False: nobody seeks. Asked after each event, so it is a name and not a question."""
        self._touched: set[CallId] = set()
        self._lines: dict[Kind, list[tuple[Place, CallId]]] = {}
        self._seeking: dict[CallId, Seeking] = {}
        self._widening: Timers[CallId] = Timers()

    def touch(self, call: CallId) -> None:
        """Something changed about a caller who waits, or does no longer."""
        self._touched.add(call)
        self.perhaps_somebody = True

    def gone(self, call: CallId) -> None:
        """A caller does not wait any longer: there is nothing to look at."""
        self._touched.discard(call)
        self._move(call, None)

    def anybody(self, now: datetime) -> bool:
        """Whether another phone may ring for anybody. Time must not go back."""
        self.perhaps_somebody = bool(self.lines(now))
        return self.perhaps_somebody

    def lines(self, now: datetime) -> Mapping[Kind, list[tuple[Place, CallId]]]:
        """Return the callers of each kind, in their order. Time must not go back."""
        touched = self._touched
        if self._seeking:
            widens = self._widening.next()
            if widens is not None and widens <= now:
                touched.update(self._widening.due(now))
        while touched:
            call = touched.pop()
            self._move(call, self._look(call, now))
        return self._lines

    def first(self, wanted: Callable[[Kind], bool], now: datetime) -> tuple[CallId, Need] | None:
        """Return who stands before all others of the kinds that are ``wanted``, with the need."""
        lines = self.lines(now)
        if not lines:
            return None
        firsts = [(line[0], kind.need) for kind, line in lines.items() if wanted(kind)]
        if not firsts:
            return None
        (_, call), need = min(firsts)
        return call, need

    def ahead_of(
        self, call: CallId, place: Place, now: datetime
    ) -> dict[tuple[DepartmentId | None, str], int]:
        """Count the callers ahead of one for whom no phone rings, by department and language.

        In the order in which the first of each stand.
        """
        found = [
            (line[0], kind, bisect_left(line, (place, call)))
            for kind, line in self.lines(now).items()
            if not kind.phones
        ]
        numbers: dict[tuple[DepartmentId | None, str], int] = {}
        for _, kind, number in sorted(found):
            if number:
                of = kind.department, kind.language
                numbers[of] = numbers.get(of, 0) + number
        return numbers

    def _move(self, call: CallId, now: Seeking | None) -> None:
        before = self._seeking.pop(call, None)
        if before is not None:
            line = self._lines[before.kind]
            del line[bisect_left(line, (before.place, call))]
            if not line:
                del self._lines[before.kind]
            if before.widens_at is not None:
                self._widening.cancel(call)
        if now is not None:
            self._seeking[call] = now
            insort(self._lines.setdefault(now.kind, []), (now.place, call))
            if now.widens_at is not None:
                self._widening.set(call, now.widens_at)
