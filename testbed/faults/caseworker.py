"""A caseworker's program whose session the broker keeps, and who settles every callback.

Settled, so that the next call of the same number is a new request.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any, Final, Self
from uuid import uuid4

import aiomqtt

from testbed.faults.evidence import Told
from testbed.installation import Installation

_NAME: Final = "fault-drive"
_TOPIC: Final = "ivr/v1/callbacks/+/+"
_AGAIN_SECONDS: Final = 0.2
_QUIET_SECONDS: Final = 3.0


class FaithfulCaseworker:
    """Listens through every death of the broker; an async context manager."""

    def __init__(self, installation: Installation) -> None:
        """``installation`` has the broker."""
        self.told: list[Told] = []
        self._installation = installation
        self._listening: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()
        self._answers: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Subscribe."""
        self._listening = asyncio.create_task(self._keep_listening(), name="caseworker")
        await self._subscribed.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Be gone."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def everything(self, *, within: float) -> None:
        """Return when nothing has come for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                known = -1
                while known != len(self.told):
                    known = len(self.told)
                    await asyncio.sleep(_QUIET_SECONDS)

    async def _keep_listening(self) -> None:
        while True:
            with suppress(aiomqtt.MqttError):
                async with self._installation.caseworker_client(_NAME) as client:
                    await client.subscribe(_TOPIC, qos=1)
                    self._subscribed.set()
                    async for message in client.messages:
                        assert isinstance(message.payload, bytes)
                        self._note(client, str(message.topic), json.loads(message.payload))
            await asyncio.sleep(_AGAIN_SECONDS)

    def _note(self, client: aiomqtt.Client, topic: str, message: dict[str, Any]) -> None:
        """Note it, and answer beside: whoever waits for a dead broker reads nothing."""
        if message["schema"] != "ivr.callback.v1":
            return
        callback, event = message["callback"], message["event"]
        self.told.append(
            Told(message["message_id"], callback["id"], event, callback["caller_number"])
        )
        if event == "requested":
            answer = asyncio.create_task(_close(client, topic, callback["id"]), name="answer")
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)


async def _close(client: aiomqtt.Client, topic: str, callback: str) -> None:
    command = {
        "schema": "ivr.command.v1",
        "message_id": str(uuid4()),
        "command": "close",
        "callback_id": callback,
    }
    with suppress(aiomqtt.MqttError):
        await client.publish(f"{topic}/commands", json.dumps(command), qos=1)
