"""The ways to caseworkers, and what goes over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ivr.domain.callback import CallbackEvent
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId, MessageId


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """What a caseworker has to be told; waits in the store until it is delivered.

    ``body`` is the JSON object of docs/reference/mqtt.md, made by
    :mod:`ivr.application.messages`; it is the same by every way, whereas ``message_id`` is this
    row's own. ``callback`` is the callback it tells of, None where it answers a command.
    """

    message_id: MessageId
    department: DepartmentId
    caseworker: CaseworkerId
    body: dict[str, Any]
    created_at: datetime
    callback: CallbackId | None = None
    delivery: Delivery = Delivery.MQTT
    chosen: bool = True
    """The caseworker wants to be told by this way. What only the contract asks for tells nobody."""
    tries: int = 0
    """How often it was refused."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message about a callback; ``delivered_at`` None: it still waits."""

    message_id: MessageId
    delivery: Delivery
    department: DepartmentId
    caseworker: CaseworkerId
    event: CallbackEvent
    created_at: datetime
    delivered_at: datetime | None
    tries: int
    error: str
    """Why it was refused the last time; nothing personal."""


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """The queue at one moment; ``agents`` counts by agent state."""

    at: datetime
    waiting: int
    longest_wait_seconds: int
    agents: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IncomingCommand:
    """A caseworker's command as the broker delivered it; who may send it the topic says."""

    department: DepartmentId
    caseworker: CaseworkerId
    payload: bytes


class Courier(Protocol):
    """Brings messages to caseworkers by one way."""

    async def deliver(self, message: OutboxMessage) -> None:
        """Return once the other side has taken over ``message``.

        Raises Unavailable where nothing at all gets through now, and Refused where this message
        does not, with nothing personal in the error's text.
        """
        ...


class Broker(Courier, Protocol):
    """The MQTT broker. What it does not take for a caseworker: Refused (``publish_refused``)."""

    async def publish_queue(self, figures: QueueFigures) -> None:
        """Tell the figures to whoever listens; lost when the broker is away. Raises Unavailable."""
        ...
