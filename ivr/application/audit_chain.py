"""The chain of the audit: how entries hang together, and where they no longer do.

Each entry has the SHA-256 of itself and of the hash of the entry before, so none can be changed,
taken out, put in or moved without all later ones showing it; the head holds how many there are
and the last hash, so that none can be cut off. Pure: the store keeps what is computed here.

What is hashed is a JSON object with the keys in order, no blanks and only ASCII characters. It
never changes: entries that exist would no longer fit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from hashlib import sha256

from ivr.application.ports.audit import AuditEntry, AuditHead, AuditLink

BEGINNING = AuditHead(0, "0" * 64)
"""The head of an empty chain; the first entry hangs on its hash."""


class Damage(StrEnum):
    """What is wrong with an entry of the chain."""

    MISSING = "missing"
    ADDED = "added"
    """There is an entry that was not written by this program."""
    CHANGED = "changed"
    """It is not what was written, or not in the place where it was written."""
    HEADLESS = "headless"
    """The end of the chain has been taken away: nobody can say whether more is missing."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first position at which the chain is broken."""

    position: int
    damage: Damage


def next_link(head: AuditHead, entry: AuditEntry) -> AuditLink:
    """Hang ``entry`` on the chain that ends with ``head``."""
    position = head.count + 1
    return AuditLink(position, _hash(head.hash, position, entry), entry)


class ChainCheck:
    """Follows the chain from its beginning, in as many pieces as one likes.

    ``kept`` is a head that was written down elsewhere: the chain has to have had it.
    """

    def __init__(self, kept: AuditHead | None = None) -> None:
        self.head = BEGINNING
        self._kept = kept

    def follow(self, links: Sequence[AuditLink]) -> Break | None:
        """Check the next entries, in their order; return the first break."""
        for link in links:
            damage = self._damage(link)
            if damage is not None:
                return damage
            self.head = AuditHead(link.position, link.hash)
            kept = self._kept
            if kept and kept.count == link.position and kept.hash != link.hash:
                return Break(link.position, Damage.CHANGED)
        return None

    def end(self, head: AuditHead | None) -> Break | None:
        """Check that the chain ends where ``head`` says, and not before what was kept."""
        count = self.head.count
        if head is None:
            return Break(count, Damage.HEADLESS)
        longest = max(head.count, self._kept.count if self._kept else 0)
        if longest > count:
            return Break(count + 1, Damage.MISSING)
        if head.count < count:
            return Break(head.count + 1, Damage.ADDED)
        return None if head.hash == self.head.hash else Break(count, Damage.CHANGED)

    def _damage(self, link: AuditLink) -> Break | None:
        expected = self.head.count + 1
        if link.position > expected:
            return Break(expected, Damage.MISSING)
        if link.position < expected:
            return Break(link.position, Damage.ADDED)
        if link.entry is None or link.hash != _hash(self.head.hash, expected, link.entry):
            return Break(expected, Damage.CHANGED)
        return None


def _hash(before: str, position: int, entry: AuditEntry) -> str:
    content = {
        "action": entry.action,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "before": before,
        "by": entry.by,
        "details": entry.details,
        "position": position,
        "target": entry.target,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode("ascii")).hexdigest()
