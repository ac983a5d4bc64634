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
    "callback-number",
    "callback-number-change",
    "callback-number-other",
    "callback-promised",
    "callback-known",
    "callback-due",
    "by",
    "callback-soon",
    "callback-another",
    "callback-added",
    "return-offer",
    "return-not-reached",
    "place-kept",
    "place-regained",
    "connecting",
    # the menu and the choice of a language
    "menu-for",
    "menu-press",
    "menu-anything",
    "menu-invalid",
    "language-offer",
    # out of hours
    "closed-now",
    "closed-holiday",
    "closed-break",
    "closing-now",
    "today",
    "tomorrow",
    "on-day",
    "message-offer",
    "message-kept",
    # while waiting
    "position-next",
    "position",
    "estimate",
    "estimate-under-a-minute",
    "estimate-a-minute",
    "estimate-minutes",
    "estimate-long",
    "callback-offer",
    "keep-place-offer",
    "keep-place-confirmed",
    "keep-place-unavailable",
    "keep-place-welcome",
    # limits
    "queue-full",
    "waited-too-long",
    "nobody-there",
    "way-out-callback",
    "putting-through",
    "taken-out",
    # agents
    "agent-ready",
    "agent-paused",
    "agent-logged-out",
    "agent-wrap-up-ended",
    "agent-wrap-up-extended",
    "agent-last-call",
    "agent-result-noted",
    "agent-no-call",
    "agent-unknown",
    "agent-code-unknown",
    "caller-phoned-back",
    "caller-not-reached",
    "call-back-for",
    "call-back-dialling",
    "call-back-busy",
    "call-back-not-reached",
    "transfer-refused",
    "transfer-failed",
]
"""Every prompt the engine may ask for. As a type, so that a misspelt one fails the type check."""

SOUNDS: frozenset[str] = frozenset(get_args(SoundName))


@dataclass(frozen=True, slots=True)
class Sound:
    """One recorded or synthetic prompt, by name."""

    name: SoundName


@dataclass(frozen=True, slots=True)
class Named:
    """A prompt whose name comes from the configuration: a greeting, a department, an announcement.

    The configuration check has seen that there is such a prompt.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """A phrase in another language than the rest, such as the offer to go on in that language."""

    language: str
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number up to 99, as in a place in the queue or in minutes."""

    number: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, by a date that falls on it: ``Montag``."""

    on: date


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


def department_prompt(department: str) -> Named:
    """The prompt that says a department's name; ``common`` for the common number."""
    return Named(f"department-{department}")


Phrase = Sound | Named | Foreign | Digits | Count | Clock | Weekday | Day
Utterance = tuple[Phrase, ...]
