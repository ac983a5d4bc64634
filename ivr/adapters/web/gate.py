"""The gate: what every request passes before it is looked at, and every answer on its way out.

Closed by default: whatever route is added, it needs the token. It reads no body, and logs
neither addresses nor numbers nor what was asked for, only the operation.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection
from http import HTTPStatus

import structlog
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ivr.adapters.web.failures import failure_response

log = structlog.get_logger(__name__)

BODY_BYTES = 64 * 1024
"""The largest body read: room for the longest note, every character written as an escape."""

RECORDING_BYTES = 16 * 1024 * 1024
"""The largest recording read: more than a minute in the best quality people have."""

_LARGE = {"/api/v1/announcements/recording": RECORDING_BYTES}
"""Where bodies are sounds."""

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names by which only this machine calls itself."""

_OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by programs that watch the service, and have no business with the token."""

_OWNER = "ivr.owner"
"""Set in the scope of a request that came through the file only its owner may open."""

_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class OwnersEntrance:
    """Lets in without a token or a name whoever comes through ``app``'s own door."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Mark the request and pass it on."""
        await self._app({**scope, _OWNER: True}, receive, send)


class Gate:
    """Checks name, token and size; adds headers; writes one log line per request.

    ``hosts`` are the names the service is called by, besides those of this machine: a web page
    of somebody else can make a browser send requests here, but only under its own name.
    """

    def __init__(self, app: ASGIApp, *, token: str, hosts: Collection[str]) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = LOOPBACK_HOSTS | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            raise AssertionError(f"a server without {scope['type']} was configured")
        answer = _Answer(send)
        began = time.perf_counter()
        try:
            refusal = self._refusal(scope)
            if refusal is not None:
                await refusal(scope, receive, answer.send)
            else:
                await self._app(scope, _Bounded(scope, receive).receive, answer.send)
        except Exception:
            # One request's defect must neither go unseen nor end the others' calls.
            log.exception("http_defect", method=scope["method"], operation=_operation(scope))
            if answer.status is not None:
                raise  # half an answer is out: the server breaks the connection off
            await _defect()(scope, receive, answer.send)
        finally:
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            _log(scope, answer.status, milliseconds)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        """Say why the request may not even be looked at; None where it may."""
        if scope.get(_OWNER):
            return None
        headers = Headers(scope=scope)
        if _host(headers.get("host", "")) not in self._hosts:
            return failure_response(
                HTTPStatus.MISDIRECTED_REQUEST,
                "host_not_allowed",
                "The service is not known by the name in the Host header.",
            )
        if scope["path"] in _OPEN:
            return None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _unauthorized("token_missing", "A token is needed: Authorization: Bearer …")
        if not secrets.compare_digest(token.strip().encode(), self._token):
            return _unauthorized("token_wrong", "The token is not the service's.")
        return None


class _Answer:
    """Adds headers to the answer and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


class _Bounded:
    """Reads a body of bounded size, whether its length is announced or not."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        announced = Headers(scope=scope).get("content-length", "0")
        self._announced = int(announced) if announced.isdecimal() else 0
        self._most = _LARGE.get(scope["path"], BODY_BYTES)
        self._read = 0

    async def receive(self) -> Message:
        if self._announced > self._most:
            raise _too_large(self._most)
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._most:
            raise _too_large(self._most)
        return message


def _defect() -> JSONResponse:
    return failure_response(
        HTTPStatus.INTERNAL_SERVER_ERROR, "defect", "The service has a defect. Its log tells more."
    )


def _too_large(most: int) -> HTTPException:
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {most} bytes.")


def _unauthorized(code: str, message: str) -> JSONResponse:
    return failure_response(
        HTTPStatus.UNAUTHORIZED, code, message, headers={"WWW-Authenticate": "Bearer"}
    )


def _host(header: str) -> str:
    """Return the name in a Host header, without the port."""
    if header.startswith("["):
        return header.partition("]")[0].lower() + "]"
    return header.partition(":")[0].lower()


def _operation(scope: Scope) -> str | None:
    """The operation's id in the OpenAPI document; the path itself may hold anything."""
    endpoint: object = scope.get("endpoint")
    return getattr(endpoint, "__name__", None)


def _log(scope: Scope, status: int | None, milliseconds: float) -> None:
    quiet = scope["path"] in _OPEN and status == HTTPStatus.OK
    (log.debug if quiet else log.info)(
        "http_request",
        method=scope["method"],
        operation=_operation(scope),
        status=None if status is None else int(status),
        milliseconds=milliseconds,
    )
