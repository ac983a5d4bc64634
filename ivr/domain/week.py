"""How many calls a week brings, interval by interval, and how sure that is.

Counted from finished calls, or given. It knows nothing of agents; what the calls need is
:mod:`ivr.domain.staffing`'s business.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from statistics import fmean, variance

from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span

FEWEST_DAYS = 4
"""Counted on fewer days, a mean says little, whatever the counts were."""
WIDEST_MARGIN = 0.3
"""A mean known to no better than so much of itself says little."""
FEWEST_ABANDONED = 30
"""From fewer callers who gave up nobody can tell how patient callers are."""

_SURE = 1.96
"""Standard errors to either side that hold 95 % of a normal distribution."""
_MINUTES_A_DAY = 24 * 60
_YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A piece of the week: ``weekday`` (Monday is 0), from ``start``, open for ``seconds``."""

    weekday: int
    start: time
    seconds: int


@dataclass(frozen=True, slots=True)
class Expected:
    """How many calls an interval brings on average.

    ``days`` it was counted on, and ``margin``: how far the true mean may be off (95 %), as a share
    of this one. Both are None where the mean is given; so is a margin where nobody called.
    """

    mean: float
    days: int | None = None
    margin: float | None = None

    @classmethod
    def counted(cls, mean: float, days: int, variation: float) -> Expected:
        """Say how sure a mean over so many days is."""
        if not days or not mean:
            return cls(mean, days)
        error = math.sqrt((mean + (variation * mean) ** 2) / days)
        return cls(mean, days, _SURE * error / mean)

    @property
    def thin(self) -> bool:
        """Whether it was counted too seldom to be relied on."""
        if self.days is not None and self.days < FEWEST_DAYS:
            return True
        return self.margin is not None and self.margin > WIDEST_MARGIN


@dataclass(frozen=True, slots=True)
class Week:
    """What a week of calls is like.

    ``variation`` is by how much days of the same weekday differ beyond chance: the standard
    deviation of their expected calls, as a share of the mean. ``talk`` and ``patience`` are
    averages in seconds; None where they could not be told.
    """

    calls: Mapping[Interval, Expected]
    variation: float
    talk: float | None = None
    patience: float | None = None
    days: int | None = None
    """Days that were counted, from ``first`` to ``last``; None where the calls were given."""
    first: date | None = None
    last: date | None = None
    left_out: float = 0.0
    """Share of the calls that came outside the opening hours."""

    @property
    def total(self) -> float:
        """Calls of a whole week."""
        return math.fsum(each.mean for each in self.calls.values())

    def times(self, factor: float) -> Week:
        """Return the same week with ``factor`` times as many calls, spread alike."""
        calls = {at: replace(each, mean=each.mean * factor) for at, each in self.calls.items()}
        return replace(self, calls=calls)


@dataclass(frozen=True, slots=True)
class WeekdayCount:
    """So many calls on ``days`` days of a weekday (Monday is 0), in the interval from ``start``."""

    weekday: int
    start: time
    calls: float
    days: int | None = None
    """None: ``calls`` is a mean somebody gave."""


def intervals(weekly: Mapping[int, Sequence[Span]], minutes: int) -> list[Interval]:
    """Cut the opening hours of a week into pieces of ``minutes``, counted from midnight.

    A piece in which it is open for a part only is as long as that part.
    """
    found = []
    for weekday, spans in sorted(weekly.items()):
        for begin in range(0, _MINUTES_A_DAY, minutes):
            end = begin + minutes
            overlaps = (
                min(end, _minute(span.closes)) - max(begin, _minute(span.opens)) for span in spans
            )
            opened = sum(overlap for overlap in overlaps if overlap > 0)
            if opened:
                found.append(Interval(weekday, _time(begin), opened * 60))
    return found


def calls_a_year(week: Week, hours: OpeningHours, first: date) -> float:
    """Count the calls of the year from ``first`` if every open day were like its weekday."""
    by_weekday: defaultdict[int, float] = defaultdict(float)
    for at, each in week.calls.items():
        by_weekday[at.weekday] += each.mean
    days = (first + timedelta(days=ahead) for ahead in range(_YEAR_DAYS))
    return math.fsum(by_weekday[day.weekday()] for day in days if hours.closed_on(day) is None)


def given_week(
    counts: Iterable[WeekdayCount], hours: OpeningHours, minutes: int, spread: float
) -> Week | None:
    """Return the week of these counts, days varying by ``spread``; None: no call while open."""
    means: defaultdict[tuple[int, time], float] = defaultdict(float)
    days: dict[tuple[int, time], int | None] = {}
    for count in counts:
        place = (count.weekday, _begin(count.start, minutes))
        means[place] += count.calls / (count.days or 1)
        days[place] = count.days
    calls = {}
    for piece in intervals(hours.weekly, minutes):
        place = (piece.weekday, piece.start)
        of_days = days.get(place)
        mean = means.get(place, 0.0)
        calls[piece] = (
            Expected(mean) if of_days is None else Expected.counted(mean, of_days, spread)
        )
    week = Week(calls, spread)
    every = math.fsum(means.values())
    return replace(week, left_out=max(0.0, 1 - week.total / every)) if week.total else None


