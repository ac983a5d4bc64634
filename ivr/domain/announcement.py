"""Bulk announcements: what all callers hear before anything else, for a while."""

from __future__ import annotations

from dataclasses import dataclass
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
