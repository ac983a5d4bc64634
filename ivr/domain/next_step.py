"""What to do next about a callback: phone at a certain time, write, or close it.

Suggests and changes nothing; the caseworker's own word goes before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.callback import AttemptResult, Callback
from ivr.domain.county import County
from ivr.domain.preferred_times import Moment, next_in


class Step(StrEnum):
    """What is suggested."""

    CALL = "call"
    WRITE = "write"
    """A letter or an e-mail: phoning was in vain too often, or the number is wrong."""
    CLOSE = "close"
    """The citizen was reached."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """``at`` is when to call; ``as_preferred`` False: outside the citizen's preferred times."""

    step: Step
    at: datetime | None = None
    as_preferred: bool = True


def next_step(callback: Callback, county: County, now: datetime) -> NextStep | None:
    """Suggest what to do about ``callback``; None where it is closed."""
    if not callback.is_open:
        return None
    if callback.next_try_at is not None:
        moment = first_moment(callback, county, callback.next_try_at)
        preferred = moment.as_preferred and moment.at <= callback.next_try_at
        return NextStep(Step.CALL, callback.next_try_at, as_preferred=preferred)
    if not callback.attempts:
        moment = first_moment(callback, county, now)
        return NextStep(Step.CALL, moment.at, as_preferred=moment.as_preferred)
    return NextStep(Step.WRITE if callback.in_vain else Step.CLOSE)


def next_try(callback: Callback, county: County, at: datetime) -> datetime | None:
    """When to phone again after an attempt at ``at`` that is noted in ``callback``.

    None: there is no point in it, for the citizen was reached, was not reached often enough, or
    has another number.
    """
    rules = county.rules.callbacks
    if callback.result in (None, AttemptResult.REACHED, AttemptResult.WRONG_NUMBER):
        return None
    if callback.in_vain >= rules.tries:
        return None
    hours = county.hours_of(callback.department)
    again = hours.after_service_time(at, rules.try_again_after)
    return next_in(callback.preferred_times, hours, again).at


def first_moment(callback: Callback, county: County, after: datetime) -> Moment:
    """The first moment at or after ``after`` at which ``callback`` may be kept as preferred."""
    hours = county.hours_of(callback.department)
    return next_in(callback.preferred_times, hours, after)
