"""What may be written about a callback and into its id: how long, and in which characters.

One rule for the desk, the API and MQTT. A message must fit through every broker, and a text
that one database takes and the other does not must never get as far as either.
"""

from __future__ import annotations

import re

from ivr.domain.callback import Callback
from ivr.domain.errors import Refused

LONGEST_NAME = 200
LONGEST_SUBJECT = 200
LONGEST_NOTE = 4000
LONGEST_COMMENT = 1000
LONGEST_REFERENCE = 100
LONGEST_ANSWER = 500
MOST_ANSWERS = 20
MOST_PREFERRED_TIMES = 10

CALLBACK_ID = re.compile(r"[!-~]{1,200}")
"""What ids are made of: visible ASCII. Others, typed or sent by people, name no callback."""

_LANGUAGE = re.compile(r"([a-z]{2,3})?")
"""ISO 639, or none."""

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters but tab and line ends, and halves of surrogate pairs."""


def check_texts(callback: Callback) -> None:
    """Raise Refused where a text can't be kept.

    Codes: ``text_too_long``, ``text_not_allowed``, ``too_many_texts``, ``language_not_allowed``,
    ``callback_id_not_allowed``.
    """
    if not CALLBACK_ID.fullmatch(callback.id):
        raise Refused(
            "A callback's id has 1 to 200 visible ASCII characters.", code="callback_id_not_allowed"
        )
    _check("caller_name", callback.caller_name, LONGEST_NAME)
    _check("subject", callback.subject, LONGEST_SUBJECT)
    _check("note", callback.note, LONGEST_NOTE)
    _check("comment", callback.comment, LONGEST_COMMENT)
    _check("reference", callback.reference, LONGEST_REFERENCE)
    _check_number("answers", len(callback.answers), MOST_ANSWERS)
    for answer in callback.answers:
        _check("answers", answer, LONGEST_ANSWER)
    _check_number("preferred_times", len(callback.preferred_times), MOST_PREFERRED_TIMES)
    if not _LANGUAGE.fullmatch(callback.language):
        raise Refused(
            "language: two or three small letters, such as 'en'.", code="language_not_allowed"
        )


def _check(field: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise Refused(
            f"{field}: at most {longest} characters, these are {len(text)}.", code="text_too_long"
        )
    if _NOT_TEXT.search(text):
        raise Refused(f"{field}: control characters are not text.", code="text_not_allowed")


def _check_number(field: str, number: int, most: int) -> None:
    if number > most:
        raise Refused(f"{field}: at most {most}, these are {number}.", code="too_many_texts")
