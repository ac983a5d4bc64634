"""A place in the queue kept for a caller who has hung up: a promise, and durable like one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ivr.domain.ids import E164, CallId, DepartmentId
from ivr.domain.waiting import Place


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """Whom to phone when it is the caller's turn.

    ``call`` is the visit in which it was asked for; it goes on until the caller was reached or
    the place has become a callback request. ``attempts`` have been made so far.
    """

    call: CallId
    number: E164
    dialled: str
    department: DepartmentId | None
    language: str
    arrived_at: datetime
    queued_at: datetime
    place: Place
    expires_at: datetime
    attempts: int = 0
