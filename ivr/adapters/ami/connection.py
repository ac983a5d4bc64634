"""One connection to Asterisk's manager interface, kept up.

The protocol is panoramisk's. Connecting is ours: its own manager sends what got no answer once
more after a reconnect, when that may be wrong, and is silent about a refused login. This module
knows AMI's framing, not what the messages mean.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import structlog
from panoramisk.ami_protocol import AMIProtocol

from ivr.application.backoff import Backoff
from ivr.domain.errors import IvrError, Unavailable

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 3.0
REQUEST_SECONDS = 5.0
PING_SECONDS = 3.0
"""A question as often; without an answer in time the connection counts as dead."""

_NOWHERE = logging.Logger("panoramisk")  # noqa: LOG001 - on purpose below no logger that writes
"""It would log whole actions, the login's password among them."""
_NOWHERE.addHandler(logging.NullHandler())

Message = Mapping[str, str]
"""What Asterisk says: header fields, whose names are found in any spelling."""


@dataclass(frozen=True, slots=True)
class AmiAddress:
    """Where the manager interface is, and who logs in there."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)


class AmiError(IvrError):
    """Asterisk refused an action."""

    default_code = "ami_refused"


class AmiConnection:
    """``run`` keeps it up; ``request`` asks; events go to ``on_event``, in order.

    ``on_connect`` runs after each login, when requests make sense. ``on_event`` must not wait.
    """

    def __init__(
        self,
        address: AmiAddress,
        on_event: Callable[[Message], None],
        on_connect: Callable[[], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._address = address
        self._on_event = on_event
        self._on_connect = on_connect
        self._backoff = backoff or Backoff(first=0.25, longest=5.0)
        self._line: _Line | None = None
        self._told = ""
        """Why it is away, as logged."""

    @property
    def up(self) -> bool:
        """Whether requests make sense."""
        return self._line is not None

    async def run(self) -> None:
        """Keep the connection up until cancelled."""
        while True:
            reason = await self._once()
            if reason != self._told:  # not a line for each of many tries
                log.warning("ami_away", reason=reason)
            self._told = reason
            await asyncio.sleep(self._backoff.next())

    async def request(self, action: str, **fields: str) -> list[Message]:
        """Send an action and return the answer, or the events of a list without its frame.

        Raises AmiError where Asterisk refuses, Unavailable where it is away or silent.
        """
        if self._line is None:
            raise Unavailable("Asterisk's manager interface is not connected.")
        return await self._line.request(action, fields)

    async def _once(self) -> str:
        """Connect and stay connected; return why it ended."""
        try:
            line = await _Line.open(self._address, self._on_event)
        except OSError as error:  # TimeoutError is one
            return error.strerror or "no answer"
        try:
            await line.request(
                "Login", {"Username": self._address.user, "Secret": self._address.password}
            )
            self._line = line
            self._told = ""
            self._backoff.reset()
            log.info("ami_connected")
            self._on_connect()
            await self._ask_again_and_again(line)
        except IvrError as error:
            return error.message
        finally:
            self._line = None
            line.close()

    async def _ask_again_and_again(self, line: _Line) -> NoReturn:
        while True:
            await line.wait(PING_SECONDS)
            await line.request("Ping", {})


class _Line:
    """One connection, from connecting to its end."""

    def __init__(self, protocol: _Protocol) -> None:
        self._protocol = protocol

    @classmethod
    async def open(cls, address: AmiAddress, on_event: Callable[[Message], None]) -> _Line:
        """Connect. Raises OSError."""
        async with asyncio.timeout(CONNECT_SECONDS):
            _transport, protocol = await asyncio.get_running_loop().create_connection(
                lambda: _Protocol(_Receiver(on_event)), address.host, address.port
            )
        return cls(protocol)

    @property
    def _lost(self) -> asyncio.Event:
        return self._protocol.receiver.lost

    async def request(self, action: str, fields: Mapping[str, str]) -> list[Message]:
        """As :meth:`AmiConnection.request`."""
        if self._lost.is_set():
            raise Unavailable("Asterisk has closed the manager interface.")
        # A list is known by its first answer; whatever the library guesses else would wait on.
        listed = None if action in _LISTS else False
        answer = self._protocol.send(
            {"Action": action, **{name: _one_line(text) for name, text in fields.items()}},
            as_list=listed,
        )
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait(
                {answer, lost}, timeout=REQUEST_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if not answer.done():
                raise Unavailable(f"Asterisk's manager interface does not answer {action}.")
        finally:
            lost.cancel()
            answer.cancel()
        return _checked(action, answer.result())

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until it is lost."""
        try:
            async with asyncio.timeout(seconds):
                await self._lost.wait()
        except TimeoutError:
            return

    def close(self) -> None:
        """End it."""
        self._protocol.close()


_LISTS = frozenset({"QueueStatus", "DBGetTree"})
"""Actions that are answered with a list of events."""


def _checked(action: str, answer: Any) -> list[Message]:  # noqa: ANN401 - the library has no types
    """Return what was answered. Raises AmiError where it was a refusal."""
    if isinstance(answer, list):
        return answer[1:-1]
    if not answer.success:
        raise AmiError(f"{action}: {answer['message']}")
    return [answer]


def _one_line(text: str) -> str:
    """Keep ``text`` in its header field."""
    return "".join(each if each.isprintable() else " " for each in text)


class _Receiver:
    """What the library's protocol wants of a manager."""

    forgetable_actions = ()
    save_stream = None

    def __init__(self, on_event: Callable[[Message], None]) -> None:
        self.dispatch = on_event
        self.lost = asyncio.Event()
        self.awaiting_actions: deque[object] = deque(maxlen=0)
        """What the library would send again after a reconnect: nothing."""

    def connection_lost(self, _error: object) -> None:
        self.lost.set()


class _Protocol(AMIProtocol):  # type: ignore[misc]  # the library has no types
    """Reads and writes messages, from the first byte for ``receiver``."""

    def __init__(self, receiver: _Receiver) -> None:
        self.receiver = receiver

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.encoding = "utf-8"
        self.factory = self.receiver
        self.log = _NOWHERE
