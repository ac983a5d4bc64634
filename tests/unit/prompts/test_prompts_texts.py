"""The texts in ``prompts/``: complete, and right when they are put together."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from ivr.domain.speech import Clock, Day, Digits, Phrase
from ivr.domain.spelling import needed_sounds, say
from ivr.provisioning.county import load_county
from ivr.provisioning.prompts import languages_in, read_prompts
from ivr.provisioning.prompts_wanted import WantedPrompts

PROMPTS = Path(__file__).parents[3] / "prompts"
LANGUAGES = ("de", "en")
WANTED = WantedPrompts.of(load_county(PROMPTS.parent / "config").county)


def _texts(language: str) -> dict[str, str]:
    prompts = read_prompts(PROMPTS, language, WANTED).prompts
    return {prompt.name: prompt.text for prompt in prompts}


def _heard(phrase: Phrase, language: str) -> str:
    """Put the texts together; commas are only the voice's tone."""
    texts = _texts(language)
    return " ".join(texts[each.name].rstrip(",") for each in say((phrase,), language)).strip()


def test_german_comes_with_the_program() -> None:
    assert set(LANGUAGES) <= set(languages_in(PROMPTS))


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_exactly_the_sounds_that_are_played(language: str) -> None:
    assert _texts(language).keys() == needed_sounds(language) | WANTED.names.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_time_and_date_has_its_sounds(language: str) -> None:
    texts = _texts(language)
    minutes = [Clock(time(hour, minute)) for hour in range(24) for minute in range(60)]
    days = [Day(date(2028, 1, 1) + timedelta(days=n)) for n in range(366)]
    phrases: list[Phrase] = [*minutes, *days]
    said = [say((phrase,), language) for phrase in phrases]
    assert {each.name for spoken in said for each in spoken} <= texts.keys()
    assert len(set(said)) == len(said), "two times or dates sound alike"


@pytest.mark.parametrize("language", LANGUAGES)
def test_parts_of_a_kind_differ(language: str) -> None:
    texts = _texts(language)
    for kind in ("digit-", "hour-", "minute-", "day-"):
        spoken = [text for name, text in texts.items() if name.startswith(kind)]
        assert len(set(spoken)) == len(spoken)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        (Clock(time(7)), "sieben Uhr"),
        (Clock(time(17, 30)), "siebzehn Uhr dreißig"),
        (Clock(time(1)), "ein Uhr"),
        (Clock(time(21, 1)), "einundzwanzig Uhr eins"),
        (Clock(time(0, 5)), "null Uhr fünf"),
        (Day(date(2026, 11, 23)), "Montag den dreiundzwanzigsten November"),
        (Day(date(2027, 3, 1)), "Montag den ersten März"),
        (Day(date(2027, 1, 7)), "Donnerstag den siebten Januar"),
        (Day(date(2026, 12, 31)), "Donnerstag den einunddreißigsten Dezember"),
        (Digits("110"), "eins eins null"),
    ],
)
def test_german(phrase: Phrase, words: str) -> None:
    assert _heard(phrase, "de") == words


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        (Clock(time(7)), "seven AM"),
        (Clock(time(12)), "twelve noon"),
        (Clock(time(0)), "twelve midnight"),
        (Clock(time(17, 30)), "five thirty PM"),
        (Clock(time(13, 5)), "one oh five PM"),
        (Day(date(2026, 11, 23)), "Monday the twenty-third of November"),
        (Day(date(2027, 1, 12)), "Tuesday the twelfth of January"),
    ],
)
def test_english(phrase: Phrase, words: str) -> None:
    assert _heard(phrase, "en") == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_whole_sentences_get_a_breath(language: str) -> None:
    fragments = needed_sounds(language) & {
        *("from", "am", "pm"),
        *(name for name in _texts(language) if name.startswith(("digit-", "hour-", "day-"))),
    }
    texts = _texts(language)
    assert not [name for name in fragments if texts[name].endswith((".", "!", "?", ":"))]
