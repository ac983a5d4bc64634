"""Prompts as tones: each has a pitch of its own, so that a recording tells what was said.

Numbers, times and dates stay spoken: they are no pure tones and are passed over.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from ivr.domain.speech import SOUNDS
from testbed.audio import tones, write_tone
from testbed.installation import PROJECT

_SECONDS = 0.3
_LONGER = {"call-back-dialling": 3.0}
"""Within which somebody has to have done something."""
_LOWEST_HZ = 720
_STEP_HZ = 10
_DEVIATION_HZ = 4


def write_prompts(recordings: Path) -> None:
    """Write a recording for every prompt, in both languages, below ``recordings``."""
    for prompt, hz in _PITCHES.items():
        language, name = prompt.split(":")
        folder = recordings / language
        folder.mkdir(parents=True, exist_ok=True)
        write_tone(folder / f"{name}.wav", hertz=hz, seconds=_LONGER.get(name, _SECONDS))


def prompts_heard(recording: Path) -> list[str]:
    """Name the prompts on a recording, in their order; English ones as ``en:greeting``."""
    heard = []
    for hz in tones(recording):
        prompt, pitch = min(_PITCHES.items(), key=lambda each: abs(each[1] - hz))
        if abs(pitch - hz) <= _DEVIATION_HZ:
            heard.append(prompt.removeprefix("de:"))
    return heard


def _departments() -> list[str]:
    file = tomllib.loads((PROJECT / "config" / "departments.toml").read_text())
    return ["common", *(department["id"] for department in file["department"])]


_NAMES = sorted(SOUNDS.union(f"department-{each}" for each in _departments()))
_PITCHES = {
    f"{language}:{name}": _LOWEST_HZ + _STEP_HZ * number
    for number, (language, name) in enumerate(
        (language, name) for language in ("de", "en") for name in _NAMES
    )
}
assert max(_PITCHES.values()) < 3400  # what a telephone carries
