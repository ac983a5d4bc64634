"""Agents' telephones and citizens' in one program, made to be quick and to know when what came.

SIP over UDP as far as a measurement needs it, and marked packets of sound that tell when somebody
is heard. All times are this process's own monotonic seconds, taken when a packet is here or gone.
It knows nothing of who serves the calls.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from testbed import AGENT_ADDRESS, CITIZEN_ADDRESS
from testbed.dialog import Account, Dialog
from testbed.phone import SipServer
from testbed.ports import Ports
from testbed.sip import OK, Headers, Message, address, user

_BUFFER_BYTES: Final = 8 << 20
_REPEAT_SECONDS: Final = 0.5
_REPEATS: Final = 6
"""After half a second, and then twice as long each time, as SIP demands (RFC 3261, 17.1.1.2)."""
_TRYING: Final = 100
_VOICE_SECONDS: Final = 0.001
"""Between two packets: how exactly the beginning of a talk is known."""
_VOICE: Final = bytes([0xA3]) * 160
"""What an agent says: no music and no prompt sounds like it."""
_SILENCE: Final = bytes([0xD5]) * 160
_RTP_HEADER: Final = 12
_ALAW: Final = 8
_SOURCE: Final = 0x0BE_2C4
_SDP: Final = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)
_SDP_TYPE: Final = ("Content-Type", "application/sdp")

_NUMBERS: Final = 10_000

now = time.monotonic


def caller_number(n: int) -> str:
    """Return one of ten thousand mobile numbers."""
    return f"+49171392{n % _NUMBERS:04}"


@dataclass(slots=True)
class AgentCall:
    """A call that rings at an agent's telephone. Times are None until they come."""

    agent: str
    number: str
    """Who calls, as shown."""
    rang_at: float
    invitation: Message
    tag: str
    requests: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    answered_at: float | None = None
    ended_at: float | None = None


@dataclass(slots=True)
class CitizenCall:
    """A call of a citizen's. Times are None until they come."""

    number: str
    invitation: Message
    called_at: float
    ear: Ear | None = None
    answer: Message | None = None
    answered_at: float | None = None
    refused: int | None = None
    ended_at: float | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def sound_goes_to(self) -> tuple[str, int]:
        """Return where Asterisk hears it, once it was answered."""
        assert self.answer is not None, "not answered yet"
        return _where(self.answer)


