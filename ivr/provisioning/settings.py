"""Where things are on this machine: folders, addresses, ports. All from the environment.

What a county decides (numbers, hours, agents) is in the files of ``config/``, not here, and
passwords are in :mod:`ivr.provisioning.credentials`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ivr.domain.errors import ConfigError, Problem
from ivr.provisioning.wording import Wording

_HIGHEST_PORT = 65535
_FEWEST_RTP_PORTS = 4
MOST_CALLS = 2000
"""Each needs three files of Asterisk's, and its agent three more; ``maxfiles`` is 8192."""

_LONGEST_SOCKET_PATH = 107
"""``sun_path`` of unix(7) has 108 bytes, the last one is a NUL."""

_SAFE_PATH = re.compile(r"/[A-Za-z0-9._/+@-]*")
"""Folders become arguments in the dialplan, where commas, blanks and ``&`` mean something."""

MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""What people have; not all that RFC 5321 allows."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")
"""A name or an address as in a URL."""


@dataclass(frozen=True, slots=True)
class Address:
    """An IP address to bind to, and a port. Port 0 is allowed and means: any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        """``127.0.0.1:5060`` or ``[::1]:5060``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class PortRange:
    """UDP ports from ``first`` to ``last``, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        """``10000-10999``."""
        return f"{self.first}-{self.last}"


def _address(value: object) -> object:
    if not isinstance(value, str):
        return value
    host, _, port = value.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > _HIGHEST_PORT:
        raise ValueError(Wording("has to be ADDRESS:PORT"))
    return Address(str(ip_address(host.removeprefix("[").removesuffix("]"))), int(port))


def _port_range(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([0-9]{4,5})-([0-9]{4,5})", value)
    if match is None:
        raise ValueError(Wording("has to be FIRST-LAST"))
    ports = PortRange(int(match[1]), int(match[2]))
    if ports.last > _HIGHEST_PORT or ports.last - ports.first + 1 < _FEWEST_RTP_PORTS:
        raise ValueError(Wording("has to be a range of at least four ports below 65536"))
    return ports


def _hosts(value: object) -> object:
    if not isinstance(value, str):
        return value
    hosts = frozenset(part.strip().lower() for part in value.split(",") if part.strip())
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise ValueError(Wording("has to be NAME,NAME,… without ports"))
    return hosts


BindAddress = Annotated[Address, NoDecode, BeforeValidator(_address)]
RtpPorts = Annotated[PortRange, NoDecode, BeforeValidator(_port_range)]
HostNames = Annotated[frozenset[str], NoDecode, BeforeValidator(_hosts)]


def _is_url(text: str, schemes: set[str]) -> bool:
    """Whether ``text`` names a host, and a port or none, in one of ``schemes``."""
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and port_is_fine


def is_loopback(host: str | None) -> bool:
    """Whether what goes to ``host`` does not leave this machine."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _first_existing(*folders: str) -> Path:
    """The first of ``folders`` that exists, else the last: that one then is reported missing."""
    for folder in folders:
        if Path(folder).is_dir():
            return Path(folder).absolute()
    return Path(folders[-1])


class _StateHome(BaseSettings):
    """The XDG base directory for data that outlives a process."""

    xdg_state_home: Path | None = None


def _default_state() -> Path:
    home = _StateHome().xdg_state_home
    return (home or Path.home() / ".local" / "state") / "ivr"


