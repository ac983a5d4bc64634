"""A telephone that transfers as those on desks do: it can hold two calls, and a refusal ends none.

For what baresip 1.0 lacks: a second call besides the first, a transfer to whoever is at its other
end (REFER with Replaces), and going on after a transfer that failed. It speaks SIP over UDP by
itself and neither plays nor hears anything.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from typing import Final, Self
from urllib.parse import quote

from testbed import AGENT_ADDRESS
from testbed.dialog import Account, Dialog
from testbed.phone import SipServer
from testbed.ports import Ports
from testbed.sip import ACCEPTED, OK, Headers, Message, user
from testbed.transcript import Transcript

_SDP: Final = """\
v=0\r
o=- 1 {version} IN IP4 {host}\r
s=-\r
c=IN IP4 {host}\r
t=0 0\r
m=audio {port} RTP/AVP 8 101\r
a=rtpmap:101 telephone-event/8000\r
a={direction}\r
"""
_SDP_TYPE: Final = ("Content-Type", "application/sdp")


class DeskPhone(asyncio.DatagramProtocol):
    """One phone of an agent; an async context manager that registers it."""

    def __init__(self, agent: str, password: str, *, server: SipServer, ports: Ports) -> None:
        """``agent`` is the user name it registers with."""
        self.ringing: Transcript[DeskCall] = Transcript(f"desk phone {agent}")
        self.agent = agent
        self.server = server
        self.sip = SipServer(AGENT_ADDRESS, ports.one())
        self._account = Account(agent, password, server, self.sip)
        self._rtp_port = ports.range(2)
        self._calls: dict[str, DeskCall] = {}
        self._answered: dict[tuple[str, str], bytes] = {}
        """Our answers to requests, for those that are repeated."""
        self._answers: Transcript[Message] = Transcript(f"answers to desk phone {agent}")
        self._rang = 0
        self._transport: asyncio.DatagramTransport

    async def __aenter__(self) -> Self:
        """Switch it on, and register."""
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=(self.sip.host, self.sip.port)
        )
        registration = self._dialog(self.agent)
        answer = await registration.request(
            "REGISTER", f"sip:{self.server}", (("Contact", self.contact), ("Expires", "300"))
        )
        assert answer.status == OK, answer.start
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up and switch it off."""
        for call in list(self._calls.values()):
            if not call.is_over:
                await call.hang_up()
        self._transport.close()

    async def incoming(self, *, within: float = 10) -> DeskCall:
        """Wait for the next call that rings, each being returned once. Raises TimeoutError."""
        call = await self.ringing.first(lambda _: True, "a call", since=self._rang, within=within)
        self._rang += 1
        return call

    async def dial(self, number: str) -> DeskCall:
        """Call ``number``, besides the calls there are; what becomes of it the call tells."""
        call = DeskCall(self, self._dialog(number))
        self._calls[call.dialog.call_id] = call
        call.invite()
        return call

    @property
    def contact(self) -> str:
        """Where it can be reached."""
        return f"<sip:{self.agent}@{self.sip}>"

    def sdp(self, *, version: int = 1, on_hold: bool = False) -> str:
        """Describe the sound: none is ever sent, but where it would be is said."""
        return _SDP.format(
            host=self.sip.host,
            port=self._rtp_port,
            version=version,
            direction="sendonly" if on_hold else "sendrecv",
        )

    def _dialog(self, user: str) -> Dialog:
        return Dialog(self._account, self, f"sip:{user}@{self.server}")

    # -- SIP -----------------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        """Send to Asterisk."""
        self._transport.sendto(message.encode(), (self.server.host, self.server.port))

    async def answer_to(self, request: Message) -> Message:
        """Wait for the final answer to a request of ours. Raises TimeoutError."""
        wanted = (request.call_id, request["cseq"])
        return await self._answers.first(
            lambda answer: (
                (answer.call_id, answer["cseq"]) == wanted and (answer.status or 0) >= OK
            ),
            f"an answer to {request.method}",
            within=30,
        )

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take an answer, or do what is asked and answer."""
        del addr
        message = Message.parse(data)
        if message.status is not None:
            self._answers.add(message)
        elif message.method != "ACK":
            self._asked(message)

    def _asked(self, request: Message) -> None:
        key = request.call_id, request["cseq"]
        if key in self._answered:
            self._transport.sendto(self._answered[key], (self.server.host, self.server.port))
            return
        call = self._calls.get(request.call_id)
        if call is None and request.method == "INVITE":
            call = self._calls[request.call_id] = DeskCall(
                self, Dialog.of(self._account, self, request), request
            )
            self.ringing.add(call)
            self.reply(request, request.answered(180, tag=call.dialog.tag, more=self._as_contact))
        elif call is not None:
            call.asked(request)
        else:
            self.reply(request, request.answered(200, tag="x"))  # OPTIONS

    def reply(self, request: Message, answer: Message) -> None:
        """Answer, and remember what, for the case that the request is repeated."""
        self._answered[request.call_id, request["cseq"]] = answer.encode()
        self.send(answer)

    @property
    def _as_contact(self) -> Headers:
        return (("Contact", self.contact),)


class DeskCall:
    """One call of a :class:`DeskPhone`. ``transfers`` are the statuses told of transfers."""

    def __init__(self, phone: DeskPhone, dialog: Dialog, invitation: Message | None = None) -> None:
        """``invitation`` is that of an incoming call."""
        self.transfers: Transcript[int] = Transcript("progress of a transfer")
        self.dialog = dialog
        self._phone = phone
        self._invitation = invitation
        self._asked_at = 0
        self._versions = itertools.count(2)
        self._stands = asyncio.Event()
        self._over = asyncio.Event()
        self._inviting: asyncio.Task[None] | None = None
        self.refusal: int | None = None
        """With what a call of ours was refused."""

    @property
    def is_over(self) -> bool:
        """It has ended."""
        return self._over.is_set()

    @property
    def number(self) -> str:
        """Who calls, as shown."""
        assert self._invitation is not None, "we are calling"
        return user(self._invitation["from"])

    def invite(self) -> None:
        """Call; returns at once."""
        self._inviting = asyncio.create_task(self._invite(), name="desk phone calls")

    async def _invite(self) -> None:
        more = (("Contact", self._phone.contact), _SDP_TYPE)
        answer = await self.dialog.request("INVITE", more=more, body=self._phone.sdp())
        if answer.status == OK:
            self._stands.set()
        else:
            self.refusal = answer.status
            self._over.set()

    async def answer(self) -> None:
        """Pick up."""
        assert self._invitation is not None, "we are calling"
        more = (("Contact", self._phone.contact), _SDP_TYPE)
        accepted = self._invitation.answered(
            200, tag=self.dialog.tag, more=more, body=self._phone.sdp()
        )
        self._phone.reply(self._invitation, accepted)
        self._stands.set()

    async def answered(self, *, within: float = 10) -> None:
        """Wait until the call stands. Raises TimeoutError."""
        async with asyncio.timeout(within):
            await self._stands.wait()

    async def ended(self, *, within: float = 10) -> None:
        """Wait for the end. Raises TimeoutError."""
        async with asyncio.timeout(within):
            await self._over.wait()

    async def hang_up(self) -> None:
        """End it; one that stands, or one of ours that is not answered yet."""
        if self._stands.is_set():
            await self.dialog.request("BYE")
            self._over.set()
            return
        if self._invitation is None:
            self.dialog.cancel()
            await self.ended()
            return
        self._phone.reply(self._invitation, self._invitation.answered(486, tag=self.dialog.tag))
        self._over.set()

    async def hold(self) -> None:
        """Put the other side on hold."""
        await self._offer_sound(on_hold=True)

    async def resume(self) -> None:
        """Take the other side back."""
        await self._offer_sound(on_hold=False)

    async def _offer_sound(self, *, on_hold: bool) -> None:
        body = self._phone.sdp(version=next(self._versions), on_hold=on_hold)
        more = (("Contact", self._phone.contact), _SDP_TYPE)
        answer = await self.dialog.request("INVITE", more=more, body=body)
        assert answer.status == OK, answer.start

    async def transfer(self, number: str) -> None:
        """Ask to have the other side called by ``number`` (REFER)."""
        await self._refer(f"<sip:{number}@{self._phone.server}>")

    async def transfer_to(self, other: DeskCall) -> None:
        """Ask to have the other side joined with whoever is at the end of ``other``."""
        there = other.dialog
        replaces = quote(f"{there.call_id};to-tag={there.remote_tag};from-tag={there.tag}", safe="")
        await self._refer(f"<{there.target}?Replaces={replaces}>")

    async def _refer(self, whom: str) -> None:
        self._asked_at = len(self.transfers)
        more = (("Contact", self._phone.contact), ("Refer-To", whom))
        answer = await self.dialog.request("REFER", more=more)
        assert answer.status == ACCEPTED, answer.start

    async def told(self, *, within: float = 10) -> int:
        """Wait for the final word on the transfer. Raises TimeoutError."""
        return await self.transfers.first(
            lambda status: status >= OK,
            "the end of a transfer",
            since=self._asked_at,
            within=within,
        )

    def asked(self, request: Message) -> None:
        """Do what Asterisk asks in this call."""
        more: Headers = (("Contact", self._phone.contact),)
        body = ""
        match request.method:
            case "BYE":
                self._over.set()
            case "CANCEL":
                assert self._invitation is not None
                over = self._invitation.answered(487, tag=self.dialog.tag)
                self._phone.reply(self._invitation, over)
                self._over.set()
            case "NOTIFY" if status := re.match(r"SIP/2\.0 (\d+)", request.body):
                self.transfers.add(int(status[1]))
            case "INVITE":
                more, body = (*more, _SDP_TYPE), self._phone.sdp(version=next(self._versions))
            case _:
                pass
        self._phone.reply(request, request.answered(200, tag=self.dialog.tag, more=more, body=body))
