"""What callers said, as Asterisk recorded it: files in its spool."""

from __future__ import annotations

import re
from pathlib import Path

from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import RecordingId

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What recordings are called; nothing that leads to another folder."""


class SpokenMessageFiles:
    """Implements :class:`ivr.application.ports.SpokenMessages`."""

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


def _gone() -> Refused:
    return Refused("The recording is not there (any more).", code="message_not_found")
