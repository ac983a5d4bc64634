"""One WebSocket to Asterisk for events and requests, kept up.

The reading task only reads, parses and hands on. A lost or silent socket is noticed within
seconds; requests under way then fail with Unavailable, and the connection is made anew. It
does not know what the messages mean for a call.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import orjson
import structlog

from ivr.adapters.ari.ghosts import Ghosts
from ivr.adapters.ari.messages import (
    ApplicationReplaced,
    EndpointStateChange,
    Message,
    RestResponse,
    UserEvent,
    read_message,
)
from ivr.adapters.ari.requests import AriError, Requests
from ivr.application.backoff import Backoff
from ivr.domain.errors import IvrError, Unavailable, UnexpectedMessage

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 3.0
"""A ping as often, while nothing comes; without an answer within half of it the socket is dead.

As often an event is sent to ourselves. When Asterisk has taken it, something has to be heard as
soon: the answer to a ping says nothing about events.
"""
STANDSTILL_SECONDS = 3.0
"""After a longer standstill of this program, what waits in the socket tells of another time.

Callers may have been served without it meanwhile, and only asking tells that. It is less than after
what they are (``IVR_FALLBACK_AFTER``).
"""
CONNECT_SECONDS = 3.0

_FAREWELL_SECONDS = 1.0
"""How long the end of the socket waits for Asterisk to agree."""
_TICK_SECONDS = 0.5
"""As often the clock is looked at."""

_ECHO = "ivr-echo"
"""The name of the event we send to ourselves."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where Asterisk's ARI is. ``url`` is that of its HTTP server, without ``/ari``."""

    url: str
    user: str
    password: str
    application: str

    @property
    def phones(self) -> str:
        """An application of its own, on the same socket, that hears how the telephones are.

        A subscription to them tells every event of their calls as well: in the application of
        the calls every key would be heard twice. One to their device state is no way out: when
        a socket ends while a state changes, Asterisk 22.10.1 blocks itself, and no socket is
        let in any more.
        """
        return f"{self.application}_phones"


class Replaced(IvrError):
    """Another program connected as the same application: stop acting."""

    default_code = "application_replaced"


