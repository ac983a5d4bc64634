"""Spoken messages in memory."""

from __future__ import annotations

from ivr.domain.errors import Refused
from ivr.domain.ids import RecordingId


class FakeSpokenMessages:
    """``files`` holds the recordings by name."""

    def __init__(self) -> None:
        self.files: dict[RecordingId, bytes] = {}

    def read(self, message: RecordingId) -> bytes:
        if message not in self.files:
            raise Refused("The recording is not there (any more).", code="message_not_found")
        return self.files[message]
