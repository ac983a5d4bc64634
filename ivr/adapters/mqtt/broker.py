"""Keeps the connection to the broker, publishes, and hands commands on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any, NoReturn

import aiomqtt
import orjson
import structlog

from ivr.adapters.mqtt.address import BrokerAddress
from ivr.adapters.mqtt.client import (
    DELIVERY_SECONDS,
    SAME_ID,
    SessionClient,
    is_refusal,
    what_broke,
)
from ivr.adapters.mqtt.topics import COMMANDS, QUEUE, SERVICE, callbacks_topic, sender_of
from ivr.application.backoff import Backoff
from ivr.application.caseworker_commands import COMMAND_BYTES
from ivr.application.held_up import HeldUp
from ivr.application.messages import queue_body, reference_only
from ivr.application.ports.couriers import IncomingCommand, OutboxMessage, QueueFigures
from ivr.domain.errors import Refused, Unavailable

log = structlog.get_logger(__name__)

OnCommand = Callable[[IncomingCommand], Awaitable[None]]

_WAITING_COMMANDS = 1000
_STABLE_SECONDS = 30.0
"""A connection that held this long was a good one: after it, the first try comes soon."""
_TIMES_THROWN_OUT = 3
_FAREWELL_SECONDS = 1.0
"""How long the program's end waits for the broker to hear of it."""


class Payload(StrEnum):
    """How much of a callback is published."""

    FULL = "full"
    REFERENCE = "reference"
    """Ids, state and due time only; the receiver looks the rest up."""


