"""Nothing outlives a test run, whatever ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import aiomqtt
import pytest

from testbed.broker import Broker
from testbed.ports import Ports
from testbed.process import Process
from testbed.transcript import Ended

STARTER = """
import asyncio
from testbed.process import Process

async def main():
    child = await Process.start("sleep", "600")
    print("child", child.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_a_line_is_waited_for_and_its_absence_told() -> None:
    async with await Process.start("sh", "-c", "echo one; echo two; sleep 600") as process:
        assert await process.line("^t") == "two"
        with pytest.raises(TimeoutError, match="two"):
            await process.line("three", within=0.1)


async def test_waiting_ends_with_the_program() -> None:
    async with await Process.start("sh", "-c", "echo last words") as process:
        with pytest.raises(Ended, match="last words"):
            await process.line("never", within=60)
        assert await process.ended() == 0


async def test_a_program_that_will_not_stop_is_killed() -> None:
    stubborn = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    process = await Process.start("sh", "-c", stubborn)
    await process.line("ready")
    assert await process.stop(within=0.2) == -signal.SIGKILL


async def test_killing_the_test_run_kills_what_it_started() -> None:
    async with await Process.start(sys.executable, "-c", STARTER) as starter:
        child = int((await starter.line("child")).split()[1])
        watch = os.pidfd_open(child)
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(watch, ended.set)
        await starter.kill()
        async with asyncio.timeout(5):
            await ended.wait()
        asyncio.get_running_loop().remove_reader(watch)
        os.close(watch)


def test_two_runs_get_different_ports() -> None:
    with Ports() as one, Ports() as other:
        assert not {one.one() for _ in range(50)} & {other.one() for _ in range(50)}


def test_a_used_port_is_not_handed_out() -> None:
    with Ports() as ports:
        first = ports.range(2)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.1", first + 2))
            assert ports.range(2) == first + 4


def test_ports_are_handed_out_again_after_all_others() -> None:
    with Ports() as ports:
        first = ports.range(1500)
        others = ports.range(400)
        assert ports.range(1500) == first
        assert ports.range(400) == others


async def test_a_broker_that_comes_back_has_what_it_had_accepted(tmp_path: Path) -> None:
    passwords = {"ivr": "throw-away"}

    def client(name: str, *, clean: bool) -> aiomqtt.Client:
        return aiomqtt.Client(
            broker.host,
            broker.port,
            username="ivr",
            password="throw-away",
            identifier=name,
            clean_session=clean,
        )

    with Ports() as ports:
        async with Broker(tmp_path, ports.one(), passwords=passwords) as broker:
            async with client("inbox", clean=False) as inbox:
                await inbox.subscribe("promise", qos=1)
            async with client("sender", clean=True) as sender:
                await sender.publish("promise", b"kept", qos=1)
            await broker.stop()
            await broker.start()
            await broker.kill()
            await broker.start()
            async with client("inbox", clean=False) as inbox, asyncio.timeout(5):
                message = await anext(aiter(inbox.messages))
                assert message.payload == b"kept"


async def test_a_broker_with_passwords_refuses_strangers(tmp_path: Path) -> None:
    with Ports() as ports:
        async with Broker(tmp_path, ports.one(), passwords={"ivr": "throw-away"}) as broker:
            with pytest.raises(aiomqtt.MqttError):
                async with aiomqtt.Client(broker.host, broker.port):
                    pass
