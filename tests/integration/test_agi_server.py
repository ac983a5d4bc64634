"""FastAGI on real sockets: what Asterisk says, and what others might."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from ivr.adapters.agi import AgiServer, open_agi
from ivr.adapters.agi import session as agi_session
from ivr.application.fallback_requests import FallbackCall, HungUp, Telephone, Told
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallId
from ivr.domain.speech import Sound, Utterance

GREETING = {
    "network": "yes",
    "network_script": "callback",
    "request": "agi://127.0.0.1:4573/callback",
    "channel": "PJSIP/trunk-00000007",
    "language": "de",
    "uniqueid": "1795371805.7",
    "arg_1": "+4944619197777",
    "arg_2": "+491713920001",
}
SECONDS = timedelta(seconds=3)


@dataclass
class Playlist:
    paths: Sequence[str]
    missing: Sequence[str] = ()


def playlist(utterance: Utterance, language: str) -> Playlist:
    return Playlist(
        [f"/sounds/{language}/{each.name}" for each in utterance if isinstance(each, Sound)]
    )


class Asterisk:
    """The other end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def says(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\n" for line in lines).encode())

    def greets(self, **changes: str) -> None:
        told = {**GREETING, **changes}
        self.says(*(f"agi_{name}: {value}" for name, value in told.items()), "")

    def sends(self, data: bytes) -> None:
        self._writer.write(data)

    async def hears(self) -> str:
        async with asyncio.timeout(5):
            return (await self._reader.readline()).decode().rstrip("\n")

    async def gives_time(self, seconds: int) -> None:
        assert await self.hears() == f"SET AUTOHANGUP {seconds}"
        self.says("200 result=0")

    async def begins(self) -> None:
        """Let the dialog begin, about which nothing else is known."""
        self.greets()
        await self.hears_first_words()
        await self.knows_nothing_of("IVR_ORIGINAL", "IVR_LAST", "QUEUEPOSITION")
        await self.gives_time(80)

    async def hears_first_words(self) -> None:
        await self.gives_time(20)
        assert await self.hears() == "SET VARIABLE IVR_CALLBACK asking"
        self.says("200 result=1")

    async def knows_nothing_of(self, *names: str) -> None:
        for name in names:
            assert await self.hears() == f"GET VARIABLE {name}"
            self.says("200 result=0")

    async def is_hung_up_on(self) -> None:
        async with asyncio.timeout(5):
            try:
                while await self._reader.read(4096):
                    pass
            except ConnectionError:
                pass

    def goes(self) -> None:
        self._writer.close()


@dataclass
class Lab:
    port: int
    server: AgiServer | None = None
    calls: list[FallbackCall] = field(default_factory=list)
    heard: list[str | None] = field(default_factory=list)
    genuine: bool = True
    asked: list[tuple[str, ...]] = field(default_factory=list)
    """What Asterisk was asked about."""
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, call: FallbackCall, telephone: Telephone) -> Told:
        """Ask, wait for a key, tell."""
        self.calls.append(call)
        try:
            self.heard.append(await telephone.ask((Sound("greeting"), Sound("closed")), "de"))
            self.heard.append(await telephone.key(SECONDS))
            await telephone.tell((Sound("goodbye"),), "de")
        except HungUp:
            self.hung_up.set()
            raise
        return Told.STORED

    async def is_genuine(self, *told: str) -> bool:
        self.asked.append(told)
        return self.genuine

    @asynccontextmanager
    async def asterisk(self) -> AsyncIterator[Asterisk]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Asterisk(reader, writer)
        finally:
            writer.close()

    async def idle(self) -> None:
        """Wait until all connections are seen to be gone."""
        assert self.server is not None
        await asyncio.wait(self.server._connections, timeout=5)

    async def works(self) -> None:
        """Whoever comes now is served."""
        async with self.asterisk() as asterisk:
            asterisk.greets()
            await asterisk.hears_first_words()


