"""Searching the texts of callbacks, in small letters or capitals, umlauts too, on both databases.

SQLite knows the capitals of ASCII only, so it gets a function of our own. PostgreSQL asks the
database's locale, which may be "C": a collation of ICU, part of every usual build, is named.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, collate, func

from ivr.adapters.store.tables import callbacks

_SMALL_LETTERS = "ivr_small_letters"
_ALL_LANGUAGES = "und-x-icu"
_ESCAPE = "\\"

_SEARCHED = (
    callbacks.c.id,
    callbacks.c.caller_name,
    callbacks.c.subject,
    callbacks.c.note,
    callbacks.c.reference,
)
_BETWEEN = "\x1f"
"""No text contains it: what is found is found in one of them."""


def add_functions(connection: Any) -> None:  # noqa: ANN401 # any driver's
    """Teach an SQLite connection what the search needs."""
    connection.create_function(_SMALL_LETTERS, 1, str.lower, deterministic=True)


def has_text(text: str, dialect: str) -> ColumnElement[bool]:
    """Whether ``text`` occurs in one of a callback's texts; nothing in it is a wildcard."""
    first, *others = _SEARCHED
    whole: ColumnElement[str] = first
    for column in others:
        whole = whole.concat(_BETWEEN).concat(column)
    if dialect == "sqlite":
        small: ColumnElement[str] = getattr(func, _SMALL_LETTERS)(whole)
    else:
        small = func.lower(collate(whole, _ALL_LANGUAGES))
    return small.contains(text.lower(), autoescape=True, escape=_ESCAPE)
