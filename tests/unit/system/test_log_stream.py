"""Log lines never hold up the service, whoever reads them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from structlog.testing import capture_logs

from ivr.adapters.system.log_stream import LogStream

LINE = "x" * 1000 + "\n"


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    try:
        yield reading, writing
    finally:
        for end in (reading, writing):
            with suppress(OSError):  # the test may have closed it
                os.close(end)


def test_what_is_written_arrives_in_order() -> None:
    with pipe() as (reading, writing):
        stream = LogStream(writing)
        for number in range(100):
            stream.write(f"{number}\n")
        assert stream.drain()
        assert os.read(reading, 65536).decode().split() == [str(number) for number in range(100)]


def test_who_does_not_read_holds_up_nobody_and_is_told_what_is_missing() -> None:
    with pipe() as (reading, writing), capture_logs() as told:
        fill(writing)
        stream = LogStream(writing, most_waiting=10)
        for _ in range(100):
            stream.write(LINE)
        assert not stream.drain(0.01)
        while not stream.drain(0.01):
            os.read(reading, 65536)
    [line] = told
    assert line["event"] == "log_lines_lost"
    assert 80 < line["lost"] <= 90


def fill(writing: int) -> None:
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, LINE.encode())
    os.set_blocking(writing, True)


def test_a_closed_pipe_ends_nothing() -> None:
    with pipe() as (reading, writing), capture_logs() as told:
        stream = LogStream(writing)
        os.close(reading)
        stream.write(LINE)
        stream.write(LINE)
        assert stream.drain()
    assert told == []


def test_a_disk_that_has_room_again_is_written_to_again() -> None:
    with pipe() as (reading, writing), capture_logs() as told:
        full = os.open("/dev/full", os.O_WRONLY)
        stream = LogStream(full)
        stream.write("lost\n")
        assert stream.drain()
        os.dup2(writing, full)
        stream.write("written\n")
        assert stream.drain()
        assert os.read(reading, 65536) == b"written\n"
        os.close(full)
    assert [line["lost"] for line in told] == [1]
