"""Sends one request for each message; an answer 2xx is the receipt."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
import orjson

from ivr.adapters.webhook.signature import Signature
from ivr.application.ports.couriers import OutboxMessage
from ivr.application.ports.machine import Clock
from ivr.domain.errors import Refused, Unavailable

_PATIENCE_SECONDS = 15.0
_LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
"""Of the 4xx those that are about the receiver, and not about the message."""


class WebhookCourier:
    """Implements :class:`ivr.application.ports.couriers.Courier` with POST to one address."""

    def __init__(
        self,
        url: str,
        signature: Signature,
        clock: Clock,
        *,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._url = url
        # The path may be as good as a password.
        self._shown = urlsplit(url).netloc
        self._signature = signature
        self._clock = clock
        self._patience = aiohttp.ClientTimeout(total=patience_seconds)
        self._trouble = ""
        """Why nothing got through the last time; empty: it did."""

    async def deliver(self, message: OutboxMessage) -> None:
        """Return once the receiver has taken the message over.

        Raises Refused (``webhook_refused``) on 4xx, and Unavailable where it is away, too slow,
        out of order (5xx), busy (429), or somewhere else (3xx): redirects are not followed.
        """
        try:
            status = await self._post(message)
        except (aiohttp.ClientError, OSError) as error:
            # aiohttp's own text may name the whole address.
            reason = "does not answer in time" if isinstance(error, TimeoutError) else "is away"
            raise self._away(f"{reason} ({type(error).__name__})") from error
        self._judge(status)
        self._trouble = ""

    async def probe(self) -> None:
        """Raise Unavailable, with the reason, where the latest request got nowhere."""
        if self._trouble:
            raise Unavailable(self._trouble, code="webhook_unavailable")

    async def _post(self, message: OutboxMessage) -> int:
        body = orjson.dumps(message.body)
        # The same for the same message by whatever row it comes, so that repeats are recognised.
        headers = self._signature.headers(message.body["message_id"], self._clock.now(), body)
        async with (
            aiohttp.ClientSession(timeout=self._patience) as session,
            session.post(
                self._url,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                allow_redirects=False,
            ) as response,
        ):
            return response.status

    def _judge(self, status: int) -> None:
        kind = status // 100
        if kind == 2:  # noqa: PLR2004 - of HTTP
            return
        if kind == 4 and status not in _LATER:  # noqa: PLR2004 - of HTTP
            self._trouble = ""
            raise Refused(
                f"The webhook's receiver refuses the message ({status}).", code="webhook_refused"
            )
        raise self._away(f"can't take messages ({status})")

    def _away(self, what: str) -> Unavailable:
        self._trouble = f"The webhook's receiver {self._shown} {what}."
        return Unavailable(self._trouble, code="webhook_unavailable")
