"""A caseworker's side of the MQTT contract: hears of callbacks and sends commands.

Written to be read by whoever connects another program; the contract is docs/reference/mqtt.md.
It keeps to five rules:

1. Listen with QoS 1, a fixed client id and a session that outlives the connection: the broker
   keeps what comes while we are away.
2. Go by ``message_id``: a message may come twice. That is done by whoever hears (see
   :mod:`ivr.application.caseworker_inbox`); here every message is passed on.
3. After every connection ask for what is open (the command ``repeat``). The broker retains
   nothing about citizens, and neither is anything kept on this machine.
4. A command is done when its answer says so, and only then. Until it is answered it is sent again,
   with the same ``message_id``, after every new connection and whenever ivr comes back.
5. A login that is refused is told and ends the program. Everything else that breaks is tried again.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import aiomqtt
import orjson

from ivr.adapters.mqtt.address import BrokerAddress
from ivr.adapters.mqtt.client import SessionClient, is_refusal, what_broke
from ivr.adapters.mqtt.topics import SERVICE, callbacks_topic, commands_topic
from ivr.application.backoff import Backoff
from ivr.application.caseworker_inbox import (
    Connected,
    Disconnected,
    Happening,
    ServiceSeen,
    Told,
)
from ivr.domain.errors import Refused
from ivr.domain.ids import CaseworkerId, DepartmentId

Hear = Callable[[Happening], None]


class MqttInbox:
    """Implements :class:`ivr.application.caseworker_inbox.InboxConnection`.

    ``client_id`` names the session the broker keeps: the same at every start, and used by one
    program at a time.
    """

    def __init__(
        self,
        address: BrokerAddress,
        department: DepartmentId,
        caseworker: CaseworkerId,
        *,
        client_id: str,
        backoff: Backoff | None = None,
    ) -> None:
        """Opens no connection. Raises Refused where an id can't be part of a topic."""
        self._address = address
        self._topic = callbacks_topic(department, caseworker)
        self._commands_topic = commands_topic(department, caseworker)
        self._client_id = client_id
        self._backoff = backoff or Backoff(first=0.25, longest=15.0)
        self._unanswered: dict[str, bytes] = {}
        """Commands by their ``message_id``, in the order in which they were given."""
        self._to_send: asyncio.Queue[str] = asyncio.Queue()
        self._repeat = ""
        """Our latest wish to be told of what is open."""

    def send(self, command: Mapping[str, Any]) -> str:
        """Have a command carried out; return the ``message_id`` its answer will name."""
        message_id = str(uuid.uuid4())
        whole = {"schema": "ivr.command.v1", "message_id": message_id, **command}
        self._unanswered[message_id] = orjson.dumps(whole)
        self._to_send.put_nowait(message_id)
        return message_id

    async def run(self, hear: Hear) -> NoReturn:
        """Stay connected until cancelled. Raises Refused where the broker says no."""
        while True:
            try:
                await self._session(hear)
            except aiomqtt.MqttError as error:
                reason, remedy = what_broke(error)
                if remedy is not None:
                    raise self._refused(f"{reason}: {remedy}") from error
                hear(Disconnected(reason))
            await asyncio.sleep(self._backoff.next())

    async def _session(self, hear: Hear) -> None:
        """One connection, from login to its end. Raises MqttError when it is lost, and Refused."""
        async with SessionClient(self._address, self._client_id) as client:
            await client.while_connected(self._subscribe(client))
            self._backoff.reset()
            hear(Connected(self._begin_again()))
            # Both end only by an error: that of the one that ends first is the reason.
            tasks = [
                asyncio.create_task(self._listen(client, hear), name="inbox listening"),
                asyncio.create_task(self._send_commands(client), name="inbox sending"),
            ]
            try:
                ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _subscribe(self, client: SessionClient) -> None:
        for topic in (self._topic, SERVICE):
            [granted] = await client.subscribe(topic, qos=1)
            if is_refusal(granted):
                raise self._refused(f"may not read {topic}: check the broker's access rules")

    async def _listen(self, client: SessionClient, hear: Hear) -> None:
        async for message in client.messages:
            if str(message.topic) == SERVICE:
                online = message.payload == b"online"
                hear(ServiceSeen(online))
                if online:
                    self._send_again()
            else:
                self._receive(message, hear)

    def _receive(self, message: aiomqtt.Message, hear: Hear) -> None:
        try:
            body = orjson.loads(message.payload)
        except orjson.JSONDecodeError:
            return  # not of the contract
        if not isinstance(body, dict):
            return
        if isinstance(answered := body.get("in_reply_to"), str):
            self._unanswered.pop(answered, None)
        hear(Told(body))

    def _begin_again(self) -> str:
        """Ask for what is open, behind the commands that still wait for their answers."""
        self._unanswered.pop(self._repeat, None)
        self._send_again()
        self._repeat = self.send({"command": "repeat"})
        return self._repeat

    def _send_again(self) -> None:
        while not self._to_send.empty():
            self._to_send.get_nowait()
        for message_id in self._unanswered:
            self._to_send.put_nowait(message_id)

    async def _send_commands(self, client: SessionClient) -> NoReturn:
        while True:
            payload = self._unanswered.get(await self._to_send.get())
            if payload is None:
                continue  # answered meanwhile
            client.refusal = None
            await client.while_connected(client.publish(self._commands_topic, payload, qos=1))
            if client.refusal is not None:
                raise self._refused(
                    f"may not write {self._commands_topic}: check the broker's access rules"
                )

    def _refused(self, reason: str) -> Refused:
        """Name who wanted in where; the password is nobody's business."""
        return Refused(
            f"The broker {self._address} refuses {self._address.username or 'to be used'}"
            f" ({reason}).",
            code="broker_refuses",
        )
