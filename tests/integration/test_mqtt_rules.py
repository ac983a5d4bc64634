"""The access rules of docs/reference/mqtt.md let everybody do their own and nothing else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiomqtt
import pytest

from ivr.adapters.mqtt.topics import COMMANDS, callbacks_topic
from ivr.domain.ids import CaseworkerId, DepartmentId
from tests.contract.mosquitto import HOST, PASSWORD, Mosquitto

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mqtt.md"
JANSSEN = callbacks_topic(DepartmentId("umwelt"), CaseworkerId("janssen"))
MEYER = callbacks_topic(DepartmentId("jugend"), CaseworkerId("meyer"))
QUEUE = "ivr/v1/queue"
SERVICE = "ivr/v1/service"
THE_END = b"the end"
EVERYTHING = [JANSSEN, MEYER, f"{JANSSEN}/commands", f"{MEYER}/commands", QUEUE, SERVICE]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mosquitto]:
    found = re.search(r"```text\n(pattern.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    server = Mosquitto(tmp_path, access=found.group(1))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def clients(server: Mosquitto) -> AsyncIterator[dict[str, aiomqtt.Client]]:
    async with AsyncExitStack() as stack:
        clients = {
            user: await stack.enter_async_context(
                aiomqtt.Client(
                    HOST,
                    server.port,
                    username=user,
                    password=PASSWORD,
                    protocol=aiomqtt.ProtocolVersion.V5,
                )
            )
            for user in ("ivr", "umwelt", "meyer", "wallboard")
        }
        for client in clients.values():
            await client.subscribe([("#", 1), (COMMANDS, 1)])
        yield clients


async def heard(client: aiomqtt.Client) -> list[str]:
    """Return the topics that came before the end was told, each once."""
    topics: list[str] = []
    async with asyncio.timeout(10):
        async for message in client.messages:
            if message.payload == THE_END:
                break
            topics.append(str(message.topic))
    return list(dict.fromkeys(topics))


async def publish_everywhere(client: aiomqtt.Client) -> None:
    for topic in EVERYTHING:
        await client.publish(topic, b"x", qos=1)


async def test_everybody_hears_their_own(clients: dict[str, aiomqtt.Client]) -> None:
    await publish_everywhere(clients["ivr"])
    await clients["ivr"].publish(SERVICE, THE_END, qos=1)
    assert await heard(clients["umwelt"]) == [JANSSEN, SERVICE]
    assert await heard(clients["meyer"]) == [MEYER, SERVICE]
    assert await heard(clients["wallboard"]) == [QUEUE, SERVICE]


@pytest.mark.parametrize(
    ("user", "allowed"),
    [("umwelt", [f"{JANSSEN}/commands"]), ("meyer", [f"{MEYER}/commands"]), ("wallboard", [])],
)
async def test_everybody_sends_their_own_commands_only(
    clients: dict[str, aiomqtt.Client], user: str, allowed: list[str]
) -> None:
    await publish_everywhere(clients[user])
    await clients["ivr"].publish(SERVICE, THE_END, qos=1)
    assert await heard(clients["ivr"]) == allowed
