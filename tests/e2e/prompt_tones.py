"""Prompts as tones: each has a pitch of its own, so that a recording tells what was said.

Numbers, times and dates stay spoken: they are no pure tones and are passed over.
"""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

from ivr.domain.speech import SOUNDS
from testbed.audio import tones

_RATE = 8000
_SECONDS = 0.3
_LOWEST_HZ = 720
_STEP_HZ = 10
_DEVIATION_HZ = 4


def write_prompts(recordings: Path) -> None:
    """Write a recording for every prompt, in both languages, below ``recordings``."""
    for prompt, hz in _PITCHES.items():
        language, name = prompt.split(":")
        folder = recordings / language
        folder.mkdir(parents=True, exist_ok=True)
        _write_tone(folder / f"{name}.wav", hz)


def prompts_heard(recording: Path) -> list[str]:
    """Name the prompts on a recording, in their order; English ones as ``en:greeting``."""
    heard = []
    for hz in tones(recording):
        prompt, pitch = min(_PITCHES.items(), key=lambda each: abs(each[1] - hz))
        if abs(pitch - hz) <= _DEVIATION_HZ:
            heard.append(prompt.removeprefix("de:"))
    return heard


_NAMES = sorted(SOUNDS)
_PITCHES = {
    f"{language}:{name}": _LOWEST_HZ + _STEP_HZ * number
    for number, (language, name) in enumerate(
        (language, name) for language in ("de", "en") for name in _NAMES
    )
}
assert max(_PITCHES.values()) < 3400  # what a telephone carries


def _write_tone(path: Path, hz: int) -> None:
    samples = (
        int(8000 * math.sin(2 * math.pi * hz * i / _RATE)) for i in range(int(_RATE * _SECONDS))
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
