"""Keeps Asterisk's own queue in step with what agents want, before it is needed.

Nothing has to happen at the moment of a crash: the queue knows by then who is logged in and not
paused. What agents chose in Asterisk while the program was away is learnt before the queue is
told anything. No call ever waits for this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from ivr.application.backoff import Backoff
from ivr.application.dispatcher import Dispatcher
from ivr.application.inbox import Inbox
from ivr.application.ports.standby import Choice, Standby, StandbyPresence
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.errors import Unavailable
from ivr.domain.ids import AgentId

log = structlog.get_logger(__name__)

_LOGGED_OUT = StandbyPresence(Presence.LOGGED_OUT)


class InStep:
    """Follows the dispatcher, and tells ``standby`` what has changed."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        inbox: Inbox,
        standby: Standby,
        backoff: Backoff | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._inbox = inbox
        self._standby = standby
        self._backoff = backoff or Backoff(first=0.5, longest=10.0)
        self._woken = asyncio.Event()
        self._afresh = False
        """Asterisk may know something else than it was told."""
        self._told: dict[AgentId, StandbyPresence] | None = None
        """What the queue knows, who is logged out left out; None: nobody can say."""
        self._chosen_at: dict[AgentId, datetime] = {}
        """When agents chose last, as far as this run of the program saw it."""
        self._failed = ""
        """Why it did not work the last time, as logged."""
        dispatcher.follow(self._follow)

    def look_again(self) -> None:
        """Asterisk is back, or an agent has chosen something there; never waits."""
        self._afresh = True
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._catch_up()
            except Unavailable as error:
                self._note_failure(error.message)
                await asyncio.sleep(self._backoff.next())
                self.look_again()
            else:
                self._failed = ""
                self._backoff.reset()

    def _follow(
        self, event: on.Event | None, _commands: Sequence[do.Command], now: datetime
    ) -> None:
        chose = self._dispatcher.progress().agents
        self._chosen_at.update((agent.id, now) for agent in chose)
        if chose or isinstance(event, on.CountyChanged):
            self._woken.set()

    async def _catch_up(self) -> None:
        if self._afresh or self._told is None:
            self._afresh = False
            self._told = None  # until all of this has worked
            for choice in await self._standby.choices():
                await self._learn(choice)
            counted = dict(await self._standby.presences())
            await self._take_over(counted)
            self._told = counted
        await self._tell(self._told)

    async def _learn(self, choice: Choice) -> None:
        """Let count what an agent chose in our absence, unless something later is known."""
        since = self._chosen_at.get(choice.agent)
        if since is None or choice.at > since:
            reason = self._dispatcher.county.rules.pause_reasons.get(choice.reason_key, "")
            log.info("presence_learnt", agent=choice.agent, presence=choice.presence)
            await self._inbox.handled(on.PresenceChosen(choice.agent, choice.presence, reason))
        await self._standby.forget(choice.agent)

    async def _take_over(self, counted: dict[AgentId, StandbyPresence]) -> None:
        """Believe the queue about agents of whom this program knows nothing at all.

        So it is where its own memory is lost: nobody is logged out by that.
        """
        unknown = {view.id for view in self._dispatcher.snapshot().agents if view.since is None}
        for agent in sorted(counted.keys() & unknown):
            there = counted[agent]
            log.info("presence_learnt", agent=agent, presence=there.presence)
            await self._inbox.handled(on.PresenceChosen(agent, there.presence, there.reason))

    async def _tell(self, told: dict[AgentId, StandbyPresence]) -> None:
        """Tell what differs; what changes meanwhile is told the next time."""
        wanted = self._wanted()
        for agent in sorted(told.keys() | wanted.keys()):
            wants = wanted.get(agent, _LOGGED_OUT)
            if told.get(agent, _LOGGED_OUT) == wants:
                continue
            await self._standby.tell(agent, wants)
            if wants is _LOGGED_OUT:
                del told[agent]
            else:
                told[agent] = wants

    def _wanted(self) -> dict[AgentId, StandbyPresence]:
        return {
            view.id: StandbyPresence(view.presence, view.reason)
            for view in self._dispatcher.snapshot().agents
            if view.presence is not Presence.LOGGED_OUT
        }

    def _note_failure(self, reason: str) -> None:
        if reason != self._failed:
            log.warning("standby_not_told", reason=reason)
        self._failed = reason
        self._told = None
