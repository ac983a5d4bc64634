"""The telephone company's side of calls to the outside: finds the phone of a number.

It listens where ``outbound`` in ``trunk.toml`` points, and hands what Asterisk sends there on to
the phone that was connected for the number. Answers go back the same way; once a call stands,
Asterisk and the phone talk to each other directly. A number nobody has is answered with 404.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Self

from testbed.phone import Phone, SipServer
from testbed.sip import Message, user
from testbed.transcript import Transcript

_Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """A call as the telephone company gets it: whom for, and who is shown as the caller."""

    number: str
    sender: str
    asserted: str


class Exchange(asyncio.DatagramProtocol):
    """A small proxy; an async context manager. ``calls`` are those that were made through it."""

    def __init__(self, address: SipServer) -> None:
        """``address`` is its own."""
        self.calls: Transcript[OutboundCall] = Transcript("exchange")
        self._address = address
        self._phones: dict[str, SipServer] = {}
        self._refused: dict[str, tuple[int, str]] = {}
        self._callers: dict[str, _Address] = {}
        self._transport: asyncio.DatagramTransport

    def connect(self, number: str, phone: Phone) -> None:
        """Let calls for ``number`` (E.164) ring at ``phone``: a citizen's, who has that number."""
        self._phones[number] = phone.sip

    def refuse(self, number: str, status: int, contact: str = "") -> None:
        """Answer calls for ``number`` with ``status``; ``contact`` is where a 302 points."""
        self._refused[number] = (status, contact)

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=(self._address.host, self._address.port)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Be gone."""
        self._transport.close()

    def datagram_received(self, data: bytes, addr: _Address) -> None:
        """Hand on what Asterisk asks and what phones answer."""
        message = Message.parse(data)
        if message.status is not None:
            caller = self._callers.get(message.call_id)
            if caller is not None:
                self._transport.sendto(data, caller)
            return
        if message.method == "INVITE" and message.call_id not in self._callers:
            shown = user(message["from"]), user(message["p-asserted-identity"])
            self.calls.add(OutboundCall(message.number, *shown))
        self._callers[message.call_id] = addr
        phone = self._phones.get(message.number)
        if phone is not None:
            self._transport.sendto(data, (phone.host, phone.port))
        elif message.method == "INVITE":
            self._refuse(message, addr)

    def _refuse(self, invitation: Message, caller: _Address) -> None:
        status, contact = self._refused.get(invitation.number, (404, ""))
        more = (("Contact", f"<{contact}>"),) if contact else ()
        answer = invitation.answered(status, tag="exchange", more=more)
        self._transport.sendto(answer.encode(), caller)