@asynccontextmanager
async def running(most_connections: int = 50) -> AsyncIterator[Lab]:
    with open_agi("127.0.0.1", 0) as door:
        lab = Lab(door.getsockname()[1])
        server = AgiServer(
            door, lab.answer, playlist, lab.is_genuine, most_connections=most_connections
        )
        lab.server = server
        task = asyncio.create_task(server.run())
        yield lab
        task.cancel()
        async with asyncio.timeout(1):  # SIGTERM ends within a second
            await asyncio.wait({task})


async def test_a_dialog() -> None:
    async with running() as lab, lab.asterisk() as asterisk:
        asterisk.greets()
        await asterisk.hears_first_words()
        await asterisk.knows_nothing_of("IVR_ORIGINAL")
        assert await asterisk.hears() == "GET VARIABLE IVR_LAST"
        asterisk.says("200 result=1 (044619195010)")
        assert await asterisk.hears() == "GET VARIABLE QUEUEPOSITION"
        asterisk.says("200 result=1 (3)")
        await asterisk.gives_time(80)
        assert await asterisk.hears() == 'STREAM FILE "/sounds/de/greeting" "0123456789*#"'
        asterisk.says("200 result=0 endpos=8000")
        await asterisk.gives_time(80)
        assert await asterisk.hears() == 'STREAM FILE "/sounds/de/closed" "0123456789*#"'
        asterisk.says("200 result=50 endpos=800")
        await asterisk.gives_time(23)
        assert await asterisk.hears() == "WAIT FOR DIGIT 3000"
        asterisk.says("200 result=0")
        await asterisk.gives_time(80)
        assert await asterisk.hears() == 'STREAM FILE "/sounds/de/goodbye" ""'
        asterisk.says("200 result=0 endpos=8000")
        assert await asterisk.hears() == "SET VARIABLE IVR_CALLBACK stored"
        asterisk.says("200 result=1")
        await asterisk.is_hung_up_on()

        assert lab.calls == [
            FallbackCall(
                CallId("1795371805.7"),
                "+4944619197777",
                "+491713920001",
                forwarded_by=("044619195010",),
                language="de",
                waits=True,
            )
        ]
        assert lab.heard == ["2", None]


async def test_who_is_not_asterisk_is_not_believed() -> None:
    async with running() as lab, lab.asterisk() as stranger:
        lab.genuine = False
        stranger.greets()
        with capture_logs() as logs:
            await stranger.hears_first_words()
            await stranger.is_hung_up_on()

        assert lab.asked == [("1795371805.7", "+4944619197777", "+491713920001")]
        assert lab.calls == []
        assert [line["event"] for line in logs] == ["agi_not_understood"]
        lab.genuine = True
        await lab.works()


async def test_a_call_is_talked_with_once_at_a_time() -> None:
    async with running() as lab, lab.asterisk() as asterisk, lab.asterisk() as stranger:
        await asterisk.begins()
        await asterisk.hears()
        stranger.greets()
        await stranger.is_hung_up_on()

        assert len(lab.calls) == 1


async def test_out_of_the_queue_there_is_no_position() -> None:
    async with running() as lab, lab.asterisk() as asterisk:
        await asterisk.begins()
        await asterisk.hears()

        assert not lab.calls[0].waits


@pytest.mark.parametrize(
    "lines",
    [
        ("200 result=-1 endpos=0",),
        ("HANGUP", "511 Command Not Permitted on a dead channel or intercept routine"),
        ("HANGUP", "200 result=-1 endpos=0"),
    ],
)
async def test_the_caller_hangs_up(lines: Sequence[str]) -> None:
    async with running() as lab, lab.asterisk() as asterisk:
        await asterisk.begins()
        await asterisk.hears()
        asterisk.says(*lines)
        async with asyncio.timeout(5):
            await lab.hung_up.wait()


async def test_what_came_of_a_dialog_in_which_the_caller_hung_up_can_be_asked() -> None:
    async with running() as lab, lab.asterisk() as gone, lab.asterisk() as asterisk:
        await gone.begins()
        await gone.hears()
        asterisk.greets(network_script="outcome")
        gone.goes()
        async with asyncio.timeout(5):
            await lab.hung_up.wait()
        assert await asterisk.hears() == 'SET VARIABLE IVR_CALLBACK ""'


