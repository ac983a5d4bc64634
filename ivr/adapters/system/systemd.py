"""What systemd is told of this program: ready, alive, how it stands, about to end.

The protocol of sd_notify(3): one datagram of ``NAME=value`` lines to the socket that is named in
the environment. Without that variable nobody wants to know, and nothing is sent. Telling never
waits and never fails.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

import structlog

log = structlog.get_logger(__name__)


class Systemd:
    """Implements :class:`ivr.application.ports.machine.Supervisor`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._path = environment.get("NOTIFY_SOCKET", "")
        self._silent = not self._path.startswith(("/", "@"))
        self.watchdog_seconds = _watchdog_seconds(environment)

    def ready(self) -> None:
        """Say that the service is served."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Say that it still works; without this in time systemd ends the process."""
        if self.watchdog_seconds is not None:
            self._tell("WATCHDOG=1")

    def stands(self, words: str) -> None:
        """Say in one line how the service stands; `systemctl status` shows it."""
        self._tell(f"STATUS={words.splitlines()[0] if words else ''}")

    def stopping(self) -> None:
        """Say that the program is about to end."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if self._silent:
            return
        # A leading @ stands for the NUL of an abstract address, unix(7).
        address = f"\0{self._path[1:]}" if self._path.startswith("@") else self._path
        with socket.socket(
            socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        ) as to_systemd:
            try:
                to_systemd.sendto(message.encode(), address)
            except OSError as error:
                self._silent = not isinstance(error, BlockingIOError)
                log.warning("systemd_not_told", reason=error.strerror)


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    """How long systemd waits for a sign of life from this process; None: it does not wait.

    As sd_watchdog_enabled(3) has it.
    """
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = environment.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdecimal() and int(microseconds) else None
