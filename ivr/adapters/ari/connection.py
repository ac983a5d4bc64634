"""One WebSocket to Asterisk for events and requests, kept up.

The reading task only reads, parses and hands on. A lost or silent socket is noticed within
seconds; requests under way then fail with Unavailable, and the connection is made anew. It
knows ARI's framing, not what the messages mean for a call.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
import structlog

from ivr.adapters.ari.ghosts import Ghosts
from ivr.adapters.ari.messages import (
    ApplicationReplaced,
    Message,
    RestResponse,
    UserEvent,
    read_message,
)
from ivr.application.backoff import Backoff
from ivr.domain.errors import IvrError, Unavailable, UnexpectedMessage

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 3.0
"""A ping as often; without an answer within half of it the socket counts as dead.

As often an event is sent to ourselves, and has to be heard as soon: the answer to a ping says
nothing about events.
"""
STANDSTILL_SECONDS = 3.0
"""After a longer standstill of this program, what waits in the socket tells of another time.

Callers may have been served without it meanwhile, and only asking tells that. It is less than after
what they are (``IVR_FALLBACK_AFTER``).
"""
REQUEST_SECONDS = 5.0
CONNECT_SECONDS = 3.0

_FAREWELL_SECONDS = 1.0
"""How long the end of the socket waits for Asterisk to agree."""
_TICK_SECONDS = 0.5
"""As often the clock is looked at."""

_ECHO = "ivr-echo"
"""The name of the event we send to ourselves."""

_NOT_THERE = frozenset({404, 409, 412, 422})
"""Answers that only mean: somebody hung up meanwhile."""

_REFUSED = 400
"""From here on a status of HTTP is no success."""

Query = Mapping[str, str | int]


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


class AriError(IvrError):
    """Asterisk refused a request; 404, 409 and 422 are normal when somebody hangs up."""

    default_code = "ari_refused"

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"{what}: {status}")
        self.status = status


class Replaced(IvrError):
    """Another program connected as the same application: stop acting."""

    default_code = "application_replaced"


class AriConnection:
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
        self._address = address
        self._on_message = on_message
        self._on_connect = on_connect
        # Callers are served without us until we are back: what Asterisk was away, and a tenth.
        self._backoff = backoff or Backoff(first=0.1, longest=2.0, grows=1.1)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._clock: asyncio.TimerHandle
        self._pending: dict[str, asyncio.Future[RestResponse]] = {}
        self._ids = itertools.count(1)
        self._told = ""
        """Why it is away, as logged."""
        self._replaced = False
        """Nobody is told any more that something failed: it would be acted on."""
        self._ghosts = Ghosts()
        self._stood_still = asyncio.Event()
        """Set when this program did, since it connected; then nothing more is read."""
        self._echo = asyncio.Event()
        self.up = asyncio.Event()
        """Set while requests make sense."""

    @property
    def application(self) -> str:
        """The name of the application of the calls."""
        return self._address.application

    async def run(self) -> None:
        """Keep the connection up until cancelled. Raises Replaced."""
        # No limit on the answer to the handshake: an Asterisk that was frozen for a while would
        # carry out an abandoned handshake after a later one, and so replace us by ourselves.
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                reason = await self._once(session)
                if reason != self._told:  # not a line for each of many tries
                    log.warning("asterisk_away", reason=reason)
                self._told = reason
                pause = self._ghosts.pause(time.monotonic())
                await asyncio.sleep(max(pause, self._backoff.next()))

    async def request(self, method: str, path: str, query: Query | None = None, **body: Any) -> Any:  # noqa: ANN401 - JSON
        """Send one request and return the answer's JSON, None where it has none.

        ``body`` holds the fields of the JSON body. Raises AriError where Asterisk refuses,
        Unavailable where it is away or silent.
        """
        request_id = f"r{next(self._ids)}"
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                answer = await self._sent(request_id, method, path, query, body)
                response = await answer
        except TimeoutError as error:
            await self._unless_replaced()
            raise Unavailable(f"Asterisk did not answer {method}", code="asterisk_away") from error
        finally:
            self._pending.pop(request_id, None)
        if response.status >= _REFUSED:
            raise _refused(response, method, path)
        return orjson.loads(response.body) if response.body else None

    async def ask(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        **body: Any,  # noqa: ANN401 - JSON
    ) -> asyncio.Future[None]:
        """Send one request; what is returned is done when it was answered, for who cares.

        It fails with AriError where Asterisk refuses, with Unavailable where it goes away. Raises
        Unavailable where it is away.
        """
        request_id = f"r{next(self._ids)}"
        carried_out: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        carried_out.add_done_callback(_looked_at)

        def answered(answer: asyncio.Future[RestResponse]) -> None:
            self._pending.pop(request_id, None)
            if carried_out.done() or answer.cancelled():
                return
            if (lost := answer.exception()) is not None:
                carried_out.set_exception(lost)
            elif answer.result().status >= _REFUSED:
                carried_out.set_exception(_refused(answer.result(), method, path))
            else:
                carried_out.set_result(None)

        (await self._sent(request_id, method, path, query, body)).add_done_callback(answered)
        return carried_out

    async def attempt(self, method: str, path: str, query: Query | None = None) -> bool:
        """Send a request about a channel that may be gone; say whether it was carried out."""
        try:
            await self.request(method, path, query)
        except AriError as error:
            _log_refused(error)
            return False
        return True

    async def tell(self, method: str, path: str, query: Query | None = None) -> None:
        """Send a request about a channel that may be gone, whose answer nobody waits for.

        Asterisk carries out the requests of a socket in their order: what is sent after it, is done
        after it. Raises Unavailable where Asterisk is away.
        """

        def answered(carried_out: asyncio.Future[None]) -> None:
            if carried_out.cancelled():
                return
            error = carried_out.exception()
            if isinstance(error, AriError):
                _log_refused(error)
            # What was lost with the socket, the next connection finds out.

        (await self.ask(method, path, query)).add_done_callback(answered)

    async def make(self, path: str, query: Query, **body: Any) -> bool:  # noqa: ANN401 - JSON
        """Make what ``path`` names; False where it is there: the command is a repeat.

        Raises AriError where Asterisk refuses.
        """
        try:
            await self.request("POST", path, query, **body)
        except AriError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
            return False
        return True

    async def _sent(
        self, request_id: str, method: str, path: str, query: Query | None, body: dict[str, Any]
    ) -> asyncio.Future[RestResponse]:
        """Send a request; what is returned becomes its answer. Raises Unavailable."""
        await self._unless_replaced()
        socket = self._socket
        if socket is None:
            raise Unavailable("Asterisk is not connected", code="asterisk_away")
        answer: asyncio.Future[RestResponse] = asyncio.get_running_loop().create_future()
        self._pending[request_id] = answer
        try:
            await socket.send_str(_rest_request(request_id, method, path, query, body))
        except ConnectionError as error:
            self._pending.pop(request_id, None)
            await self._unless_replaced()
            raise Unavailable(f"Asterisk did not hear {method}", code="asterisk_away") from error
        return answer

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
                headers={
                    "Authorization": aiohttp.encode_basic_auth(address.user, address.password)
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
            await self._prepare(reading)
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

    async def _prepare(self, reading: asyncio.Task[None]) -> None:
        """Run ``on_connect``, unless we are replaced: then it would wait for ever.

        Raises what it raises.
        """
        preparing = asyncio.ensure_future(self._on_connect())
        try:
            await asyncio.wait({preparing, reading}, return_when=asyncio.FIRST_COMPLETED)
            if not self._replaced:
                await preparing
        finally:
            preparing.cancel()
            await asyncio.gather(preparing, return_exceptions=True)

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
        """
        path = f"events/user/{_ECHO}"
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self._echo.clear()
            await self.request("POST", path, {"application": self._address.application})
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS / 2):
                    await self._echo.wait()
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
            case RestResponse(request=request):
                answer = self._pending.get(request)
                if answer is not None and not answer.done():
                    answer.set_result(message)
            case UserEvent(name) if name == _ECHO:
                self._echo.set()
            case ApplicationReplaced():
                if self._ghosts.replaced(time.monotonic()):
                    raise Unavailable("replaced, maybe by nobody", code="asterisk_away")
                self._replaced = True
                raise Replaced("Another program has taken over the ARI application.")
            case _:
                self._on_message(message)

    async def _unless_replaced(self) -> None:
        """Let who asks for something that will never be wait for the end of the program."""
        if self._replaced:
            await asyncio.get_running_loop().create_future()

    def _lost(self) -> None:
        self._socket = None
        self.up.clear()
        if self._replaced:
            return
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(Unavailable("Asterisk went away", code="asterisk_away"))
        self._pending.clear()


