"""Times as people write them on a desk: today, tomorrow, or a day and a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_YEARS = range(2000, 2200)
"""What is meant in earnest; at the very ends of time there is no UTC."""
_GERMAN = "%d.%m.%Y %H:%M"


def read_moment(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the instant ``text`` means in ``zone``, None where it means none.

    ``18:00`` is the next time it is that time; ``2026-11-23 18:00``, ``23.11.2026 18:00`` and
    RFC 3339 say the day as well.
    """
    written = text.strip()
    match = _TIME.fullmatch(written)
    if match is not None:
        return _next(time(int(match[1]), int(match[2])), now.astimezone(zone))
    moment = _iso(written) or _german(written)
    if moment is None or moment.year not in _YEARS:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _next(at: time, now: datetime) -> datetime:
    today = datetime.combine(now.date(), at, now.tzinfo).astimezone(UTC)
    if today > now:
        return today
    tomorrow = now.date() + timedelta(days=1)
    return datetime.combine(tomorrow, at, now.tzinfo).astimezone(UTC)


def _iso(text: str) -> datetime | None:
    if ":" not in text:  # a day alone says neither its beginning nor its end
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _german(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _GERMAN)  # noqa: DTZ007  the caller knows the zone
    except ValueError:
        return None
