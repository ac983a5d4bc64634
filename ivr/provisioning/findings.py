"""Everything that is wrong with the admin's files, collected to be told at once.

It knows how to say a problem and the checks that all files share; it knows no file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ivr.domain.errors import Problem
from ivr.provisioning.wording import Wording

_LONGEST_SHOWN = 80
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
"""Ids are parts of MQTT topics, SIP addresses and file names: none of their special characters."""

_Value = TypeVar("_Value")

SEE_EXAMPLE = Wording("see the shipped example")


@dataclass(slots=True)
class Findings:
    """The problems found so far; of several about one and the same key the first is kept."""

    found: dict[tuple[str, str], Problem] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    """Files that could not be read at all: that something in them is missing means nothing."""

    def of(self, file: str) -> FileFindings:
        """The findings in one file."""
        return FileFindings(self, file)


@dataclass(frozen=True, slots=True)
class FileFindings:
    """The problems of one file. A key is the way to a value: ``department[jugend].numbers[2]``."""

    all: Findings
    file: str

    def add(self, key: str, value: object, wrong: str, allowed: str) -> None:
        """Note a problem."""
        problem = Problem(self.file, _printable(key), _shown(value), wrong, allowed)
        self.all.found.setdefault((self.file, key), problem)

    def unreadable(self, place: str, wrong: str) -> None:
        """Note that nothing in this file can be used."""
        self.add(place, "", wrong, SEE_EXAMPLE)
        self.all.unread.add(self.file)

    def any(self) -> bool:
        """Whether anything is noted about this file."""
        return self.file in self.all.unread or any(file == self.file for file, _ in self.all.found)

    def told(self, key: str) -> bool:
        """Whether a problem with ``key``, or with the whole file, is noted already."""
        return self.file in self.all.unread or (self.file, key) in self.all.found

    def present(self, key: str, value: Collection[object], allowed: str = SEE_EXAMPLE) -> bool:
        """Whether there is a value; note that it is missing unless its problem is told already."""
        if self.told(key):
            return False
        if not value:
            self.add(key, "", Wording("is missing"), allowed)
        return bool(value)

    def name(self, key: str, name: str) -> None:
        """Check a name people read: a control character in it can only be a mistake."""
        if self.present(key, name) and not name.isprintable():
            self.add(
                key,
                name,
                Wording("holds characters that can't be shown"),
                Wording("letters, digits, blanks and punctuation in one line"),
            )

    def identity(self, key: str, identity: str, earlier: Collection[str]) -> None:
        """Check an id, which must not be among the ``earlier`` ones."""
        if not self.present(key, identity):
            return
        if not _ID.fullmatch(identity):
            self.add(
                key,
                identity,
                Wording("is no id"),
                Wording("up to 32 small letters, digits and . _ -; a letter or digit first"),
            )
        elif identity in earlier:
            self.add(key, identity, Wording("is there twice"), Wording("each id only once"))

    def known(self, key: str, name: str, known: Collection[str], wrong: Wording) -> None:
        """Check that ``name`` is one of ``known``; where none is known, that has been told."""
        if known and name not in known:
            self.add(key, name, wrong, suggestion(name, [k for k in known if k]))

    def within(self, key: str, value: int, least: int, most: int) -> bool:
        """Whether a number is from ``least`` to ``most``; note a problem where it is not."""
        if not least <= value <= most and not self.told(key):
            allowed = Wording("{least} to {most}", least=least, most=most)
            self.add(key, value, Wording("is out of range"), allowed)
        return least <= value <= most

    def items(self, key: str, values: Sequence[_Value]) -> Iterator[tuple[str, _Value]]:
        """The values of a list with their keys, counted from 1, without those told already."""
        for number, value in enumerate(values, start=1):
            place = f"{key}[{number}]"
            if not self.told(place):
                yield place, value


def element_key(name: str, index: int, identity: object) -> str:
    """Call element ``index`` of a list by its id where it has one, else by its place from 1."""
    named = isinstance(identity, str) and identity
    return f"{name}[{identity}]" if named else f"{name}[{index + 1}]"


def suggestion(word: str, known: Sequence[str]) -> str:
    """What may have been meant by ``word``: the likeliest of ``known``, or all of them."""
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return Wording("did you mean {word}?", word=close[0])
    return ", ".join(known)


def _shown(value: object) -> str:
    """The value as far as it fits into a line."""
    text = value if isinstance(value, str) else repr(value)
    text = _printable(text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
