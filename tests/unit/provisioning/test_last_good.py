"""What is begun with where the admin's files are wrong just then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.domain.county import County
from ivr.domain.errors import ConfigError, Problem
from ivr.provisioning.county import county_files
from ivr.provisioning.last_good import begin_with, tell_refused

SHIPPED = Path(__file__).parents[3] / "config"
GOOD = county_files(SHIPPED)
OF_ANOTHER_VERSION = {**GOOD, "county.toml": "nothing = 1"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A file in it is half written."""
    shutil.copytree(SHIPPED, tmp_path / "config")
    (tmp_path / "config" / "queue.toml").write_text("[queue\nlongest")
    return tmp_path / "config"


def test_good_files_are_taken_and_nothing_else_is_looked_at() -> None:
    beginning = begin_with(SHIPPED, [OF_ANOTHER_VERSION])

    assert (beginning.configuration.files, beginning.refused) == (GOOD, None)


def test_else_the_latest_that_can_be_used(config: Path) -> None:
    beginning = begin_with(config, [OF_ANOTHER_VERSION, GOOD])

    assert beginning.configuration.files == GOOD
    assert beginning.refused is not None
    assert {problem.file for problem in beginning.refused.problems} == {"queue.toml"}


def test_what_is_wrong_now_is_raised_where_there_is_nothing_else(config: Path) -> None:
    for earlier in ([], [OF_ANOTHER_VERSION]):
        with pytest.raises(ConfigError) as caught:
            begin_with(config, earlier)
        assert {problem.file for problem in caught.value.problems} == {"queue.toml"}


def test_what_this_machine_can_t_do_counts_as_wrong(config: Path) -> None:
    def check(county: County) -> None:
        raise ConfigError((Problem("departments.toml", county.name, "", "is wrong", ""),))

    with pytest.raises(ConfigError) as caught:
        begin_with(SHIPPED, [GOOD], check)
    assert [problem.file for problem in caught.value.problems] == ["departments.toml"]
    with pytest.raises(ConfigError):
        begin_with(config, [GOOD], check)


def test_it_is_told_with_the_files_and_what_to_do(config: Path) -> None:
    with capture_logs() as logs:
        tell_refused(begin_with(SHIPPED, []).refused)
        tell_refused(begin_with(config, [GOOD]).refused)

    [line] = logs
    assert line["event"] == "configuration_not_used"
    assert any("queue.toml" in problem for problem in line["problems"])
    assert "ivr check" in line["remedy"]
