"""What a caller hears who calls out of hours: why nobody answers, and when somebody will."""

from __future__ import annotations

from datetime import date, datetime

from ivr.domain.county import County
from ivr.domain.days import day_words
from ivr.domain.ids import DepartmentId
from ivr.domain.speech import Clock, Sound, Utterance
from ivr.domain.welcome import greeting


def closed_words(
    county: County, department: DepartmentId | None, now: datetime, *, greeted: bool
) -> Utterance:
    """Say that ``department`` is closed, when it opens, and that it calls back.

    ``greeted``: the caller heard the greeting before.
    """
    hours = county.hours_of(department)
    opening = hours.next_opening(now)
    today = now.astimezone(hours.zone).date()
    why: Utterance
    if greeted:
        why = (Sound("closed-now"),)
    elif county.hours.is_open(now):
        why = (*greeting(county, department), Sound("closed-now"))
    elif hours.closed_on(today) is not None:
        why = (Sound("closed-holiday"),)
    elif hours.in_break(now):
        why = (Sound("closed-break"),)
    else:
        why = (Sound("closed"),)
    when = _when(opening, today) if opening is not None else ()
    return (*why, *when, Sound("closed-callback-offer"))


def _when(opening: datetime, today: date) -> Utterance:
    """Say ``opening`` as people do who speak on the day ``today``."""
    return (
        Sound("open-again"),
        *day_words(opening.date(), today),
        Sound("from"),
        Clock(opening.time()),
    )
