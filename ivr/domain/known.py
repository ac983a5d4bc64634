"""Known callers: whose number has open callbacks, and how that is said and written.

What is known was looked up when the call arrived; it may be a few seconds old.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.callback import CallbackState
from ivr.domain.county import County
from ivr.domain.days import DAYS_BY_NAME, day_words, days_ahead
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId
from ivr.domain.speech import Clock, Digits, Sound, Utterance, department_prompt


@dataclass(frozen=True, slots=True)
class KnownCallback:
    """An open callback of the number a call comes from."""

    id: CallbackId
    department: DepartmentId
    caseworker: CaseworkerId
    """Who owns it."""
    state: CallbackState
    due_at: datetime
    attempts: int = 0
    missed: bool = False
    """The latest attempt was in vain: the call may be the answer to it."""


def in_order(
    known: Iterable[KnownCallback], department: DepartmentId | None
) -> list[KnownCallback]:
    """Put those of ``department`` first, and what is due first before the rest."""
    return sorted(known, key=lambda each: (each.department != department, each.due_at, each.id))


def concerning(
    known: Collection[KnownCallback], department: DepartmentId | None
) -> KnownCallback | None:
    """Return the callback that a call of ``department`` is about; None: there is none."""
    return next(iter(in_order(known, department)), None) if known else None


def same_matter(
    known: Collection[KnownCallback], department: DepartmentId | None
) -> KnownCallback | None:
    """Return the callback that a request in a call of ``department`` would only repeat.

    None: there is none, for another department's is another matter. Which one it would be nobody
    knows on the common number (``department`` None): there any callback is the one.
    """
    first = concerning(known, department)
    if first is None or department not in (None, first.department):
        return None
    return first


# -- on a telephone --------------------------------------------------------------------------------

_UNTIL: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "de": ("Rückruf bis", "Rückruf überfällig", ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")),
    "en": ("callback by", "callback overdue", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")),
}
"""By language: before the time, in its place when it is over, and the days of the week."""


def label(callback: KnownCallback, county: County, shown: DepartmentId | None, at: datetime) -> str:
    """Say on a phone's display by when the caller is phoned; ``shown`` is what it shows besides.

    >>> label(callback, county, callback.department, at)  # doctest: +SKIP
    'Rückruf bis Mi 14:00'
    """
    until, overdue, days = _UNTIL.get(county.language, _UNTIL["en"])
    words = overdue if callback.due_at <= at else f"{until} {_written(callback, county, days, at)}"
    department = county.departments.get(callback.department)
    if callback.department == shown or department is None:
        return words
    return f"{words} ({department.name})"


def _written(callback: KnownCallback, county: County, days: tuple[str, ...], at: datetime) -> str:
    due = callback.due_at.astimezone(county.hours.zone)
    near = days_ahead(due.date(), at.astimezone(county.hours.zone).date()) <= DAYS_BY_NAME
    day = days[due.weekday()] if near else f"{due:%d.%m.}"
    return f"{day} {due:%H:%M}"


# -- to the caller ---------------------------------------------------------------------------------


def asked_already(
    callback: KnownCallback, county: County, dialled: DepartmentId | None, key: str, at: datetime
) -> Utterance:
    """Say that there is a request already, by when somebody phones, and how to make another.

    Telephones are shared and numbers are forged: no department but the one ``dialled`` is named.
    """
    of = (department_prompt(callback.department),) if callback.department == dialled else ()
    return (
        Sound("callback-known"),
        *of,
        *by_when(callback.due_at, county, at),
        Sound("callback-another"),
        Digits(key),
    )


def by_when(due_at: datetime, county: County, at: datetime) -> Utterance:
    """Say by when somebody phones."""
    if due_at <= at:
        return (Sound("callback-soon"),)
    zone = county.hours.zone
    due, today = due_at.astimezone(zone), at.astimezone(zone).date()
    return (Sound("callback-due"), *day_words(due.date(), today), Sound("by"), Clock(due.time()))
