"""A softphone without a screen: baresip, driven over its control socket.

As an agent's phone it registers and is called; as a citizen's phone it calls the trunk with
whatever caller number it likes. It plays a tone of its own and records what it hears, so that a
test can prove who heard whom. One call at a time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import orjson

from testbed import AGENT_ADDRESS, CITIZEN_ADDRESS
from testbed.ports import Ports
from testbed.process import Process
from testbed.transcript import Transcript

_RTP_PORTS: Final = 4
_STOP_SECONDS: Final = 2
_MODULES: Final = Path("/usr/lib/baresip/modules")

# Two channels at 48 kHz is all that baresip's tone generator can do. The only interface is
# loopback, or the phone would tell the machine's outside address in its SDP. Recordings are named
# relative to the folder it runs in: baresip cuts a recording's path off after 127 characters.
_CONFIG: Final = """\
sip_listen {address}:{sip_port}
sip_trans_def udp
net_interface {address}
audio_source ausine,{tone}
audio_player aubridge,ear
audio_alert aubridge,bell
ausrc_srate 48000
auplay_srate 8000
ausrc_channels 2
auplay_channels 1
rtp_ports {rtp_first}-{rtp_last}
rtp_timeout 0
jitter_buffer_type fixed
jitter_buffer_delay 2-10
call_local_timeout 600
snd_path recordings
module_path {modules}
module g711.so
module ausine.so
module aubridge.so
module sndfile.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {control_address}:{control_port}
redial_attempts 0
ringback_disabled yes
"""

_ACCOUNT_OPTIONS: Final = ";answermode=manual;audio_codecs=PCMA/8000/1,PCMU/8000/1"

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Display:
    """What a ringing phone shows: the caller's name (may be empty) and number."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class SipServer:
    """An address and UDP port at which somebody listens for SIP: Asterisk, or a phone."""

    host: str
    port: int

    def __str__(self) -> str:
        """The form used in SIP addresses."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Line:
    """Who a phone is: its loopback address, SIP address of record and baresip account."""

    name: str
    address: str
    aor: str
    account: str


class Call:
    """One call as its phone sees it. Got from :meth:`Phone.incoming` or :meth:`Phone.dial`."""

    def __init__(
        self,
        phone: Phone,
        *,
        call_id: str | None,
        display: Display,
        since: int,
        older: frozenset[Path],
    ) -> None:
        """``since``: position of its first event; ``call_id`` is None for one we make.

        ``older``: recordings of earlier calls, listed before this one could be answered.
        """
        self.display = display
        self._phone = phone
        self._call_id = call_id
        self._since = since
        self._older = older

    async def answer(self) -> None:
        """Pick up, and wait until the call stands."""
        await self._phone.command("accept")
        await self.answered()

    async def reject(self) -> None:
        """Refuse a ringing call: 486 Busy Here."""
        await self.hang_up()

    async def hang_up(self) -> None:
        """End the call, whatever its state, and wait until it has ended."""
        await self._phone.command("hangup")
        await self.ended()

    async def press(self, digits: str) -> None:
        """Press keys (0-9 * #), sent one after the other as RFC 4733 telephone events.

        Returns at once: baresip does not tell when the last one has been sent.
        """
        await self._phone.command("sndcode", digits)

    async def hold(self) -> None:
        """Put the other side on hold (re-INVITE); returns at once."""
        await self._phone.command("hold")

    async def resume(self) -> None:
        """Take the other side back; returns at once."""
        await self._phone.command("resume")

    async def transfer(self, number: str) -> None:
        """Ask to have the other side called by ``number`` (REFER).

        Whatever comes of it, baresip hangs up; a phone that goes on after a failure is a
        :class:`testbed.desk_phone.DeskPhone`.
        """
        await self._phone.command("transfer", f"sip:{number}@{self._phone.server}")

    async def talk(self, seconds: float) -> None:
        """Let both sides be heard for a while."""
        await asyncio.sleep(seconds)

    async def answered(self, *, within: float = 10) -> None:
        """Wait until the call stands. Raises TimeoutError."""
        await self._event("CALL_ESTABLISHED", within)

    async def audible(self, *, within: float = 10) -> None:
        """Wait for the first sound from the other side. Raises TimeoutError."""
        await self._event("CALL_RTPESTAB", within)

    async def ended(self, *, within: float = 10) -> str:
        """Wait for the end; return the reason the phone was given. Raises TimeoutError."""
        event = await self._event("CALL_CLOSED", within)
        return str(event.get("param", ""))

    def heard(self) -> Path:
        """Return the recording (WAV) of what was heard; complete once the call has ended.

        Raises FileNotFoundError where nothing was heard at all.
        """
        new = [path for path in self._phone.recordings() if path not in self._older]
        if not new:
            raise FileNotFoundError(f"{self._phone.name} has no recording of this call")
        return new[0]

    async def _event(self, kind: str, within: float) -> Event:
        return await self._phone.events.first(
            lambda event: event["type"] == kind and self._is_mine(event),
            kind,
            since=self._since,
            within=within,
        )

    def _is_mine(self, event: Event) -> bool:
        if self._call_id is None:
            return event.get("direction") == "outgoing"
        return event.get("id") == self._call_id


class Phone:
    """One phone, one process; an async context manager that starts and stops it.

    Use :meth:`agent` or :meth:`citizen`.
    """

    def __init__(
        self, line: Line, *, server: SipServer, ports: Ports, folder: Path, tone: int
    ) -> None:
        """``folder`` is its own, made where it is missing: configuration and recordings."""
        self.name = line.name
        self.tone = tone
        self.events: Transcript[Event] = Transcript(f"phone {line.name}")
        self._line = line
        self.server = server
        self._folder = folder
        self._control = (line.address, ports.one())
        self.sip = SipServer(line.address, ports.range(2))  # baresip takes the next one for TLS
        self._config = _config(self.sip, self._control[1], ports, tone)
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._answers: dict[str, asyncio.Future[Event]] = {}
        self._commands = 0
        self._incoming_since = 0

    @classmethod
    def agent(
        cls,
        user: str,
        password: str,
        *,
        server: SipServer,
        ports: Ports,
        folder: Path,
        tone: int = 440,
    ) -> Self:
        """A phone that registers as ``user``, and plays ``tone`` (Hz) in its calls."""
        aor = f"sip:{user}@{server}"
        account = f"<{aor};transport=udp>;auth_user={user};auth_pass={password};regint=60"
        line = Line(name=user, address=AGENT_ADDRESS, aor=aor, account=account)
        return cls(line, server=server, ports=ports, folder=folder, tone=tone)

    @classmethod
    def citizen(
        cls,
        number: str | None,
        *,
        server: SipServer,
        ports: Ports,
        folder: Path,
        tone: int = 660,
    ) -> Self:
        """A phone that calls the trunk from ``number``; None: the number is withheld."""
        if number is None:
            aor, shown = "sip:anonymous@anonymous.invalid", '"Anonymous" '
        else:
            aor, shown = f"sip:{number}@{CITIZEN_ADDRESS}", ""
        account = f'{shown}<{aor};transport=udp>;outbound="sip:{server};transport=udp";regint=0'
        line = Line(name=number or "withheld", address=CITIZEN_ADDRESS, aor=aor, account=account)
        return cls(line, server=server, ports=ports, folder=folder, tone=tone)

    async def start(self) -> None:
        """Switch the phone on. It is not registered yet. Raises TimeoutError."""
        (self._folder / "recordings").mkdir(parents=True, exist_ok=True)
        (self._folder / "config").write_text(self._config)
        (self._folder / "accounts").touch()
        self._process = await Process.start(
            "baresip", "-f", self._folder, name=f"phone {self.name}", cwd=self._folder
        )
        await self._process.line("baresip is ready")
        reader, self._writer = await asyncio.open_connection(*self._control)
        self._reading = asyncio.create_task(self._read(reader), name=f"phone {self.name}")
        await self.command("uanew", self._line.account + _ACCOUNT_OPTIONS)

    async def stop(self) -> None:
        """Hang up, unregister and switch it off."""
        await self._end(by_force=False)

    async def kill(self) -> None:
        """Pull its plug: no BYE, no unregistering."""
        await self._end(by_force=True)

    async def _end(self, *, by_force: bool) -> None:
        if self._process is None:
            return
        if by_force:
            await self._process.kill()
        else:
            await self._process.stop(within=_STOP_SECONDS)
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            await self._reading
        self._process = self._writer = self._reading = None

    async def registered(self, *, within: float = 10) -> None:
        """Wait until Asterisk has accepted the registration. Raises TimeoutError."""
        await self._phone_event("REGISTER_OK", within)

    async def unregister(self) -> None:
        """Log the phone out of Asterisk; it stays switched on."""
        since = len(self.events)
        await self.command("uadel", self._line.aor)
        await self._phone_event("UNREGISTERING", 5, since=since)

    async def register(self) -> None:
        """Register again after :meth:`unregister`."""
        since = len(self.events)
        await self.command("uanew", self._line.account + _ACCOUNT_OPTIONS)
        await self._phone_event("REGISTER_OK", 10, since=since)

    async def dial(self, number: str) -> Call:
        """Call ``number``; what becomes of it the call tells."""
        since = len(self.events)
        older = frozenset(self.recordings())
        await self.command("dial", f"sip:{number}@{self.server};transport=udp")
        display = Display("", number)
        return Call(self, call_id=None, display=display, since=since, older=older)

    async def incoming(self, *, within: float = 10) -> Call:
        """Wait for the next incoming call, each being returned once. Raises TimeoutError."""
        event = await self._phone_event("CALL_INCOMING", within, since=self._incoming_since)
        position = next(i for i, seen in enumerate(self.events) if seen is event)
        self._incoming_since = position + 1
        match = re.match(r"sips?:([^@;>]*)", str(event["peeruri"]))
        display = Display(
            name=str(event.get("peerdisplayname", "")), number=match[1] if match else ""
        )
        older = frozenset(self.recordings())
        return Call(self, call_id=str(event["id"]), display=display, since=position, older=older)

    def recordings(self) -> list[Path]:
        """What this phone heard so far, a WAV file a call, oldest first."""
        return sorted((self._folder / "recordings").glob("*-dec.wav"))

    async def command(self, command: str, parameters: str = "") -> None:
        """Give baresip a command of its menu. Raises RuntimeError where it refuses."""
        assert self._writer is not None, "the phone is switched off"
        self._commands += 1
        token = str(self._commands)
        answer = self._answers[token] = asyncio.get_running_loop().create_future()
        body = orjson.dumps({"command": command, "params": parameters, "token": token})
        self._writer.write(b"%d:%s," % (len(body), body))
        async with asyncio.timeout(5):
            told = await answer
        if not told.get("ok"):
            raise RuntimeError(f"phone {self.name}: {command}: {told.get('data')}")

    async def _phone_event(self, kind: str, within: float, *, since: int = 0) -> Event:
        return await self.events.first(
            lambda event: event["type"] == kind, kind, since=since, within=within
        )

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Sort netstrings of JSON into answers to commands and events."""
        while True:
            try:
                size = int((await reader.readuntil(b":"))[:-1])
                message = orjson.loads((await reader.readexactly(size + 1))[:-1])
            except (asyncio.IncompleteReadError, ConnectionError):
                self.events.end()
                return
            if message.get("event"):
                self.events.add(message)
            elif answer := self._answers.pop(message.get("token", ""), None):
                answer.set_result(message)

    async def __aenter__(self) -> Self:
        """Switch it on."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Switch it off."""
        await self.stop()


def _config(sip: SipServer, control_port: int, ports: Ports, tone: int) -> str:
    rtp_first = ports.range(_RTP_PORTS)
    return _CONFIG.format(
        address=sip.host,
        sip_port=sip.port,
        tone=tone,
        rtp_first=rtp_first,
        rtp_last=rtp_first + _RTP_PORTS - 1,
        modules=_MODULES,
        control_address=sip.host,
        control_port=control_port,
    )
