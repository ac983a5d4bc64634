"""Datagrams as sd_notify(3) has them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.adapters.system.systemd import Systemd


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        yield heard


def systemd(heard: socket.socket, **more: str) -> Systemd:
    return Systemd({"NOTIFY_SOCKET": heard.getsockname(), **more})


def test_what_is_told(heard: socket.socket) -> None:
    told = systemd(heard, WATCHDOG_USEC="30000000")
    told.ready()
    told.stands("Asterisk is away.\nREADY=0")
    told.alive()
    told.stopping()

    assert [heard.recv(100) for _ in range(4)] == [
        b"READY=1",
        b"STATUS=Asterisk is away.",
        b"WATCHDOG=1",
        b"STOPPING=1",
    ]
    assert told.watchdog_seconds == 30


def test_an_abstract_address() -> None:
    name = f"ivr-test-{os.getpid()}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as heard:
        heard.bind(f"\0{name}")
        Systemd({"NOTIFY_SOCKET": f"@{name}"}).ready()

        assert heard.recv(100) == b"READY=1"


def test_no_sign_of_life_for_who_does_not_wait_for_one(heard: socket.socket) -> None:
    told = systemd(heard)
    told.alive()
    systemd(heard, WATCHDOG_USEC="30000000", WATCHDOG_PID="1").alive()

    assert told.watchdog_seconds is None
    with pytest.raises(BlockingIOError):
        heard.recv(100)


def test_without_systemd_nothing_happens() -> None:
    with capture_logs() as lines:
        Systemd({}).ready()
    assert lines == []


def test_that_systemd_can_t_be_told_is_said_once(tmp_path: Path) -> None:
    told = Systemd({"NOTIFY_SOCKET": str(tmp_path / "nobody")})
    with capture_logs() as lines:
        told.ready()
        told.stopping()

    assert [line["event"] for line in lines] == ["systemd_not_told"]


def test_systemd_that_does_not_read_holds_nobody_up(heard: socket.socket) -> None:
    told = systemd(heard)
    with capture_logs() as lines:
        for _ in range(1000):
            told.ready()

    assert {line["event"] for line in lines} == {"systemd_not_told"}