@dataclass(slots=True)
class CallCount:
    """Counts calls by day and interval of so many ``minutes``."""

    hours: OpeningHours
    minutes: int
    _counts: Counter[tuple[date, time]] = field(default_factory=Counter)
    _abandoned: int = 0
    _waited: float = 0.0
    _answered: int = 0
    _talked: float = 0.0

    def add(self, records: Iterable[CallRecord]) -> None:
        """Count finished calls; who never entered the queue needed no agent."""
        for record in records:
            if record.queued_at is None:
                continue
            local = record.queued_at.astimezone(self.hours.zone)
            self.add_count(local.date(), local.time(), 1)
            self._waited += record.waited_seconds or 0.0
            self._abandoned += record.outcome is Outcome.ABANDONED
            if record.talked_seconds is not None:
                self._answered += 1
                self._talked += record.talked_seconds

    def add_count(self, day: date, at: time, calls: int) -> None:
        """Count ``calls`` that came on ``day`` in the interval in which ``at`` is."""
        self._counts[day, _begin(at, self.minutes)] += calls

    def week(self) -> Week | None:
        """Return what a week was like; None where no call came within the opening hours.

        A day on which it was open and nobody called was no day of the service, and not counted.
        """
        days = sorted({day for day, _ in self._counts if self.hours.closed_on(day) is None})
        on_weekday: defaultdict[int, list[date]] = defaultdict(list)
        for day in days:
            on_weekday[day.weekday()].append(day)
        counts = {
            piece: [self._counts[day, piece.start] for day in on_weekday[piece.weekday]]
            for piece in intervals(self.hours.weekly, self.minutes)
        }
        inside = sum(map(sum, counts.values()))
        if not inside:
            return None
        spread = variation(counts.values())
        return Week(
            calls={
                piece: Expected.counted(fmean(of_days or [0]), len(of_days), spread)
                for piece, of_days in counts.items()
            },
            variation=spread,
            talk=self._talked / self._answered if self._answered else None,
            patience=self._patience(),
            days=len(days),
            first=days[0],
            last=days[-1],
            left_out=(self._counts.total() - inside) / self._counts.total(),
        )

    def _patience(self) -> float | None:
        """All waits together / callers who gave up: also those who were answered had patience.

        It is the estimate of greatest likelihood where patience is exponential: who was answered
        would have waited longer, nobody knows how long (Gans, Koole, Mandelbaum 2003, 6.3).
        """
        if self._abandoned < FEWEST_ABANDONED:
            return None
        return self._waited / self._abandoned


def variation(counts: Iterable[Sequence[int]]) -> float:
    """How much the days differ beyond chance, from the counts of each interval by day.

    Calls that come by chance (Poisson) have a variance as large as their mean. What is more, is
    the days': for each interval ``variance - mean = variation^2 * mean^2``, all weighed together.
    """
    beyond = squares = 0.0
    for of_days in counts:
        if len(of_days) > 1:
            mean, weight = fmean(of_days), len(of_days) - 1
            beyond += weight * (variance(of_days) - mean)
            squares += weight * mean * mean
    return math.sqrt(max(beyond, 0.0) / squares) if squares else 0.0


def most_calls(mean: float, spread: float, share: float) -> int:
    """Return how many calls at most come on ``share`` (below 1) of all days.

    Calls are Poisson around a mean of the day that varies by ``spread`` as gamma does: negative
    binomial, with a variance of ``mean + (spread * mean)^2``.
    """
    passed = 0.0
    for count, likely in _chances(mean, spread):
        passed += likely
        if passed >= share:
            return count
    raise AssertionError("the chances of all counts add up to 1")


def _chances(mean: float, spread: float) -> Iterator[tuple[int, float]]:
    """How likely each count is, from the first one that is not negligible."""
    deviation = math.sqrt(mean + (spread * mean) ** 2)
    count = max(0, math.floor(mean - 10 * deviation))
    while True:
        yield count, math.exp(_log_chance(count, mean, spread))
        count += 1


def _log_chance(count: int, mean: float, spread: float) -> float:
    if mean == 0:
        return 0.0 if count == 0 else -math.inf
    if spread * spread * mean < 1e-6:  # noqa: PLR2004  no different from Poisson
        return count * math.log(mean) - mean - math.lgamma(count + 1)
    shape = 1 / (spread * spread)
    return (
        math.lgamma(count + shape)
        - math.lgamma(shape)
        - math.lgamma(count + 1)
        + shape * math.log(shape / (shape + mean))
        + count * math.log(mean / (shape + mean))
    )


def _begin(at: time, minutes: int) -> time:
    """The start of the interval of so many minutes in which ``at`` is."""
    minute = _minute(at)
    return _time(minute - minute % minutes)


def _minute(at: time) -> int:
    return _MINUTES_A_DAY if at == END_OF_DAY else at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)
