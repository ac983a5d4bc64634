"""What two versions of the county's configuration differ in, told in the admin's own terms.

For people to read before and after a change; nothing is decided by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from typing import Any

from ivr.domain.county import County
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.domain.responsibility import Absence, Duty

_PLACES = {"rules": "queue", "queue.callbacks": "callbacks"}
"""Parts of the county as the admin's files call them, where they have another name."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DAYS_AHEAD = 400
"""Closed days are compared this far: this year's and next year's holidays."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same; ``before`` or ``after`` is empty where there is none."""

    what: str
    before: str
    after: str


def differences(before: County, after: County, today: date) -> tuple[Difference, ...]:
    """Return what ``after`` says otherwise than ``before``; closed days from ``today`` on."""
    return tuple(_different("", before, after, today))


def _different(what: str, before: Any, after: Any, today: date) -> Iterator[Difference]:  # noqa: ANN401  any configured value
    kinds = {type(each) for each in (before, after) if each is not None}
    if kinds == {OpeningHours}:
        yield from _week(what, before, after)
        if before is not None and after is not None:
            yield from _closed_days(what, before, after, today)
    elif before == after:
        return
    elif len(kinds) == 1 and _has_parts(before, after):
        for part in fields(kinds.pop()):
            name = f"{what}.{part.name}" if what else part.name
            yield from _different(
                _PLACES.get(name, name),
                getattr(before, part.name, None),
                getattr(after, part.name, None),
                today,
            )
    elif all(each is None or isinstance(each, Mapping) for each in (before, after)):
        before, after = before or {}, after or {}
        for key in dict.fromkeys((*before, *after)):
            yield from _different(f"{what}[{key}]", before.get(key), after.get(key), today)
    elif all(_has_ids(each) for each in (before, after)):
        yield from _different(what, _by_id(before), _by_id(after), today)
    else:
        yield Difference(what, _shown(before), _shown(after))


def _has_ids(value: object) -> bool:
    """Whether it is a list of things that are told by their ids."""
    return isinstance(value, tuple) and all(hasattr(each, "id") for each in value)


def _by_id(things: Iterable[Any]) -> Mapping[str, Any]:
    return {thing.id: thing for thing in things}


def _week(
    what: str, before: OpeningHours | None, after: OpeningHours | None
) -> Iterator[Difference]:
    for number, day in enumerate(_DAYS):
        was, is_ = (_shown(hours.weekly.get(number)) if hours else "" for hours in (before, after))
        if was != is_:
            yield Difference(f"{what}.week.{day}", was, is_)


def _closed_days(
    what: str, before: OpeningHours, after: OpeningHours, today: date
) -> Iterator[Difference]:
    for ahead in range(_DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        was, is_ = before.closed_on(day), after.closed_on(day)
        if was != is_:
            yield Difference(f"{what}.closed[{day}]", was or "", is_ or "")


def _shown_record(value: object) -> str:
    match value:
        case Duty(shares, topics, weekly):
            parts = (
                "" if topics is None else _shown(topics),
                "" if weekly is None else _shown_week(weekly),
                _shown(shares),
            )
            return " | ".join(part for part in parts if part)
        case Absence(caseworker, first, last):
            return f"{caseworker} {first} - {last}"
        case _:
            return str(getattr(value, "name", None) or value)


def _shown_week(weekly: Mapping[int, tuple[Span, ...]]) -> str:
    days = ((_DAYS[number], spans) for number, spans in weekly.items())
    return ", ".join(f"{day} {_shown(spans)}" for day, spans in days if spans)


def _has_parts(before: object, after: object) -> bool:
    """Whether it is told part by part; what has a name is new or gone as a whole."""
    one = after if before is None else before
    whole = isinstance(one, Span) or (hasattr(one, "name") and None in (before, after))
    return is_dataclass(one) and not whole


def _shown(value: Any) -> str:  # noqa: ANN401  any configured value
    match value:
        case None:
            return ""
        case timedelta():
            return f"{value.total_seconds():g} s"
        case Span(opens, closes):
            until = "24:00" if closes == END_OF_DAY else f"{closes:%H:%M}"
            return f"{opens:%H:%M}-{until}"
        case tuple() | list():
            separator = "; " if any(isinstance(each, Duty) for each in value) else ", "
            return separator.join(_shown(each) for each in value)
        case set() | frozenset():
            return ", ".join(sorted(_shown(each) for each in value))
        case Mapping():
            return ", ".join(f"{key}: {_shown(each)}" for key, each in value.items())
        case _ if is_dataclass(value):
            return _shown_record(value)
        case _:
            return str(value).lower() if isinstance(value, bool) else str(value)
