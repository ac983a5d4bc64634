"""Settings and secrets of mail and webhook, and whether every caseworker can be told."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.adapters.mail import mail_server
from ivr.adapters.mail.server import Encryption
from ivr.adapters.webhook import Signature
from ivr.domain.errors import ConfigError
from ivr.provisioning.credentials import check_secrets, load_secrets
from ivr.provisioning.deliveries import check_deliveries, refuse_undeliverable
from ivr.provisioning.settings import Settings, load_settings
from tests import post_office
from tests.contract.certificates import make_certificate
from tests.post_office import SENDER


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVR_STATE", str(tmp_path / "state"))


def test_nothing_is_set_up_by_itself() -> None:
    settings = load_settings()
    assert (settings.smtp_url, settings.webhook_url, settings.mail_content) == ("", "", "full")


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("SMTP_URL", "http://mail.example", "has to be smtp://"),
        ("SMTP_URL", "smtp://", "has to be smtp://"),
        ("SMTP_URL", "smtp://mail.example:99999999", "has to be smtp://"),
        ("SMTP_URL", "smtp://user:hunter2@mail.example", "must not hold a password"),
        ("SMTP_CA_FILE", "/nowhere.pem", "is not there"),
        ("MAIL_FROM", "rueckruf", "is no e-mail address"),
        ("MAIL_FROM", "a@b\nBcc: c@d", "is no e-mail address"),
        ("MAIL_CONTENT", "all", "can't be used"),
        ("WEBHOOK_URL", "ftp://example.org", "has to be https://"),
        ("WEBHOOK_URL", "https://user:hunter2@example.org", "has to be https://"),
        ("WEBHOOK_URL", "http://example.org/callbacks", "others could read"),
    ],
)
def test_what_can_not_be_meant_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, wrong: str
) -> None:
    monkeypatch.setenv(f"IVR_{name}", value)
    with pytest.raises(ConfigError) as error:
        load_settings()
    [problem] = error.value.problems
    assert problem.key == f"IVR_{name}"
    assert problem.wrong.startswith(wrong) or wrong in problem.wrong
    assert "hunter2" not in str(problem)


def test_mails_need_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SMTP_URL", "smtp://mail.example")
    with pytest.raises(ConfigError, match="IVR_MAIL_FROM"):
        load_settings()
    monkeypatch.setenv("IVR_MAIL_FROM", SENDER)
    assert load_settings().mail_from == SENDER


@pytest.mark.parametrize(
    "url", ["https://example.org/callbacks?key=1", "http://127.0.0.1:8000/x", "http://localhost/x"]
)
def test_a_webhook_is_encrypted_or_stays_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("IVR_WEBHOOK_URL", url)
    assert load_settings().webhook_url == url


@pytest.mark.parametrize(
    ("url", "encryption", "port"),
    [
        ("smtp://mail.example", Encryption.STARTTLS, 587),
        ("smtp://192.0.2.1:25", Encryption.STARTTLS, 25),
        ("smtps://mail.example", Encryption.FROM_THE_START, 465),
        ("smtps://127.0.0.1", Encryption.FROM_THE_START, 465),
        ("smtp://127.0.0.1:2525", Encryption.NONE, 2525),
        ("smtp://localhost", Encryption.NONE, 587),
        ("smtp://[::1]", Encryption.NONE, 587),
    ],
)
def test_only_on_this_machine_a_mail_goes_in_the_clear(
    url: str, encryption: Encryption, port: int
) -> None:
    server = mail_server(url)
    assert (server.encryption, server.port) == (encryption, port)
    assert (server.tls is None) == (encryption is Encryption.NONE)


def test_with_a_certificate_it_is_encrypted_here_too(tmp_path: Path) -> None:
    server = mail_server("smtp://127.0.0.1", make_certificate(tmp_path))
    assert server.encryption is Encryption.STARTTLS
    assert "geheim" not in repr(server.with_login("rueckruf", "geheim"))


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "smtp://h:99999999"])
def test_what_is_no_mail_server(url: str) -> None:
    with pytest.raises(ConfigError):
        mail_server(url)


def test_a_file_that_is_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("nothing")
    with pytest.raises(ConfigError, match="can't be read"):
        mail_server("smtps://mail.example", tmp_path / "cert.pem")


class TestSecrets:
    def test_the_webhooks_key_is_made_once_and_usable(self) -> None:
        settings = load_settings()
        first = load_secrets(settings, ())
        assert load_secrets(settings, ()) == first
        assert len(Signature.of(first.webhook_secret).key) == 24
        stored = tomllib.loads(settings.secrets_file.read_text())
        assert stored["webhook_secret"] == first.webhook_secret
        assert first.webhook_secret not in repr(first)

    def test_the_mail_servers_login_is_optional_and_whole(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = load_settings()
        assert load_secrets(settings, ()).smtp_user is None
        monkeypatch.setenv("IVR_SMTP_USER", "rueckruf")
        [problem] = check_secrets(settings)
        assert (problem.key, problem.wrong) == ("smtp_password", "is missing")
        monkeypatch.setenv("IVR_SMTP_PASSWORD", "geheim")
        assert check_secrets(settings) == ()
        secrets = load_secrets(settings, ())
        assert (secrets.smtp_user, secrets.smtp_password) == ("rueckruf", "geheim")
        assert "geheim" not in repr(secrets)


class TestEveryCaseworkerCanBeTold:
    def test_a_way_that_is_not_set_up_is_found_for_everybody_at_once(self) -> None:
        problems = check_deliveries(post_office.county(), load_settings())
        assert {(problem.value, problem.allowed) for problem in problems} == {
            ("mail", "IVR_SMTP_URL in the environment"),
            ("webhook", "IVR_WEBHOOK_URL in the environment"),
        }
        assert len(problems) == 6
        assert problems[0].key == "department[umwelt].caseworkers[heike.janssen].deliveries"
        with pytest.raises(ConfigError):
            refuse_undeliverable(post_office.county(), load_settings())

    def test_what_is_set_up_is_in_order(self) -> None:
        settings: Settings = load_settings().model_copy(
            update={"smtp_url": "smtp://mail.example", "webhook_url": "https://example.org"}
        )
        assert check_deliveries(post_office.county(), settings) == ()
        refuse_undeliverable(post_office.county(), settings)

    def test_mqtt_is_always_there(self) -> None:
        county = post_office.county()
        nobody = {name: replace(each, caseworkers=()) for name, each in county.departments.items()}
        assert check_deliveries(replace(county, departments=nobody), load_settings()) == ()
