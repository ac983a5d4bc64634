"""The adapter and a real mosquitto: login, last will, commands, TLS."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from ivr.adapters.mqtt import BrokerAddress, MqttBroker, Payload, broker_address
from ivr.application.backoff import Backoff
from ivr.application.caseworker_commands import COMMAND_BYTES
from ivr.application.messages import callback_message
from ivr.application.ports.couriers import IncomingCommand
from ivr.domain.errors import Unavailable
from tests.contract.certificates import make_certificate
from tests.contract.mosquitto import HOST, Listener, Mosquitto, listening
from tests.fakes.callbacks import MONDAY, a_callback
from tests.tasks import meanwhile

SERVICE = "ivr/v1/service"
JANSSEN = "ivr/v1/callbacks/umwelt/janssen"


class Commands:
    """Takes commands; ``refusing`` so many times it can't."""

    def __init__(self, refusing: int = 0) -> None:
        self.refusing = refusing
        self.tries = 0
        self.taken: asyncio.Queue[IncomingCommand] = asyncio.Queue()

    async def take(self, command: IncomingCommand) -> None:
        self.tries += 1
        if self.tries <= self.refusing:
            raise Unavailable("The database is away.")
        await self.taken.put(command)

    async def next(self) -> IncomingCommand:
        async with asyncio.timeout(20):
            return await self.taken.get()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def listener(mosquitto: Mosquitto) -> AsyncIterator[Listener]:
    async with listening(mosquitto.port) as listener:
        yield listener


@asynccontextmanager
async def running(
    address: BrokerAddress, commands: Commands | None = None, payload: Payload = Payload.FULL
) -> AsyncIterator[MqttBroker]:
    take = (commands or Commands()).take
    broker = MqttBroker(address, take, payload=payload, backoff=Backoff(0.02, 0.1))
    async with meanwhile(broker.run()):
        yield broker


async def heard(listener: Listener, topic: str, count: int) -> list[str]:
    await listener.wait_for(lambda: len(listener.texts(topic)) >= count)
    return listener.texts(topic)


async def logged(logs: list[EventDict], event: str, count: int = 1) -> list[EventDict]:
    """Wait until ``event`` was logged ``count`` times; return those lines."""
    async with asyncio.timeout(20):
        while len(found := [line for line in logs if line["event"] == event]) < count:  # noqa: ASYNC110 # logs tell nobody
            await asyncio.sleep(0.01)
    return found


class TestService:
    async def test_online_while_it_runs_offline_after_a_stop(
        self, mosquitto: Mosquitto, listener: Listener
    ) -> None:
        async with running(mosquitto.address()):
            assert await heard(listener, SERVICE, 1) == ["online"]
        assert await heard(listener, SERVICE, 2) == ["online", "offline"]

    async def test_a_cut_connection_leaves_the_last_will_and_comes_back(
        self, mosquitto: Mosquitto, listener: Listener
    ) -> None:
        async with running(mosquitto.address()) as broker:
            await heard(listener, SERVICE, 1)
            assert broker._client is not None
            line = broker._client._client.socket()
            assert isinstance(line, socket.socket)
            line.shutdown(socket.SHUT_RDWR)
            assert await heard(listener, SERVICE, 3) == ["online", "offline", "online"]

    async def test_whoever_comes_later_is_told_that_and_nothing_else(
        self, mosquitto: Mosquitto, listener: Listener
    ) -> None:
        async with running(mosquitto.address()) as broker:
            await heard(listener, SERVICE, 1)
            await broker.deliver(callback_message(a_callback(), MONDAY))
            await heard(listener, JANSSEN, 1)
            async with listening(mosquitto.port, "late") as late:
                assert await heard(late, SERVICE, 1) == ["online"]
                await broker.deliver(callback_message(a_callback("cb-2"), MONDAY))
                await heard(late, JANSSEN, 1)
                assert [body["message_id"] for body in late.bodies(JANSSEN)] == ["cb-2.1"]


class TestPayload:
    async def test_a_reference_holds_nothing_personal(
        self, mosquitto: Mosquitto, listener: Listener
    ) -> None:
        async with running(mosquitto.address(), payload=Payload.REFERENCE) as broker:
            await heard(listener, SERVICE, 1)
            await broker.deliver(callback_message(a_callback(), MONDAY))
            [text] = await heard(listener, JANSSEN, 1)
        [body] = listener.bodies(JANSSEN)
        assert body["message_id"] == "cb-1.1"
        assert body["callback"] == {
            "id": "cb-1",
            "version": 1,
            "department": "umwelt",
            "caseworker": "janssen",
            "due_at": "2026-11-25T08:00:00+00:00",
            "state": "requested",
        }
        assert "4461" not in text


