"""Events, memories and commands as JSON values.

What comes back is equal to what was put in, types included: ``Sound`` and ``Named`` look alike and
are not the same. Reads and writes no file.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import time, timedelta
from functools import cache
from typing import Any, Final, TypeVar, get_args

import orjson
from cattrs import BaseValidationError, Converter, ForbiddenExtraKeysError
from cattrs.preconf.orjson import make_converter
from cattrs.strategies import configure_tagged_union

from ivr.domain import events as on
from ivr.domain.commands import Command
from ivr.domain.errors import UnexpectedMessage
from ivr.domain.ids import LegId, OfferId, Target, VisitId
from ivr.domain.memory import Memory
from ivr.domain.speech import Phrase

KIND: Final = "is"
"""The key that tells of what class something is, where it can be of several."""

_EVENTS: Final[dict[str, type[on.Event]]] = {
    kind.__name__: kind for kind in get_args(on.Event) if kind is not on.CountyChanged
}
"""All that is written as an event. CountyChanged is not: its county is in no event's text."""

_MICROSECOND: Final = timedelta(microseconds=1)

_IDS: Final = (OfferId | VisitId | LegId, Target)
"""Unions of names of things: all of them are text."""

_WRONG: Final = (
    BaseValidationError,
    ForbiddenExtraKeysError,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
"""What content that does not fit makes the converter raise."""

_T = TypeVar("_T")


def encode_event(event: on.Event) -> dict[str, Any]:
    """Return ``event``, which is not CountyChanged, as JSON values."""
    return {KIND: type(event).__name__, **_converter().unstructure(event)}


def decode_event(written: object) -> on.Event:
    """Return the event of this JSON value. Raises UnexpectedMessage."""
    values = dict(written) if isinstance(written, dict) else {}
    name = values.pop(KIND, None)
    if not isinstance(name, str) or name not in _EVENTS:
        raise UnexpectedMessage(f"There is no event {name!r}.", code="journal_damaged")
    return _decoded(values, _EVENTS[name])


def encode_memory(memory: Memory) -> dict[str, Any]:
    """Return ``memory`` as JSON values; nothing in them lives on."""
    values: dict[str, Any] = _converter().unstructure(memory)
    return values


def decode_memory(written: dict[str, Any]) -> Memory:
    """Return the memory of these JSON values. Raises UnexpectedMessage."""
    return _decoded(written, Memory)


def digest(commands: Sequence[Command]) -> str:
    """Return eight digits that tell different commands apart, whatever run or machine it is."""
    if not commands:
        return "00000000"
    named = [(type(command).__name__, command) for command in commands]
    return f"{zlib.crc32(orjson.dumps(named, default=_plain, option=_OPTIONS)):08x}"


_OPTIONS: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS


def _plain(value: object) -> object:
    match value:
        case timedelta():
            return value // _MICROSECOND
        case set() | frozenset():
            return sorted(value)
        case _:
            raise TypeError(f"{type(value).__name__} in a command")


def _decoded(values: dict[str, Any], kind: type[_T]) -> _T:
    try:
        return _converter().structure(values, kind)
    except _WRONG as error:
        # Not the error's own text: it quotes what is written, and that is personal.
        raise UnexpectedMessage(
            f"What is written is no {kind.__name__} of this program.", code="journal_damaged"
        ) from error


@cache
def _converter() -> Converter:
    """Make the converter, once: what it needs of a class is compiled when the class is met first.

    What is as it is when nothing was ever said about it is left out.
    """
    converter = make_converter(
        omit_if_default=True,
        forbid_extra_keys=True,
        detailed_validation=False,
        unstruct_collection_overrides={AbstractSet: sorted},
    )
    converter.register_unstructure_hook(timedelta, lambda value: value // _MICROSECOND)
    converter.register_structure_hook(timedelta, lambda value, _: value * _MICROSECOND)
    converter.register_structure_hook(time, lambda value, _: time.fromisoformat(value))
    converter.register_structure_hook_func(_IDS.__contains__, _text)
    configure_tagged_union(Phrase, converter, tag_name=KIND)
    return converter


def _text(value: object, _kind: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
