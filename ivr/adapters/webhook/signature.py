"""The signature of a request, as Standard Webhooks 1.0.0 says (standardwebhooks.com). Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.errors import ConfigError, Problem

_PREFIX = "whsec_"
_FEWEST_BYTES = 24
_MOST_BYTES = 64


@dataclass(frozen=True, slots=True)
class Signature:
    """Signs with a key that the receiver has as well."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> Signature:
        """Read ``whsec_`` and 24 to 64 bytes in base64. Raises ConfigError."""
        try:
            key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            key = b""
        if not secret.startswith(_PREFIX) or not _FEWEST_BYTES <= len(key) <= _MOST_BYTES:
            wrong, allowed = "is no key for webhooks", "whsec_ and 24 to 64 bytes in base64"
            raise ConfigError((Problem("secrets.toml", "webhook_secret", "", wrong, allowed),))
        return cls(key)

    def headers(self, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
        """Return the headers that a request with ``body``, sent at ``at``, needs."""
        timestamp = str(int(at.timestamp()))
        signed = b".".join((message_id.encode(), timestamp.encode(), body))
        digest = hmac.new(self.key, signed, hashlib.sha256).digest()
        return {
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
