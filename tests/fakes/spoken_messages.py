"""Spoken messages in memory."""

from __future__ import annotations

from datetime import datetime

from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import RecordingId


class FakeSpokenMessages:
    """``files`` holds the recordings by name."""

    def __init__(self) -> None:
        self.files: dict[RecordingId, bytes] = {}
        self.written: dict[RecordingId, datetime] = {}
        """When; what is not in it was just written."""
        self.read_only = False

    def read(self, message: RecordingId) -> bytes:
        if message not in self.files:
            raise Refused("The recording is not there (any more).", code="message_not_found")
        return self.files[message]

    def remove(self, message: RecordingId) -> bool:
        if self.read_only:
            raise Unavailable("A recording can't be removed.", code="message_not_removed")
        return self.files.pop(message, None) is not None

    def older_than(self, before: datetime) -> list[RecordingId]:
        return [each for each, at in self.written.items() if at < before and each in self.files]
