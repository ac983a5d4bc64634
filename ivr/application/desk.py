"""The desk: what people and their programs may ask of the running service.

The web adapter is its only door; the command line comes through that. Callbacks have use cases
of their own in :mod:`ivr.application.callbacks`; finished calls, and numbers of callers, are
seen through :mod:`ivr.application.looking`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from ivr.application.audit import Audit
from ivr.application.dispatcher import Dispatcher
from ivr.application.inbox import Inbox
from ivr.domain.agents import AgentView, Presence
from ivr.domain.calls import CallResult
from ivr.domain.county import County
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.events import (
    LastCallChosen,
    PresenceChosen,
    ResultGiven,
    WrapUpEnded,
    WrapUpExtended,
)
from ivr.domain.ids import AgentId, CallId
from ivr.domain.live import CallView
from ivr.domain.views import Snapshot

Probe = Callable[[], Awaitable[None]]
"""Returns where something outside works; raises Unavailable, with the reason, where not."""


class Desk:
    """Looks at the service and tells it what agents want.

    ``probes`` are asked for readiness, by name: ``switch``, ``store``, ``broker``, ``standby``,
    the further ways of delivery that are set up, and ``configuration`` where it was refused.
    """

    def __init__(
        self,
        inbox: Inbox,
        dispatcher: Dispatcher,
        audit: Audit,
        probes: Mapping[str, Probe],
    ) -> None:
        self._inbox = inbox
        self._dispatcher = dispatcher
        self._audit = audit
        self._probes = probes

    @property
    def county(self) -> County:
        """What is configured now."""
        return self._dispatcher.county

    def snapshot(self) -> Snapshot:
        """Return live calls, those in the queue first and in order, and all agents."""
        return self._dispatcher.snapshot()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have ``watcher`` called after each fact; it must be quick and must not fail."""
        self._dispatcher.watch(watcher)

    def agent(self, agent: AgentId) -> AgentView:
        """Return one agent. Raises Refused (``agent_not_found``)."""
        for view in self.snapshot().agents:
            if view.id == agent:
                return view
        known = ", ".join(sorted(view.id for view in self.snapshot().agents))
        raise Refused(f"There is no agent {agent}. There are: {known}.", code="agent_not_found")

    def call(self, call: CallId) -> CallView:
        """Return one call that is going on. Raises Refused (``call_not_found``)."""
        for view in self.snapshot().calls:
            if view.id == call:
                return view
        raise Refused(f"There is no call {call}, or it is over.", code="call_not_found")

    async def choose_presence(
        self, agent: AgentId, presence: Presence, reason: str = "", *, by: str = ""
    ) -> AgentView:
        """Let the agent want ``presence``; returns the agent after it.

        ``by`` is who says so; empty: the agent. What somebody else says is in the audit before.
        Raises Refused (``agent_not_found``) and, for somebody else, Unavailable.
        """
        return await self._tell(
            PresenceChosen(agent, presence, reason), presence.value, by, reason=reason
        )

    async def choose_last_call(self, agent: AgentId, *, by: str = "") -> AgentView:
        """Log the agent out after the next call, as ``choose_presence`` does it."""
        return await self._tell(LastCallChosen(agent), "last_call", by)

    async def give_result(self, agent: AgentId, result: CallResult, *, by: str = "") -> AgentView:
        """Say what came of the agent's latest call, as ``choose_presence`` does it.

        Raises Refused (``no_call``) as well, where the agent had none.
        """
        if self.agent(agent).talked_last is None:
            raise Refused(f"Agent {agent} has not had a call yet.", code="no_call")
        return await self._tell(ResultGiven(agent, result), "result", by, result=result.value)

    async def end_wrap_up(self, agent: AgentId) -> AgentView:
        """End the agent's wrap-up, if there is one. Raises Refused (``agent_not_found``)."""
        return await self._tell(WrapUpEnded(agent), "end_wrap_up", by="")

    async def extend_wrap_up(self, agent: AgentId) -> AgentView:
        """Give the agent more time, if there is wrap-up. Raises Refused (``agent_not_found``)."""
        return await self._tell(WrapUpExtended(agent), "extend_wrap_up", by="")

    async def _tell(
        self,
        event: PresenceChosen | LastCallChosen | ResultGiven | WrapUpEnded | WrapUpExtended,
        action: str,
        by: str,
        **details: str,
    ) -> AgentView:
        self.agent(event.agent)
        if by and by != event.agent:
            await self._audit.note(by, action, event.agent, **details)
        await self._inbox.handled(event)
        return self.agent(event.agent)

    async def readiness(self) -> dict[str, str | None]:
        """Say of each thing outside why it does not work; None where it does."""
        return {name: await _ask(probe) for name, probe in self._probes.items()}


async def _ask(probe: Probe) -> str | None:
    try:
        await probe()
    except Unavailable as error:
        return error.message
    return None
