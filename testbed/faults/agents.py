"""Agents who answer what rings, and write down what they see."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import httpx

from testbed.faults.evidence import RingSeen
from testbed.faults.system import AGENTS, BYSTANDER, System
from testbed.phone import Call, Phone
from testbed.transcript import Ended, Transcript

REACTS_WITHIN: Final = (0.1, 0.8)
TALKS_FOR: Final = (2.0, 6.0)
STAYS_FOR: Final = (8.0, 20.0)
"""How long an agent wants the same."""
PAUSES_FOR: Final = (2.0, 4.0)
_LOOK_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 0.5
_ANSWER_SECONDS: Final = 8.0
_FAILURES: Final = (TimeoutError, RuntimeError, Ended, OSError)
_UNAVAILABLE: Final = (RuntimeError, httpx.HTTPError)


class Agents:
    """All of them, at work. ``chosen`` is what each has chosen and the program has confirmed."""

    def __init__(self, system: System, chance: random.Random) -> None:
        """``system`` is running."""
        self.rings: Transcript[RingSeen] = Transcript("telephones of agents")
        self.chosen: dict[str, str] = {}
        self.missed = 0
        """So often was an agent paused for an offer that was missed, and came back."""
        self.talking: set[str] = set()
        self._system = system
        self._chance = chance
        self.calm = False
        """Nobody changes their mind any more."""

    async def serve(self, agent: str) -> None:
        """Be one agent, until cancelled."""
        while True:
            with suppress(*_FAILURES):
                async with self._system.agent_phone(agent, tone=AGENTS[agent]) as phone:
                    await self.choose(agent, "ready")
                    await self._answer(phone)

    async def stand_by(self) -> None:
        """Be the one without a telephone, until cancelled."""
        await self._change_mind(BYSTANDER, ("ready", "paused", "logged_out"), STAYS_FOR)

    async def take_breaks(self, agent: str) -> None:
        """Let this one pause now and then, until cancelled."""
        while True:
            await asyncio.sleep(self._chance.uniform(*STAYS_FOR))
            if not self.calm and agent in self.chosen:
                await self.choose(agent, "paused")
                await asyncio.sleep(self._chance.uniform(*PAUSES_FOR))
                await self.choose(agent, "ready")

    async def _change_mind(
        self, agent: str, among: tuple[str, ...], every: tuple[float, float]
    ) -> None:
        while True:
            if not self.calm:
                await self.choose(agent, self._chance.choice(among))
            await asyncio.sleep(self._chance.uniform(*every))

    async def choose(self, agent: str, presence: str) -> None:
        """Say it until it is confirmed, as somebody would who sees that it was not taken."""
        while True:
            with suppress(*_UNAVAILABLE):
                await self._system.wants(agent, presence)
                self.chosen[agent] = presence
                return
            await asyncio.sleep(_RETRY_SECONDS)

    async def _answer(self, phone: Phone) -> None:
        """Answer all calls until Asterisk dies: its calls are dead, and so is the phone then."""
        lives = len(self._system.asterisk.deaths)
        while len(self._system.asterisk.deaths) == lives:
            with suppress(TimeoutError):
                call = await phone.incoming(within=_LOOK_SECONDS)
                await self._treat(phone, call)
            await self._come_back(phone.name)

    async def _come_back(self, agent: str) -> None:
        with suppress(*_UNAVAILABLE):
            seen = await self._system.api("GET", f"agents/{agent}")
            paused_by_system = seen["presence"] == "paused" and seen["reason"]
            if paused_by_system and self.chosen.get(agent) == "ready":
                self.missed += 1
                await self._system.wants(agent, "ready")

    async def _treat(self, phone: Phone, call: Call) -> None:
        ring = RingSeen(phone.name, call.display.number, datetime.now(UTC))
        self.rings.add(ring)
        try:
            await asyncio.sleep(self._chance.uniform(*REACTS_WITHIN))
            if await _picked_up(phone, call):
                ring.answered_at = datetime.now(UTC)
                self.talking.add(phone.name)
                await _talk(call, self._chance.uniform(*TALKS_FOR))
        finally:
            ring.ended_at = datetime.now(UTC)
            self.talking.discard(phone.name)


async def _picked_up(phone: Phone, call: Call) -> bool:
    """Accept; the call stands, or was over before."""
    await phone.command("accept")
    stands = asyncio.create_task(call.answered(within=_ANSWER_SECONDS))
    over = asyncio.create_task(call.ended(within=_ANSWER_SECONDS))
    await asyncio.wait({stands, over}, return_when=asyncio.FIRST_COMPLETED)
    for task in (stands, over):
        task.cancel()
    await asyncio.gather(stands, over, return_exceptions=True)
    return not stands.cancelled() and stands.exception() is None


async def _talk(call: Call, seconds: float) -> None:
    """Talk until the caller hangs up, or so long."""
    try:
        await call.ended(within=seconds)
    except TimeoutError:
        with suppress(*_FAILURES):
            await call.hang_up()