class Settings(BaseSettings):
    """What differs from machine to machine; every field is an environment variable ``IVR_…``.

    Everything binds to loopback unless configured otherwise.
    """

    model_config = SettingsConfigDict(env_prefix="IVR_", frozen=True, extra="ignore")

    state: Path = Field(default_factory=_default_state)
    config: Path = Field(default_factory=lambda: _first_existing("config", "/etc/ivr"))
    dialplan: Path = Field(default_factory=lambda: _first_existing("dialplan", "/etc/ivr/dialplan"))
    prompts: Path = Field(default_factory=lambda: _first_existing("prompts", "/etc/ivr/prompts"))

    sip_bind: BindAddress = Address("127.0.0.1", 5060)
    rtp_ports: RtpPorts = PortRange(10000, 10999)
    max_calls: int | None = Field(default=None, ge=1, le=MOST_CALLS)
    """So many callers at once, further ones are refused; None: as many as there are ports for."""
    media_address: IPv4Address | IPv6Address | None = None
    """The address phones send audio to, where it is not the one Asterisk would choose."""
    asterisk_http_bind: BindAddress = Address("127.0.0.1", 8088)
    ari_url: str = ""
    """Where the program reaches ARI; empty: at ``asterisk_http_bind``."""
    ari_app: str = Field(default="ivr", pattern=r"^[a-z0-9_]{1,32}$")
    asterisk_ami_bind: BindAddress = Address("127.0.0.1", 5038)
    """Where Asterisk takes commands about the fallback queue; on this machine only."""
    fallback_agi: BindAddress = Address("127.0.0.1", 4573)
    """Where ``ivr fallback`` takes callback requests from Asterisk; unencrypted."""
    fallback_after: float = Field(default=15.0, ge=1, le=600)
    """So many seconds without an answer make ``ivr serve`` count as dead: its callers are moved."""

    http_bind: BindAddress = Address("127.0.0.1", 8080)
    http_hosts: HostNames = Field(default=frozenset(), validate_default=True)
    """By what names others reach ``http_bind``; requests under other names are refused."""
    mqtt_url: str = "mqtt://127.0.0.1:1883"
    mqtt_ca_file: Path | None = None
    mqtt_payload: Literal["full", "reference"] = "full"
    """How much of a callback the broker gets to see; reference: ids, state and due time."""
    smtp_url: str = ""
    """The server that takes mail for caseworkers; empty: there are no mails."""
    smtp_ca_file: Path | None = None
    mail_from: str = ""
    """The address mails come from."""
    mail_content: Literal["full", "reference"] = "full"
    """How much of a callback a mail tells; reference: id, department and due time."""
    webhook_url: str = ""
    """Where signed messages about callbacks are sent; empty: nowhere."""
    database_url: str = ""
    """A SQLAlchemy URL; empty: a SQLite file in the state folder."""
    log_format: Literal["json", "console"] = "json"
    queue_log_bytes: int = Field(default=10 * 1024 * 1024, ge=1024)
    """When ``queue_log`` is so large, another file is begun."""
    queue_log_files: int = Field(default=10, ge=1, le=1000)
    """So many full ones are kept."""

    @field_validator("state", "config", "dialplan", "prompts")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @field_validator("state")
    @classmethod
    def _state_fits_asterisk(cls, folder: Path) -> Path:
        if not _SAFE_PATH.fullmatch(str(folder)):
            raise ValueError(Wording("may only hold letters, digits and . _ / + @ -"))
        if len(str(folder / "asterisk" / "run" / "asterisk.ctl")) > _LONGEST_SOCKET_PATH:
            raise ValueError(Wording("is too long: Asterisk's control socket in it would not work"))
        return folder

    @field_validator("http_hosts")
    @classmethod
    def _others_come_by_name(cls, hosts: frozenset[str], so_far: ValidationInfo) -> frozenset[str]:
        """Whoever lets others in, unencrypted as it is, has to have meant it."""
        bind = so_far.data.get("http_bind")
        if not hosts and isinstance(bind, Address) and not ip_address(bind.host).is_loopback:
            raise ValueError(
                Wording("is missing: at {address} others can reach the program", address=bind)
            )
        return hosts

    @field_validator("asterisk_ami_bind", "fallback_agi")
    @classmethod
    def _is_on_this_machine(cls, address: Address) -> Address:
        """What goes there is not encrypted, a password among it."""
        if not is_loopback(address.host):
            raise ValueError(Wording("is no address of this machine for itself"))
        return address

    @field_validator("mqtt_url")
    @classmethod
    def _is_mqtt(cls, url: str) -> str:
        if not _is_url(url, {"mqtt", "mqtts"}):
            raise ValueError(Wording("has to be mqtt://HOST:PORT or mqtts://HOST:PORT"))
        if "@" in url:
            raise ValueError(
                Wording("must not hold a password: use secrets.toml or IVR_MQTT_PASSWORD")
            )
        return url

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, url: str) -> str:
        if url and not _is_url(url, {"smtp", "smtps"}):
            raise ValueError(Wording("has to be smtp://HOST:PORT or smtps://HOST:PORT"))
        if "@" in url:
            raise ValueError(
                Wording("must not hold a password: use secrets.toml or IVR_SMTP_PASSWORD")
            )
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_mail_address(cls, address: str) -> str:
        if address and not MAIL_ADDRESS.fullmatch(address):
            raise ValueError(Wording("is no e-mail address"))
        return address

    @field_validator("webhook_url")
    @classmethod
    def _is_webhook(cls, url: str) -> str:
        if url and (not _is_url(url, {"http", "https"}) or "@" in url):
            raise ValueError(Wording("has to be https://HOST/PATH"))
        if url.startswith("http:") and not is_loopback(urlsplit(url).hostname):
            raise ValueError(Wording("has to be https: others could read what is sent"))
        return url

    @field_validator("mqtt_ca_file", "smtp_ca_file")
    @classmethod
    def _is_there(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError(Wording("is not there"))
        return file

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, url: str) -> str:
        kind = urlsplit(url).scheme.partition("+")[0]
        if url and kind not in _DATABASES:
            raise ValueError(Wording("is no database this program knows"))
        return url

    @field_validator("ari_url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        if url and not _is_url(url, {"http", "https"}):
            raise ValueError(Wording("has to be http://HOST:PORT or https://HOST:PORT"))
        return url.rstrip("/")

    @model_validator(mode="after")
    def _ports_differ(self) -> Settings:
        if self.http_bind == self.asterisk_http_bind and self.http_bind.port:
            raise ValueError(
                Wording("IVR_HTTP_BIND and IVR_ASTERISK_HTTP_BIND are the same address")
            )
        return self

    @model_validator(mode="after")
    def _mails_have_a_sender(self) -> Settings:
        if self.smtp_url and not self.mail_from:
            raise ValueError(Wording("IVR_SMTP_URL needs IVR_MAIL_FROM, the sender's address"))
        return self

    @property
    def secrets_file(self) -> Path:
        """Passwords, for the owner only."""
        return self.state / "secrets.toml"

    @property
    def control_socket(self) -> Path:
        """Where the command line reaches the running program."""
        return self.state / "ivr.sock"

    @property
    def sounds(self) -> Path:
        """Built prompts, one folder per language."""
        return self.state / "sounds"

    @property
    def asterisk(self) -> Path:
        """The Asterisk instance: ``etc``, ``run``, ``log``, ``spool`` and ``lib``."""
        return self.state / "asterisk"

    @property
    def recordings(self) -> Path:
        """Callers' spoken messages, as Asterisk records them."""
        return self.asterisk / "spool" / "recording"

    @property
    def queue_log(self) -> Path:
        """Calls as report tools read them; full ones are beside it."""
        return self.state / "log" / "queue_log"

    @property
    def asterisk_queue_log(self) -> Path:
        """The same of the fallback queue, as Asterisk writes it."""
        return self.asterisk / "log" / "queue_log"

    @property
    def journal(self) -> Path:
        """What the engine was told, to go on with after a restart."""
        return self.state / "journal"

    @property
    def fallback_log_place(self) -> Path:
        """Up to where that has been counted."""
        return self.state / "log" / "fallback_counted"

    @property
    def database(self) -> str:
        """The database as a SQLAlchemy URL."""
        return self.database_url or f"sqlite+aiosqlite:///{self.state / 'ivr.db'}"

    @property
    def ari(self) -> str:
        """The base address of Asterisk's HTTP server, without a slash at the end."""
        return self.ari_url or f"http://{self.asterisk_http_bind}"


_DATABASES = frozenset({"sqlite", "postgresql"})

_ALLOWED = {
    "database_url": "sqlite:////var/lib/ivr/ivr.db or postgresql://host/database",
    "mqtt_ca_file": Wording("a file with certificates (PEM)"),
    "smtp_url": Wording("smtp://mail.example:587 or smtps://mail.example:465, or nothing"),
    "smtp_ca_file": Wording("a file with certificates (PEM)"),
    "mail_from": Wording("an address such as rueckruf@landkreis.example"),
    "mail_content": Wording("full or reference"),
    "webhook_url": Wording("https://program.example/callbacks, or nothing"),
    "state": Wording("a folder such as /var/lib/ivr"),
    "sip_bind": Wording("an IP address and a port, such as 127.0.0.1:5060 or [::1]:5060"),
    "asterisk_http_bind": Wording("an IP address and a port, such as 127.0.0.1:8088"),
    "asterisk_ami_bind": Wording("a loopback address and a port, such as 127.0.0.1:5038"),
    "fallback_agi": Wording("an IP address and a port, such as 127.0.0.1:4573"),
    "fallback_after": Wording("1 to 600 seconds"),
    "http_bind": Wording("an IP address and a port, such as 127.0.0.1:8080"),
    "http_hosts": Wording(
        "the names by which others reach the proxy in front, such as ivr.example.de,10.1.2.3"
    ),
    "rtp_ports": Wording("first and last UDP port, such as 10000-10999"),
    "max_calls": Wording("a number from 1 to {most}, or nothing", most=MOST_CALLS),
    "media_address": Wording("an IP address, such as 192.0.2.10"),
    "mqtt_url": Wording("mqtt://127.0.0.1:1883 or mqtts://broker.example:8883"),
    "mqtt_payload": Wording("full or reference"),
    "ari_url": Wording("http://asterisk:8088, or nothing"),
    "ari_app": Wording("up to 32 letters, digits and underscores"),
    "log_format": Wording("json or console"),
}


def load_settings() -> Settings:
    """Read the settings from the environment. Raises ConfigError with all that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [_problem(detail) for detail in error.errors()]
        # A value that fits none of several types is told once, not once for each type.
        raise ConfigError(tuple({problem.key: problem for problem in problems}.values())) from error


def application_taken(settings: Settings) -> ConfigError:
    """Return what is wrong where two programs want the same calls: to go on would be to fight."""
    problem = Problem(
        file=Wording("environment"),
        key="IVR_ARI_APP",
        value=settings.ari_app,
        wrong=Wording("another program has taken over the calls of this application"),
        allowed=Wording("one ivr for an Asterisk: stop the other and start this one again"),
    )
    return ConfigError((problem,))


def _problem(detail: ErrorDetails) -> Problem:
    field = str(detail["loc"][0]) if detail["loc"] else ""
    value = detail["input"] if field and isinstance(detail["input"], str) else ""
    cause = detail.get("ctx", {}).get("error")
    return Problem(
        file=Wording("environment"),
        key=f"IVR_{field.upper()}" if field else "IVR_…",
        # In front of an @ there may be a password.
        value="" if "@" in value else value,
        wrong=cause.args[0] if cause else Wording("can't be used: {reason}", reason=detail["msg"]),
        allowed=_ALLOWED.get(field, ""),
    )
