"""Files written as a whole or not at all, readable by their owner only.

The instance folder holds passwords, so nothing here ever creates a file others can read, not
even for a moment.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_OWNER_ONLY = 0o700


def make_private_folder(folder: Path) -> None:
    """Create ``folder`` and what is missing above it, for the owner only."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=_OWNER_ONLY, exist_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Put ``content`` into ``path`` (mode 0600), durable and in one step.

    A reader sees the old content or the new one, never half of it. Raises OSError.
    """
    make_private_folder(path.parent)
    # mkstemp creates with mode 0600 from the start, and under a name nobody can guess.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
