"""The virtual clock: on to whatever comes next, something outside or a deadline of the engine.

It knows neither callers nor agents. What is due at the same instant comes in the order in which it
was planned, so that the same seeds lead to the same year.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from ivr.domain.commands import Command
from ivr.domain.engine import QueueEngine
from ivr.domain.events import Event

Act = Callable[[Any, Any], None]
"""What happens then: called with what was planned with it."""


class Clockwork:
    """One engine, what is planned outside, and the time."""

    def __init__(
        self, engine: QueueEngine, start: datetime, obey: Callable[[Command], None]
    ) -> None:
        """Begin at ``start``; whatever the engine wants, ``obey`` makes something of."""
        self.now = start
        self._engine = engine
        self._obey = obey
        self._planned: list[tuple[datetime, int, Act, Any, Any]] = []
        self._count = 0

    def plan(self, seconds: float, act: Act, one: object, other: object = None) -> None:
        """Let ``act(one, other)`` happen after ``seconds``."""
        self.plan_at(self.now + timedelta(seconds=seconds), act, one, other)

    def plan_at(self, at: datetime, act: Act, one: object, other: object = None) -> None:
        """Let ``act(one, other)`` happen at an instant that is not past."""
        self._count += 1  # keeps equal instants in order without comparing anything else
        heappush(self._planned, (at, self._count, act, one, other))

    def happens(self, event: Event) -> None:
        """Tell the engine what happens now, and obey it."""
        for command in self._engine.handle(event, self.now):
            self._obey(command)

    def run(self) -> None:
        """Go on until nothing is planned and nothing falls due any more."""
        planned, engine, obey = self._planned, self._engine, self._obey
        while True:
            deadline = engine.next_deadline()
            if planned and (deadline is None or planned[0][0] < deadline):
                self.now, _, act, one, other = heappop(planned)
                act(one, other)
            elif deadline is not None:
                self.now = max(self.now, deadline)
                for command in engine.handle_timer(self.now):
                    obey(command)
            else:
                return