class _Line(asyncio.DatagramProtocol, ABC):
    """One UDP port for SIP; repeats what gets no answer, and answers what is repeated."""

    def __init__(self, own: SipServer, server: SipServer) -> None:
        self.own = own
        self.server = server
        self._transport: asyncio.DatagramTransport
        self._repeating: dict[tuple[str, str], asyncio.TimerHandle] = {}
        self._said: dict[tuple[str, str], bytes] = {}

    async def open(self) -> None:
        """Begin to listen."""
        line = _bound(self.own)
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, sock=line
        )

    def close(self) -> None:
        """Be gone; tells nobody."""
        for timer in self._repeating.values():
            timer.cancel()
        self._transport.close()

    def send(self, message: Message) -> None:
        """Send to Asterisk, once."""
        self._transport.sendto(message.encode(), (self.server.host, self.server.port))

    def ask(self, request: Message) -> None:
        """Send a request, again and again until it is answered."""
        self._ask(request.encode(), (request.call_id, request["cseq"]), _REPEATS)

    def reply(self, request: Message, status: int, own_tag: str, body: str = "") -> None:
        """Answer a request, and once more when it comes again."""
        more: Headers = (("Contact", f"<sip:{request.number}@{self.own}>"),)
        more = (*more, _SDP_TYPE) if body else more
        data = request.answered(status, tag=own_tag, more=more, body=body).encode()
        self._said[request.call_id, request["cseq"]] = data
        self._transport.sendto(data, (self.server.host, self.server.port))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take an answer or a request; one that was answered already is answered again."""
        del addr
        at = now()
        message = Message.parse(data)
        key = message.call_id, message["cseq"]
        if message.status is not None:
            if (timer := self._repeating.pop(key, None)) is not None:
                timer.cancel()
            self._answered(message, at)
        elif (said := self._said.get(key)) is not None:
            self._transport.sendto(said, (self.server.host, self.server.port))
        else:
            self._asked(message, at)

    def _ask(self, data: bytes, key: tuple[str, str], left: int) -> None:
        self._transport.sendto(data, (self.server.host, self.server.port))
        if left:
            pause = _REPEAT_SECONDS * 2 ** (_REPEATS - left)
            self._repeating[key] = asyncio.get_running_loop().call_later(
                pause, self._ask, data, key, left - 1
            )

    @abstractmethod
    def _answered(self, answer: Message, at: float) -> None:
        """Take an answer that came ``at`` a moment."""

    @abstractmethod
    def _asked(self, request: Message, at: float) -> None:
        """Take a request that came ``at`` a moment, for the first time."""


class Agents(_Line):
    """The telephones of all agents. ``on_ring`` is told of each call, and picks up if it likes."""

    def __init__(self, server: SipServer, ports: Ports) -> None:
        """``server`` is Asterisk."""
        super().__init__(SipServer(AGENT_ADDRESS, ports.one()), server)
        self.on_ring: Callable[[AgentCall], None] = lambda _: None
        self.on_end: Callable[[AgentCall], None] = lambda _: None
        self._rtp = SipServer(AGENT_ADDRESS, ports.range(2))
        self._voice = _bound(self._rtp)
        self._calls: dict[str, AgentCall] = {}
        self._registering: dict[tuple[str, str], asyncio.Future[Message]] = {}

    async def register(self, agent: str, password: str) -> None:
        """Log a telephone in at Asterisk."""
        account = Account(agent, password, self.server, self.own)
        dialog = Dialog(account, self, f"sip:{agent}@{self.server}")
        contact = ("Contact", f"<sip:{agent}@{self.own}>")
        more = (contact, ("Expires", "3600"))
        answer = await dialog.request("REGISTER", f"sip:{self.server}", more)
        if answer.status != OK:
            raise RuntimeError(f"telephone {agent} was not let in: {answer.start}")

    async def answer_to(self, request: Message) -> Message:
        """Wait for the answer to a registration. Raises TimeoutError."""
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._registering[request.call_id, request["cseq"]] = answer
        async with asyncio.timeout(10):
            return await answer

    def close(self) -> None:
        """Be gone; tells nobody."""
        super().close()
        self._voice.close()

    def pick_up(self, call: AgentCall) -> None:
        """Answer a call that rings."""
        call.answered_at = now()
        sdp = _SDP.format(host=self._rtp.host, port=self._rtp.port)
        self.reply(call.invitation, OK, call.tag, sdp)

    def hang_up(self, call: AgentCall) -> float:
        """End a call that was picked up and goes on; returns when."""
        invitation = call.invitation
        call.ended_at = ended_at = now()
        self.ask(
            _request(
                "BYE",
                address(invitation["contact"]),
                self.own,
                local=f"{invitation['to']};tag={call.tag}",
                remote=invitation["from"],
                call_id=invitation.call_id,
                number=next(call.requests),
            )
        )
        self._over(call)
        return ended_at

    async def speak(self, call: AgentCall, until: asyncio.Event) -> None:
        """Say what citizens know to be an agent's voice, until it is heard."""
        host, port = _where(call.invitation)
        for number in itertools.count():
            self._voice.sendto(_packet(number, _VOICE), (host, port))
            try:
                async with asyncio.timeout(_VOICE_SECONDS):
                    await until.wait()
            except TimeoutError:
                continue
            return

    def _answered(self, answer: Message, at: float) -> None:
        del at
        waiting = self._registering.get((answer.call_id, answer["cseq"]))
        if waiting is not None and not waiting.done() and (answer.status or 0) >= OK:
            waiting.set_result(answer)

    def _asked(self, request: Message, at: float) -> None:
        call = self._calls.get(request.call_id)
        match request.method:
            case "INVITE" if call is None:
                call = AgentCall(
                    request.number, user(request["from"]), at, request, secrets.token_hex(4)
                )
                self._calls[request.call_id] = call
                self.on_ring(call)
            case "ACK":
                pass
            case "BYE" | "CANCEL" if call is not None:
                self.reply(request, OK, call.tag)
                if request.method == "CANCEL":
                    self.reply(call.invitation, 487, call.tag)
                call.ended_at = at
                self._over(call)
            case _:
                self.reply(request, OK, "x")  # OPTIONS, and the repetition of what is over

    def _over(self, call: AgentCall) -> None:
        if self._calls.pop(call.invitation.call_id, None) is not None:
            self.on_end(call)