class TestCommands:
    async def test_the_topic_says_whose_they_are(
        self, mosquitto: Mosquitto, listener: Listener
    ) -> None:
        commands = Commands()
        async with running(mosquitto.address(), commands):
            await heard(listener, SERVICE, 1)
            await listener.send_command(f"{JANSSEN}/commands", b"{}")
            assert await commands.next() == IncomingCommand("umwelt", "janssen", b"{}")  # type: ignore[arg-type]

    async def test_one_too_large_is_dropped_and_the_next_is_taken(
        self, mosquitto: Mosquitto, listener: Listener
    ) -> None:
        commands = Commands()
        with capture_logs() as logs:
            async with running(mosquitto.address(), commands):
                await heard(listener, SERVICE, 1)
                await listener.send_command(f"{JANSSEN}/commands", b"x" * (COMMAND_BYTES + 1))
                await listener.send_command(f"{JANSSEN}/commands", b"small")
                assert (await commands.next()).payload == b"small"
                [line] = await logged(logs, "command_dropped")
        assert line["topic"] == f"{JANSSEN}/commands"

    async def test_those_sent_while_away_are_taken_afterwards(
        self, mosquitto: Mosquitto, listener: Listener
    ) -> None:
        async with running(mosquitto.address()):
            await heard(listener, SERVICE, 1)
        await listener.send_command(f"{JANSSEN}/commands", b"while away")
        commands = Commands()
        async with running(mosquitto.address(), commands):
            assert (await commands.next()).payload == b"while away"

    async def test_one_that_can_not_be_taken_now_is_kept(
        self, mosquitto: Mosquitto, listener: Listener
    ) -> None:
        commands = Commands(refusing=2)
        async with running(mosquitto.address(), commands):
            await heard(listener, SERVICE, 1)
            await listener.send_command(f"{JANSSEN}/commands", b"first")
            await listener.send_command(f"{JANSSEN}/commands", b"second")
            assert (await commands.next()).payload == b"first"
            assert (await commands.next()).payload == b"second"
        assert commands.tries == 4


class TestLogin:
    async def test_a_wrong_password_is_an_error_said_once(self, mosquitto: Mosquitto) -> None:
        with capture_logs() as logs:
            async with running(mosquitto.address(password="wrong-secret")) as broker:
                [line] = await logged(logs, "broker_refuses")
                await asyncio.sleep(0.5)  # several more tries
                assert not broker.connected
        assert [line["event"] for line in logs] == ["broker_refuses"]
        assert line["log_level"] == "error"
        assert line["username"] == "ivr"
        assert "password" in line["remedy"]
        assert "wrong-secret" not in str(logs)

    async def test_an_absent_broker_is_said_once_and_found_when_it_comes(
        self, tmp_path: Path
    ) -> None:
        server = Mosquitto(tmp_path)
        with capture_logs() as logs:
            async with running(server.address()):
                await logged(logs, "broker_away")
                await asyncio.sleep(0.3)  # several more tries
                server.start()
                await logged(logs, "broker_connected")
        server.stop()
        assert [line["event"] for line in logs] == ["broker_away", "broker_connected"]

    async def test_a_second_program_with_our_name_is_an_error(self, mosquitto: Mosquitto) -> None:
        with capture_logs() as logs:
            async with running(mosquitto.address()), running(mosquitto.address()):
                line = (await logged(logs, "broker_ends_connections"))[0]
        assert line["log_level"] == "error"
        assert line["client_id"] == "ivr"
        assert "same client id" in line["remedy"]


class TestTls:
    async def test_with_the_certificate_it_trusts(self, tmp_path: Path) -> None:
        async with tls_broker(tmp_path) as (server, certificate):
            address = broker_address(f"mqtts://{HOST}:{server.port}", ca_file=certificate)
            with capture_logs() as logs:
                async with running(address.with_login("ivr", "throw-away")):
                    await logged(logs, "broker_connected")


@asynccontextmanager
async def tls_broker(folder: Path) -> AsyncIterator[tuple[Mosquitto, Path]]:
    await asyncio.to_thread(make_certificate, folder)
    server = Mosquitto(folder, tls=folder)
    server.start()
    try:
        yield server, folder / "cert.pem"
    finally:
        server.stop()
