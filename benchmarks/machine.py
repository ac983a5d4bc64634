"""Where figures come from: the machine, and what one process has used of it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from testbed.asterisk import RUN

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class Machine:
    """``load`` is the mean number of busy processes in the minute before the measurement."""

    processor: str
    cores: int
    memory_gib: float
    kernel: str
    python: str
    asterisk: str
    load: float

    @classmethod
    def this(cls, asterisk: str) -> Self:
        """Describe this machine; ``asterisk`` is its version."""
        return cls(
            processor=_processor(),
            cores=len(os.sched_getaffinity(0)),
            memory_gib=round(os.sysconf("SC_PHYS_PAGES") * _PAGE_BYTES / 2**30, 1),
            kernel=platform.release(),
            python=platform.python_version(),
            asterisk=asterisk,
            load=round(os.getloadavg()[0], 2),
        )

    def __str__(self) -> str:
        """Return all of it in one line."""
        return ", ".join(f"{name} {value}" for name, value in asdict(self).items())

    def comparable(self, other: Self) -> bool:
        """Whether figures from there mean anything here."""
        return (self.processor, self.cores) == (other.processor, other.cores)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process with all its threads has used so far."""

    cpu_seconds: float
    resident_bytes: int

    @classmethod
    def of(cls, pid: int) -> Self:
        """Ask the kernel, see proc(5)."""
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        user, system = int(fields[11]), int(fields[12])
        pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
        return cls((user + system) / _TICKS, pages * _PAGE_BYTES)


def asterisk_version() -> str:
    """Return the version of the Asterisk that is measured with.

    Raises CalledProcessError where there is none and none can be built; it has said why by then.
    """
    with tempfile.TemporaryDirectory() as state:
        configured = Path(state) / "asterisk" / "etc" / "asterisk.conf"
        configured.parent.mkdir(parents=True)
        configured.touch()
        (configured.parent / "modules.conf").touch()
        output = subprocess.run(
            [RUN, state, "-V"], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
    return output.removeprefix("Asterisk ").strip()


def _processor() -> str:
    names = re.findall(r"^model name\s*: (.*)$", (_PROC / "cpuinfo").read_text(), re.MULTILINE)
    return str(names[0]) if names else platform.machine()
