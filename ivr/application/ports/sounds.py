"""Sound files: what callers said, and what all of them hear."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from ivr.domain.ids import RecordingId


class SpokenMessages(Protocol):
    """What callers said about their callbacks."""

    def read(self, message: RecordingId) -> bytes:
        """Return it as a WAV file; takes a while: call it in a thread.

        Raises Refused (``message_not_found``) and Unavailable.
        """
        ...


class AnnouncementSounds(Protocol):
    """The sounds of bulk announcements. Every method takes a while: call it in a thread."""

    def speak(self, prompt: str, language: str, text: str) -> float:
        """Make the sound ``prompt`` say ``text``; return its length in seconds.

        Raises Refused (``text_unspeakable``) and, where a program is missing or the disk is
        full, Unavailable; then there is no such sound.
        """
        ...

    def convert(self, prompt: str, language: str, recording: bytes, kind: str) -> float:
        """Make the sound ``prompt`` of a recording; return its length in seconds.

        ``kind`` is ``wav``, ``flac``, ``ogg`` or ``mp3``. Raises Refused
        (``recording_unusable``) and Unavailable, as ``speak`` does.
        """
        ...

    def keep_only(self, prompts: Collection[str]) -> None:
        """Remove the sounds of all other announcements. Raises Unavailable."""
        ...
