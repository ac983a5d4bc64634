"""Free ports, without races between runs that go on side by side.

Each run reserves a block of port numbers for as long as it lives. The reservation is an abstract
Unix socket: nobody else can bind the same name, it belongs to the same network namespace as the
ports, and it is gone when this process is, however it ends.
"""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Final, Self

_FIRST: Final = 10_000
_END: Final = 32_000  # from 32768 on, the kernel hands out ports by itself
_BLOCK: Final = 2_000
_LOOPBACK: Final = ("127.0.0.1", "127.0.0.2")


class NoPortsLeft(Exception):
    """All blocks are reserved, or the block is used up."""


class Ports:
    """A block of ports of our own, for UDP and TCP on the loopback addresses.

    A port is handed out again only after all the others, so nothing late can reach a newcomer.
    """

    def __init__(self) -> None:
        """Reserve a block. Raises NoPortsLeft."""
        for first in range(_FIRST, _END, _BLOCK):
            reservation = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                reservation.bind(f"\0ivr-testbed-ports-{first}")
            except OSError:
                reservation.close()
            else:
                self._reservation = reservation
                self._first = self._next = first
                self._end = first + _BLOCK
                return
        raise NoPortsLeft(f"every block of ports from {_FIRST} to {_END} is reserved")

    def one(self) -> int:
        """Return a port that is free for UDP and TCP. Raises NoPortsLeft."""
        return self.range(1)

    def range(self, count: int) -> int:
        """Return the first of ``count`` free ports in a row, an even one, as RTP wants it.

        Raises NoPortsLeft.
        """
        for beginning in (self._next, self._first):
            first = self._free_range(beginning, count)
            if first is not None:
                self._next = first + count
                return first
        raise NoPortsLeft(f"no {count} free ports in a row from {self._first} to {self._end}")

    def _free_range(self, beginning: int, count: int) -> int | None:
        first = beginning + beginning % 2
        while first + count <= self._end:
            taken = next((p for p in range(first, first + count) if not _free(p)), None)
            if taken is None:
                return first
            first = taken + 1 + (taken + 1) % 2
        return None

    def close(self) -> None:
        """Give the block back."""
        self._reservation.close()

    def __enter__(self) -> Self:
        """Already reserved."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the block back."""
        self.close()


def _free(port: int) -> bool:
    """Nobody outside the testbed uses this port either."""
    for address in _LOOPBACK:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                if kind == socket.SOCK_STREAM:  # a connection in TIME_WAIT is no user
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((address, port))
                except OSError:
                    return False
    return True
