"""A throw-away PostgreSQL server, from the machine's own package."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PASSWORD = "throw-away"


@dataclass(frozen=True)
class PostgreSql:
    """A running server on 127.0.0.1."""

    port: int
    folder: Path

    def url(self, database: str = "postgres", password: str = _PASSWORD) -> str:
        return f"postgresql://ivr:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Return the URL of a new, empty database."""
        name = f"ivr_{secrets.token_hex(6)}"
        _run("createdb", f"--maintenance-db={self.url()}", name)
        return self.url(name)

    def emptied_database(self) -> str:
        """Return the URL of the one database all tests share, emptied: new ones take long."""
        self._sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return self.url()

    def kill_connections(self) -> None:
        """End every client's connection, as a restart of the server does."""
        self._sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'ivr' AND pid <> pg_backend_pid()"
        )

    def _sql(self, statements: str) -> None:
        _run("psql", "--quiet", "--command", statements, self.url())

    def stop(self) -> None:
        """Stop at once, as when the machine is switched off."""
        _run("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", "immediate", "-w")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        _run(
            "pg_ctl",
            "start",
            "-D",
            str(self.folder / "data"),
            "-l",
            str(self.folder / "log"),
            "-o",
            options,
            "-w",
        )


@contextmanager
def running_postgresql(folder: Path) -> Iterator[PostgreSql]:
    """Make a cluster in ``folder`` (empty, short path) and run it."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    password = folder / "password"
    password.write_text(_PASSWORD)
    _run(
        "initdb",
        "--no-sync",
        "--auth=scram-sha-256",
        "--username=ivr",
        f"--pwfile={password}",
        "--encoding=UTF8",
        "--locale=C",
        str(folder / "data"),
    )
    server = PostgreSql(_free_port(), folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _run(program: str, *arguments: str) -> None:
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run(  # a fixed program of the package, no shell
        [_binary(program), *arguments],
        check=True,
        user=user,
        stdout=subprocess.DEVNULL,
        timeout=60,
        cwd="/",
    )


def _binary(program: str) -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    if not found:
        raise FileNotFoundError(
            "The store is tested on a real PostgreSQL: install Debian's package 'postgresql-15'"
            " (or a newer one)."
        )
    return found[-1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
