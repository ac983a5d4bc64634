"""Requests to Asterisk over the socket of the events: numbered, sent, matched with their answers.

It knows ARI's framing, not what the requests mean for a call. That there is a socket is the
business of :mod:`ivr.adapters.ari.connection`.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
import structlog

from ivr.adapters.ari.messages import RestResponse
from ivr.domain.errors import IvrError, Unavailable

log = structlog.get_logger(__name__)

REQUEST_SECONDS = 5.0
"""When nothing at all was answered for so long, Asterisk is away."""
LONGEST_SECONDS = 30.0
"""So long a busy Asterisk is waited for, which answers others meanwhile."""

_NOT_THERE = frozenset({404, 409, 412, 422})
"""Answers that only mean: somebody hung up meanwhile."""

_REFUSED = 400
"""From here on a status of HTTP is no success."""

Query = Mapping[str, str | int]


class AriError(IvrError):
    """Asterisk refused a request; 404, 409 and 422 are normal when somebody hangs up."""

    default_code = "ari_refused"

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"{what}: {status}")
        self.status = status


class Requests:
    """The asking half of a connection; the other half has the socket, and tells what it reads."""

    def __init__(self, application: str, url: str) -> None:
        """``application`` is the name of that of the calls; ``url`` is without ``/ari``."""
        self.application = application
        self._url = url
        self.up = asyncio.Event()
        """Set while requests make sense."""
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._pending: dict[str, asyncio.Future[RestResponse]] = {}
        self._ids = itertools.count(1)
        self._answered_at = 0.0
        """When anything was answered last, on the event loop's clock."""
        self._replaced = False
        """Nobody is told any more that something failed: it would be acted on."""

    async def request(self, method: str, path: str, query: Query | None = None, **body: Any) -> Any:  # noqa: ANN401 - JSON
        """Send one request and return the answer's JSON, None where it has none.

        ``body`` holds the fields of the JSON body. Raises AriError where Asterisk refuses,
        Unavailable where it is away or silent.
        """
        request_id = f"r{next(self._ids)}"
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                answer = await self._sent(request_id, method, path, query, body)
            response = await self._in_its_turn(answer)
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

    async def listing(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return what ``path`` lists, however long that is: it is asked for over HTTP.

        Asterisk 22.10.1 has a frame of a WebSocket on the stack of a thread before it sends it: a
        list of some thousand channels ends Asterisk, and all calls. What is returned may be ahead
        of the events. Raises AriError and Unavailable.
        """
        if self._http is None:
            raise Unavailable("Asterisk is not connected", code="asterisk_away")
        try:
            async with (
                asyncio.timeout(LONGEST_SECONDS),
                self._http.get(f"{self._url}/ari/{path}") as answer,
            ):
                if answer.status != HTTPStatus.OK:
                    raise AriError(answer.status, f"GET {path.split('/', maxsplit=1)[0]}")
                return orjson.loads(await answer.read())
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unavailable("Asterisk did not answer GET", code="asterisk_away") from error

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

    async def _in_its_turn(self, answer: asyncio.Future[RestResponse]) -> RestResponse:
        """Wait for an answer, and for those before it: Asterisk carries out one after the other.

        Who gave up as soon as Asterisk is slow would ask again, and make it slower. Raises
        TimeoutError where it is silent.
        """
        loop = asyncio.get_running_loop()
        sent_at = loop.time()
        while not answer.done():
            silent_at = max(sent_at, self._answered_at) + REQUEST_SECONDS
            left = min(silent_at, sent_at + LONGEST_SECONDS) - loop.time()
            if left <= 0:
                raise TimeoutError
            await asyncio.wait((answer,), timeout=left)
        return answer.result()

    def _answered(self, response: RestResponse) -> None:
        """Hand over what Asterisk answered to whoever asked."""
        self._answered_at = asyncio.get_running_loop().time()
        answer = self._pending.get(response.request)
        if answer is not None and not answer.done():
            answer.set_result(response)

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
