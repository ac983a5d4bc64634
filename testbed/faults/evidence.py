"""What was seen from outside during a drive: by callers, agents, caseworkers, and in the files.

Plain facts with times; what they prove is decided in :mod:`testbed.faults.proofs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Wish(StrEnum):
    """What a caller has in mind."""

    PATIENT = "patient"
    """Waits until somebody answers, and talks until the agent hangs up."""
    BRIEF = "brief"
    """Waits until somebody answers, and hangs up first."""
    IMPATIENT = "impatient"
    """Hangs up while waiting."""
    CALLBACK = "callback"
    """Asks to be phoned back."""
    KEEPS_PLACE = "keeps-place"
    """Hangs up and keeps the place, and answers when phoned."""


@dataclass(slots=True)
class CallSeen:
    """One call as the caller's telephone saw it."""

    number: str
    wish: Wish
    dialled_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    hung_up: bool = False
    """By the caller; else by the other side."""
    heard: tuple[str, ...] = ()
    """Prompts, in their order."""
    agents: frozenset[str] = frozenset()
    """Whose voice was heard."""
    gave_up: str = ""
    """Why the caller lost patience with a call that should have come to an end."""
    phoned_at: datetime | None = None
    """When a caller who kept the place answered our call."""

    def during(self, moment: datetime) -> bool:
        """It was going on then."""
        return self.dialled_at <= moment and (self.ended_at is None or moment <= self.ended_at)


@dataclass(slots=True)
class RingSeen:
    """One call as an agent's telephone saw it."""

    agent: str
    number: str
    rang_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A fault that was done."""

    kind: str
    began_at: datetime
    ended_at: datetime
    back_at: datetime | None
    """When the whole system was ready again."""
    waiting: int
    talking: int


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the table of calls."""

    id: str
    number: str
    outcome: str
    arrived_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime
    agent: str | None


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A row of the table of callbacks."""

    id: str
    number: str
    requested_at: datetime
    call: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A message that a caseworker's program received."""

    message: str
    callback: str
    event: str
    number: str


@dataclass(frozen=True, slots=True)
class FallbackEntry:
    """A call in Asterisk's own queue, by its ``queue_log``. ``agent``: who answered it."""

    number: str
    entered_at: datetime
    agent: str | None
    ended_at: datetime | None


@dataclass(slots=True)
class Evidence:
    """All that is known after a drive."""

    calls: Sequence[CallSeen] = ()
    rings: Sequence[RingSeen] = ()
    faults: Sequence[FaultSeen] = ()
    records: Sequence[Record] = ()
    callbacks: Sequence[CallbackRow] = ()
    told: Sequence[Told] = ()
    fallback: Sequence[FallbackEntry] = ()
    asterisk_deaths: Sequence[datetime] = ()
    kept_places: int = 0
    """Rows of places that nobody has got yet."""
    undelivered: int = 0
    """Messages the broker has not taken."""
    left_over: Sequence[str] = ()
    """Channels, bridges, calls of the program, busy agents: by name, after the last call."""
    presences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By agent: what was chosen last, and what the program says."""
    exits: Sequence[str] = ()
    """Ends of processes that nobody had ordered."""
    tracebacks: Sequence[str] = ()
    starts: int = 0
    """So often was the program started."""
    missed: int = 0
    """So often did an agent miss an offer and come back."""
