"""What callers said, as Asterisk recorded it: files in its spool, read and removed."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import RecordingId

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What recordings are called; nothing that leads to another folder."""


class SpokenMessageFiles:
    """Implements :class:`ivr.application.personal_store.RecordingFiles`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, message: RecordingId) -> bytes:
        """Return the WAV file's content."""
        if not _NAME.fullmatch(message):
            raise _gone()
        try:
            return (self._folder / f"{message}.wav").read_bytes()
        except FileNotFoundError:
            raise _gone() from None
        except OSError as error:
            raise Unavailable(
                f"The recording can't be read: {error.strerror}.", code="message_not_readable"
            ) from error

    def remove(self, message: RecordingId) -> bool:
        """Remove the file; False where there is none."""
        if not _NAME.fullmatch(message):
            return False
        try:
            (self._folder / f"{message}.wav").unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise Unavailable(
                f"A recording can't be removed: {error.strerror}.", code="message_not_removed"
            ) from error
        return True

    def older_than(self, before: datetime) -> list[RecordingId]:
        """Return those last written ``before``."""
        limit = before.timestamp()
        try:
            old = [each for each in self._folder.glob("*.wav") if each.stat().st_mtime < limit]
        except OSError as error:
            raise Unavailable(
                f"The recordings can't be looked through: {error.strerror}.",
                code="message_not_readable",
            ) from error
        return [RecordingId(each.stem) for each in old if _NAME.fullmatch(each.stem)]


def _gone() -> Refused:
    return Refused("The recording is not there (any more).", code="message_not_found")
