"""The FastAGI server: takes connections from this machine and hands over the callers behind them.

Too many at a time, strangers and senseless ones are hung up on at once: for Asterisk that only
means that the dialplan goes on.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import structlog

from ivr.adapters.agi.session import LONGEST_LINE, Session, greeted
from ivr.adapters.agi.telephone import AgiTelephone, Playlist
from ivr.application.fallback_requests import FallbackCall, HungUp, Telephone, Told
from ivr.domain.errors import ConfigError, Problem, Unavailable, UnexpectedMessage
from ivr.domain.ids import CallId
from ivr.domain.speech import Utterance

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 300
"""More callers at a time than could wait in the queue of a county."""
_LONGEST_DIALOG_SECONDS = 600.0
_BACKLOG = 100

_CALLBACK = "callback"
"""The path of the address that the dialplan names: agi://127.0.0.1:4573/callback."""
_FORWARDED_BY = ("IVR_ORIGINAL", "IVR_LAST")
"""Variables of the dialplan: who forwarded the call to us, first and last."""
_CALL_ID = re.compile(r"[!-~]{1,128}")

_POSITION = "QUEUEPOSITION"
"""Where the caller stood in the queue; Asterisk sets it when a key leads out of there."""
_RESULT = "IVR_CALLBACK"
"""Where the dialplan finds what became of the request."""

Answer = Callable[[FallbackCall, Telephone], Awaitable[Told]]
"""Talks with a caller. Raises HungUp where the caller has, and nothing came of it."""

__all__ = ["AgiServer", "Playlist", "open_agi"]


@contextmanager
def open_agi(host: str, port: int) -> Iterator[socket.socket]:
    """Bind ``host``:``port``, an address of this machine for itself; release it at the end.

    Raises Unavailable (``address_in_use``) where another program has it, ConfigError where it
    can't be used at all.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        # A restart must not wait for connections of the process before.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
            door.listen(_BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Unavailable(
                    f"Another program uses {host}:{port}. Is ivr fallback running already?"
                    " Else end that program, or set IVR_FALLBACK_AGI.",
                    code="address_in_use",
                ) from error
            raise ConfigError(
                (
                    Problem(
                        "environment",
                        "IVR_FALLBACK_AGI",
                        f"{host}:{port}",
                        f"can't be used: {error.strerror}",
                        "an address of this machine and a port this user may use",
                    ),
                )
            ) from error
        yield door


class AgiServer:
    """Serves the connections that come in at a door."""

    def __init__(
        self,
        door: socket.socket,
        answer: Answer,
        playlist: Callable[[Utterance, str], Playlist],
        *,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        """``door`` listens; ``playlist`` finds the sounds for what is said."""
        self._door = door
        self._answer = answer
        self._playlist = playlist
        self._most_connections = most_connections
        self._connections: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until cancelled; then all connections end as well."""
        server = await asyncio.start_server(self._connected, sock=self._door, limit=LONGEST_LINE)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            server.close()
            for connection in self._connections:
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= self._most_connections or not _is_near(writer):
            log.warning("agi_refused", connections=len(self._connections))
            writer.transport.abort()
            return
        connection = asyncio.create_task(self._serve(reader, writer), name="agi connection")
        self._connections.add(connection)
        connection.add_done_callback(self._ended)

    def _ended(self, connection: asyncio.Task[None]) -> None:
        self._connections.discard(connection)
        if not connection.cancelled() and (error := connection.exception()):
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a FastAGI connection failed", "exception": error}
            )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_LONGEST_DIALOG_SECONDS):
                session = await greeted(reader, writer)
                await self._talk(session)
        except HungUp:
            pass
        except UnexpectedMessage as error:
            log.warning("agi_not_understood", reason=error.message)
        except TimeoutError:
            log.error("agi_dialog_too_long")
        finally:
            writer.close()

    async def _talk(self, session: Session) -> None:
        told = session.variables
        call_id = told.get("uniqueid", "")
        if told.get("network_script") != _CALLBACK or not _CALL_ID.fullmatch(call_id):
            raise UnexpectedMessage("The dialplan asks for something unknown.")
        call = FallbackCall(
            id=CallId(call_id),
            dialled=told.get("arg_1", ""),
            caller=told.get("arg_2", ""),
            forwarded_by=await _forwarded_by(session),
            language=told.get("language", ""),
            waits=bool(await session.variable(_POSITION)),
        )
        log.info("callback_dialog", call=call.id)
        result = await self._answer(call, AgiTelephone(session, self._playlist))
        log.info("callback_dialog_over", call=call.id, result=result)
        # Whoever has hung up still has variables: res_agi.c permits this on a dead channel, and the
        # dialplan writes the last line about the call only after us.
        await session.command("SET", "VARIABLE", _RESULT, result)


async def _forwarded_by(session: Session) -> tuple[str, ...]:
    numbers = [await session.variable(name) for name in _FORWARDED_BY]
    return tuple(number for number in dict.fromkeys(numbers) if number)


def _is_near(writer: asyncio.StreamWriter) -> bool:
    """Whether the other side is on this machine."""
    peer = writer.get_extra_info("peername")
    return peer is not None and ip_address(peer[0]).is_loopback
