"""The engine alone: what one event costs, and how that grows with callers and agents."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Final

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

SIZES: Final = ((10, 10), (100, 50), (1000, 500))
"""Callers waiting, agents talking."""
CALLS: Final = 300
_START: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)


def engine_costs() -> Iterator[Figure]:
    """Measure every event of whole calls, with a queue and a roster of each size."""
    for callers, agents in SIZES:
        yield Figure(f"engine event, {callers} waiting, {agents} agents", _costs(callers, agents))


def _costs(callers: int, agents: int) -> list[float]:
    engine = QueueEngine(_county(agents), "bench")
    now = _START
    for number in range(agents):
        engine.handle(on.PhoneReachable(AgentId(str(number))), now)
    for number in range(callers):
        _arrive(engine, f"waiting-{number}", now)
    costs: list[float] = []
    for number in range(CALLS):
        now += timedelta(seconds=1)
        agent = AgentId(str(number % agents))
        events: list[on.Event] = [on.PresenceChosen(agent, Presence.READY)]
        while events:
            event = events.pop(0)
            began = time.perf_counter()
            commands = engine.handle(event, now)
            costs.append((time.perf_counter() - began) * 1000)
            events += _answers(commands)
        _arrive(engine, f"later-{number}", now)
    return costs


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


def _arrive(engine: QueueEngine, call: str, now: datetime) -> None:
    for command in engine.handle(on.CallArrived(CallId(call), "044619197777"), now):
        if isinstance(command, do.Play):
            engine.handle(on.PlaybackFinished(CallId(call), command.playback), now)


def _county(agents: int) -> County:
    county = load_county(PROJECT / "config").county
    always = OpeningHours(UTC, dict.fromkeys(range(7), (Span(clock_time.min, END_OF_DAY),)))
    names = [AgentId(str(number)) for number in range(agents)]
    skills = dict.fromkeys(county.departments, 1)
    return replace(
        county,
        hours=always,
        agents={name: AgentProfile(name, name, skills, {county.language: 1}) for name in names},
        rules=replace(county.rules, wrap_up=timedelta(0)),
    )