class Citizens(_Line):
    """The telephones of all citizens, who call over the trunk."""

    def __init__(self, server: SipServer, ports: Ports) -> None:
        """``server`` is Asterisk."""
        super().__init__(SipServer(CITIZEN_ADDRESS, ports.one()), server)
        self.calls: dict[str, CitizenCall] = {}
        """Those that go on, by Call-ID."""
        self._ports = ports
        self._deaf = SipServer(CITIZEN_ADDRESS, ports.range(2))
        self._unread = _bound(self._deaf, small=True)
        """Music for callers who only wait comes here and is never read."""

    def close(self) -> None:
        """Be gone; tells nobody."""
        super().close()
        self._unread.close()

    def call(self, number: str, dialled: str, ear: Ear | None = None) -> CitizenCall:
        """Call ``dialled`` as ``number``; what is to be heard goes to ``ear``."""
        media = ear.at if ear is not None else self._deaf
        call_id = secrets.token_hex(12)
        invitation = _request(
            "INVITE",
            f"sip:{dialled}@{self.server}",
            self.own,
            local=f"<sip:{number}@{CITIZEN_ADDRESS}>;tag={call_id[:8]}",
            remote=f"<sip:{dialled}@{self.server}>",
            call_id=call_id,
            number=1,
            more=(("Contact", f"<sip:{number}@{self.own}>"), _SDP_TYPE),
            body=_SDP.format(host=media.host, port=media.port),
        )
        call = self.calls[call_id] = CitizenCall(number, invitation, now(), ear)
        self.ask(invitation)
        return call

    def hang_up(self, call: CitizenCall) -> None:
        """End it: a talk by BYE, an attempt by CANCEL."""
        if call.ended_at is not None:
            return
        if call.answer is not None:
            self.ask(self._within(call, "BYE", 2))
            self._over(call)
        else:
            kept = {"Via": call.invitation["via"], "CSeq": "1 CANCEL"}
            headers = tuple((name, kept.get(name, value)) for name, value in _plain(call))
            start = call.invitation.start.replace("INVITE", "CANCEL")
            self.ask(Message(start, headers))

    def _within(self, call: CitizenCall, method: str, number: int) -> Message:
        assert call.answer is not None
        return _request(
            method,
            address(call.answer["contact"]),
            self.own,
            local=call.invitation["from"],
            remote=call.answer["to"],
            call_id=call.invitation.call_id,
            number=number,
        )

    def _answered(self, answer: Message, at: float) -> None:
        call = self.calls.get(answer.call_id)
        status = answer.status or 0
        if call is None or answer.method != "INVITE" or status < OK:
            return
        if status == OK:
            if call.answer is None:
                call.answer, call.answered_at = answer, at
                call.answered.set()
                # Asterisk's own Answer() waits half a second for one who says nothing.
                speak = self._unread.sendto if call.ear is None else call.ear.sendto
                speak(_packet(0, _SILENCE), _where(answer))
            self.send(self._within(call, "ACK", 1))
        else:
            kept = {"To": answer["to"], "CSeq": "1 ACK"}
            headers = tuple((name, kept.get(name, value)) for name, value in _plain(call))
            self.send(Message(call.invitation.start.replace("INVITE", "ACK"), headers))
            call.refused = status
            self._over(call)

    def _asked(self, request: Message, at: float) -> None:
        del at
        call = self.calls.get(request.call_id)
        if request.method == "ACK":
            return
        self.reply(request, OK, "x")
        if request.method == "BYE" and call is not None:
            self._over(call)

    def _over(self, call: CitizenCall) -> None:
        call.ended_at = now()
        self.calls.pop(call.invitation.call_id, None)
        call.ended.set()


class Ear(asyncio.DatagramProtocol):
    """Where one citizen hears; notices an agent's voice."""

    def __init__(self, at: SipServer) -> None:
        """``at`` is where sound is to be sent."""
        self.at = at
        self.heard = asyncio.Event()
        self.heard_at: float | None = None
        self._transport: asyncio.DatagramTransport

    async def open(self) -> None:
        """Begin to listen."""
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, sock=_bound(self.at)
        )

    def close(self) -> None:
        """Hear nothing more."""
        self._transport.close()

    def sendto(self, data: bytes, there: tuple[str, int]) -> None:
        """Say something from where it hears: Asterisk sends sound to where sound comes from."""
        self._transport.sendto(data, there)

    def forget(self) -> None:
        """Be ready for the next call."""
        self.heard.clear()
        self.heard_at = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Listen whether it is an agent."""
        del addr
        if self.heard_at is None and data[_RTP_HEADER:] == _VOICE:
            self.heard_at = now()
            self.heard.set()


def _bound(at: SipServer, *, small: bool = False) -> socket.socket:
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.setblocking(False)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096 if small else _BUFFER_BYTES)
    line.bind((at.host, at.port))
    return line


def _request(
    method: str,
    uri: str,
    own: SipServer,
    *,
    local: str,
    remote: str,
    call_id: str,
    number: int,
    more: Headers = (),
    body: str = "",
) -> Message:
    headers = (
        ("Via", f"SIP/2.0/UDP {own};branch=z9hG4bK{secrets.token_hex(8)};rport"),
        ("From", local),
        ("To", remote),
        ("Call-ID", call_id),
        ("CSeq", f"{number} {method}"),
        ("Max-Forwards", "70"),
        *more,
    )
    return Message(f"{method} {uri} SIP/2.0", headers, body)


def _plain(call: CitizenCall) -> Headers:
    """Return the headers of an invitation that its CANCEL, and the ACK of a refusal, repeat."""
    return [each for each in call.invitation.headers if not each[0].startswith("Cont")]


def _where(described: Message) -> tuple[str, int]:
    """Return where the sound for Asterisk is to be sent."""
    host = re.search(r"c=IN IP4 (\S+)", described.body)
    port = re.search(r"m=audio (\d+)", described.body)
    assert host is not None and port is not None, "a call without SDP"  # noqa: PT018 - no test
    return host[1], int(port[1])


def _packet(number: int, sound: bytes) -> bytes:
    stamp = (number * 160).to_bytes(4, "big")
    return (
        bytes((0x80, _ALAW))
        + (number & 0xFFFF).to_bytes(2, "big")
        + stamp
        + _SOURCE.to_bytes(4, "big")
        + sound
    )
