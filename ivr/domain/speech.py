"""What is said to people, before it becomes sound files.

The engine says *what* (``Clock(07:00)``), a language says in *which words*: see
``SPELLERS``. A sound's name is that of its file below ``prompts/<language>/``, no ending.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Sound:
    """One recorded or synthetic prompt, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits spoken one by one."""

    text: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: ``sieben Uhr``, ``siebzehn Uhr dreißig``."""

    at: time


@dataclass(frozen=True, slots=True)
class Day:
    """A date with its weekday: ``Montag, den dreiundzwanzigsten November``."""

    on: date


Phrase = Sound | Digits | Clock | Day
Utterance = tuple[Phrase, ...]
