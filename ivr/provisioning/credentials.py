"""Passwords: made on first use, kept in ``secrets.toml``, overruled by the environment.

A file that others can read, or that can't be parsed, is refused and never overwritten: it may
hold passwords that phones and carriers already use. Nothing here logs or prints a value.
"""

from __future__ import annotations

import base64
import difflib
import fcntl
import json
import os
import re
import secrets
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.application.disk_faults import may_pass
from ivr.domain.errors import ConfigError, Problem, Unavailable
from ivr.domain.ids import AgentId
from ivr.provisioning.settings import Settings
from ivr.provisioning.wording import Wording
from ivr.provisioning.writing import make_private_folder, write_private

_FILE = "secrets.toml"
_GENERATED_BYTES = 24
_PASSWORD = re.compile(r"[!-~]([ -~]{0,126}[!-~])?")
"""Printable ASCII: what SIP digest, HTTP and Asterisk's files agree on."""

_ALWAYS = ("ari_password", "ami_password", "api_token", "webhook_secret")
_LOGINS = (("mqtt_user", "mqtt_password"), ("smtp_user", "smtp_password"))
_OPTIONAL = ("mqtt_user", "mqtt_password", "smtp_user", "smtp_password", "trunk_password")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

_HEADER = """\
# Passwords of this installation. ivr adds what is missing and keeps what is here;
# comments of your own are lost when it does. Keep the file readable by its owner only.
#
# Optional: mqtt_user, mqtt_password, smtp_user, smtp_password, trunk_password.

"""


@dataclass(frozen=True, slots=True)
class Secrets:
    """All passwords. Their values show in no log: ``repr`` hides them."""

    ari_password: str = field(repr=False)
    ami_password: str = field(repr=False)
    api_token: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    agent_passwords: Mapping[AgentId, str] = field(repr=False)
    mqtt_user: str | None = None
    mqtt_password: str | None = field(default=None, repr=False)
    smtp_user: str | None = None
    smtp_password: str | None = field(default=None, repr=False)
    trunk_password: str | None = field(default=None, repr=False)


class _Environment(BaseSettings):
    """Passwords from the environment, such as a container's."""

    model_config = SettingsConfigDict(env_prefix="IVR_", extra="ignore", hide_input_in_errors=True)

    ari_password: SecretStr | None = None
    ami_password: SecretStr | None = None
    api_token: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    mqtt_user: SecretStr | None = None
    mqtt_password: SecretStr | None = None
    smtp_user: SecretStr | None = None
    smtp_password: SecretStr | None = None
    trunk_password: SecretStr | None = None
    agent_passwords: dict[str, SecretStr] = {}
    """As JSON: ``{"1001": "…"}``."""


def load_secrets(settings: Settings, agents: Iterable[AgentId]) -> Secrets:
    """Return the passwords; make and store those that are missing.

    ``agents`` are all that need a SIP password. Raises ConfigError where the file is readable
    by others, broken, or can't be written; Unavailable where that is the disk's fault.
    """
    wanted = sorted(agents)
    overrides = _from_environment()
    try:
        make_private_folder(settings.state)
        with _locked(settings.state):
            stored = _read(settings.secrets_file)
            complete = _completed(stored, wanted)
            if complete != stored:
                write_private(settings.secrets_file, _toml(complete).encode())
    except OSError as error:
        raise _unusable(settings, error) from error
    return _secrets(complete, overrides, wanted)


def look_at_secrets(settings: Settings, agents: Iterable[AgentId]) -> Secrets:
    """Return the passwords as :func:`load_secrets` would, and store none that are missing."""
    wanted = sorted(agents)
    overrides = _from_environment()
    try:
        stored = _read(settings.secrets_file)
    except OSError as error:
        raise _unusable(settings, error) from error
    return _secrets(_completed(stored, wanted), overrides, wanted)


def check_secrets(settings: Settings) -> tuple[Problem, ...]:
    """Say what is wrong with the passwords that are there; make none."""
    try:
        overrides = _from_environment()
        stored = _read(settings.secrets_file)
    except ConfigError as error:
        return error.problems
    except OSError as error:
        return (_not_read(settings, error),)
    return (*_half_logins(stored, overrides), *_unknown_variables())


def _half_logins(stored: Mapping[str, Any], overrides: _Environment) -> Iterator[Problem]:
    """A user without a password, or the reverse, would be no login at all."""
    for login in _LOGINS:
        there = {name: bool(stored.get(name) or getattr(overrides, name)) for name in login}
        if len(set(there.values())) > 1:
            missing = next(name for name, given in there.items() if not given)
            yield Problem(_FILE, missing, "", Wording("is missing"), Wording("both or none"))


def _unknown_variables() -> Iterator[Problem]:
    """Names in the environment that mean nothing: most likely misspelt."""
    fields = (*Settings.model_fields, *_Environment.model_fields)
    known = {f"IVR_{field.upper()}" for field in fields}
    for name in sorted(os.environ):
        if name.startswith("IVR_") and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            yield Problem(
                Wording("environment"),
                name,
                "",
                Wording("is no setting"),
                close[0] if close else Wording("see docs/reference/configuration.md"),
            )


