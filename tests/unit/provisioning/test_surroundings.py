"""What `ivr check` finds wrong around the county's files: environment and logins."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.domain.errors import ConfigError
from ivr.provisioning.credentials import check_secrets
from ivr.provisioning.settings import load_settings


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_STATE", str(tmp_path / "state"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("IVR_DATABASE_URL", "mysql://localhost/ivr"), ("IVR_MQTT_CA_FILE", "/nowhere/ca.pem")],
)
def test_setting_that_can_not_work_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as wrong:
        load_settings()

    assert [problem.key for problem in wrong.value.problems] == [name]


def test_misspelt_variable_is_named_with_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SIP_BINDS", "127.0.0.1:5060")
    [problem] = check_secrets(load_settings())

    assert (problem.key, problem.allowed) == ("IVR_SIP_BINDS", "IVR_SIP_BIND")


def test_broker_user_without_password_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_MQTT_USER", "ivr")
    [problem] = check_secrets(load_settings())

    assert problem.key == "mqtt_password"
