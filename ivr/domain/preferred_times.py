"""When a citizen wants to be phoned, and the first such moment at which the department is open.

One small grammar: days, then times, either may be left out. ``mon-fri 14:00-16:00``, ``tue``,
``9-12``; the German names of days as well (``mo-fr``). Kept in one canonical form. Pure: no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time

from ivr.domain.opening import END_OF_DAY, OpeningHours, Span

EXAMPLES = "'mon-fri 14:00-16:00', 'tue 9-12', 'fri'"
"""How to write them, for messages."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GERMAN_DAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
_DAY_OF: Mapping[str, int] = {
    name: number for names in (_DAYS, _GERMAN_DAYS) for number, name in enumerate(names)
}
_WHOLE_DAY = Span(time.min, END_OF_DAY)
_DASHES = re.compile(r"\s*[-\u2010-\u2015]\s*")
_WRITTEN = re.compile(
    r"(?P<days>(?P<first>[a-z]+)(-(?P<last>[a-z]+))?)?"
    r"(?(days)( |$))"
    r"(?P<times>(?P<opens>[0-9:]+)-(?P<closes>[0-9:]+))?"
)
_TIME = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3])(:(?P<minute>[0-5][0-9]))?")
_MIDNIGHTS = ("24:00", "24")


@dataclass(frozen=True, slots=True)
class PreferredTime:
    """``days`` in order from the first, Monday is 0; the ``span`` holds on each of them."""

    days: tuple[int, ...]
    span: Span

    def __str__(self) -> str:
        """Return the canonical form."""
        first, last = _DAYS[self.days[0]], _DAYS[self.days[-1]]
        days = first if len(self.days) == 1 else f"{first}-{last}"
        return f"{days} {_written(self.span.opens)}-{_written(self.span.closes)}"


@dataclass(frozen=True, slots=True)
class Moment:
    """When to phone; ``as_preferred`` False: the citizen wants other times than we are open."""

    at: datetime
    as_preferred: bool = True


def read_preferred_time(text: str) -> PreferredTime | None:
    """Read what people write; None where it is no preferred time.

    >>> str(read_preferred_time("Mo - Fr 14-16:30"))
    'mon-fri 14:00-16:30'
    >>> str(read_preferred_time("di"))
    'tue 00:00-24:00'
    """
    written = " ".join(_DASHES.sub("-", text).lower().split())
    match = _WRITTEN.fullmatch(written)
    if not written or match is None:
        return None
    days = _days(match["first"], match["last"])
    span = _span(match["opens"], match["closes"]) if match["times"] else _WHOLE_DAY
    return None if days is None or span is None else PreferredTime(days, span)


def next_in(preferred: Iterable[str], hours: OpeningHours, after: datetime) -> Moment:
    """The first moment at or after ``after`` that is preferred and at which it is open.

    Falls back to the opening hours where the two never meet within a year, and says so. Where it
    never opens either, ``after`` itself is as good as any moment.
    """
    read = [time for time in map(read_preferred_time, preferred) if time is not None]
    if read:
        moment = _first_open(_both(hours, read), after)
        if moment is not None:
            return Moment(moment)
    moment = _first_open(hours, after) or after.astimezone(hours.zone)
    return Moment(moment, as_preferred=not read)


def _first_open(hours: OpeningHours, after: datetime) -> datetime | None:
    return after.astimezone(hours.zone) if hours.is_open(after) else hours.next_opening(after)


def _both(hours: OpeningHours, preferred: list[PreferredTime]) -> OpeningHours:
    """Hours that are open when ``hours`` are and somebody prefers it."""
    weekly = {
        day: tuple(sorted(_overlaps(spans, preferred, day), key=lambda span: span.opens))
        for day, spans in hours.weekly.items()
    }
    return replace(hours, weekly=weekly)


def _overlaps(spans: tuple[Span, ...], preferred: list[PreferredTime], day: int) -> Iterable[Span]:
    wanted = [each.span for each in preferred if day in each.days]
    for span in spans:
        for want in wanted:
            opens, closes = max(span.opens, want.opens), min(span.closes, want.closes)
            if opens < closes:
                yield Span(opens, closes)


def _days(first: str | None, last: str | None) -> tuple[int, ...] | None:
    if first is None:
        return tuple(range(len(_DAYS)))
    begin, end = _DAY_OF.get(first), _DAY_OF.get(last or first)
    if begin is None or end is None:
        return None
    length = (end - begin) % len(_DAYS) + 1
    return tuple((begin + offset) % len(_DAYS) for offset in range(length))


def _span(opens: str, closes: str) -> Span | None:
    begin, end = _time(opens), _time(closes)
    return None if begin is None or end is None or begin >= end else Span(begin, end)


def _time(text: str) -> time | None:
    if text in _MIDNIGHTS:
        return END_OF_DAY
    match = _TIME.fullmatch(text)
    return None if match is None else time(int(match["hour"]), int(match["minute"] or 0))


def _written(at: time) -> str:
    return _MIDNIGHTS[0] if at == END_OF_DAY else at.strftime("%H:%M")