class MqttBroker:
    """Implements :class:`ivr.application.ports.couriers.Broker`; ``run`` keeps it connected.

    ``on_command`` gets the caseworkers' commands one after the other. Where it raises
    Unavailable it gets the same command again later. ``on_connected`` is called after every
    connection made; it must not block.
    """

    def __init__(
        self,
        address: BrokerAddress,
        on_command: OnCommand,
        *,
        on_connected: Callable[[], None] = lambda: None,
        client_id: str = "ivr",
        payload: Payload = Payload.FULL,
        backoff: Backoff | None = None,
        refused_backoff: Backoff | None = None,
    ) -> None:
        """``refused_backoff`` is for what trying again does not mend, such as a wrong password."""
        self._address = address
        self._on_command = on_command
        self._on_connected = on_connected
        self._client_id = client_id
        self._payload = payload
        self._backoff = backoff or Backoff(first=0.25, longest=15.0)
        self._refused_backoff = refused_backoff or Backoff(first=30.0, longest=300.0)
        self._client: SessionClient | None = None
        self._publishing = asyncio.Lock()
        self._commands: asyncio.Queue[IncomingCommand] = asyncio.Queue(_WAITING_COMMANDS)
        self._held_up = HeldUp("commands_held_up", "commands_taken_again")
        self._connected_at: float | None = None
        self._thrown_out = 0
        self._trouble: str | None = None
        """Why there is no connection, as last logged."""
        self._remedy: str | None = None
        """What somebody has to do about it; until then the tries are few."""
        self._deaf: str | None = None
        """Why the broker does not let us hear commands."""
        self._hurried = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the broker can be published to now."""
        return self._client is not None

    async def probe(self) -> None:
        """Raise Unavailable, with the reason and what to do, where the broker is of no use."""
        if self._remedy is not None and not self._has_held():
            reason = self._trouble or "it ends connections as soon as they are made"
            raise Unavailable(
                f"The broker {self._address} refuses the service ({reason}): {self._remedy}.",
                code="broker_refuses",
            )
        if self._client is None:
            reason = f" ({self._trouble})" if self._trouble else ""
            raise Unavailable(
                f"The broker {self._address} is not connected{reason}.", code="broker_unavailable"
            )
        if self._deaf is not None:
            raise Unavailable(self._deaf, code="commands_refused")

    def log_in_with(self, address: BrokerAddress) -> None:
        """Use ``address`` from the next connection on; where there is none, try at once."""
        self._address = address
        self._hurried.set()

    async def run(self) -> None:
        """Stay connected until cancelled, then say ``offline``."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._stay_connected(), name="mqtt connection")
            tasks.create_task(self._hand_on_commands(), name="mqtt commands")

    async def deliver(self, message: OutboxMessage) -> None:
        """Return once the broker has ``message``.

        Raises Unavailable, or Refused (``publish_refused``) where the broker's access rules
        do not let us publish to this caseworker.
        """
        topic = callbacks_topic(message.department, message.caseworker)
        reference = self._payload is Payload.REFERENCE
        body = reference_only(message.body) if reference else message.body
        async with self._publishing:
            client = self._connection()
            client.refusal = None
            await self._send(client, topic, body, qos=1)
            if client.refusal is not None:
                raise Refused(
                    f"The broker does not let us publish to {topic} ({client.refusal}):"
                    " check its access rules.",
                    code="publish_refused",
                )

    async def publish_queue(self, figures: QueueFigures) -> None:
        """Tell the figures to whoever listens now. Raises Unavailable."""
        await self._send(self._connection(), QUEUE, queue_body(figures), qos=0)

    def _connection(self) -> SessionClient:
        if self._client is None:
            raise Unavailable(f"The broker {self._address} is away.", code="broker_unavailable")
        return self._client

    async def _send(
        self, client: SessionClient, topic: str, body: dict[str, Any], qos: int
    ) -> None:
        try:
            await client.while_connected(
                client.publish(topic, orjson.dumps(body), qos=qos, timeout=DELIVERY_SECONDS)
            )
        except aiomqtt.MqttError as error:
            raise Unavailable(
                f"The broker {self._address} did not take a message: {error}",
                code="broker_unavailable",
            ) from error

    async def _stay_connected(self) -> NoReturn:
        while True:
            self._connected_at = None
            try:
                await self._session()
            except aiomqtt.MqttError as error:
                self._note_trouble(error)
            self._judge_connection()
            await self._pause()

    async def _pause(self) -> None:
        """Wait before the next try, unless somebody changes the login."""
        self._hurried.clear()
        backoff = self._backoff if self._remedy is None else self._refused_backoff
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurried.wait(), backoff.next())

    def _judge_connection(self) -> None:
        """Tell a broker that was there for a while from one that throws us out at once."""
        if self._connected_at is None:
            return
        if self._has_held():
            self._backoff.reset()
            self._refused_backoff.reset()
            self._thrown_out = 0
            return
        self._thrown_out += 1
        if self._thrown_out >= _TIMES_THROWN_OUT:
            self._remedy = SAME_ID
        if self._thrown_out == _TIMES_THROWN_OUT:
            log.error(
                "broker_ends_connections",
                broker=str(self._address),
                client_id=self._client_id,
                remedy=SAME_ID,
            )

    def _has_held(self) -> bool:
        """Whether the latest connection lasted, or has lasted, for a while."""
        since = self._connected_at
        return since is not None and asyncio.get_running_loop().time() - since > _STABLE_SECONDS

    async def _session(self) -> None:
        """One connection, from login to its end. Raises MqttError when it is lost."""
        will = aiomqtt.Will(SERVICE, "offline", qos=1, retain=True)
        async with SessionClient(self._address, self._client_id, will=will) as client:
            await client.while_connected(self._listen(client))
            self._client = client
            try:
                # Who hears "online" may rely on it: commands are heard by now, and deliveries go.
                await client.while_connected(_tell_service(client, "online"))
                self._note_connected()
                self._on_connected()
                async for message in client.messages:
                    self._receive(message)
            except asyncio.CancelledError:
                # A clean good-bye makes the broker forget the last will.
                with suppress(aiomqtt.MqttError, TimeoutError):
                    farewell = client.while_connected(_tell_service(client, "offline"))
                    # Not asyncio.timeout(): in a task that is cancelled, Python 3.11.2 lets it
                    # raise CancelledError where the time is up.
                    await asyncio.wait_for(farewell, _FAREWELL_SECONDS)
                raise
            finally:
                self._client = None

    async def _listen(self, client: SessionClient) -> None:
        """Hear commands. Where that is not allowed, callbacks go out all the same."""
        [answer] = await client.subscribe(COMMANDS, qos=1)
        if not is_refusal(answer):
            self._deaf = None
            return
        if self._deaf is None:
            log.error("commands_refused", broker=str(self._address), topic=COMMANDS, reason=answer)
        self._deaf = (
            f"The broker does not let us hear commands at {COMMANDS} ({answer}):"
            " check its access rules."
        )

    def _receive(self, message: aiomqtt.Message) -> None:
        """Queue a command; what is dropped here gets no answer, so its sender repeats it."""
        topic = str(message.topic)
        payload = message.payload
        sender = sender_of(topic)
        if sender is None or len(payload) > COMMAND_BYTES:
            log.warning("command_dropped", topic=topic, reason="not a command, or too large")
            return
        try:
            self._commands.put_nowait(IncomingCommand(*sender, payload))
        except asyncio.QueueFull:
            log.error("command_dropped", topic=topic, reason="too many commands are waiting")

    async def _hand_on_commands(self) -> NoReturn:
        while True:
            await self._hand_on(await self._commands.get())

    async def _hand_on(self, command: IncomingCommand) -> None:
        """Hand ``command`` on until it is taken: the broker does not have it any more."""
        backoff = Backoff(first=0.25, longest=15.0)
        while True:
            try:
                await self._on_command(command)
            except Unavailable as error:
                self._held_up.note(error)
                await asyncio.sleep(backoff.next())
            else:
                self._held_up.end()
                return

    def _note_connected(self) -> None:
        self._trouble = None
        if self._thrown_out < _TIMES_THROWN_OUT:
            self._remedy = None
            self._refused_backoff.reset()
        self._connected_at = asyncio.get_running_loop().time()
        log.info("broker_connected", broker=str(self._address), client_id=self._client_id)

    def _note_trouble(self, error: aiomqtt.MqttError) -> None:
        """Log the first of several equal failures."""
        reason, remedy = what_broke(error)
        if self._thrown_out < _TIMES_THROWN_OUT or remedy is not None:
            self._remedy = remedy
        if reason == self._trouble:
            return
        self._trouble = reason
        if remedy is None:
            log.warning("broker_away", broker=str(self._address), reason=reason)
        else:
            log.error(
                "broker_refuses",
                broker=str(self._address),
                username=self._address.username,
                client_id=self._client_id,
                reason=reason,
                remedy=remedy,
            )


async def _tell_service(client: SessionClient, state: str) -> None:
    await client.publish(SERVICE, state, qos=1, retain=True)
