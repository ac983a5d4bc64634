"""What is shown of people: the values of ``privacy.toml``."""

from __future__ import annotations

from ivr.domain.privacy import PrivacyRules, StaffRules
from ivr.provisioning.tables import PrivacyFile


def check_privacy(file: PrivacyFile) -> PrivacyRules:
    """Return the rules; a file of the right shape can't be wrong."""
    return PrivacyRules(staff=StaffRules(per_agent=file.staff.per_agent))
