"""Announcements' sounds in memory; a second for ten characters of text, or bytes of recording."""

from __future__ import annotations

from collections.abc import Collection

from ivr.domain.errors import Refused, Unavailable


class FakeSounds:
    """``made`` holds what each sound says, by language and name; ``full``: the disk is."""

    def __init__(self) -> None:
        self.full = False
        self.made: dict[tuple[str, str], str | bytes] = {}

    def speak(self, prompt: str, language: str, text: str) -> float:
        if not any(letter.isalnum() for letter in text):
            raise Refused("It can't be made into a sound.", code="text_unspeakable")
        return self._keep(prompt, language, text)

    def convert(self, prompt: str, language: str, recording: bytes, kind: str) -> float:
        if kind != "wav" or not recording.startswith(b"RIFF"):
            raise Refused("It can't be made into a sound.", code="recording_unusable")
        return self._keep(prompt, language, recording)

    def keep_only(self, prompts: Collection[str]) -> None:
        self._check_disk()
        self.made = {key: said for key, said in self.made.items() if key[1] in prompts}

    def names(self) -> set[str]:
        return {name for _language, name in self.made}

    def _keep(self, prompt: str, language: str, said: str | bytes) -> float:
        self._check_disk()
        self.made[language, prompt] = said
        return len(said) / 10

    def _check_disk(self) -> None:
        if self.full:
            raise Unavailable("No space left on device", code="disk_full")
