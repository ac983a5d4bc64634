"""Opening hours: is it open, until when, when does it open next, when is service time over.

Civil times of one time zone against aware instants, so days on which clocks change come out
right. It knows nothing of calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SEARCH_DAYS = 366
"""A service that stays closed longer than a year has no next opening."""


def _never_closed(_day: date) -> str | None:
    return None


END_OF_DAY = time.max
"""The midnight a day ends with; 24:00 is no ``time``."""


@dataclass(frozen=True, slots=True)
class Span:
    """From ``opens`` until just before ``closes``, on one day, in civil time."""

    opens: time
    closes: time

    def covers(self, at: time) -> bool:
        """Whether the time of day ``at`` is in it."""
        return self.opens <= at and (at < self.closes or self.closes == END_OF_DAY)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A weekly plan (Monday is 0) with days on which it does not hold.

    ``closed_on`` gives the reason why a date is closed (a holiday's name), or None.
    """

    zone: tzinfo
    weekly: Mapping[int, tuple[Span, ...]]
    closed_on: Callable[[date], str | None] = field(default=_never_closed, compare=False)
    _days: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The spans of days that somebody has asked about: every call asks about today."""

    def is_open(self, at: datetime) -> bool:
        """Whether the service is open at the instant ``at`` (aware)."""
        today = at.astimezone(self.zone).date()
        for start, end in self._spans(today):  # noqa: SIM110 - each call asks: any() takes longer
            if start <= at < end:
                return True
        return False

    def next_opening(self, at: datetime) -> datetime | None:
        """The first instant after ``at`` at which the service opens, in local time."""
        for start, _end in self._spans_from(at):
            if start > at:
                return start.astimezone(self.zone)
        return None

    def closing(self, at: datetime) -> datetime | None:
        """The instant at which the service, open at ``at``, closes; None where it does not.

        Spans that follow each other without a gap are one.
        """
        until = at
        for start, end in self._spans_from(at):
            if start > until:
                break
            until = end
        else:
            return None  # open for a year and longer, or never
        return until.astimezone(self.zone) if until > at else None

    def in_break(self, at: datetime) -> bool:
        """Whether the service, closed at ``at``, was open before on this day and will be again."""
        spans = self._spans(at.astimezone(self.zone).date())
        return any(end <= at for _, end in spans) and any(start > at for start, _ in spans)

    def after_service_time(self, at: datetime, duration: timedelta) -> datetime:
        """The instant by which ``duration`` of open time has passed since ``at``.

        Falls back to plain time where the service never opens, so that a promise always has
        a due time.
        """
        since, left = at.astimezone(UTC), duration  # adding to civil time ignores clock changes
        for start, end in self._spans_from(since):
            begin = max(start, since)
            if end - begin >= left:
                return (begin + left).astimezone(self.zone)
            left -= end - begin
        return (since + duration).astimezone(self.zone)

    def before_service_time(self, at: datetime, duration: timedelta) -> datetime:
        """The latest instant from which ``duration`` of open time passes until ``at``.

        Falls back to plain time where the service is never open.
        """
        until, left = at.astimezone(UTC), duration
        for start, end in self._spans_back_from(until):
            finish = min(end, until)
            if finish - start >= left:
                return (finish - left).astimezone(self.zone)
            left -= finish - start
        return (until - duration).astimezone(self.zone)

    def last_closing(self, at: datetime) -> datetime | None:
        """When the service closes for good on the day of ``at``; None where it has, or is."""
        ends = [end for _start, end in self._spans(at.astimezone(self.zone).date()) if end > at]
        return ends[-1].astimezone(self.zone) if ends else None

    def _spans_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = at.astimezone(self.zone).date()
        for offset in range(_SEARCH_DAYS):
            for start, end in self._spans(first + timedelta(days=offset)):
                if end > at:
                    yield start, end

    def _spans_back_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        last = at.astimezone(self.zone).date()
        for offset in range(_SEARCH_DAYS):
            for start, end in reversed(self._spans(last - timedelta(days=offset))):
                if start < at:
                    yield start, end

    def _spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The open spans of ``day`` as instants in UTC, in order."""
        spans = self._days.get(day)
        if spans is None:
            if len(self._days) > _SEARCH_DAYS:
                self._days.clear()  # it is another year
            spans = self._days[day] = tuple(self._worked_out(day))
        return spans

    def _worked_out(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if self.closed_on(day) is not None:
            return
        for span in self.weekly.get(day.weekday(), ()):
            yield self._instant(day, span.opens), self._instant(day, span.closes)

    def _instant(self, day: date, at: time) -> datetime:
        if at == END_OF_DAY:
            day, at = day + timedelta(days=1), time.min
        # Through UTC: subtracting two datetimes of the same zone ignores its clock changes.
        return datetime.combine(day, at, self.zone).astimezone(UTC)
