"""One drive: people call, parts fail, everybody goes home; then the evidence is gathered."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from ivr.application.relay import SWEEP_SECONDS
from testbed.exchange import Exchange
from testbed.faults import files
from testbed.faults.agents import Agents
from testbed.faults.callers import Callers
from testbed.faults.caseworker import FaithfulCaseworker
from testbed.faults.evidence import Evidence, FaultSeen
from testbed.faults.plan import Fault, Kind
from testbed.faults.supervisor import Supervised
from testbed.faults.system import AGENTS, BYSTANDER, Disk, Network, System

TELEPHONES: Final = 8
"""So many citizens call at the same time."""
_WARM_UP_SECONDS: Final = 8.0
_ALL_HOME_SECONDS: Final = 400.0
_CALM_SECONDS: Final = 30.0
_READY_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.2
_SHARE_LOST: Final = 0.3
_TRACEBACK: Final = re.compile(r"Traceback|\"level\":\"critical\"|coroutine .* was never awaited")
_SHOWN_OF_LINE: Final = 600


@dataclass(frozen=True, slots=True)
class Hurt:
    """What faults are done to. None: can't be done on this machine."""

    disk: Disk | None
    network: Network | None


class Drive:
    """One drive through a plan of faults."""

    def __init__(self, system: System, hurt: Hurt, seed: int) -> None:
        """``system`` is running; ``seed`` also decides what people do."""
        chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.faults: list[FaultSeen] = []
        self._system = system
        self._hurt = hurt
        self._agents = Agents(system, chance)
        self._exchange = Exchange(system.installation.exchange)
        self._callers = Callers(system, self._agents, self._exchange, chance)
        self._caseworker = FaithfulCaseworker(system.installation)
        self._evidence = Evidence()

    async def run(self, plan: Sequence[Fault], tell: Callable[[str], None]) -> Evidence:
        """Drive; ``tell`` is told of each fault as it begins."""
        async with AsyncExitStack() as open_:
            await open_.enter_async_context(self._exchange)
            await open_.enter_async_context(self._caseworker)
            people = await open_.enter_async_context(asyncio.TaskGroup())
            at_work = [people.create_task(self._agents.serve(agent)) for agent in AGENTS]
            at_work.append(people.create_task(self._agents.stand_by()))
            at_work.append(people.create_task(self._agents.take_breaks(next(reversed(AGENTS)))))
            calling = [people.create_task(self._callers.keep_calling()) for _ in range(TELEPHONES)]
            await asyncio.sleep(_WARM_UP_SECONDS)
            for fault in plan:
                await asyncio.sleep(fault.after)
                self._tell(fault, tell)
                await self._do(fault)
            tell("no more faults: everybody is served and goes home")
            await self._go_home(calling)
            await self._settle()
            self._evidence.left_over = await self._left_over()
            self._evidence.presences = await self._presences()
            for task in at_work:
                task.cancel()
            await self._callers.all_heard()
            await self._all_delivered()
            await self._caseworker.everything(within=_CALM_SECONDS)
        return await self._gathered()

    def _tell(self, fault: Fault, tell: Callable[[str], None]) -> None:
        lasting = f" for {fault.lasting:.1f} s" if fault.lasting else ""
        tell(
            f"{len(self.faults) + 1:4}  {fault.kind}{lasting}"
            f"  ({self._waiting} waiting, {len(self._agents.talking)} talking)"
        )

    @property
    def _waiting(self) -> int:
        return max(0, len(self._callers.under_way) - len(self._agents.talking))

    # -- faults --------------------------------------------------------------------------------

    async def _do(self, fault: Fault) -> None:
        waiting, talking = self._waiting, len(self._agents.talking)
        began = datetime.now(UTC)
        deed = self._deeds()[fault.kind]
        await deed(fault.lasting)
        ended = datetime.now(UTC)
        back = await self._ready_again()
        self.faults.append(FaultSeen(fault.kind.value, began, ended, back, waiting, talking))

    def _deeds(self) -> dict[Kind, Callable[[float], Awaitable[None]]]:
        system = self._system
        return {
            Kind.APP_KILLED: lambda _: system.app.kill(),
            Kind.APP_KILLED_TWICE: self._kill_twice,
            Kind.APP_RESTARTED: self._restart,
            Kind.APP_FROZEN: lambda seconds: _freeze(system.app, seconds),
            Kind.APP_FROZEN_LONG: lambda seconds: _freeze(system.app, seconds),
            Kind.FALLBACK_KILLED: lambda _: system.fallback.kill(),
            Kind.BROKER_KILLED: lambda _: system.broker.kill(),
            Kind.BROKER_FROZEN: lambda seconds: _freeze(system.broker, seconds),
            Kind.ASTERISK_KILLED: lambda _: system.asterisk.kill(),
            Kind.ASTERISK_FROZEN: lambda seconds: _freeze(system.asterisk, seconds),
            Kind.DISK_FULL: self._fill_disk,
            Kind.NETWORK_LOSSY: lambda seconds: self._drop(_SHARE_LOST, seconds),
            Kind.NETWORK_CUT: lambda seconds: self._drop(1.0, seconds),
        }

    async def _kill_twice(self, seconds: float) -> None:
        await self._system.app.kill()
        await self._system.app.running()
        await asyncio.sleep(seconds)
        await self._system.app.kill()

    async def _restart(self, _: float) -> None:
        began = time.monotonic()
        status = await self._system.app.stop()
        took = time.monotonic() - began
        if status != 0:
            self._system.app.exits.append(
                f"ivr ended with {status}, {took:.1f} s after it was told to stop"
            )

    async def _fill_disk(self, seconds: float) -> None:
        assert self._hurt.disk is not None, "was not drawn"
        await asyncio.to_thread(self._hurt.disk.fill)
        await asyncio.sleep(seconds)
        self._hurt.disk.free()

    async def _drop(self, share: float, seconds: float) -> None:
        assert self._hurt.network is not None, "was not drawn"
        await self._hurt.network.drop(share)
        await asyncio.sleep(seconds)
        await self._hurt.network.heal()

    async def _ready_again(self) -> datetime | None:
        """Wait until the program says that all is well; None where it does not."""
        try:
            await self._system.ready(within=_READY_SECONDS)
        except TimeoutError:
            return None
        return datetime.now(UTC)

    # -- the end -------------------------------------------------------------------------------

    async def _go_home(self, calling: Sequence[asyncio.Task[None]]) -> None:
        self._callers.enough = True
        _, late = await asyncio.wait(calling, timeout=_ALL_HOME_SECONDS)
        self._agents.calm = True
        for task in late:
            task.cancel()

    async def _settle(self) -> None:
        """Wait until nothing is left, or not longer than it may take."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CALM_SECONDS):
                while await self._left_over():
                    await asyncio.sleep(_POLL_SECONDS)

    async def _all_delivered(self) -> None:
        """Wait: what the fallback's process stored is found by the program's next look."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SWEEP_SECONDS + _CALM_SECONDS):
                while files.undelivered(self._system.installation):
                    await asyncio.sleep(_POLL_SECONDS)

    async def _left_over(self) -> list[str]:
        """Name what is there although nobody calls."""
        left = [f"channel {name}" for name in await self._system.cli.channels()]
        left += [f"bridge {name}" for name in await self._system.cli.bridges()]
        try:
            status = await self._system.api("GET", "status")
        except (RuntimeError, httpx.HTTPError) as error:
            return [*left, f"ivr status does not answer: {error}"]
        left += [f"call {call['id']} in phase {call['phase']}" for call in status["callers"]]
        left += [
            f"agent {each['id']} is {each['state']}{' and busy' * each['busy']}"
            for each in status["agents"]
            if _busy(each)
        ]
        left += [
            f"agent {each['id']}: the telephone can't be reached"
            for each in status["agents"]
            if each["id"] in AGENTS and not each["reachable"]
        ]
        return left

    async def _presences(self) -> dict[str, tuple[str, str]]:
        status = await self._system.api("GET", "status")
        says = {each["id"]: str(each["presence"]) for each in status["agents"]}
        return {
            agent: (self._agents.chosen.get(agent, "logged_out"), says[agent])
            for agent in (*AGENTS, BYSTANDER)
        }

    async def _gathered(self) -> Evidence:
        evidence, app = self._evidence, self._system.app
        evidence.calls = self._callers.calls
        evidence.rings = list(self._agents.rings)
        evidence.missed = self._agents.missed
        evidence.faults = self.faults
        evidence.told = self._caseworker.told
        evidence.asterisk_deaths = self._system.asterisk.deaths
        evidence.exits = [exit_ for part in self._system.parts for exit_ in part.exits]
        evidence.tracebacks = [
            line[:_SHOWN_OF_LINE]
            for part in (app, self._system.fallback)
            for life in part.lives
            for line in life.output
            if _TRACEBACK.search(line)
        ]
        evidence.starts = len(app.lives)
        files.read_into(evidence, self._system.installation)
        return evidence


async def _freeze(part: Supervised, seconds: float) -> None:
    process = await part.running()
    process.freeze()
    await asyncio.sleep(seconds)
    process.thaw()


def _busy(agent: dict[str, str]) -> bool:
    return agent["state"] in ("offered", "on_call", "wrap_up") or bool(agent["busy"])
