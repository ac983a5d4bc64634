"""Asterisk over plain HTTP, for the process that frees the callers of a dead service.

No WebSocket: whoever opens one for our application takes it over. Asterisk 22 tells over HTTP what
an application holds whether or not somebody listens to it, and lets its channels go on in the
dialplan. What becomes of whom is decided in :mod:`ivr.application.stranded`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from ivr.adapters.ari.channels import Channel, read_channels
from ivr.adapters.ari.connection import Address
from ivr.application.stranded import Held, Line
from ivr.domain.errors import Unavailable, UnexpectedMessage
from ivr.domain.ids import E164, CallId

MOVED_CONTEXT = "ivr-fallback-moved"
"""Where the dialplan serves callers who come from the dead service, by the number they dialled."""

_SECONDS = 5.0
_CHANNEL_SECONDS = 3.0
"""What is about one channel takes milliseconds; less than the limit of all."""
_TALK = 2
"""Channels in a bridge that is a talk."""
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})
"""Answers that only mean: somebody hung up meanwhile, or has gone on already."""


class AriExchange:
    """Implements :class:`ivr.application.watching_over.Exchange`."""

    def __init__(self, session: aiohttp.ClientSession, application: str) -> None:
        """Use :meth:`opened`."""
        self._session = session
        self._application = application

    @classmethod
    @asynccontextmanager
    async def opened(cls, address: Address) -> AsyncIterator[Self]:
        """Make it ready to ask; nothing is asked yet."""
        login = aiohttp.encode_basic_auth(address.user, address.password)
        async with aiohttp.ClientSession(
            address.url,
            headers={"Authorization": login},
            timeout=aiohttp.ClientTimeout(total=_SECONDS),
        ) as session:
            yield cls(session, address.application)

    async def held(self) -> Held:
        """Return the application's channels that are there, and their bridges.

        Raises Unavailable and UnexpectedMessage. Asterisk forgets an application that has no
        channels left and nobody listening; a caller for whom a telephone rang it goes on listing
        when the fallback queue has the call.
        """
        ours = await self._ask("GET", f"applications/{self._application}")
        if not ours or not ours["channel_ids"]:
            return Held()
        bridges = await self._ask("GET", "bridges") or []
        channels = read_channels(await self._ask("GET", "channels") or [])
        return Held(
            lines=tuple(
                _line(channels[one])
                for one in ours["channel_ids"]
                if one in channels and not channels[one].is_in_fallback
            ),
            talks=tuple(
                frozenset(bridge["channels"])
                for bridge in bridges
                if len(bridge["channels"]) >= _TALK
            ),
        )

    async def move(self, line: Line) -> None:
        """Let a caller go on in the dialplan. Raises Unavailable and UnexpectedMessage."""
        goal = {"context": MOVED_CONTEXT, "extension": str(line.dialled), "priority": "1"}
        await self._tell("POST", f"channels/{line.channel}/continue", goal)

    async def end(self, line: Line) -> None:
        """Hang up a channel. Raises Unavailable and UnexpectedMessage."""
        await self._tell("DELETE", f"channels/{line.channel}")

    async def asks_for_callback(self, call: CallId, dialled: str, caller: str) -> bool:
        """Whether Asterisk hands over this call for a callback request, just now.

        Raises Unavailable and UnexpectedMessage.
        """
        found = await self._ask("GET", f"channels/{quote(call, safe='')}")
        channel = read_channels([found])[call] if found else None
        return (
            channel is not None
            and channel.application == "AGI"
            and channel.is_in_fallback
            and channel.arguments == (dialled, caller)
        )

    async def _tell(self, method: str, path: str, query: Mapping[str, str] | None = None) -> None:
        """Ask for something about one channel, which may hang where others don't."""
        try:
            async with asyncio.timeout(_CHANNEL_SECONDS):
                await self._ask(method, path, query)
        except TimeoutError:
            raise UnexpectedMessage("Asterisk does not answer about it in time.") from None

    async def _ask(self, method: str, path: str, query: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Return the answer's JSON; None where it has none, or what it is about is gone.

        Raises Unavailable, and UnexpectedMessage for any other answer than ARI promises.
        """
        try:
            async with self._session.request(method, f"/ari/{path}", params=query) as answer:
                if answer.status in _GONE or answer.status == HTTPStatus.NO_CONTENT:
                    return None
                if not answer.ok:
                    # One request went wrong, of one channel maybe: Asterisk is there.
                    raise UnexpectedMessage(f"Asterisk answers {answer.status}.")
                return await answer.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = type(error).__name__
            raise Unavailable(f"Asterisk can't be asked: {reason}", code="asterisk_away") from error


def _line(channel: Channel) -> Line:
    """Read what the dialplan says of a channel; of a caller's: Stasis(ivr,caller,NUMBER,…).

    Who was phoned back has waited since before.
    """
    if channel.is_phoned_back:
        _, _, dialled, since = channel.arguments
        return Line(channel.id, datetime.fromtimestamp(int(since), UTC), E164(dialled))
    return Line(
        channel.id,
        channel.created_at,
        E164(channel.arguments[1]) if channel.is_caller else None,
    )
