"""What is shown and kept of people, as the admin decided. Plain values, already checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.domain.retention import Retention


@dataclass(frozen=True, slots=True)
class StaffRules:
    """What is shown of agents afterwards; who is ready or talks now is always shown."""

    per_agent: bool = False
    """Whether it is shown who answered a finished call; every look is in the audit then."""


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """How people's data are treated."""

    staff: StaffRules = field(default_factory=StaffRules)
    retention: Retention = field(default_factory=Retention)
