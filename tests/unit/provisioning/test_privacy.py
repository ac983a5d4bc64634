"""What admins may decide about what is shown of people."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.domain.privacy import PrivacyRules, StaffRules
from ivr.domain.retention import DEFAULT_DAYS, DataClass
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


def test_what_is_shipped_is_what_holds_without_the_file() -> None:
    shipped = load_county(SHIPPED).county.privacy.retention
    assert shipped.days == DEFAULT_DAYS


def test_the_county_decides_how_long(files: AdminFiles) -> None:
    files.replace("privacy.toml", "call_numbers = 30", "call_numbers = 7")
    assert load_county(files.folder).county.privacy.retention.days[DataClass.CALL_NUMBERS] == 7


@pytest.mark.parametrize("days", [0, -1, 3661])
def test_nothing_is_kept_for_ever(files: AdminFiles, days: int) -> None:
    files.replace("privacy.toml", "call_numbers = 30", f"call_numbers = {days}")
    [problem] = files.problems()
    assert (problem.key, problem.value) == ("keep_days.call_numbers", str(days))
    assert problem.allowed == "1 to 3660"


def test_copies_don_t_outlive_what_they_are_of(files: AdminFiles) -> None:
    files.replace("privacy.toml", "deliveries = 14", "deliveries = 91")
    [problem] = files.problems()
    assert problem.key == "keep_days.deliveries"
    assert "keep_days.callback_numbers" in problem.wrong
    assert problem.allowed == "at most 90"


def test_figures_outlive_the_person(files: AdminFiles) -> None:
    files.replace("privacy.toml", "statistics = 1095", "statistics = 60")
    [problem] = files.problems()
    assert problem.key == "keep_days.statistics"
    assert problem.allowed == "at least 90"
