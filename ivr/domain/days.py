"""How people name a day that is near: today, tomorrow, by its weekday; by its date beyond."""

from __future__ import annotations

from datetime import date, timedelta

from ivr.domain.speech import Day, Sound, Utterance, Weekday

DAYS_BY_NAME = 6
"""So far ahead a weekday is enough to name a day."""


def days_ahead(day: date, today: date) -> int:
    """Count the days from ``today`` to ``day``."""
    return (day - today) // timedelta(days=1)


def day_words(day: date, today: date) -> Utterance:
    """Say ``day`` as people do who speak on the day ``today``."""
    ahead = days_ahead(day, today)
    if ahead == 0:
        return (Sound("today"),)
    if ahead == 1:
        return (Sound("tomorrow"),)
    if ahead <= DAYS_BY_NAME:
        return (Sound("on-day"), Weekday(day))
    return (Day(day),)
