"""A broker that says no, on real mosquittos: said once and exactly, and tried rarely."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from ivr.adapters.mqtt import BrokerAddress, MqttBroker, broker_address
from ivr.adapters.mqtt.client import SessionClient
from ivr.application.backoff import Backoff
from ivr.application.ports.couriers import IncomingCommand
from ivr.domain.errors import Unavailable
from tests.contract.certificates import make_certificate
from tests.contract.mosquitto import HOST, PASSWORD, Mosquitto
from tests.tasks import meanwhile

# paho leaves the socket of a failed handshake to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SELDOM = 600.0
"""Longer than any test: whoever connects sooner was told to."""


async def take(_command: IncomingCommand) -> None:
    """Take any command."""


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    with started(Mosquitto(tmp_path)) as server:
        yield server


@contextmanager
def started(server: Mosquitto) -> Iterator[Mosquitto]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@asynccontextmanager
async def running(address: BrokerAddress, refused: float = SELDOM) -> AsyncIterator[MqttBroker]:
    broker = MqttBroker(
        address, take, backoff=Backoff(0.02, 0.1), refused_backoff=Backoff(refused, refused)
    )
    async with meanwhile(broker.run()):
        yield broker


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - neither logs nor the adapter tell anybody
            await asyncio.sleep(0.01)


async def reason(broker: MqttBroker) -> str:
    with pytest.raises(Unavailable) as failure:
        await broker.probe()
    return failure.value.message


def connections(server: Mosquitto) -> int:
    return (server.folder / "log").read_text().count("New connection from")


def told(lines: list[EventDict], event: str) -> list[EventDict]:
    return [line for line in lines if line["event"] == event]


@pytest.mark.parametrize(
    "login", [("ivr", "wrong-secret"), ("nobody", PASSWORD)], ids=["password", "user"]
)
async def test_a_refused_login_is_tried_rarely_until_it_changes(
    mosquitto: Mosquitto, login: tuple[str, str]
) -> None:
    address = BrokerAddress(HOST, mosquitto.port, *login)
    with capture_logs() as lines:
        async with running(address) as broker:
            await until(lambda: told(lines, "broker_refuses"))
            assert "check user name, password" in await reason(broker)
            tries = connections(mosquitto)
            await asyncio.sleep(0.5)
            assert connections(mosquitto) == tries
            broker.log_in_with(mosquitto.address())
            await until(lambda: told(lines, "broker_connected"))
            await broker.probe()
    assert [line["event"] for line in lines] == ["broker_refuses", "broker_connected"]
    assert lines[0]["log_level"] == "error"
    assert lines[0]["username"] == login[0]
    assert login[1] not in str(lines)


async def test_a_login_that_is_allowed_later_is_found_by_the_next_try(
    mosquitto: Mosquitto,
) -> None:
    async with running(mosquitto.address(password="later"), refused=0.1) as broker:
        await until(lambda: broker._remedy)
        mosquitto.change_password("ivr", "later")
        await until(lambda: broker.connected and not broker._remedy)
        await broker.probe()


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ({}, "self-signed"),
        ({"host": "127.0.0.9"}, "mismatch"),
        ({"expired": True}, "expired"),
    ],
)
async def test_a_wrong_certificate(tmp_path: Path, certificate: dict[str, Any], said: str) -> None:
    made = make_certificate(tmp_path, **certificate)
    with started(Mosquitto(tmp_path, tls=tmp_path)) as server:
        trusted = made if certificate else None
        address = broker_address(f"mqtts://ivr:{PASSWORD}@{HOST}:{server.port}", trusted)
        with capture_logs() as lines:
            async with running(address) as broker:
                await until(lambda: told(lines, "broker_refuses"))
                shown = await reason(broker)
                await asyncio.sleep(0.3)
    assert said in shown
    assert "IVR_MQTT_CA_FILE" in shown
    assert len(lines) == 1


async def test_a_port_without_tls(mosquitto: Mosquitto) -> None:
    address = broker_address(f"mqtts://ivr:{PASSWORD}@{HOST}:{mosquitto.port}")
    with capture_logs() as lines:
        async with running(address) as broker:
            await until(lambda: lines)
            assert not broker.connected
    assert lines[0]["event"] in {"broker_refuses", "broker_away"}


async def test_a_client_id_taken_twice_ends_in_long_pauses(mosquitto: Mosquitto) -> None:
    with capture_logs() as lines:
        async with running(mosquitto.address()) as one, running(mosquitto.address()) as other:
            await until(lambda: told(lines, "broker_ends_connections"))
            await until(lambda: one._remedy or other._remedy)
            loser = one if one._remedy else other
            assert "same client id" in await reason(loser)
            await until(lambda: one.connected != other.connected)
            winner, connections = one if one.connected else other, len(lines)
            await asyncio.sleep(0.5)
            assert winner.connected
            assert len(lines) <= connections + 1


async def test_commands_that_may_not_be_heard_are_told_and_deliveries_go_on() -> None:
    broker = MqttBroker(BrokerAddress(HOST), take)
    answers = [[0x87], [0x87], [0x01]]

    async def subscribe(_topic: str, qos: int) -> list[int]:
        assert qos == 1
        return answers.pop(0)

    client = cast("SessionClient", SimpleNamespace(subscribe=subscribe))
    with capture_logs() as lines:
        await broker._listen(client)
        await broker._listen(client)
    broker._client = client
    assert "check its access rules" in await reason(broker)
    await broker._listen(client)
    await broker.probe()
    assert [line["event"] for line in lines] == ["commands_refused"]
