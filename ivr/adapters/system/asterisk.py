"""Which Asterisk this machine has: its own, or the root file system of docker/asterisk.

Looks only; ``docker/asterisk/run`` decides by the same rules what is run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr.domain.errors import Unavailable

OLDEST_VERSION: Final = (22, 10, 1)
"""ARI security fixes; REST over the WebSocket."""

_SBIN: Final = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # not on an ordinary user's path
_MODULES: Final = ("usr/lib/*/asterisk/modules", "usr/lib/asterisk/modules")
_VERSION: Final = re.compile(r"Asterisk (?:certified/)?(\d+(?:\.\d+)*)")
_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Asterisk:
    """An Asterisk found on this machine.

    ``root``: the root file system it is in, ``/`` for the machine's own. ``modules``: the folder
    of its modules, None where there is none.
    """

    root: Path
    version: tuple[int, ...]
    modules: Path | None

    @property
    def new_enough(self) -> bool:
        """Its version is one this product works with."""
        return self.version >= OLDEST_VERSION

    def missing(self, needed: Iterable[str]) -> list[str]:
        """Return those of the modules (file names) that it lacks."""
        if self.modules is None:
            return list(needed)
        return [module for module in needed if not (self.modules / module).exists()]


def find_asterisk(needed: Iterable[str]) -> Asterisk:
    """Return an Asterisk that is new enough and has the ``needed`` modules (file names).

    Raises Unavailable: the message says what was found, what is needed and how to get it.
    """
    needed = tuple(needed)
    host = host_asterisk()
    for found in (host, cached_asterisk()):
        if found is not None and found.new_enough and not found.missing(needed):
            return found
    raise Unavailable(_advice(host, needed), code="asterisk_not_found")


def host_asterisk() -> Asterisk | None:
    """Return the machine's own Asterisk, None where there is none that answers."""
    program = shutil.which("asterisk", path=os.pathsep.join((os.environ.get("PATH", ""), *_SBIN)))
    if program is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - our own constant arguments, found on the path
            [program, "-V"], capture_output=True, text=True, timeout=_SECONDS, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return _asterisk(Path("/"), told)


def cached_asterisk() -> Asterisk | None:
    """Return the newest root file system that docker/asterisk has built for this user."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ivr"
    notes = list(cache.glob("asterisk-*/etc/asterisk-version"))
    if not notes:
        return None
    newest = max(notes, key=lambda note: note.stat().st_mtime)
    return _asterisk(newest.parent.parent, newest.read_text())


def _asterisk(root: Path, told: str) -> Asterisk | None:
    """``told`` is what ``asterisk -V`` prints: "Asterisk 22.10.1~dfsg+…"."""
    match = _VERSION.match(told)
    if match is None:
        return None
    folders = (folder for pattern in _MODULES for folder in root.glob(pattern))
    version = tuple(int(part) for part in match[1].split("."))
    return Asterisk(root=root, version=version, modules=next(folders, None))


def _advice(host: Asterisk | None, needed: Iterable[str]) -> str:
    oldest = _dotted(OLDEST_VERSION)
    if host is None:
        found = "Asterisk is not installed here"
    elif not host.new_enough:
        found = f"Asterisk {_dotted(host.version)} is too old"
    else:
        missing = ", ".join(host.missing(needed))
        found = f"Asterisk {_dotted(host.version)} lacks the modules {missing}"
    return (
        f"{found}. Needed is Asterisk {oldest} or newer with ARI, PJSIP and app_queue. "
        "Debian sid has it; docker/asterisk/cached-root builds one beside the system, "
        "docker/compose.yaml one in a container."
    )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
