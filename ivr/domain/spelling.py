"""Which sounds say an utterance, of which language, in which order.

Grammar lives in the texts as far as it can: a sound is a whole fragment ("den dreiundzwanzigsten",
"siebzehn Uhr", "the twenty-third of"), never a bare number. So the rules here hold for most
languages, and a new one is a folder of texts. Only where its word order differs does a language
get a line in ``_CLOCKS``. It knows no files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from typing import NamedTuple, assert_never

from ivr.domain.speech import (
    SOUNDS,
    Clock,
    Count,
    Day,
    Digits,
    Foreign,
    Named,
    Phrase,
    Sound,
    Utterance,
    Weekday,
)

PAUSE = "pause"
"""A short silence."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_LEAP_YEAR = 2024
_NOON = 12


class Spoken(NamedTuple):
    """One sound: its name, and the language it is spoken in."""

    language: str
    name: str


def say(utterance: Utterance, language: str) -> tuple[Spoken, ...]:
    """Name the sounds that say ``utterance`` in ``language``, in the order of playing."""
    return tuple(spoken for phrase in utterance for spoken in _say(phrase, language))


def needed_sounds(language: str) -> frozenset[str]:
    """Name every sound :func:`say` can ask for in ``language``.

    Found by saying everything there is to say, so it can't differ from what is asked for.
    """
    everything: list[Phrase] = [Digits("0123456789")]
    everything += [Clock(time(hour, minute)) for hour in range(24) for minute in range(60)]
    everything += [Count(number) for number in range(1, 100)]
    everything += [Day(date(_LEAP_YEAR, 1, 1) + timedelta(days=day)) for day in range(366)]
    return SOUNDS.union(spoken.name for spoken in say(tuple(everything), language))


def _say(phrase: Phrase, language: str) -> Iterator[Spoken]:
    if isinstance(phrase, Foreign):
        yield from _say(phrase.phrase, phrase.language)
    else:
        for name in _spell(phrase, language):
            yield Spoken(language, name)


def _spell(
    phrase: Sound | Named | Digits | Count | Clock | Weekday | Day, language: str
) -> Iterable[str]:
    match phrase:
        case Sound(name):
            return (name,)
        case Digits(text):
            return _digits(text)
        case Clock(at):
            return _CLOCKS.get(language, _clock_of_24_hours)(at)
        case Named(name):
            return (name,)
        case Count(number):
            return (f"count-{number:02}",)
        case Weekday(on):
            return (_WEEKDAYS[on.weekday()],)
        case Day(on):
            return (_WEEKDAYS[on.weekday()], f"day-{on.day:02}", _MONTHS[on.month - 1])
        case _:
            assert_never(phrase)


def _digits(text: str) -> Iterator[str]:
    """Digits in small groups, as people read out a number they want to be written down."""
    for block in re.findall(r"[0-9]+", text.replace("+", "00")):
        for group in _groups(block):
            yield PAUSE
            yield from (f"digit-{digit}" for digit in group)
    yield PAUSE


def _groups(block: str) -> Iterator[str]:
    """Split into pairs, an odd digit going to the first group: ``919 77 77``, ``044 61``."""
    start, end = 0, 2 + len(block) % 2
    while start < len(block):
        yield block[start:end]
        start, end = end, end + 2


def _clock_of_24_hours(at: time) -> tuple[str, ...]:
    """``siebzehn Uhr``, ``siebzehn Uhr | dreißig``."""
    if at.minute == 0:
        return (f"hour-{at.hour:02}",)
    return (f"hour-{at.hour:02}", f"minute-{at.minute:02}")


def _clock_of_12_hours(at: time) -> tuple[str, ...]:
    """``five p.m.``, ``five | thirty | p.m.``; the whole hours include noon and midnight."""
    if at.minute == 0:
        return (f"hour-{at.hour:02}",)
    half = "am" if at.hour < _NOON else "pm"
    return (f"half-day-hour-{at.hour % _NOON or _NOON:02}", f"minute-{at.minute:02}", half)


_CLOCKS: Mapping[str, Callable[[time], tuple[str, ...]]] = {"en": _clock_of_12_hours}
"""How languages tell the time, where not by 24 hours."""
