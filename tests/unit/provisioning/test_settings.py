"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.domain.errors import ConfigError
from ivr.provisioning.settings import Address, PortRange, load_settings

HOME = Path("/home/somebody")
"""A short one: a socket's path has to fit. Nothing is read or written there."""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("STATE", "CONFIG", "DIALPLAN", "PROMPTS"):
        monkeypatch.delenv(f"IVR_{name}", raising=False)
    monkeypatch.setenv("HOME", str(HOME))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


def test_everything_stays_on_this_machine() -> None:
    settings = load_settings()
    assert settings.sip_bind == Address("127.0.0.1", 5060)
    assert settings.asterisk_http_bind == Address("127.0.0.1", 8088)
    assert settings.http_bind == Address("127.0.0.1", 8080)
    assert settings.rtp_ports == PortRange(10000, 10999)
    assert settings.ari == "http://127.0.0.1:8088"
    assert settings.mqtt_url == "mqtt://127.0.0.1:1883"


def test_queue_log_is_kept_small(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert (settings.queue_log_bytes, settings.queue_log_files) == (10 * 1024 * 1024, 10)
    monkeypatch.setenv("IVR_QUEUE_LOG_BYTES", "2048")
    monkeypatch.setenv("IVR_QUEUE_LOG_FILES", "0")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert [problem.key for problem in caught.value.problems] == ["IVR_QUEUE_LOG_FILES"]
    monkeypatch.setenv("IVR_QUEUE_LOG_FILES", "2")
    settings = load_settings()
    assert (settings.queue_log_bytes, settings.queue_log_files) == (2048, 2)


def test_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().state == HOME / ".local/state/ivr"
    monkeypatch.setenv("XDG_STATE_HOME", "/var/lib/x")
    settings = load_settings()
    assert settings.state == Path("/var/lib/x/ivr")
    assert settings.database == "sqlite+aiosqlite:////var/lib/x/ivr/ivr.db"
    assert settings.control_socket == Path("/var/lib/x/ivr/ivr.sock")
    assert settings.secrets_file == Path("/var/lib/x/ivr/secrets.toml")
    assert settings.sounds == Path("/var/lib/x/ivr/sounds")
    assert settings.asterisk == Path("/var/lib/x/ivr/asterisk")


def test_the_folder_here_comes_before_the_machines(tmp_path: Path) -> None:
    assert load_settings().config == Path("/etc/ivr")
    assert load_settings().dialplan == Path("/etc/ivr/dialplan")
    (tmp_path / "config").mkdir()
    assert load_settings().config == tmp_path / "config"


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "STATE": "~/state",
        "SIP_BIND": "[::1]:5070",
        "RTP_PORTS": "20000-20099",
        "MEDIA_ADDRESS": "192.0.2.1",
        "ARI_URL": "http://asterisk:8088/",
        "MQTT_URL": "mqtts://broker.example:8883",
        "DATABASE_URL": "postgresql+asyncpg://u:p@h/d",
    }.items():
        monkeypatch.setenv(f"IVR_{name}", value)
    settings = load_settings()
    assert settings.state == Path.home() / "state"
    assert str(settings.sip_bind) == "[::1]:5070"
    assert str(settings.rtp_ports) == "20000-20099"
    assert str(settings.media_address) == "192.0.2.1"
    assert settings.ari == "http://asterisk:8088"
    assert settings.database == "postgresql+asyncpg://u:p@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STATE", "/var/lib/a b"),
        ("STATE", "/var/lib/a,b"),
        ("STATE", "/" + "long/" * 20),
        ("SIP_BIND", "5060"),
        ("SIP_BIND", "localhost:5060"),
        ("SIP_BIND", "127.0.0.1:70000"),
        ("SIP_BIND", "127.0.0.1:५०६०"),
        ("RTP_PORTS", "10000"),
        ("RTP_PORTS", "10999-10000"),
        ("RTP_PORTS", "65000-66000"),
        ("RTP_PORTS", "10000-10002"),
        ("MEDIA_ADDRESS", "asterisk"),
        ("MQTT_URL", "http://127.0.0.1"),
        ("MQTT_URL", "mqtt://"),
        ("MQTT_URL", "mqtt://h:99999999"),
        ("MQTT_URL", "mqtt://["),
        ("ARI_URL", "asterisk:8088"),
        ("ARI_APP", "ivr,other"),
        ("MQTT_PAYLOAD", "ids"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_value_is_told_once(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"IVR_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    [problem] = caught.value.problems
    assert (problem.key, problem.value) == (f"IVR_{name}", value)
    assert problem.allowed


def test_a_password_in_a_url_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_MQTT_URL", "mqtt://ivr:hunter2@broker.example")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert "hunter2" not in repr(caught.value.problems) + str(caught.value)


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SIP_BIND", "x")
    monkeypatch.setenv("IVR_LOG_FORMAT", "x")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert {problem.key for problem in caught.value.problems} == {"IVR_SIP_BIND", "IVR_LOG_FORMAT"}


def test_two_servers_on_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_HTTP_BIND", "127.0.0.1:8088")
    with pytest.raises(ConfigError, match="same address"):
        load_settings()