class AriConnection(Requests):
    """``run`` keeps it up; ``request`` asks; messages go to ``on_message``, in order.

    ``on_connect`` runs after each (re)connection, before the connection counts as up; it may
    send requests. ``on_message`` must not wait.
    """

    def __init__(
        self,
        address: Address,
        on_message: Callable[[Message], None],
        on_connect: Callable[[], Awaitable[None]],
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(address.application, address.url)
        self._address = address
        self._on_message = on_message
        self._on_connect = on_connect
        # Callers are served without us until we are back: what Asterisk was away, and a tenth.
        self._backoff = backoff or Backoff(first=0.1, longest=2.0, grows=1.1)
        self._clock: asyncio.TimerHandle
        self._told = ""
        """Why it is away, as logged."""
        self._ghosts = Ghosts()
        self._stood_still = asyncio.Event()
        """Set when this program did, since it connected; then nothing more is read."""
        self._told_us = asyncio.Event()
        """Set when an event of the calls' application came."""

    async def run(self) -> None:
        """Keep the connection up until cancelled. Raises Replaced."""
        # No limit on the answer to the handshake: an Asterisk that was frozen for a while would
        # carry out an abandoned handshake after a later one, and so replace us by ourselves.
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS)
        login = aiohttp.encode_basic_auth(self._address.user, self._address.password)
        async with aiohttp.ClientSession(
            timeout=timeout, headers={"Authorization": login}
        ) as self._http:
            while True:
                reason = await self._once(self._http)
                if reason != self._told:  # not a line for each of many tries
                    log.warning("asterisk_away", reason=reason)
                self._told = reason
                pause = self._ghosts.pause(time.monotonic())
                await asyncio.sleep(max(pause, self._backoff.next()))

    async def _once(self, session: aiohttp.ClientSession) -> str:
        """Connect and read until the socket is gone; returns why it is."""
        address = self._address
        self._stood_still.clear()
        self._look_at_the_clock(time.monotonic())
        try:
            async with session.ws_connect(
                f"{address.url}/ari/events",
                params={
                    # Answers to requests belong to the first.
                    "app": f"{address.application},{address.phones}",
                    "subscribeAll": "false",
                },
                heartbeat=HEARTBEAT_SECONDS,
                timeout=aiohttp.ClientWSTimeout(ws_close=_FAREWELL_SECONDS),
                max_msg_size=0,
            ) as socket:
                self._socket = socket
                self._ghosts.connected(time.monotonic())
                return await self._serve(socket)
        except aiohttp.WSServerHandshakeError as error:
            return f"Asterisk answered {error.status}" + _hint(error.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return f"no connection: {type(error).__name__}"
        finally:
            self._clock.cancel()
            self._lost()

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        """Read, also while ``on_connect`` prepares; returns why there is no more to read."""
        reading = asyncio.create_task(self._read_all(socket), name="ari reading")
        reason = ""
        try:
            if await self._prepared(reading):
                self.up.set()
                self._backoff.reset()
                self._told = ""
                log.info("asterisk_connected")
                await self._until_over(reading)
        except (Unavailable, AriError, UnexpectedMessage) as error:
            reason = error.message
            if not reading.done() and not self._stood_still.is_set():
                self._ghosts.heard_nothing(time.monotonic())
        finally:
            reading.cancel()
            await asyncio.wait({reading})
        if not reading.cancelled():
            try:
                reading.result()  # raises Replaced, also where on_connect failed because of it
            except Unavailable as error:
                reason = error.message
        return reason or f"socket closed ({socket.close_code})"

    async def _prepared(self, reading: asyncio.Task[None]) -> bool:
        """Run ``on_connect``; False where the socket ended before: what it finds is of no use.

        Raises what it raises.
        """
        preparing = asyncio.ensure_future(self._on_connect())
        try:
            await asyncio.wait({preparing, reading}, return_when=asyncio.FIRST_COMPLETED)
            if not preparing.done():
                return False
            await preparing
        finally:
            preparing.cancel()
            await asyncio.gather(preparing, return_exceptions=True)
        return True

    async def _until_over(self, reading: asyncio.Task[None]) -> None:
        """Wait for the end of ``reading``, or until it has nothing to read any more.

        Raises Unavailable then.
        """
        listening = asyncio.create_task(self._listen_for_ourselves(), name="ari echo")
        standing = asyncio.create_task(self._stood_still.wait(), name="ari standstill")
        try:
            await asyncio.wait({reading, listening, standing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            listening.cancel()
            standing.cancel()
        if self._stood_still.is_set():
            raise Unavailable("this program stood still", code="asterisk_away")
        await (reading if reading.done() else listening)

    def _look_at_the_clock(self, looked_at: float) -> None:
        """Notice that the program was frozen, or held up; before anything that came meanwhile."""
        now = time.monotonic()
        if now - looked_at > STANDSTILL_SECONDS:
            log.warning("stood_still", seconds=round(now - looked_at, 1))
            self._stood_still.set()
            self._lost()
        loop = asyncio.get_running_loop()
        self._clock = loop.call_later(_TICK_SECONDS, self._look_at_the_clock, now)

    async def _listen_for_ourselves(self) -> None:
        """Find out when Asterisk does not tell events any more, though it answers.

        When it goes on after having been frozen, it may end the application of the socket that
        was lost meanwhile after it has begun that of the next, under the same name: callers go
        to the fallback then, and nothing would ever be heard. Raises Unavailable.

        A busy Asterisk takes our event late, and tells it late: any other of the same application
        is as good. To connect anew would give it more to do.
        """
        path = f"events/user/{_ECHO}"
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self._told_us.clear()
            await self.request("POST", path, {"application": self._address.application})
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS / 2):
                    await self._told_us.wait()
            except TimeoutError:
                raise Unavailable("Asterisk tells no events", code="asterisk_away") from None

    async def _read_all(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._read(frame.data)
        finally:
            self._lost()

    def _read(self, text: str) -> None:
        if self._stood_still.is_set():
            return
        try:
            message = read_message(orjson.loads(text))
        except (UnexpectedMessage, orjson.JSONDecodeError) as error:
            log.error("ari_message_not_understood", reason=str(error))
            return
        match message:
            case None:
                pass
            case RestResponse():
                self._answered(message)
            case UserEvent(name) if name == _ECHO:
                self._told_us.set()
            case ApplicationReplaced():
                if self._ghosts.replaced(time.monotonic()):
                    raise Unavailable("replaced, maybe by nobody", code="asterisk_away")
                self._replaced = True
                raise Replaced("Another program has taken over the ARI application.")
            case EndpointStateChange():
                self._on_message(message)
            case _:
                self._told_us.set()
                self._on_message(message)


def _hint(status: int) -> str:
    match status:
        case 401 | 403:
            return ": wrong ARI user or password; render the configuration and reload Asterisk"
        case 404:
            return ": ARI is not ready yet, or not enabled"
        case _:
            return ""
