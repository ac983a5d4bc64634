"""Asterisk's own queue, which serves callers while the program is away, and what it wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.domain.agents import Presence
from ivr.domain.ids import AgentId


@dataclass(frozen=True, slots=True)
class StandbyPresence:
    """How the fallback queue counts an agent; a pause may have a reason."""

    presence: Presence
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an agent chose by feature code while the program was away.

    ``reason_key`` is what was dialled behind the code for a pause; ``at`` is in whole seconds.
    """

    agent: AgentId
    presence: Presence
    reason_key: str
    at: datetime


class Standby(Protocol):
    """Asterisk's own queue, which serves callers while the program is away.

    Every method raises Unavailable where Asterisk is away or has no such queue.
    """

    async def presences(self) -> Mapping[AgentId, StandbyPresence]:
        """Return how the queue counts its agents; who is logged out is missing."""
        ...

    async def tell(self, agent: AgentId, presence: StandbyPresence) -> None:
        """Let the queue count ``agent`` so from now on; harmless where it does."""
        ...

    async def choices(self) -> Sequence[Choice]:
        """Return what agents chose without the program, the latest of each, in no order."""
        ...

    async def forget(self, agent: AgentId) -> None:
        """Forget what ``agent`` chose."""
        ...


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A place in a file that may be renamed: its inode, and the bytes before."""

    inode: int
    offset: int


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line without its end, and where it begins."""

    text: str
    place: LogPlace


class FallbackLog(Protocol):
    """What Asterisk wrote about the calls of the fallback queue, in the order of writing.

    ``more`` and ``remember`` use files and raise Unavailable: call them in a thread.
    """

    def more(self) -> list[PlacedLine]:
        """Return the next lines; empty where there are no more for now."""
        ...

    @property
    def place(self) -> LogPlace | None:
        """Where the next line begins; None before the first."""
        ...

    def remember(self, place: LogPlace) -> None:
        """Begin there after a restart."""
        ...
