"""The columns of a calls file: a field of a finished call each, and how it is written.

RFC 4180 in UTF-8, a line of headings first, one call a line, sorted by arrival. Times are
RFC 3339 with their offset; what a call does not have is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from ivr.domain.calls import PERSONAL, CallRecord, CallResult, Outcome
from ivr.domain.ids import CallId, DepartmentId

TRUE, FALSE = "true", "false"


@dataclass(frozen=True, slots=True)
class Column:
    """``read`` raises ValueError for what is not ``allowed``."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    allowed: str
    needed: bool = True
    """Whether a file has to have it."""


def _some(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _instant_or_none(text: str) -> datetime | None:
    return _instant(text) if text else None


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _truth(text: str) -> bool:
    if text not in {TRUE, FALSE, ""}:
        raise ValueError(text)
    return text == TRUE


_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_RESULTS = {result.value: result for result in CallResult}


def _outcome(text: str) -> Outcome:
    if text not in _OUTCOMES:
        raise ValueError(text)
    return _OUTCOMES[text]


def _result(text: str) -> CallResult | None:
    if text and text not in _RESULTS:
        raise ValueError(text)
    return _RESULTS.get(text)


def _department(text: str) -> DepartmentId | None:
    return DepartmentId(text) if text else None


def _time_or_nothing(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def _text_or_nothing(text: str | None) -> str:
    return text or ""


_TIME = "a time such as 2026-11-23T09:00:00+01:00, with its offset"
_TIME_OR_NOTHING = f"{_TIME}, or nothing"

COLUMNS: dict[str, Column] = {
    "id": Column(str, lambda text: CallId(_some(text)), "any text, no other call's"),
    "outcome": Column(str, _outcome, ", ".join(_OUTCOMES)),
    "dialled": Column(str, str, "the number that was dialled"),
    "department": Column(_text_or_nothing, _department, "a department's id, or nothing"),
    "arrived_at": Column(datetime.isoformat, _instant, _TIME),
    "queued_at": Column(_time_or_nothing, _instant_or_none, _TIME_OR_NOTHING),
    "answered_at": Column(_time_or_nothing, _instant_or_none, _TIME_OR_NOTHING),
    "ended_at": Column(datetime.isoformat, _instant, _TIME),
    "offers": Column(str, _count, "a whole number, 0 or more"),
    "language": Column(str, str, "a language's code such as de, or nothing", needed=False),
    "by_fallback": Column(
        lambda served: TRUE if served else FALSE, _truth, f"{TRUE} or {FALSE}", needed=False
    ),
    "result": Column(_text_or_nothing, _result, f"{', '.join(_RESULTS)}, or nothing", needed=False),
}
"""In the order of the file."""

assert COLUMNS.keys() == {field.name for field in fields(CallRecord)} - PERSONAL
