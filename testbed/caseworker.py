"""A caseworker's program: what it is told over MQTT, and what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import aiomqtt
import orjson

from testbed.transcript import Transcript

_EVERYTHING: Final = "ivr/v1/#"

_PATIENCE: Final = 75.0
"""Longer than the program waits for the broker's acknowledgement; then it sends a message again."""

_CONNECTING_SECONDS: Final = 10.0
_AGAIN_SECONDS: Final = 0.2

Message = dict[str, Any]


class Caseworker:
    """Listens to every topic and sends commands; an async context manager."""

    def __init__(self, connection: Callable[[], aiomqtt.Client]) -> None:
        """``connection`` makes a new one, to a session that the broker keeps in between."""
        self.callbacks: Transcript[Message] = Transcript("callbacks over MQTT")
        """Changes of callbacks (``ivr.callback.v1``)."""
        self.replies: Transcript[Message] = Transcript("replies over MQTT")
        """Answers to commands (``ivr.reply.v1``)."""
        self._connection = connection
        self._client: aiomqtt.Client
        self._subscribed = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def told(self, event: str, *, within: float = _PATIENCE, **callback: object) -> Message:
        """Wait for a change of a callback with these values. Raises TimeoutError."""
        return await self.callbacks.first(
            lambda message: (
                message["event"] == event and callback.items() <= message["callback"].items()
            ),
            f"{event} {callback}",
            within=within,
        )

    async def send(self, command: str, told: Message, *, message_id: str | None = None) -> str:
        """Send a command about the callback one was ``told`` of; returns its message id."""
        callback = told["callback"]
        message_id = message_id or str(uuid4())
        await self._subscribed.wait()
        await self._client.publish(
            f"ivr/v1/callbacks/{callback['department']}/{callback['caseworker']}/commands",
            orjson.dumps(
                {
                    "schema": "ivr.command.v1",
                    "message_id": message_id,
                    "command": command,
                    "callback_id": callback["id"],
                }
            ),
            qos=1,
        )
        return message_id

    async def reply(self, message_id: str, *, since: int = 0, within: float = 10) -> Message:
        """Wait for the answer to a command. Raises TimeoutError."""
        return await self.replies.first(
            lambda message: message["in_reply_to"] == message_id,
            f"reply to {message_id}",
            since=since,
            within=within,
        )

    async def _keep_listening(self) -> None:
        # The broker ends the connection of who says nothing for long, as in tests that hold up
        # the loop. What comes meanwhile waits in the session.
        while True:
            with suppress(aiomqtt.MqttError):
                await self._listen()
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _listen(self) -> None:
        async with self._connection() as client:
            await client.subscribe(_EVERYTHING, qos=1)
            self._client = client
            self._subscribed.set()
            try:
                async for message in client.messages:
                    match message.topic.value.split("/"):
                        case ["ivr", "v1", "callbacks", _, _]:
                            self._note(orjson.loads(message.payload))
                        case _:
                            pass
            finally:
                self._subscribed.clear()

    def _note(self, message: Message) -> None:
        if message["schema"] == "ivr.reply.v1":
            self.replies.add(message)
        else:
            self.callbacks.add(message)

    async def __aenter__(self) -> Self:
        """Connect and subscribe. Raises TimeoutError."""
        self._listening = asyncio.create_task(self._keep_listening(), name="caseworker")
        async with asyncio.timeout(_CONNECTING_SECONDS):
            await self._subscribed.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disconnect."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