def _rest_request(
    request_id: str, method: str, path: str, query: Query | None, body: dict[str, Any]
) -> str:
    """REST over WebSocket, Asterisk >= 22.4 (ari/README in its sources)."""
    request: dict[str, Any] = {
        "type": "RESTRequest",
        "request_id": request_id,
        "method": method,
        "uri": path,
    }
    if query:
        request["query_strings"] = [{"name": k, "value": str(v)} for k, v in query.items()]
    if body:
        request["content_type"] = "application/json"
        request["message_body"] = orjson.dumps(body).decode()
    return orjson.dumps(request).decode()


def _refused(response: RestResponse, method: str, path: str) -> AriError:
    return AriError(response.status, f"{method} {path.split('/', maxsplit=1)[0]}")


def _looked_at(carried_out: asyncio.Future[None]) -> None:
    """Keep the event loop from complaining where nobody cares."""
    if not carried_out.cancelled():
        carried_out.exception()


def _log_refused(error: AriError) -> None:
    if error.status not in _NOT_THERE:
        log.warning("ari_refused", request=error.message)


def _hint(status: int) -> str:
    match status:
        case 401 | 403:
            return ": wrong ARI user or password; render the configuration and reload Asterisk"
        case 404:
            return ": ARI is not ready yet, or not enabled"
        case _:
            return ""
