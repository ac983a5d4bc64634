"""A real mosquitto of one's own, which can be stopped, killed and started again.

It saves what it has accepted after each change, but only when it gets round to it: a kill loses
the last tenth of a second, acknowledged or not. That is how mosquitto is.
"""

from __future__ import annotations

import getpass
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from testbed.part import Part
from testbed.process import Process

_ADDRESS: Final = "127.0.0.1"


class Broker(Part):
    """One mosquitto; an async context manager. Can be started again after its end."""

    def __init__(
        self, folder: Path, port: int, *, passwords: Mapping[str, str] | None = None
    ) -> None:
        """``folder`` is its own; ``passwords`` by user, None lets everybody in."""
        self.host = _ADDRESS
        self.port = port
        self._folder = folder
        self._passwords = passwords

    async def start(self) -> None:
        """Return when it accepts connections. Raises TimeoutError, Ended."""
        config = self.configured()
        self._process = await Process.start("mosquitto", "-c", config)
        await self._process.line(r"mosquitto version .* running")

    def configured(self) -> Path:
        """Write its configuration file and return it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"listener {self.port} {_ADDRESS}",
            f"user {getpass.getuser()}",  # or root's mosquitto could not write here
            "persistence true",
            f"persistence_location {self._folder}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            "log_dest stderr",  # unlike stdout, every line at once
            f"allow_anonymous {'true' if self._passwords is None else 'false'}",
        ]
        if self._passwords is not None:
            lines.append(f"password_file {self._password_file(self._passwords)}")
        config = self._folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        return config

    def _password_file(self, passwords: Mapping[str, str]) -> Path:
        path = self._folder / "passwords"
        path.touch(mode=0o600)
        path.write_text("".join(f"{user}:{word}\n" for user, word in passwords.items()))
        subprocess.run(["mosquitto_passwd", "-U", path], check=True)  # hashes what is in it
        return path
