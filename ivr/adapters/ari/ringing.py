"""Making telephones ring: a channel is made in our application, and dialled when it is there.

Not ``POST channels/{id}`` (originate): Asterisk then follows a telephone's redirection (302), with
``PJSIP/NUMBER@trunk`` to any number (handle_call_forward in its main/dial.c). A channel that is
dialled by itself follows none. What comes of it, others are told.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.messages import ChannelDestroyed, Message, StasisEnd, StasisStart
from ivr.adapters.ari.requests import REQUEST_SECONDS, AriError, Requests
from ivr.domain.errors import Unavailable
from ivr.domain.ids import E164
from ivr.domain.kept_place import KeptPlace

_ENTER_SECONDS = 2.0
"""A channel that was made enters our application at once, if it does."""

_RING_MARGIN = timedelta(seconds=10)
"""Asterisk's own time-out is only a safety net behind the engine's."""

_DIAL = "POST channels/dial"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a ringing phone shows."""

    name: str
    number: E164 | None

    @property
    def variables(self) -> dict[str, str]:
        """Return it as the variables of the channel that is to ring, as originate sets them."""
        name = "".join(c for c in self.name if c not in '"\\<>' and c.isprintable())
        number = self.number or "anonymous"
        return {
            "CALLERID(name)": name,
            "CALLERID(num)": number,
            # "i": it is no news for anybody yet, the INVITE will tell it.
            "CONNECTEDLINE(name,i)": name,
            "CONNECTEDLINE(num,i)": number,
        }


class Ringing:
    """Channels on their way to a telephone."""

    def __init__(self, ari: Requests, legs: Legs, errands: Errands) -> None:
        self._ari = ari
        self._legs = legs
        self._errands = errands
        self._entering: dict[str, asyncio.Future[bool]] = {}
        """Legs that are being made; True when they are there, False when they are gone."""

    async def ring(
        self,
        leg: str,
        endpoint: str,
        kind: str,
        shown: Shown,
        ring_time: timedelta,
        caller: str | None = None,
        kept: KeptPlace | None = None,
    ) -> None:
        """Let ``endpoint`` ring; harmless where it does.

        No phone rings for a ``caller``'s channel that is gone. Of a caller who has ``kept`` a place
        the channel tells what the dialplan needs to serve the caller without us.

        Raises AriError and Unavailable, and sees to it that nothing is left of the leg.
        """
        query = {
            "endpoint": endpoint,
            "app": self._ari.application,
            "appArgs": ",".join((kind, leg, *(() if kept is None else _as_caller(kept)))),
            "channelId": leg,
        }
        if caller is not None:
            query["originator"] = caller  # whose codec is asked for first
        variables = shown.variables
        if kept is not None:
            variables |= {"IVR_CALLER": kept.number, "IVR_PHONED_BACK": "yes"}
        entered = self._entering[leg] = asyncio.get_running_loop().create_future()
        try:
            made = await self._ari.ask("POST", "channels/create", query, variables=variables)
            if await _may_be_dialled(entered, made):
                await self._dial(leg, caller, ring_time)
        except (AriError, Unavailable):
            # Where only an answer was lost, it rings, or waits in the application to be dialled.
            self._errands.delete(f"channels/{leg}")
            raise
        finally:
            self._entering.pop(leg, None)

    async def _dial(self, leg: str, caller: str | None, ring_time: timedelta) -> None:
        # Asterisk takes an originator who is gone. Who comes and goes it tells in order: whose end
        # came before the leg entered is known here.
        if caller is not None and not self._legs.is_caller(caller):
            raise AriError(HTTPStatus.NOT_FOUND, _DIAL)
        seconds = int((ring_time + _RING_MARGIN).total_seconds())
        await self._ari.request("POST", f"channels/{leg}/dial", {"timeout": seconds})

    def heard(self, message: Message) -> None:
        """Take note of who is in the application, or gone."""
        match message:
            case StasisStart(channel) | StasisEnd(channel) | ChannelDestroyed(channel):
                entered = self._entering.get(channel)
                if entered is not None and not entered.done():
                    entered.set_result(isinstance(message, StasisStart))
            case _:
                pass


async def _may_be_dialled(entered: asyncio.Future[bool], made: asyncio.Future[None]) -> bool:
    """Wait until a leg is there; False where it was there before, and is none of ours to dial.

    That it was made Asterisk says after it has entered: nobody waits for that. Dialled twice
    before it rings, a channel ends: only who made it dials. Raises AriError and Unavailable.
    """
    either: set[asyncio.Future[Any]] = {entered, made}
    await asyncio.wait(either, timeout=REQUEST_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if entered.done() and entered.result():
        return True
    await asyncio.wait({made}, timeout=REQUEST_SECONDS)
    if not made.done():
        raise Unavailable("Asterisk did not answer", code="asterisk_away")
    try:
        made.result()
    except AriError as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        return False
    await asyncio.wait({entered}, timeout=_ENTER_SECONDS)
    if not entered.done():
        raise AriError(HTTPStatus.CONFLICT, _DIAL)
    return True


def _as_caller(kept: KeptPlace) -> tuple[str, str]:
    """Return what :attr:`ivr.adapters.ari.channels.Channel.is_phoned_back` reads."""
    return kept.dialled, str(int(kept.queued_at.timestamp()))
