"""What is heard in a recording, with the standard library only: proof of audio."""

from __future__ import annotations

import array
import cmath
import math
import sys
import wave
from pathlib import Path
from typing import Final

_STEP_HZ: Final = 10
_LOWEST_HZ: Final = 100
_HIGHEST_HZ: Final = 3400
_SILENCE: Final = 0.001  # mean power, of 1; a telephone's comfort noise is far below


def dominant_frequency(recording: Path, *, last_seconds: float = 1.0) -> int | None:
    """Return the strongest frequency in Hz, in steps of 10, near the end of a WAV file.

    ``recording``: 16 bit, mono, any rate. None: it is silent. Only the last seconds are looked
    at, because a call begins with what others say. Raises wave.Error for other files.
    """
    samples, rate = _samples(recording, last_seconds)
    if not samples or sum(s * s for s in samples) / len(samples) < _SILENCE:
        return None
    return max(
        range(_LOWEST_HZ, min(_HIGHEST_HZ, rate // 2), _STEP_HZ),
        key=lambda hz: _power(samples, hz / rate),
    )


def _samples(recording: Path, last_seconds: float) -> tuple[list[float], int]:
    """Return the last samples, each from -1 to 1, and the rate in Hz."""
    with wave.open(str(recording), "rb") as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise wave.Error(f"{recording}: not 16 bit mono")
        rate = file.getframerate()
        wanted = min(file.getnframes(), int(last_seconds * rate))
        file.setpos(file.getnframes() - wanted)
        values = array.array("h", file.readframes(wanted))
    if sys.byteorder == "big":
        values.byteswap()
    return [value / 32768 for value in values], rate


def _power(samples: list[float], cycles_per_sample: float) -> float:
    """Goertzel's algorithm: the strength of one frequency."""
    turn = 2 * math.cos(2 * math.pi * cycles_per_sample)
    older = newer = 0.0
    for sample in samples:
        older, newer = newer, sample + turn * newer - older
    return abs(newer - older * cmath.exp(-2j * math.pi * cycles_per_sample)) ** 2
