"""What the store keeps of who did what: entries in a chain."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to whom: what must not happen unseen.

    ``target`` is an id, of a call or an agent. ``details`` are JSON values; no caller's number.
    """

    at: datetime
    by: str
    action: str
    target: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditLink:
    """An entry in its place, counted from 1; ``hash`` is made by ``audit_chain``.

    ``entry`` is None where what is stored is none that this program can have written.
    """

    position: int
    hash: str
    entry: AuditEntry | None


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the audit: how many entries there are, and the last one's hash."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; None means any."""

    by: str | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    limit: int = 100
