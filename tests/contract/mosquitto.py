"""A throw-away mosquitto with access rules, and somebody who listens there."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt
import orjson

from ivr.adapters.mqtt import BrokerAddress
from tests.tasks import meanwhile

HOST = "127.0.0.1"
PASSWORD = "throw-away"

_RULES = """
user ivr
topic write ivr/v1/callbacks/umwelt/janssen
topic write ivr/v1/callbacks/jugend/meyer
topic readwrite ivr/v1/service
topic write ivr/v1/queue
topic read ivr/v1/callbacks/+/+/commands

user listener
topic read ivr/v1/#
topic write ivr/v1/callbacks/+/+/commands
"""


class Mosquitto:
    """A broker of this test's own; ``tls`` is a folder with ``cert.pem`` and ``key.pem``."""

    def __init__(self, folder: Path, tls: Path | None = None, access: str = _RULES) -> None:
        self.folder = folder
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        for user in re.findall(r"^user (\w+)$", access, re.MULTILINE):
            _run("mosquitto_passwd", "-b", str(passwords), user, PASSWORD)
        rules = folder / "rules"
        rules.write_text(access)
        rules.chmod(0o600)
        lines = [
            f"listener {self.port} {HOST}",
            "allow_anonymous false",
            f"password_file {passwords}",
            f"acl_file {rules}",
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_interval 1",
            "autosave_on_changes true",
            "max_queued_messages 10000",
        ]
        if os.geteuid() == 0:
            lines.append("user root")
        if tls is not None:
            lines += [f"certfile {tls}/cert.pem", f"keyfile {tls}/key.pem"]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    @property
    def _database(self) -> Path:
        return self.folder / "mosquitto.db"

    @property
    def _saved(self) -> Path:
        return self.folder / "saved.db"

    def address(self, password: str = PASSWORD) -> BrokerAddress:
        return BrokerAddress(HOST, self.port, "ivr", password)

    def change_password(self, user: str, password: str) -> None:
        """Let ``user`` log in with another one from now on."""
        assert self._process is not None
        _run("mosquitto_passwd", "-b", str(self.folder / "passwords"), user, password)
        self._process.send_signal(signal.SIGHUP)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # a fixed program, no shell
                ["/usr/sbin/mosquitto", "-c", str(self.folder / "mosquitto.conf")],
                stdout=log,
                stderr=log,
            )
        _wait_until(self._answers, "mosquitto does not answer")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def kill_forgetful(self) -> None:
        """End it as a power cut would, before it saved what it did since ``save``."""
        self.kill()
        shutil.copy(self._saved, self._database)

    def save(self) -> None:
        """Have it write sessions and messages to disk."""
        assert self._process is not None
        self._database.unlink(missing_ok=True)
        self._process.send_signal(signal.SIGUSR1)
        _wait_until(self._database.exists, "mosquitto does not save")
        shutil.copy(self._database, self._saved)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=10)
            self._process = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
            return True
        return False


@dataclass
class Listener:
    """Hears everything under ``ivr/v1``, also what came while it was disconnected."""

    port: int
    name: str = "listener"
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    subscribed: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made again."""
        while True:
            with suppress(aiomqtt.MqttError):
                async with self._client(self.name, clean=False) as client:
                    await client.subscribe("ivr/v1/#", qos=1)
                    self.subscribed.set()
                    async for message in client.messages:
                        await self._hear(message)
            self.subscribed.clear()
            await asyncio.sleep(0.05)

    async def send_command(self, topic: str, payload: bytes) -> None:
        async with self._client("sender", clean=True) as client:
            await client.publish(topic, payload, qos=1)

    async def wait_for(self, enough: Callable[[], bool]) -> None:
        """Return when ``enough`` says so, looked at whenever a message comes."""
        async with asyncio.timeout(60), self._news:  # on a busy machine
            await self._news.wait_for(enough)

    def texts(self, topic: str) -> list[str]:
        return [payload.decode() for where, payload in self.heard if where == topic]

    def bodies(self, topic: str) -> list[dict[str, object]]:
        return [orjson.loads(text) for text in self.texts(topic)]

    async def _hear(self, message: aiomqtt.Message) -> None:
        async with self._news:
            self.heard.append((str(message.topic), bytes(message.payload)))
            self._news.notify_all()

    def _client(self, name: str, *, clean: bool) -> aiomqtt.Client:
        return aiomqtt.Client(
            HOST,
            self.port,
            username="listener",
            password=PASSWORD,
            identifier=name,
            clean_session=clean,
        )


@asynccontextmanager
async def listening(port: int, name: str = "listener") -> AsyncIterator[Listener]:
    listener = Listener(port, name)
    async with meanwhile(listener.run()):
        async with asyncio.timeout(10):
            await listener.subscribed.wait()
        yield listener


def _wait_until(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.02)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)  # no shell


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