async def test_what_is_asked_of_nothing_came_to_nothing() -> None:
    async with running() as lab, lab.asterisk() as asterisk:
        asterisk.greets(network_script="outcome")
        assert await asterisk.hears() == 'SET VARIABLE IVR_CALLBACK ""'


async def test_asterisk_dies_in_the_middle() -> None:
    async with running() as lab, lab.asterisk() as asterisk:
        await asterisk.begins()
        await asterisk.hears()
        asterisk.goes()
        async with asyncio.timeout(5):
            await lab.hung_up.wait()


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"agi_" + b"x" * 100_000 + b"\n",
        b"x" * 100_000,
        b"agi_request: a\n" * 1000,
        b"\xff\xfe\x00\n\n",
        b"\n",
        b"agi_network_script: callback\nagi_uniqueid: \n\n",
        b"agi_network_script: callback\nagi_uniqueid: " + b"1" * 1000 + b"\n\n",
        b"agi_network_script: elsewhere\nagi_uniqueid: 1.1\n\n",
    ],
)
async def test_nonsense_at_the_beginning_is_hung_up_on(data: bytes) -> None:
    async with running() as lab, lab.asterisk() as asterisk:
        asterisk.sends(data)
        await asterisk.is_hung_up_on()

        assert lab.calls == []
        await lab.works()


@pytest.mark.parametrize(
    "data",
    [
        b"500 what\n",
        b"510 Invalid or unknown command\n",
        b"520-Invalid command syntax.  Proper usage follows:\nUsage\n520 End of proper usage.\n",
        b"200 nothing\n",
        b"stray\n" * 200,
        b"2" * 100_000,
    ],
)
async def test_nonsense_as_an_answer_is_hung_up_on(data: bytes) -> None:
    async with running() as lab, lab.asterisk() as asterisk:
        asterisk.greets()
        await asterisk.hears()
        with capture_logs() as logs:
            asterisk.sends(data)
            await asterisk.is_hung_up_on()

        assert [line["event"] for line in logs] == ["agi_not_understood"]
        await lab.works()


async def test_silence_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agi_session, "GREETING_SECONDS", 0.1)
    async with running() as lab, lab.asterisk() as asterisk:
        await asterisk.is_hung_up_on()
        await lab.works()


async def test_connect_and_close() -> None:
    async with running() as lab:
        for _ in range(50):
            async with lab.asterisk() as asterisk:
                asterisk.goes()
        await lab.works()


async def test_a_thousand_connections_hang_nothing() -> None:
    async with running(most_connections=20) as lab:
        others = [await asyncio.open_connection("127.0.0.1", lab.port) for _ in range(1000)]
        refused = 0
        for reader, _ in others[20:]:
            try:
                refused += await reader.read(1) == b""
            except ConnectionError:
                refused += 1
        for _, writer in others:
            writer.close()
        await lab.idle()

        assert refused == 980
        await lab.works()


async def test_words_stay_what_they_are() -> None:
    def hostile(utterance: Utterance, language: str) -> Playlist:
        del utterance, language
        return Playlist(['/a" "b\\c\nHANGUP'])

    with open_agi("127.0.0.1", 0) as door:
        lab = Lab(door.getsockname()[1])
        task = asyncio.create_task(AgiServer(door, lab.answer, hostile, lab.is_genuine).run())
        async with lab.asterisk() as asterisk:
            await asterisk.begins()
            assert await asterisk.hears() == ('STREAM FILE "/a\\" \\"b\\\\cHANGUP" "0123456789*#"')
        task.cancel()
        await asyncio.wait({task})


def test_a_second_one_is_refused() -> None:
    with open_agi("127.0.0.1", 0) as door:
        port = door.getsockname()[1]
        with (
            pytest.raises(Unavailable, match="running already") as refusal,
            open_agi("127.0.0.1", port),
        ):
            pass

    assert refusal.value.code == "address_in_use"
