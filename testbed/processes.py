"""Asterisk, broker, program and who stands by, run by honcho until one ends or is told to.

For the demo and ``make run``. Each writes a log of its own; what is shown on the terminal is
decided by the caller.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

from testbed.asterisk import RUN
from testbed.installation import IVR, Installation

INTERRUPTED: Final = (130, 143)
"""The exit statuses of somebody's Ctrl-C or SIGTERM."""
_KILLED: Final = 137


class _Quiet(Printer):  # type: ignore[misc]  # honcho has no types
    """Shows what the processes print and nothing about their starting and ending."""

    def write(self, message: Message) -> None:
        """Print a line as it is."""
        if message.name != SYSTEM_PRINTER_NAME:
            super().write(message)


def run_together(
    installation: Installation, shown: dict[str, list[str]], *, broker: bool = True
) -> int:
    """Run until one process ends; then end the others.

    ``shown`` are further programs, by name, whose output goes to the terminal. Returns the exit
    status of whichever ended first.
    """
    manager = Manager(_Quiet(sys.stdout, prefix=False))
    environment = {**os.environ, **installation.environment, "PYTHONUNBUFFERED": "1"}
    logs = log_folder(installation)
    logs.mkdir(exist_ok=True)
    silent = {
        "asterisk": _mortal([RUN, installation.state]),
        "ivr": _started_again([IVR, "serve"]),
        "fallback": _started_again([IVR, "fallback"]),
    }
    if broker:
        silent["broker"] = _mortal(["mosquitto", "-c", installation.broker().configured()])
    for name, line in silent.items():
        log = shlex.quote(str(logs / f"{name}.log"))
        manager.add_process(name, f"exec {line} >{log} 2>&1", env=environment)
    for name, arguments in shown.items():
        manager.add_process(name, f"exec {_mortal(arguments)}", env=environment)
    manager.loop()
    return int(manager.returncode or 0)


def log_folder(installation: Installation) -> Path:
    """Where the processes' logs are."""
    return installation.state / "log"


def _mortal(command: Iterable[str | Path]) -> str:
    """Return a shell's line for ``command`` that dies with us, however we die."""
    return "setpriv --pdeathsig KILL -- " + shlex.join(str(word) for word in command)


def _started_again(command: Iterable[str | Path]) -> str:
    """Return a shell's line for ``command`` that starts it again when it was killed.

    As systemd does after a second.
    """
    loop = (
        f"while :; do {_mortal(command)}; status=$?;"
        f" [ $status -eq {_KILLED} ] || exit $status; sleep 1; done"
    )
    return _mortal(["sh", "-c", loop])
