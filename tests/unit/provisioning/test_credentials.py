"""Passwords: made once, kept, never shown and never readable by others."""

from __future__ import annotations

import errno
import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.domain.errors import ConfigError, Unavailable
from ivr.domain.ids import AgentId
from ivr.provisioning import credentials
from ivr.provisioning.credentials import Secrets, check_secrets, load_secrets
from ivr.provisioning.settings import Settings

AGENTS = (AgentId("1001"), AgentId("anna.m"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state")


def load(settings: Settings) -> Secrets:
    return load_secrets(settings, AGENTS)


def store(settings: Settings, text: str, mode: int = 0o600) -> None:
    settings.state.mkdir(exist_ok=True)
    settings.secrets_file.write_text(text)
    settings.secrets_file.chmod(mode)


def test_passwords_are_made_and_kept(settings: Settings) -> None:
    first = load(settings)
    assert load(settings) == first
    passwords = [first.ari_password, first.api_token, *first.agent_passwords.values()]
    assert len(set(passwords)) == 4
    assert all(len(password) >= 32 for password in passwords)
    assert first.mqtt_user is first.mqtt_password is first.trunk_password is None


def test_nobody_else_can_read_the_file_even_with_a_lax_umask(settings: Settings) -> None:
    umask = os.umask(0)
    try:
        load(settings)
    finally:
        os.umask(umask)
    assert settings.secrets_file.stat().st_mode & 0o777 == 0o600
    assert settings.state.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in settings.state.iterdir()] == ["secrets.toml"]


def test_what_is_there_stays_and_what_is_missing_is_added(settings: Settings) -> None:
    store(
        settings,
        'api_token = "kept \\" \\\\ €"\n'.replace("€", ";")
        + 'trunk_password = "t"\n[agents]\n1001 = "p"\n1999 = "left"\n',
    )
    secrets = load(settings)
    assert secrets.api_token == 'kept " \\ ;'
    assert secrets.trunk_password == "t"
    assert secrets.agent_passwords[AgentId("1001")] == "p"
    assert set(secrets.agent_passwords) == set(AGENTS)
    stored = tomllib.loads(settings.secrets_file.read_text())
    assert stored["api_token"] == secrets.api_token
    assert stored["ari_password"] == secrets.ari_password
    # An agent who left may come back; the password is not for us to forget.
    assert stored["agents"]["1999"] == "left"


def test_a_complete_file_is_not_written_again(settings: Settings) -> None:
    load(settings)
    before = settings.secrets_file.stat()
    load(settings)
    assert settings.secrets_file.stat() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_file_others_can_read_is_refused_and_kept(settings: Settings, mode: int) -> None:
    store(settings, 'api_token = "known"\n', mode)
    with pytest.raises(ConfigError) as caught:
        load(settings)
    [problem] = caught.value.problems
    assert f"{mode:04o}" in problem.wrong
    assert "chmod 600" in problem.allowed
    assert settings.secrets_file.read_text() == 'api_token = "known"\n'
    assert check_secrets(settings) == caught.value.problems


@pytest.mark.parametrize(
    "text",
    [
        'api_token = "hunter2\n',
        "api_token = hunter2\n",
        "api_token = 12345\n",
        'api_token = ""\n',
        'api_token = " hunter2"\n',
        'api_token = "hunter2\\n"\n',
        'api_token = "hünter2"\n',
        f'api_token = "{"hunter2" * 20}"\n',
        'api_tokn = "hunter2"\n',
        'agents = "hunter2"\n',
        "[agents]\n1001 = 5\n",
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1") + "=",
    ],
)
def test_a_broken_file_is_refused_kept_and_not_quoted(settings: Settings, text: str) -> None:
    store(settings, text)
    with pytest.raises(ConfigError) as caught:
        load(settings)
    assert settings.secrets_file.read_text() == text
    told = repr(caught.value.problems) + str(caught.value) + repr(caught.value.__cause__)
    assert "hunter2" not in told
    assert "hünter2" not in told


def test_a_link_is_not_followed(settings: Settings, tmp_path: Path) -> None:
    store(settings, "")
    settings.secrets_file.unlink()
    settings.secrets_file.symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(ConfigError):
        load(settings)
    assert len(check_secrets(settings)) == 1


def test_a_folder_in_its_place(settings: Settings) -> None:
    settings.secrets_file.mkdir(parents=True)
    with pytest.raises(ConfigError):
        load(settings)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_full_or_broken_disk_is_no_wrong_setting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(_path: Path, _content: bytes) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(credentials, "write_private", refused)

    with pytest.raises(Unavailable, match=os.strerror(number)):
        load(settings)


def test_the_environment_comes_first(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_ARI_PASSWORD", "from-outside")
    monkeypatch.setenv("IVR_MQTT_USER", "ivr")
    monkeypatch.setenv("IVR_AGENT_PASSWORDS", '{"1001": "phone", "1999": "nobody"}')
    secrets = load(settings)
    assert secrets.ari_password == "from-outside"
    assert secrets.mqtt_user == "ivr"
    assert secrets.agent_passwords[AgentId("1001")] == "phone"
    assert set(secrets.agent_passwords) == set(AGENTS)
    assert "from-outside" not in settings.secrets_file.read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IVR_API_TOKEN", "hunter2\nx"),
        ("IVR_AGENT_PASSWORDS", "hunter2"),
        ("IVR_AGENT_PASSWORDS", '{"1001": "hunter2 "}'),
        ("IVR_AGENT_PASSWORDS", '{"1001": ["hunter2"]}'),
    ],
)
def test_a_bad_password_from_outside_is_refused_and_not_quoted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load(settings)
    assert caught.value.problems[0].key.startswith(name)
    told = repr(caught.value.problems) + str(caught.value) + repr(caught.value.__cause__)
    assert "hunter2" not in told


def test_checking_makes_nothing(settings: Settings) -> None:
    assert check_secrets(settings) == ()
    assert not settings.state.exists()


def test_many_at_once_agree(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load(settings), range(16)))
    assert all(secrets == found[0] for secrets in found)


def test_repr_tells_no_password(settings: Settings) -> None:
    secrets = load(settings)
    shown = repr(secrets)
    assert secrets.ari_password not in shown
    assert all(password not in shown for password in secrets.agent_passwords.values())
