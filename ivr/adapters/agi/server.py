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
from enum import StrEnum
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

_FORWARDED_BY = ("IVR_ORIGINAL", "IVR_LAST")
"""Variables of the dialplan: who forwarded the call to us, first and last."""
_CALL_ID = re.compile(r"[!-~]{1,128}")

_POSITION = "QUEUEPOSITION"
"""Where the caller stood in the queue; Asterisk sets it when a key leads out of there."""
_RESULT = "IVR_CALLBACK"
"""Where the dialplan finds what became of the request."""
_ASKING = "asking"
"""What it finds there until that is known."""
_OUTCOME_WANTED_SECONDS = 30.0
"""So long after the end of a dialog Asterisk may still ask what came of it."""


class _Path(StrEnum):
    """What the addresses in the dialplan end with: agi://127.0.0.1:4573/callback."""

    CALLBACK = "callback"
    OUTCOME = "outcome"
    """The caller hung up in the middle: only what came of it is wanted."""


Genuine = Callable[[CallId, str, str], Awaitable[bool]]
"""Whether Asterisk hands over this call now: its id, the number dialled, the caller's as told.

Raises Unavailable and UnexpectedMessage where Asterisk does not tell.
"""

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
        genuine: Genuine,
        *,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        """``door`` listens; ``playlist`` finds the sounds for what is said.

        Anybody on this machine can connect: ``genuine`` is asked before a word is believed.
        """
        self._door = door
        self._answer = answer
        self._playlist = playlist
        self._genuine = genuine
        self._most_connections = most_connections
        self._connections: set[asyncio.Task[None]] = set()
        self._outcomes: dict[CallId, asyncio.Future[str]] = {}
        """What comes, or came, of dialogs; empty: nothing."""

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
        except (UnexpectedMessage, Unavailable) as error:
            log.warning("agi_not_understood", reason=error.message)
        except TimeoutError:
            log.error("agi_dialog_too_long")
        finally:
            writer.close()

    async def _talk(self, session: Session) -> None:
        call_id = CallId(session.variables.get("uniqueid", ""))
        if not _CALL_ID.fullmatch(call_id):
            raise UnexpectedMessage("The dialplan does not say which call it is about.")
        match session.variables.get("network_script"):
            case _Path.CALLBACK:
                if call_id in self._outcomes and not self._outcomes[call_id].done():
                    raise UnexpectedMessage("This call is being talked with already.")
                with self._outcome_of(call_id) as outcome:
                    await self._ask(call_id, session, outcome)
            case _Path.OUTCOME:
                known = self._outcomes.get(call_id)
                result = "" if known is None else await asyncio.shield(known)
                await session.command("SET", "VARIABLE", _RESULT, result)
            case _:
                raise UnexpectedMessage("The dialplan asks for something unknown.")

    async def _ask(self, call_id: CallId, session: Session, outcome: asyncio.Future[str]) -> None:
        # The dialplan has a limit for a process that does not even say this.
        await session.has_time()
        await session.command("SET", "VARIABLE", _RESULT, _ASKING)
        told = session.variables
        dialled, caller = told.get("arg_1", ""), told.get("arg_2", "")
        if not await self._genuine(call_id, dialled, caller):
            raise UnexpectedMessage("Asterisk knows of no such call that asks for a callback.")
        call = FallbackCall(
            id=call_id,
            dialled=dialled,
            caller=caller,
            forwarded_by=await _forwarded_by(session),
            language=told.get("language", ""),
            waits=bool(await session.variable(_POSITION)),
        )
        log.info("callback_dialog", call=call.id)
        result = await self._answer(call, AgiTelephone(session, self._playlist))
        log.info("callback_dialog_over", call=call.id, result=result)
        outcome.set_result(result)
        await session.command("SET", "VARIABLE", _RESULT, result)

    @contextmanager
    def _outcome_of(self, call: CallId) -> Iterator[asyncio.Future[str]]:
        """Make what comes of a dialog known, for a while also after its end."""
        loop = asyncio.get_running_loop()
        outcome = self._outcomes[call] = loop.create_future()
        try:
            yield outcome
        finally:
            if not outcome.done():
                outcome.set_result("")
            loop.call_later(_OUTCOME_WANTED_SECONDS, self._forget, call, outcome)

    def _forget(self, call: CallId, outcome: asyncio.Future[str]) -> None:
        if self._outcomes.get(call) is outcome:
            del self._outcomes[call]


async def _forwarded_by(session: Session) -> tuple[str, ...]:
    numbers = [await session.variable(name) for name in _FORWARDED_BY]
    return tuple(number for number in dict.fromkeys(numbers) if number)


def _is_near(writer: asyncio.StreamWriter) -> bool:
    """Whether the other side is on this machine."""
    peer = writer.get_extra_info("peername")
    return peer is not None and ip_address(peer[0]).is_loopback
