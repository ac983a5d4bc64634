"""What admins may decide about what is shown of people."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.domain.privacy import PrivacyRules, StaffRules
from ivr.provisioning.county import load_county
from tests.unit.provisioning.examples import SHIPPED, AdminFiles


@pytest.fixture
def files(tmp_path: Path) -> AdminFiles:
    return AdminFiles.copied_to(tmp_path / "config")


def test_single_agents_are_not_shown_unless_somebody_wants_it() -> None:
    assert load_county(SHIPPED).county.privacy == PrivacyRules()
    assert not PrivacyRules().staff.per_agent


def test_single_agents_are_shown(files: AdminFiles) -> None:
    files.replace("privacy.toml", "per_agent = false", "per_agent = true")
    assert load_county(files.folder).county.privacy.staff == StaffRules(per_agent=True)


def test_a_word_is_no_decision(files: AdminFiles) -> None:
    files.replace("privacy.toml", "per_agent = false", 'per_agent = "off"')
    [problem] = files.problems()
    assert (problem.file, problem.key, problem.value) == ("privacy.toml", "staff.per_agent", "off")
