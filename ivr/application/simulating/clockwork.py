"""The virtual clock: on to whatever comes next, something outside or a deadline of the engine.

It knows neither callers nor agents. What is due at the same instant comes in the order in which it
was planned, so that the same seeds lead to the same year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from ivr.domain.commands import Command
from ivr.domain.engine import QueueEngine
from ivr.domain.events import Event

Act = Callable[[Any, Any], None]
"""What happens then: called with what was planned with it."""
Obeying = Mapping[type[Command], Callable[[Any], None]]
"""What is made of each kind of command."""


class Clockwork:
    """One engine, what is planned outside, and the time."""

    def __init__(self, engine: QueueEngine, start: datetime, obeying: Obeying) -> None:
        """Begin at ``start``; what comes of the engine's commands, ``obeying`` says, of all."""
        self.now = start
        self._engine = engine
        self._handle = engine.handle
        self._obeying = obeying
        self._planned: list[tuple[datetime, int, Act, Any, Any]] = []
        self._count = 0

    def plan(self, seconds: float, act: Act, one: object, other: object = None) -> None:
        """Let ``act(one, other)`` happen after ``seconds``."""
        self._count += 1  # keeps equal instants in order without comparing anything else
        at = self.now + timedelta(0, seconds)
        heappush(self._planned, (at, self._count, act, one, other))

    def plan_at(self, at: datetime, act: Act, one: object, other: object = None) -> None:
        """Let ``act(one, other)`` happen at an instant that is not past."""
        self._count += 1
        heappush(self._planned, (at, self._count, act, one, other))

    def at_once(self, act: Act, one: object) -> None:
        """Let ``act(one, None)`` happen now, after what is planned for now already."""
        self._count += 1
        heappush(self._planned, (self.now, self._count, act, one, None))

    def happens(self, event: Event, _: object = None) -> None:
        """Tell the engine what happens now, and obey it; may be planned."""
        obeying = self._obeying
        for command in self._handle(event, self.now):
            obeying[type(command)](command)

    def run(self) -> None:
        """Go on until nothing is planned and nothing falls due any more."""
        planned, engine, obeying = self._planned, self._engine, self._obeying
        next_deadline = engine.next_deadline
        while True:
            deadline = next_deadline()
            if planned and (deadline is None or planned[0][0] < deadline):
                self.now, _, act, one, other = heappop(planned)
                act(one, other)
            elif deadline is not None:
                self.now = max(self.now, deadline)
                for command in engine.handle_timer(self.now):
                    obeying[type(command)](command)
            else:
                return
