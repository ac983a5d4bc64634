"""A real Asterisk with the configuration we render, and both of its doors: SIP and Stasis."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Self

import aiohttp
import orjson

from ivr.domain.county import County
from ivr.domain.ids import AgentId
from ivr.provisioning.asterisk import prepare_instance, render, write
from ivr.provisioning.county import Configuration
from ivr.provisioning.credentials import Secrets, load_secrets
from ivr.provisioning.settings import Address, PortRange, Settings
from ivr.provisioning.trunk import Trunk
from testbed import AGENT_ADDRESS, CITIZEN_ADDRESS
from testbed.asterisk import AsteriskInstance
from testbed.desk_phone import DeskPhone
from testbed.phone import Phone, SipServer
from testbed.ports import Ports
from testbed.transcript import Transcript
from tests.examples import always_open, county

DIALPLAN = Path(__file__).parents[2] / "dialplan"
TRUNK = Trunk(match=(f"{CITIZEN_ADDRESS}/32",), codecs=("alaw", "ulaw"))

_RTP_PORTS = 60
_POLL_SECONDS = 0.02
_SILENT_ALAW = b"\xd5"
_RATE = 8000

_SOUNDS = (
    *("greeting", "please-wait", "closed", "closed-callback-offer"),
    *("callback-unavailable", "agent-ready", "agent-paused", "agent-logged-out"),
)
"""What the dialplan plays while the program is away."""

_transactions = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Lab:
    """The running Asterisk; ``entered`` holds the arguments of each call that reached Stasis."""

    asterisk: AsteriskInstance
    settings: Settings
    secrets: Secrets
    ports: Ports
    folder: Path

    @property
    def server(self) -> SipServer:
        return SipServer(self.settings.sip_bind.host, self.settings.sip_bind.port)

    @property
    def log(self) -> str:
        return (self.settings.asterisk / "log" / "messages.log").read_text()

    async def logged(self, text: str, *, within: float = 5) -> None:
        """Wait until Asterisk, which writes its log a little later, has logged ``text``."""
        async with asyncio.timeout(within):
            while True:
                if text in self.log:
                    return
                await asyncio.sleep(_POLL_SECONDS)

    @property
    def exchange(self) -> SipServer:
        """Where Asterisk makes calls to the outside."""
        return SipServer(CITIZEN_ADDRESS, self.server.port)

    def desk_phone(self, user: str) -> DeskPhone:
        password = self.secrets.agent_passwords[AgentId(user)]
        return DeskPhone(user, password, server=self.server, ports=self.ports)

    def agent(self, user: str) -> Phone:
        return Phone.agent(
            user,
            self.secrets.agent_passwords[AgentId(user)],
            server=self.server,
            ports=self.ports,
            folder=self.folder / f"phone-{user}",
        )

    def app(self, *, keeps: bool = False) -> StasisApp:
        return StasisApp(self.settings.ari, self.secrets.ari_password, keeps=keeps)


@asynccontextmanager
async def dialplan_lab(
    folder: Path, configured: County | None = None, *, max_calls: int | None = None
) -> AsyncIterator[Lab]:
    """Render, boot, and end it; without opening hours of its own the county is always open."""
    with Ports() as ports:
        rtp = ports.range(_RTP_PORTS)
        settings = Settings(
            state=folder / "state",
            dialplan=DIALPLAN,
            sip_bind=Address(AGENT_ADDRESS, ports.one()),
            asterisk_http_bind=Address(AGENT_ADDRESS, ports.one()),
            rtp_ports=PortRange(rtp, rtp + _RTP_PORTS - 1),
            asterisk_ami_bind=Address(AGENT_ADDRESS, ports.one()),
            fallback_agi=Address(AGENT_ADDRESS, ports.one()),
            max_calls=max_calls,
        )
        trunk = replace(TRUNK, outbound=f"{CITIZEN_ADDRESS}:{settings.sip_bind.port}")
        configuration = Configuration(configured or county(hours=always_open()), trunk)
        secrets = load_secrets(settings, configuration.county.agents)
        prepare_instance(settings)
        etc = settings.asterisk / "etc"
        write(render(configuration, settings, secrets, date.today()), etc)  # noqa: DTZ011  Asterisk's
        _write_sounds(settings.sounds / "de")
        async with AsteriskInstance(settings.state) as asterisk:
            yield Lab(asterisk, settings, secrets, ports, folder)


def _write_sounds(folder: Path) -> None:
    """Short silences in place of the prompts of the fallback."""
    folder.mkdir(parents=True)
    for name in _SOUNDS:
        (folder / f"{name}.alaw").write_bytes(_SILENT_ALAW * (_RATE // 5))


@dataclass(slots=True)
class StasisApp:
    """The least an app can be: notes who enters and hangs up. An async context manager.

    One that ``keeps`` calls answers them in place of hanging up.
    """

    url: str
    password: str
    keeps: bool = False
    entered: Transcript[list[str]] = field(default_factory=lambda: Transcript("Stasis"))
    _session: aiohttp.ClientSession | None = None
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _reading: asyncio.Task[None] | None = None

    async def next_arguments(self) -> list[str]:
        """Wait for one more call; return what the dialplan said about it."""
        seen = len(self.entered)
        return await self.entered.first(lambda _: True, "a call in Stasis", since=seen)

    async def __aenter__(self) -> Self:
        login = aiohttp.encode_basic_auth("ivr", self.password)
        self._session = aiohttp.ClientSession(self.url, headers={"Authorization": login})
        self._socket = await self._session.ws_connect("/ari/events", params={"app": "ivr"})
        self._reading = asyncio.create_task(self._read(self._session, self._socket))
        return self

    async def _read(
        self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse
    ) -> None:
        async for message in socket:
            event = orjson.loads(message.data)
            if event["type"] == "StasisStart":
                self.entered.add(event["args"])
                channel = f"/ari/channels/{event['channel']['id']}"
                does = session.post(f"{channel}/answer") if self.keeps else session.delete(channel)
                async with does:
                    pass

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        assert self._socket is not None
        assert self._reading is not None
        await self._socket.close()
        await self._reading
        await self._session.close()


class _Responses(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.statuses: Transcript[int] = Transcript("SIP responses")

    def datagram_received(self, data: bytes, addr: object) -> None:
        del addr
        if data.startswith(b"SIP/2.0 "):
            self.statuses.add(int(data.split()[1]))


async def invite(
    server: SipServer,
    dialled: str,
    *,
    caller: str = "<sip:04461987654@127.0.0.2>",
    headers: Sequence[str] = (),
    source: str = CITIZEN_ADDRESS,
) -> int:
    """Send one INVITE and return the status of the final response, without an ACK.

    A socket of our own, because no softphone tells lies about who it is.
    """
    loop = asyncio.get_running_loop()
    transport, responses = await loop.create_datagram_endpoint(_Responses, local_addr=(source, 0))
    try:
        host, port = transport.get_extra_info("sockname")
        number = next(_transactions)
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            "m=audio 9000 RTP/AVP 8\r\n"
        )
        lines = [
            f"INVITE sip:{dialled}@{server} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK-{port}-{number}",
            f"From: {caller};tag={number}",
            f"To: <sip:{dialled}@{server}>",
            f"Call-ID: {port}-{number}@{host}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:caller@{host}:{port}>",
            "Max-Forwards: 70",
            *headers,
            "Content-Type: application/sdp",
            f"Content-Length: {len(sdp)}",
            "",
            sdp,
        ]
        transport.sendto("\r\n".join(lines).encode(), (server.host, server.port))
        return await responses.statuses.first(lambda status: status >= 200, "a final response")
    finally:
        transport.close()
