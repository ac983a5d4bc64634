"""Where the broker is and who we are there. Opens no connection."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ivr.domain.errors import ConfigError, Problem

_ALLOWED = "mqtt://host:1883 or mqtts://host:8883"
_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker and our login there; ``tls`` None means in the clear."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None

    def __str__(self) -> str:
        """Return host and port: what may be shown and logged."""
        return f"{self.host}:{self.port}"

    def with_login(self, username: str, password: str) -> BrokerAddress:
        """Return the same broker with another login."""
        return replace(self, username=username, password=password)


def broker_address(url: str, ca_file: Path | None = None) -> BrokerAddress:
    """Read ``mqtt://[user:password@]host[:port]`` or, with TLS, ``mqtts://…``.

    ``ca_file`` holds the certificates that are trusted in place of the system's. Raises
    ConfigError.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unusable("url", "(not shown)", "this is no URL", _ALLOWED) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise _unusable("url", parts.scheme, "this is no broker's URL", _ALLOWED)
    return BrokerAddress(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        tls=_tls(ca_file) if parts.scheme == "mqtts" else None,
    )


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(
            "ca_file", str(ca_file), f"can't be read: {error}", "a file of PEM certificates"
        ) from error


def _unusable(key: str, value: str, wrong: str, allowed: str) -> ConfigError:
    return ConfigError(
        (Problem(file="broker", key=key, value=value, wrong=wrong, allowed=allowed),)
    )
