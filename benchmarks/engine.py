"""The engine alone: what one event costs, and how that grows with callers and agents.

Whole calls, with everything that happens in one: arrival, greeting, offer, talk, end, and the
deadlines of those who wait. A figure holds one value for each call: what its events cost on
average, so that a rare dear event counts and a moment in which the machine did something else does
not. All sizes take turns.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from itertools import product
from typing import Final

from benchmarks import names
from benchmarks.figures import Figure
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.county import AgentProfile, County
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import AgentId, CallId
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.provisioning.county import load_county
from testbed.installation import PROJECT

WAITING: Final = (10, 100, 1000)
AGENTS: Final = (10, 50, 500)
CALLS: Final = 300
_START: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)


def engine_costs() -> Iterator[Figure]:
    """Measure whole calls, with a queue and a roster of each size."""
    days = {size: _Day(*size) for size in product(WAITING, AGENTS)}
    costs: dict[tuple[int, int], list[float]] = {size: [] for size in days}
    gc.collect()
    for _ in range(CALLS):
        for size, day in days.items():
            costs[size].append(day.cost_of_a_call())
    for size, measured in costs.items():
        yield Figure(names.engine_event(*size), measured)


class _Day:
    """As many callers always wait, and each agent takes a call in turn."""

    def __init__(self, waiting: int, agents: int) -> None:
        self._engine = QueueEngine(_county(agents), "bench")
        self._agents = agents
        self._now = _START
        self._calls = 0
        self._events = 0
        for number in range(agents):
            self._happens(on.PhoneReachable(AgentId(str(number))))
        for _ in range(waiting):
            self._somebody_calls()

    def cost_of_a_call(self) -> float:
        """Let a second pass in which one call is served and another comes; ms for each event."""
        self._now += timedelta(seconds=1)
        self._events = 0
        spent = self._somebody_is_served() + self._somebody_calls() + self._keep_deadlines()
        return spent / self._events

    def _somebody_is_served(self) -> float:
        spent = 0.0
        agent = AgentId(str(self._calls % self._agents))
        events: list[on.Event] = [on.PresenceChosen(agent, Presence.READY)]
        while events:
            commands, cost = self._happens(events.pop(0))
            spent += cost
            events += _answers(commands)
        return spent

    def _somebody_calls(self) -> float:
        self._calls += 1
        call = CallId(f"call-{self._calls}")
        arrived = on.CallArrived(call, "044619197777", f"0171{self._calls:07}")
        commands, spent = self._happens(arrived)
        for command in commands:
            if isinstance(command, do.Play):
                _, cost = self._happens(on.PlaybackFinished(call, command.playback))
                spent += cost
        return spent

    def _keep_deadlines(self) -> float:
        """Let everything fall due that is, in one look; announcements end at once."""
        spent = 0.0
        deadline = self._engine.next_deadline()
        if deadline is not None and deadline <= self._now:
            commands, spent = self._timed(lambda: self._engine.handle_timer(self._now))
            for command in commands:
                if isinstance(command, do.Play):
                    _, cost = self._happens(on.PlaybackFinished(command.call, command.playback))
                    spent += cost
        return spent

    def _happens(self, event: on.Event) -> tuple[list[do.Command], float]:
        return self._timed(lambda: self._engine.handle(event, self._now))

    def _timed(self, step: Callable[[], list[do.Command]]) -> tuple[list[do.Command], float]:
        began = time.perf_counter()
        commands = step()
        spent = (time.perf_counter() - began) * 1000
        self._events += 1
        return commands, spent


def _answers(commands: list[do.Command]) -> Iterator[on.Event]:
    """What an obedient outside makes of ``commands``: a short talk for every offer."""
    for command in commands:
        match command:
            case do.OfferCall(call=call, offer=offer, agent=agent):
                yield on.OfferAnswered(offer)
                yield on.CallConnected(offer)
                yield on.CallerHungUp(call)
                yield on.LegEnded(offer)
                yield on.PresenceChosen(agent, Presence.PAUSED)
            case _:
                pass


def _county(agents: int) -> County:
    county = load_county(PROJECT / "config").county
    always = OpeningHours(UTC, dict.fromkeys(range(7), (Span(clock_time.min, END_OF_DAY),)))
    who = [AgentId(str(number)) for number in range(agents)]
    skills = dict.fromkeys(county.departments, 1)
    return replace(
        county,
        hours=always,
        agents={name: AgentProfile(name, name, skills, {county.language: 1}) for name in who},
        rules=replace(county.rules, wrap_up=timedelta(0)),
    )
