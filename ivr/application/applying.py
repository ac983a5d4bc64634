"""Changed files put into force: checked, written for Asterisk, loaded, told to the engine.

All or nothing: where the files are wrong nothing changes, and where Asterisk does not take what
was written, the files from before are put back. Calls that go on are not touched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from ivr.application.differences import Difference, differences
from ivr.application.dispatcher import Dispatcher
from ivr.application.inbox import Inbox
from ivr.application.ports.machine import Clock
from ivr.application.ports.site import Site, SitePlan
from ivr.application.ports.switch import SwitchSetup
from ivr.domain.errors import Unavailable
from ivr.domain.events import CountyChanged

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between the files and what is in force."""

    plan: SitePlan
    differences: tuple[Difference, ...]


class Applying:
    """The use case. ``site`` is slow, so it works in a thread; one change at a time.

    ``applied`` is called when the new files are in force; it must not block.
    """

    def __init__(
        self,
        site: Site,
        switch: SwitchSetup,
        inbox: Inbox,
        dispatcher: Dispatcher,
        clock: Clock,
        applied: Callable[[], None],
    ) -> None:
        self._site = site
        self._switch = switch
        self._inbox = inbox
        self._dispatcher = dispatcher
        self._clock = clock
        self._applied = applied
        self._one_at_a_time = asyncio.Lock()

    async def look(self) -> Change:
        """Say what would change; nothing does.

        Raises ConfigError with everything that is wrong with the files.
        """
        return self._change(await asyncio.to_thread(self._site.look))

    def _change(self, plan: SitePlan) -> Change:
        today = self._clock.now().astimezone(plan.county.hours.zone).date()
        return Change(plan, differences(self._dispatcher.county, plan.county, today))

    async def apply(self) -> Change:
        """Put the files into force and say what changed.

        Raises ConfigError with everything that is wrong with the files, and Unavailable where
        the disk or Asterisk does not take them; then all is as before.
        """
        async with self._one_at_a_time:
            change = self._change(await asyncio.to_thread(self._site.plan))
            plan = change.plan
            await self._load(plan)
            await self._inbox.handled(CountyChanged(plan.county))
            self._applied()
            # The telephone of an agent nobody knew before may have been there already.
            await self._switch.tell_phones()
        log.info(
            "configuration_applied",
            files=[file.name for file in plan.files],
            values=len(change.differences),
        )
        return change

    async def _load(self, plan: SitePlan) -> None:
        """Write the files and have Asterisk read them; or leave, or put back, the old ones."""
        before = await asyncio.to_thread(self._site.write, plan.content)
        try:
            for module in plan.modules:
                await self._switch.reload(module)
        except Unavailable:
            log.error("configuration_refused", files=[file.name for file in plan.files])
            await asyncio.to_thread(self._site.write, before)
            for module in plan.modules:
                await self._reload_if_possible(module)
            raise

    async def _reload_if_possible(self, module: str) -> None:
        try:
            await self._switch.reload(module)
        except Unavailable as error:
            # It reads the files when it starts, and they are the old ones again.
            log.error("not_reloaded", module=module, reason=error.message)
