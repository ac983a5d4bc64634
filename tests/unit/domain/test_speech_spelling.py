from datetime import date, time

import pytest

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
from ivr.domain.spelling import Spoken, needed_sounds, say


def names(utterance: Utterance, language: str) -> tuple[str, ...]:
    spoken = say(utterance, language)
    assert {each.language for each in spoken} <= {language}
    return tuple(each.name for each in spoken)


@pytest.mark.parametrize(
    ("phrase", "sounds"),
    [
        (Sound("greeting"), "greeting"),
        (Named("storm-flood"), "storm-flood"),
        (Count(7), "count-07"),
        (Weekday(date(2026, 11, 23)), "monday"),
        (Clock(time(7)), "hour-07"),
        (Clock(time(1)), "hour-01"),
        (Clock(time(17, 30)), "hour-17 minute-30"),
        (Clock(time(0, 5, 59)), "hour-00 minute-05"),
        (Day(date(2026, 11, 23)), "monday day-23 november"),
        (Day(date(2027, 1, 1)), "friday day-01 january"),
        (Day(date(2028, 2, 29)), "tuesday day-29 february"),
        (Digits("5"), "pause digit-5 pause"),
        (Digits("110"), "pause digit-1 digit-1 digit-0 pause"),
        (Digits("1234"), "pause digit-1 digit-2 pause digit-3 digit-4 pause"),
        (Digits(""), "pause"),
    ],
)
def test_german(phrase: Phrase, sounds: str) -> None:
    assert names((phrase,), "de") == tuple(sounds.split())


@pytest.mark.parametrize(
    ("written", "groups"),
    [
        ("04461 9197777", "044 61 919 77 77"),
        ("04461/919-7777", "044 61 919 77 77"),
        ("044619197777", "04 46 19 19 77 77"),
        ("+31 20 1234567", "00 31 20 123 45 67"),
        ("+44", "00 44"),
    ],
)
def test_numbers_are_grouped_for_listening(written: str, groups: str) -> None:
    spoken = " ".join(names((Digits(written),), "de"))
    expected = " pause ".join(" ".join(f"digit-{d}" for d in group) for group in groups.split())
    assert spoken == f"pause {expected} pause"


@pytest.mark.parametrize(
    ("at", "sounds"),
    [
        (time(7), "hour-07"),
        (time(12), "hour-12"),
        (time(17, 30), "half-day-hour-05 minute-30 pm"),
        (time(0, 5), "half-day-hour-12 minute-05 am"),
        (time(11, 59), "half-day-hour-11 minute-59 am"),
        (time(12, 1), "half-day-hour-12 minute-01 pm"),
    ],
)
def test_english_tells_the_time_by_twelve_hours(at: time, sounds: str) -> None:
    assert names((Clock(at),), "en") == tuple(sounds.split())


def test_a_language_without_rules_of_its_own_counts_24_hours() -> None:
    assert names((Clock(time(17, 30)),), "nl") == ("hour-17", "minute-30")


def test_phrases_follow_each_other() -> None:
    utterance = (Sound("open-again"), Day(date(2026, 11, 23)), Sound("from"), Clock(time(7)))
    assert names(utterance, "de") == (
        *("open-again", "monday", "day-23", "november", "from", "hour-07"),
    )


def test_a_foreign_phrase_is_spelt_in_its_own_language() -> None:
    utterance = (Foreign("en", Clock(time(17, 30))), Foreign("en", Digits("8")), Sound("closed"))
    assert say(utterance, "de") == (
        Spoken("en", "half-day-hour-05"),
        Spoken("en", "minute-30"),
        Spoken("en", "pm"),
        Spoken("en", "pause"),
        Spoken("en", "digit-8"),
        Spoken("en", "pause"),
        Spoken("de", "closed"),
    )


def test_needed_sounds_are_all_that_can_be_said() -> None:
    german, english = needed_sounds("de"), needed_sounds("en")
    assert german > SOUNDS
    parts = {"digit-9", "hour-00", "minute-59", "sunday", "day-31", "december", "pause"}
    assert german > parts
    assert len(german) == len(SOUNDS) + 10 + 99 + 24 + 59 + 7 + 31 + 12 + 1
    assert english - german == {f"half-day-hour-{n:02}" for n in range(1, 13)} | {"am", "pm"}
