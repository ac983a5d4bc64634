"""What is said to people, before it becomes sound files.

The engine says *what* (``Clock(07:00)``), :mod:`ivr.domain.spelling` in *which sounds*. A sound's
name is that of its text in ``prompts/<language>/texts.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Literal, get_args

SoundName = Literal[
    "greeting",
    "please-wait",
    "closed",
    "open-again",
    "from",
    "closed-callback-offer",
    "goodbye",
    "callback-key-number",
    "callback-number-invalid",
    "callback-confirmed",
    "callback-unavailable",
    "callback-cancelled",
    "callback-noted",
    "place-kept",
    "agent-ready",
    "agent-paused",
    "agent-logged-out",
    "agent-wrap-up-ended",
    "agent-unknown",
]
"""Every prompt the engine may ask for. As a type, so that a misspelt one fails the type check."""

SOUNDS: frozenset[str] = frozenset(get_args(SoundName))


@dataclass(frozen=True, slots=True)
class Sound:
    """One recorded or synthetic prompt, by name."""

    name: SoundName


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits spoken one by one, with a pause wherever ``text`` has something else than digits.

    ``04461 9197777`` is easier to follow than ``044619197777``. A ``+`` is spoken as ``00``.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: ``sieben Uhr``, ``siebzehn Uhr dreißig``; seconds are not spoken."""

    at: time


@dataclass(frozen=True, slots=True)
class Day:
    """A date with its weekday, without its year: ``Montag, den dreiundzwanzigsten November``."""

    on: date


Phrase = Sound | Digits | Clock | Day
Utterance = tuple[Phrase, ...]
