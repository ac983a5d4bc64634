"""Where the mail server is, how the way there is kept secret, and who we are there.

Opens no connection.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from ivr.domain.errors import ConfigError, Problem

_ALLOWED = "smtp://host:587 or smtps://host:465"
_PORTS = {"smtp": 587, "smtps": 465}


class Encryption(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    """After the greeting; a server that does not offer it gets nothing (RFC 3207)."""
    FROM_THE_START = "from_the_start"
    """RFC 8314."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail from us, and our login there."""

    host: str
    port: int
    encryption: Encryption
    tls: ssl.SSLContext | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Return host and port: what may be shown and logged."""
        return f"{self.host}:{self.port}"

    def with_login(self, username: str, password: str) -> MailServer:
        """Return the same server with a login."""
        return replace(self, username=username, password=password)


def mail_server(url: str, ca_file: Path | None = None) -> MailServer:
    """Read ``smtp://host[:port]`` or ``smtps://host[:port]``.

    ``smtp`` means STARTTLS, and in the clear on this machine itself, unless ``ca_file`` is given:
    the certificates that are trusted in place of the system's. Raises ConfigError.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unusable("url", url, "this is no URL", _ALLOWED) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _unusable("url", url, "this is no mail server's URL", _ALLOWED)
    encryption = Encryption.FROM_THE_START
    if parts.scheme == "smtp":
        here = _is_loopback(parts.hostname) and ca_file is None
        encryption = Encryption.NONE if here else Encryption.STARTTLS
    return MailServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        encryption=encryption,
        tls=None if encryption is Encryption.NONE else _tls(ca_file),
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(
            "ca_file", str(ca_file), f"can't be read: {error}", "a file of PEM certificates"
        ) from error


def _unusable(key: str, value: str, wrong: str, allowed: str) -> ConfigError:
    return ConfigError((Problem("mail", key, value, wrong, allowed),))
