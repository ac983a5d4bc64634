"""The county, read again when its files change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.domain.errors import ConfigError
from ivr.provisioning.changing import ChangingCounty
from ivr.provisioning.county import county_files, county_of

SHIPPED = Path(__file__).parents[3] / "config"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "config")
    return tmp_path / "config"


def rename(config: Path, name: str) -> None:
    file = config / "county.toml"
    lines = file.read_text().splitlines()
    changed = [f'name = "{name}"' if line.startswith("name =") else line for line in lines]
    file.write_text("\n".join(changed))


def test_what_did_not_change_is_not_read_again(config: Path) -> None:
    county = ChangingCounty(config)

    assert county() is county()


def test_changed_files_are_read_again(config: Path) -> None:
    county = ChangingCounty(config)
    rename(config, "Landkreis Wittmund am Meer")
    with capture_logs() as logs:
        county()

    assert county().name == "Landkreis Wittmund am Meer"
    assert [line["event"] for line in logs] == ["configuration_read"]


def test_wrong_files_change_nothing_and_are_told_once(config: Path) -> None:
    county = ChangingCounty(config)
    before = county()
    (config / "county.toml").unlink()
    with capture_logs() as logs:
        after = [county(), county()]

    assert after == [before, before]
    assert [line["event"] for line in logs] == ["configuration_not_used"]


def test_where_they_are_wrong_from_the_beginning_those_of_before_are_taken(config: Path) -> None:
    before = county_files(config)
    (config / "county.toml").write_text("name = ")

    county = ChangingCounty(config, [before])

    assert county().name == county_of(before).name
    assert county.refused is not None
    (config / "county.toml").write_text(before["county.toml"])
    rename(config, "Landkreis Wittmund am Meer")
    assert county().name == "Landkreis Wittmund am Meer"


def test_files_that_are_wrong_from_the_beginning_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        ChangingCounty(tmp_path)
