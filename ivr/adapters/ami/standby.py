"""The fallback queue's agents, over AMI.

An agent who is logged in is one of the queue's members, paused or not; who is logged out is
none. What agents chose while the program was away the dialplan notes in Asterisk's own
database, see ``[ivr-agent-alone]`` in dialplan/templates/extensions.conf.j2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from ivr.adapters.ami.connection import AmiAddress, AmiConnection, AmiError, Message
from ivr.application.ports.standby import Choice, StandbyPresence
from ivr.domain.agents import Presence
from ivr.domain.errors import Unavailable
from ivr.domain.fallback_log import QUEUE
from ivr.domain.ids import AgentId

log = structlog.get_logger(__name__)

NOTES = "ivr-standby"
"""The family in Asterisk's database; the key is the agent."""
_NEWS = "IvrStandby"
"""The dialplan's event: somebody has chosen."""

_TECHNOLOGY = "PJSIP/"
_NOTE = re.compile(r"(ready|paused|logged_out):([0-9]{1,11}):([0-9*#]?)")
"""More digits are no date."""
_NOT_IN_REASONS = re.compile(r"[,;|]")
"""Asterisk separates with these what it keeps of the queue's members over a restart."""
_LONGEST_REASON = 79
"""``reason_paused`` of app_queue.c has 80 bytes, the last one is a NUL."""


class AmiStandby:
    """Implements :class:`ivr.application.ports.standby.Standby`."""

    def __init__(self, address: AmiAddress, on_news: Callable[[], None]) -> None:
        """``on_news`` is called when there is something to learn: connected, or a choice."""
        self._on_news = on_news
        self._ami = AmiConnection(address, self._happened, on_news)

    @property
    def connected(self) -> bool:
        """Whether Asterisk can be told anything now."""
        return self._ami.up

    async def run(self) -> None:
        """Keep the connection up until cancelled."""
        await self._ami.run()

    async def presences(self) -> dict[AgentId, StandbyPresence]:
        """Return how the queue counts its agents; who is logged out is missing."""
        members = await self._ask("QueueStatus", Queue=QUEUE)
        return dict(_presence(each) for each in members if each["event"] == "QueueMember")

    async def tell(self, agent: AgentId, presence: StandbyPresence) -> None:
        """Let the queue count ``agent`` so from now on; harmless where it does."""
        phone = f"{_TECHNOLOGY}{agent}"
        if presence.presence is Presence.LOGGED_OUT:
            await self._attempt("QueueRemove", Queue=QUEUE, Interface=phone)
            return
        paused = "true" if presence.presence is Presence.PAUSED else "false"
        counted = {
            "Queue": QUEUE,
            "Interface": phone,
            "Paused": paused,
            "Reason": _reason(presence.reason),
        }
        if not await self._attempt("QueueAdd", MemberName=agent, StateInterface=phone, **counted):
            await self._ask("QueuePause", **counted)

    async def choices(self) -> list[Choice]:
        """Return what agents chose without the program, in no order."""
        notes = await self._ask("DBGetTree", Family=NOTES)
        return [choice for note in notes if (choice := _choice(note)) is not None]

    async def forget(self, agent: AgentId) -> None:
        """Forget what ``agent`` chose."""
        await self._attempt("DBDel", Family=NOTES, Key=agent)

    async def _ask(self, action: str, **fields: str) -> list[Message]:
        try:
            return await self._ami.request(action, **fields)
        except AmiError as error:
            raise Unavailable(f"The fallback queue is not as it should be: {error}") from error

    async def _attempt(self, action: str, **fields: str) -> bool:
        """Whether it was done; False where it is so already."""
        try:
            await self._ami.request(action, **fields)
        except AmiError as error:
            log.debug("ami_refused", reason=error.message)
            return False
        return True

    def _happened(self, event: Message) -> None:
        if event.get("userevent") == _NEWS:
            self._on_news()


def _reason(reason: str) -> str:
    """Write the reason of a pause as the queue can keep it."""
    kept = _NOT_IN_REASONS.sub(" ", reason).encode()[:_LONGEST_REASON]
    return kept.decode(errors="ignore").strip()


def _presence(member: Message) -> tuple[AgentId, StandbyPresence]:
    """Read QueueMember of QueueStatus; other members than telephones keep their whole name."""
    agent = AgentId(member["location"].removeprefix(_TECHNOLOGY))
    if member["paused"] == "1":
        return agent, StandbyPresence(Presence.PAUSED, member["pausedreason"])
    return agent, StandbyPresence(Presence.READY)


def _choice(note: Message) -> Choice | None:
    """Read DBGetTreeResponse; None where it says nothing we know."""
    match = _NOTE.fullmatch(note["val"])
    if match is None:
        return None
    return Choice(
        AgentId(note["key"].rpartition("/")[2]),
        Presence(match[1]),
        match[3],
        datetime.fromtimestamp(int(match[2]), UTC),
    )
