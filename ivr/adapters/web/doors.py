"""The doors: a unix socket for the command line, a TCP address for everybody else.

Only binding happens here, before anything is served, so that a second start with the same
state folder is refused before it disturbs the first.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ivr.application.disk_faults import may_pass
from ivr.domain.errors import ConfigError, Problem, Refused, Unavailable

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Doors:
    """Two bound sockets; they listen when they are served."""

    file: socket.socket
    tcp: socket.socket

    @property
    def address(self) -> str:
        """Where TCP really is, ``127.0.0.1:8080``: the port may have been any free one."""
        host, port = self.tcp.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextmanager
def open_doors(file: Path, host: str, port: int) -> Iterator[Doors]:
    """Bind the unix socket ``file`` and ``host``:``port``; release both at the end.

    ``host`` is an IP address, ``port`` 0 means any free one. Raises Refused
    (``already_running``) where another process serves ``file``, Unavailable
    (``address_in_use``) where one has the TCP address or (``state_not_usable``) the disk is full
    or broken, ConfigError where a place can't be used at all.
    """
    with only_one(file), _tcp(host, port) as tcp, _unix(file) as unix:
        yield Doors(unix, tcp)


@contextmanager
def only_one(file: Path) -> Iterator[None]:
    """Hold the right to ``file``. The kernel gives it back when we die, however we die.

    Raises Refused (``already_running``) where another process has it, and ConfigError or
    Unavailable where the file can't be made.
    """
    try:
        handle = os.open(
            file.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, _OWNER_ONLY
        )
    except OSError as error:
        raise _no_socket(file, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(
            f"ivr is running already with the state folder {file.parent}.", code="already_running"
        ) from None
    else:
        yield
    finally:
        os.close(handle)


@contextmanager
def _unix(file: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as unix:
        try:
            _remove_stale(file)
            unix.bind(str(file))
            # Before anybody can connect: that takes listen().
            file.chmod(_OWNER_ONLY)
        except OSError as error:
            raise _no_socket(file, error) from error
        try:
            yield unix
        finally:
            with suppress(OSError):
                file.unlink()


def _remove_stale(file: Path) -> None:
    """Remove what a process that died left behind; we hold the lock, so nobody serves it."""
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(file.lstat().st_mode):
            raise OSError(errno.EEXIST, "a file of another kind is there", str(file))
        file.unlink()


@contextmanager
def _tcp(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tcp:
        # A restart must not wait for connections of the process before.
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tcp.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Unavailable(
                    f"Another program uses {host}:{port}; end it, or set IVR_HTTP_BIND.",
                    code="address_in_use",
                ) from error
            raise _unusable(
                f"{host}:{port}",
                f"can't be used: {error.strerror}",
                "an address of this machine and a port this user may use",
            ) from error
        yield tcp


def _unusable(value: str, wrong: str, allowed: str) -> ConfigError:
    return ConfigError((Problem("environment", "IVR_HTTP_BIND", value, wrong, allowed),))


def _no_socket(file: Path, error: OSError) -> ConfigError | Unavailable:
    if may_pass(error):
        return Unavailable(
            f"{file.name} can't be made in {file.parent}: {error.strerror}.",
            code="state_not_usable",
        )
    return ConfigError(
        (
            Problem(
                "environment",
                "IVR_STATE",
                str(file.parent),
                f"{file.name} can't be made there: {error.strerror}",
                "an existing folder this user may write to",
            ),
        )
    )