def _from_environment() -> _Environment:
    try:
        return _Environment()
    except (ValidationError, ValueError) as error:
        # The cause is left out on purpose: it may quote the value.
        problem = Problem(
            file=Wording("environment"),
            key="IVR_AGENT_PASSWORDS",
            value="",
            wrong=Wording("can't be read"),
            allowed='{"1001": "…", "1002": "…"}',
        )
        del error
        raise ConfigError((problem,)) from None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time make passwords, or two would each use their own."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _read(path: Path) -> dict[str, Any]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return {}
    with os.fdopen(handle, "rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise _refusal(
                _FILE,
                Wording("others can read it: its mode is {mode}", mode=f"{mode:04o}"),
                Wording("mode 0600: chmod 600 {path}", path=path),
            )
        content = file.read()
    return _parsed(content)


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        values = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        # Only the place is told: the text around it may be a password.
        place = re.search(r"line \d+", str(error))
        raise _refusal(
            place[0] if place else "",
            Wording("is not TOML"),
            Wording('lines such as: api_token = "…"'),
        ) from None
    problems = [*_wrong_values(values, "", {*_ALWAYS, *_OPTIONAL, "agents"})]
    if problems:
        raise ConfigError(tuple(problems))
    return values


def _wrong_values(values: dict[str, Any], prefix: str, known: set[str] | None) -> Iterator[Problem]:
    for key, value in values.items():
        name = f"{prefix}{key}"
        if known is not None and key not in known:
            yield Problem(
                _FILE, name, "", Wording("is unknown"), ", ".join(sorted(known - {"agents"}))
            )
        elif name == "agents":
            if isinstance(value, dict):
                yield from _wrong_values(value, "agents.", None)
            else:
                yield Problem(_FILE, name, "", Wording("is no table"), "[agents]")
        elif not isinstance(value, str) or not _PASSWORD.fullmatch(value):
            yield Problem(
                _FILE,
                name,
                "",
                Wording("is no password that all sides accept"),
                Wording("1 to 128 printable ASCII characters, none of them a blank at the ends"),
            )


def _completed(stored: dict[str, Any], agents: list[AgentId]) -> dict[str, Any]:
    complete: dict[str, Any] = dict(stored)
    for name in _ALWAYS:
        complete.setdefault(name, _new(name))
    passwords = dict(stored.get("agents", {}))
    for agent in agents:
        passwords.setdefault(agent, secrets.token_urlsafe(_GENERATED_BYTES))
    if passwords:
        complete["agents"] = passwords
    return complete


def _new(name: str) -> str:
    """Make a password; the key of webhooks has a form of its own (Standard Webhooks 1.0.0)."""
    if name == "webhook_secret":
        return "whsec_" + base64.b64encode(secrets.token_bytes(_GENERATED_BYTES)).decode()
    return secrets.token_urlsafe(_GENERATED_BYTES)


def _toml(values: dict[str, Any]) -> str:
    """Write the passwords as TOML; their characters are all safe in a JSON string."""
    lines = [
        f"{name} = {json.dumps(values[name])}" for name in (*_ALWAYS, *_OPTIONAL) if name in values
    ]
    if "agents" in values:
        lines += ["", "[agents]"]
        for agent, password in sorted(values["agents"].items()):
            key = agent if _BARE_KEY.fullmatch(agent) else json.dumps(agent)
            lines.append(f"{key} = {json.dumps(password)}")
    return _HEADER + "\n".join(lines) + "\n"


def _secrets(stored: dict[str, Any], overrides: _Environment, agents: list[AgentId]) -> Secrets:
    values: dict[str, str | None] = {}
    for name in (*_ALWAYS, *_OPTIONAL):
        override: SecretStr | None = getattr(overrides, name)
        values[name] = stored.get(name) if override is None else override.get_secret_value()
    passwords = {agent: stored["agents"][agent] for agent in agents}
    for agent, password in overrides.agent_passwords.items():
        if agent in passwords:
            passwords[AgentId(agent)] = password.get_secret_value()
    _refuse_unusable(values, passwords)
    ari_password, ami_password = values["ari_password"], values["ami_password"]
    api_token, webhook_secret = values["api_token"], values["webhook_secret"]
    assert ari_password is not None
    assert ami_password is not None
    assert api_token is not None
    assert webhook_secret is not None
    return Secrets(
        ari_password=ari_password,
        ami_password=ami_password,
        api_token=api_token,
        webhook_secret=webhook_secret,
        agent_passwords=passwords,
        mqtt_user=values["mqtt_user"],
        mqtt_password=values["mqtt_password"],
        smtp_user=values["smtp_user"],
        smtp_password=values["smtp_password"],
        trunk_password=values["trunk_password"],
    )


def _refuse_unusable(values: Mapping[str, str | None], agents: Mapping[AgentId, str]) -> None:
    """Hold what came from the environment to the rules of the file."""
    named = {f"IVR_{name.upper()}": value for name, value in values.items() if value is not None}
    named |= {f"IVR_AGENT_PASSWORDS.{agent}": value for agent, value in agents.items()}
    problems = [
        Problem(
            Wording("environment"),
            name,
            "",
            Wording("is no password that all sides accept"),
            Wording("1 to 128 printable ASCII characters, none of them a blank at the ends"),
        )
        for name, value in named.items()
        if not _PASSWORD.fullmatch(value)
    ]
    if problems:
        raise ConfigError(tuple(problems))


def _unusable(settings: Settings, error: OSError) -> ConfigError | Unavailable:
    if may_pass(error):
        return Unavailable(
            f"{_FILE} can't be read or written: {error.strerror}.", code="state_not_usable"
        )
    return ConfigError((_not_read(settings, error),))


def _not_read(settings: Settings, error: OSError) -> Problem:
    return Problem(
        _FILE,
        str(error.filename or settings.secrets_file),
        "",
        Wording("can't be read or written: {reason}", reason=error.strerror),
        Wording("a folder and a file this user may write to"),
    )


def _refusal(key: str, wrong: str, allowed: str) -> ConfigError:
    return ConfigError((Problem(_FILE, key, "", wrong, allowed),))
