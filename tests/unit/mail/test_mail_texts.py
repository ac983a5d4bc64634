"""Both languages say the same things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import pytest

from ivr.adapters.mail.english import ENGLISH
from ivr.adapters.mail.german import GERMAN
from ivr.adapters.mail.texts import Texts
from ivr.domain.callback import CallbackEvent
from tests.fakes.callbacks import MONDAY

_NAMED = re.compile(r"\{(\w+)")


def texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every single text with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from texts(each, f"{path}.{key}")
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from texts(each, f"{path}.{number}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name), f"{path}.{field.name}")


def test_both_have_the_same_texts_with_the_same_names_in_them() -> None:
    german, english = dict(texts(GERMAN)), dict(texts(ENGLISH))
    assert german.keys() == english.keys()
    for place, text in german.items():
        assert set(_NAMED.findall(text)) == set(_NAMED.findall(english[place])), place
        assert text, place
        assert english[place], place


@pytest.mark.parametrize("language", [GERMAN, ENGLISH], ids=["german", "english"])
def test_there_is_a_notice_for_all_that_can_happen(language: Texts) -> None:
    assert set(language.notices) == set(CallbackEvent)
    labels = [text for place, text in texts(language.labels)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("language", "expected", "hours"),
    [
        (GERMAN, "Montag, 23. November 2026, 9:00 Uhr", "Mo-Fr 14:00-16:00"),
        (ENGLISH, "Monday, 23 November 2026, 09:00", "Mon-Fri 14:00-16:00"),
    ],
)
def test_times_in_words(language: Texts, expected: str, hours: str) -> None:
    assert language.when(MONDAY) == expected
    assert language.hours("mon-fri 14:00-16:00") == hours
