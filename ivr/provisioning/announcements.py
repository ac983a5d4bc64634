"""The sounds of bulk announcements, made by the same voice and programs as the prompts.

They are in the folder of the county's language beside the prompts, under names of their own, and
outlive a new build of those.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from ivr.domain.errors import ConfigError, Refused, Unavailable
from ivr.provisioning.prompts import Voice, read_voice
from ivr.provisioning.prompts_audio import (
    SoundError,
    Tools,
    convert_recording,
    encode_alaw,
    find_tools,
    speak,
)
from ivr.provisioning.prompts_build import told_as_unavailable
from ivr.provisioning.prompts_output import RATE, BuiltSounds

_SAMPLE_BYTES = 2


class AnnouncementFiles:
    """Implements :class:`ivr.application.ports.sounds.AnnouncementSounds`."""

    def __init__(self, prompts_dir: Path, sounds_dir: Path) -> None:
        """``prompts_dir`` says which voice speaks, ``sounds_dir`` has a folder per language."""
        self._prompts_dir = prompts_dir
        self._sounds_dir = sounds_dir

    def speak(self, prompt: str, language: str, text: str) -> float:
        """Have the voice of ``language`` say ``text``."""
        voice = self._voice(language)
        return self._make(
            prompt, language, lambda tools: speak(tools, text, voice), "text_unspeakable"
        )

    def convert(self, prompt: str, language: str, recording: bytes, kind: str) -> float:
        """Turn a recording into what Asterisk plays."""
        return self._make(
            prompt,
            language,
            lambda tools: convert_recording(tools, recording, kind),
            "recording_unusable",
        )

    def keep_only(self, prompts: Collection[str]) -> None:
        """Remove the sounds of all other announcements, in every language."""
        with told_as_unavailable(self._sounds_dir):
            for folder in self._sounds_dir.glob("*/"):
                sounds = BuiltSounds(folder)
                for name in sounds.announcements() - set(prompts):
                    sounds.remove(name)

    def _voice(self, language: str) -> Voice:
        try:
            return read_voice(self._prompts_dir, language)
        except ConfigError as error:
            raise Unavailable(
                "The texts of the prompts have problems; ivr check tells them.",
                code="prompts_broken",
            ) from error

    def _make(
        self, prompt: str, language: str, samples_of: Callable[[Tools], bytes], refusal: str
    ) -> float:
        try:
            tools = find_tools()
            samples = samples_of(tools)
            alaw = encode_alaw(tools, samples)
        except SoundError as error:
            raise Refused(f"It can't be made into a sound: {error}.", code=refusal) from error
        sounds = BuiltSounds(self._sounds_dir / language)
        with told_as_unavailable(self._sounds_dir), sounds.locked():
            try:
                sounds.write(prompt, samples, alaw)
            except BaseException:
                sounds.remove(prompt)
                raise
        return len(samples) / _SAMPLE_BYTES / RATE
