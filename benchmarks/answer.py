"""The answer path: a caller's INVITE, the idle agent's telephone rings, they hear each other.

One call at a time. The agent picks up at once; that they are connected is what the caller hears:
all three sides answer the caller before, as there is music to be heard while somebody is rung.
"""

from __future__ import annotations

import asyncio
import random
from typing import Final

from benchmarks import names
from benchmarks.figures import Figure, of_rounds
from benchmarks.laboratory import Laboratory, Side
from benchmarks.progress import Progress
from benchmarks.telephones import AgentCall, Ear, caller_number, now
from testbed import CITIZEN_ADDRESS
from testbed.phone import SipServer

AGENTS: Final = 4
CALLS: Final = 100
"""In a round."""
WARM_UP: Final = 4
_PAUSE: Final = (0.1, 0.2)
"""Between two calls: seconds in which the agent is idle again."""
_WITHIN_SECONDS: Final = 10.0
_STEPS: Final = (names.ring, names.join, names.talk)


async def answer_paths(laboratory: Laboratory, rounds: int, progress: Progress) -> list[Figure]:
    """Measure all sides in turn, several times."""
    paths: dict[str, list[list[tuple[float, ...]]]] = {side.name: [] for side in laboratory.sides}
    ear = Ear(SipServer(CITIZEN_ADDRESS, laboratory.ports.range(2)))
    await ear.open()
    try:
        for number in range(rounds):
            for side in laboratory.sides:
                progress.says(f"answer path, round {number + 1} of {rounds}: {side.name}")
                async with laboratory.served_by(side, AGENTS):
                    path = await _calls(laboratory, side, ear)
                    paths[side.name].append(path[WARM_UP:])
    finally:
        ear.close()
    return [
        of_rounds(name(side), [[call[step] for call in calls] for calls in of_side])
        for step, name in enumerate(_STEPS)
        for side, of_side in paths.items()
    ]


async def _calls(laboratory: Laboratory, side: Side, ear: Ear) -> list[tuple[float, ...]]:
    chance = random.Random(1)  # noqa: S311 - chance, not a secret
    calls = []
    for _ in range(CALLS + WARM_UP):
        calls.append(await _call(laboratory, side, ear))
        await asyncio.sleep(chance.uniform(*_PAUSE))
    return calls


async def _call(laboratory: Laboratory, side: Side, ear: Ear) -> tuple[float, ...]:
    """Return milliseconds to the ring, from pick-up to talk, and in all. Raises TimeoutError."""
    rings: asyncio.Future[AgentCall] = asyncio.get_running_loop().create_future()

    def rang(call: AgentCall) -> None:
        laboratory.agents.pick_up(call)
        if not rings.done():
            rings.set_result(call)

    ear.forget()
    laboratory.agents.on_ring = rang
    called = now()
    citizen = laboratory.citizens.call(caller_number(0), side.dialled, ear)
    async with asyncio.timeout(_WITHIN_SECONDS):
        call = await rings
        await laboratory.agents.speak(call, ear.heard)
        ended = asyncio.Event()
        laboratory.agents.on_end = lambda _: ended.set()
        laboratory.citizens.hang_up(citizen)
        await ended.wait()
    assert call.answered_at is not None
    assert ear.heard_at is not None
    return (
        (call.rang_at - called) * 1000,
        (ear.heard_at - call.answered_at) * 1000,
        (ear.heard_at - called) * 1000,
    )
