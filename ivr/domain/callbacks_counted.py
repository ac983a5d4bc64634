"""What became of callbacks, counted. Of whom and by whom nothing is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.domain.callback import CloseReason
from ivr.domain.counting import Spread, spread_of
from ivr.domain.figures import share
from ivr.domain.ids import DepartmentId
from ivr.domain.opening import OpeningHours

ANSWER_WITHIN = timedelta(hours=24)
"""Of service time: the promise of the public-service number 115."""

_NOT_TO_BE_ANSWERED = frozenset({CloseReason.WITHDRAWN, CloseReason.DUPLICATE})


@dataclass(frozen=True, slots=True)
class CallbackTimes:
    """When what happened to a callback; None: it has not.

    ``reached_at``: the citizen was first spoken to. ``closed_at``: None also where it was reopened.
    """

    requested_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None = None
    reached_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    department: DepartmentId | None = None


@dataclass(frozen=True, slots=True)
class CallbacksCounted:
    """``to_acknowledge`` and ``to_close`` are plain time, nights and weekends included."""

    requested: int
    open: int
    overdue: int
    late: int
    to_acknowledge: Spread
    to_close: Spread
    answered_in_time: int
    """Within ``ANSWER_WITHIN``."""
    not_in_time: int

    @property
    def answered_share(self) -> float | None:
        """Answered within ``ANSWER_WITHIN`` of service time / those whose time is over or done."""
        return share(self.answered_in_time, self.answered_in_time + self.not_in_time)


def count_callbacks(
    callbacks: Iterable[CallbackTimes], hours: OpeningHours, now: datetime
) -> CallbacksCounted:
    """Count ``callbacks`` as they are ``now``."""
    found = list(callbacks)
    to_do = [each for each in found if each.closed_at is None]
    in_time = [_in_time(each, hours, now) for each in found]
    return CallbacksCounted(
        requested=len(found),
        open=len(to_do),
        overdue=sum(each.due_at <= now for each in to_do),
        late=sum(each.closed_at > each.due_at for each in found if each.closed_at is not None),
        to_acknowledge=_spread((each.requested_at, each.acknowledged_at) for each in found),
        to_close=_spread((each.requested_at, each.closed_at) for each in found),
        answered_in_time=in_time.count(True),
        not_in_time=in_time.count(False),
    )


def _spread(times: Iterable[tuple[datetime, datetime | None]]) -> Spread:
    return spread_of(((end - start).total_seconds() for start, end in times if end is not None), ())


def _in_time(callback: CallbackTimes, hours: OpeningHours, now: datetime) -> bool | None:
    """Whether it was answered in time; None: nobody knows yet, or nobody waits for it."""
    if callback.close_reason in _NOT_TO_BE_ANSWERED:
        return None
    answers = [at for at in (callback.reached_at, callback.closed_at) if at is not None]
    limit = hours.after_service_time(callback.requested_at, ANSWER_WITHIN)
    if answers:
        return min(answers) <= limit
    return False if limit < now else None
