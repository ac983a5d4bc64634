"""Tones, and what is heard in a recording, with the standard library only: proof of audio."""

from __future__ import annotations

import array
import cmath
import itertools
import math
import statistics
import sys
import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_STEP_HZ: Final = 10
_LOWEST_HZ: Final = 100
_HIGHEST_HZ: Final = 3400
_FRAME_SECONDS: Final = 0.02
_SHORTEST_TONE_FRAMES: Final = 5
_SAME_TONE_HZ: Final = 5
_IMPURE: Final = 0.02
_TONE_RATE: Final = 8000
_LOUD: Final = 8_000
_AUDIBLE_SHARE: Final = 0.05  # of the energy of all that is heard
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


def tones_among(recording: Path, hertz: Iterable[int], *, last_seconds: float = 1.0) -> set[int]:
    """Return which of the frequencies ``hertz`` are in the end of a WAV file, mixed or not."""
    samples, rate = _samples(recording, last_seconds)
    energy = sum(s * s for s in samples)
    if not samples or energy / len(samples) < _SILENCE:
        return set()
    enough = _AUDIBLE_SHARE * energy * len(samples) / 2
    return {hz for hz in hertz if _power(samples, hz / rate) > enough}


def tones(recording: Path) -> list[float]:
    """Return the frequencies in Hz of the pure tones in a WAV file, in their order.

    A tone lasts at least a tenth of a second; speech, music and mixtures of tones are none. So
    prompts that are tones of their own tell which of them was heard when.
    """
    samples, rate = _samples(recording, math.inf)
    size = int(_FRAME_SECONDS * rate)
    heard: list[list[float]] = [[]]
    for start in range(0, len(samples) - size, size):
        hz = _pure_tone(samples[start : start + size], rate)
        if hz is None:
            heard.append([])
        elif heard[-1] and abs(hz - heard[-1][-1]) > _SAME_TONE_HZ:
            heard.append([hz])
        else:
            heard[-1].append(hz)
    return [statistics.median(each) for each in heard if len(each) >= _SHORTEST_TONE_FRAMES]


def longest_gap(recording: Path, hertz: int) -> float:
    """Return for how many seconds at most a tone was away between its first and its last sound."""
    samples, rate = _samples(recording, math.inf)
    size = int(_FRAME_SECONDS * rate)
    heard = [
        number
        for number, start in enumerate(range(0, len(samples) - size, size))
        if _holds_tone(samples[start : start + size], hertz / rate)
    ]
    gaps = [later - earlier - 1 for earlier, later in itertools.pairwise(heard)]
    return max(gaps, default=0) * _FRAME_SECONDS


def seconds_of(recording: Path, hertz: int) -> float:
    """Return for how many seconds a tone was heard."""
    samples, rate = _samples(recording, math.inf)
    size = int(_FRAME_SECONDS * rate)
    frames = (samples[start : start + size] for start in range(0, len(samples) - size, size))
    return sum(_holds_tone(frame, hertz / rate) for frame in frames) * _FRAME_SECONDS


def _holds_tone(frame: list[float], cycles_per_sample: float) -> bool:
    energy = sum(sample * sample for sample in frame)
    if energy / len(frame) < _SILENCE:
        return False
    return _power(frame, cycles_per_sample) > energy * len(frame) / 4


def _pure_tone(frame: list[float], rate: int) -> float | None:
    """Return the frequency of a frame that holds one tone and nothing else.

    Neighbours in a sine of w radians a sample add up to 2 cos(w) times the sample between them;
    what that leaves over tells how much else there is.
    """
    middle, around = frame[1:-1], [a + b for a, b in zip(frame, frame[2:], strict=False)]
    power = sum(m * m for m in middle)
    if power / len(middle) < _SILENCE:
        return None
    cosine = sum(m * a for m, a in zip(middle, around, strict=True)) / (2 * power)
    left_over = sum((a - 2 * cosine * m) ** 2 for m, a in zip(middle, around, strict=True))
    if abs(cosine) > 1 or left_over > _IMPURE * power:
        return None
    return math.acos(cosine) * rate / (2 * math.pi)


def write_tone(path: Path, *, hertz: int, seconds: float) -> None:
    """Write a WAV file that Asterisk can play, with nothing but a tone."""
    swing = 2 * math.pi * hertz / _TONE_RATE
    values = array.array(
        "h", (int(_LOUD * math.sin(swing * n)) for n in range(int(_TONE_RATE * seconds)))
    )
    if sys.byteorder == "big":
        values.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_TONE_RATE)
        file.writeframes(values.tobytes())


def _samples(recording: Path, last_seconds: float) -> tuple[list[float], int]:
    """Return the last samples, each from -1 to 1, and the rate in Hz."""
    with wave.open(str(recording), "rb") as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise wave.Error(f"{recording}: not 16 bit mono")
        rate = file.getframerate()
        wanted = int(min(file.getnframes(), last_seconds * rate))
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
