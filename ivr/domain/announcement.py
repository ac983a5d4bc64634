"""Bulk announcements: what callers hear before anything else, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.ids import AnnouncementId, DepartmentId

PROMPT_PREFIX = "announcement-"
"""What the names of announcements' sounds begin with; no other sound's name does."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A storm flood, a closed office: heard by callers until it ends.

    ``prompt`` names its sound, in the county's language. ``departments``: whose callers hear it;
    None: everybody, also on the common number. ``text`` is for people; empty for a recording.
    """

    id: AnnouncementId
    prompt: str
    made_at: datetime
    until: datetime
    departments: frozenset[DepartmentId] | None = None
    text: str = ""
    made_by: str = ""

    def concerns(self, department: DepartmentId | None, now: datetime) -> bool:
        """Whether callers of ``department`` hear it at ``now``."""
        return now < self.until and (self.departments is None or department in self.departments)


@dataclass(slots=True)
class Announcements:
    """All announcements that are in force. One that ended is forgotten when somebody asks."""

    _made: dict[AnnouncementId, Announcement] = field(default_factory=dict)

    def made(self, announcement: Announcement) -> None:
        """Let callers hear it; one of the same id is replaced."""
        self._made[announcement.id] = announcement

    def withdrawn(self, announcement: AnnouncementId) -> None:
        """Let callers hear it no longer."""
        self._made.pop(announcement, None)

    def __iter__(self) -> Iterator[Announcement]:
        """Go through those that are known, perhaps one that has ended."""
        return iter(self._made.values())

    def concerning(self, department: DepartmentId | None, now: datetime) -> list[Announcement]:
        """Those that callers of ``department`` hear at ``now``, oldest first."""
        if not self._made:
            return []
        self._made = {each.id: each for each in self._made.values() if now < each.until}
        concerned = (each for each in self._made.values() if each.concerns(department, now))
        return sorted(concerned, key=lambda each: (each.made_at, each.id))
