"""Counting finished calls one by one, a year of them in a few megabytes.

What is made of the counts, :mod:`ivr.domain.figures` says.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ivr.domain.calls import CallRecord, CallResult, Outcome
from ivr.domain.figures import (
    SERVICE_LEVELS,
    SHORT_ABANDON,
    THREE_MINUTES,
    CallFigures,
    share,
)

WAIT_EDGES = (5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600)
"""Seconds at which a bar of the distribution of waits ends and the next begins."""

TALK_EDGES = (30, 60, 90, 120, THREE_MINUTES, 240, 300, 420, 600, 900, 1800)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds; every quantile is that of one of the times.

    ``bars`` counts the times below each edge and not below the one before; its last is the rest.
    """

    count: int = 0
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    bars: tuple[int, ...] = ()


def spread_of(seconds: Iterable[float], edges: Sequence[int]) -> Spread:
    """Return how ``seconds`` are spread."""
    ordered = sorted(seconds)
    below = [bisect_left(ordered, edge) for edge in edges]
    bars = tuple(
        end - start for start, end in zip([0, *below], [*below, len(ordered)], strict=True)
    )
    if not ordered:
        return Spread(bars=bars)
    return Spread(
        count=len(ordered),
        mean=round(sum(ordered) / len(ordered), 3),
        median=_quantile(ordered, 50),
        p90=_quantile(ordered, 90),
        bars=bars,
    )


def _quantile(ordered: Sequence[float], percent: int) -> float:
    """Return the smallest that ``percent`` of all do not exceed."""
    return round(ordered[-(-len(ordered) * percent // 100) - 1], 3)


@dataclass(frozen=True, slots=True)
class CallsCounted:
    """What was counted. ``waits`` are those of answered calls, ``talks`` from answer to end."""

    calls: CallFigures
    outcomes: Mapping[Outcome, int]
    waits: Spread
    talks: Spread
    results: Mapping[CallResult, int]

    @property
    def three_minute_share(self) -> float | None:
        """Calls that were over in less than three minutes after their answer / answered."""
        short = sum(self.talks.bars[: TALK_EDGES.index(THREE_MINUTES) + 1])
        return share(short, self.talks.count)

    @property
    def first_contact_share(self) -> float | None:
        """Settled / calls with a result."""
        return share(self.results.get(CallResult.SETTLED, 0), sum(self.results.values()))

    @property
    def few_results(self) -> bool:
        """Whether fewer than half of the answered calls have one, too few to tell a share.

        Where agents say nothing, only requests for callbacks and calls put through have a result:
        of few results, none would be *settled*.
        """
        return 2 * sum(self.results.values()) < self.calls.answered


class _Kind(NamedTuple):
    outcome: Outcome
    result: CallResult | None
    by_fallback: bool
    offered: bool


Measured = tuple[_Kind, float, float | None]
"""A call as it counts: its kind, the seconds of its wait and of its talk, None where none was."""


def measured(record: CallRecord) -> Measured:
    """Return ``record`` as it counts, once for all the counters that are to take it."""
    queued, answered = record.queued_at, record.answered_at
    kind = _Kind(record.outcome, record.result, record.by_fallback, queued is not None)
    if queued is None:
        return kind, 0.0, None
    wait = round(((answered or record.ended_at) - queued).total_seconds(), 3)
    if answered is None:
        return kind, wait, None
    return kind, wait, (record.ended_at - answered).total_seconds()


class CallCounter:
    """Takes calls in any order; eight bytes of each that was answered are kept."""

    def __init__(self) -> None:
        self._kinds: Counter[_Kind] = Counter()
        self._longest = 0.0
        # A time of up to four hours is exact to a millisecond in a float of four bytes.
        self._waits = array("f")
        self._talks = array("f")
        self._gone = array("f")

    def add(self, record: CallRecord) -> None:
        """Count one call."""
        self.take(measured(record))

    def take(self, call: Measured) -> None:
        """Count one call that is measured already."""
        kind, wait, talk = call
        self._kinds[kind] += 1
        self._longest = max(self._longest, wait)
        if talk is not None:
            self._waits.append(wait)
            self._talks.append(talk)
        elif kind.offered and kind.outcome is Outcome.ABANDONED:
            self._gone.append(wait)

    def take_over(self, other: CallCounter) -> None:
        """Count all that ``other`` has counted as well."""
        self._kinds += other._kinds
        self._longest = max(self._longest, other._longest)
        self._waits += other._waits
        self._talks += other._talks
        self._gone += other._gone

    def figures(self) -> CallFigures:
        """Return the counts alone."""
        waits, gone = sorted(self._waits), sorted(self._gone)
        return CallFigures(
            arrived=self._kinds.total(),
            offered=sum(count for kind, count in self._kinds.items() if kind.offered),
            answered=len(waits),
            abandoned=len(gone),
            abandoned_at_once=bisect_right(gone, SHORT_ABANDON),
            callbacks=self._outcomes()[Outcome.CALLBACK],
            by_fallback=sum(count for kind, count in self._kinds.items() if kind.by_fallback),
            answered_wait_seconds=sum(self._waits),
            longest_wait_seconds=self._longest,
            answered_within={limit: bisect_right(waits, limit) for limit in SERVICE_LEVELS},
            abandoned_within={limit: bisect_right(gone, limit) for limit in SERVICE_LEVELS},
        )

    def counted(self) -> CallsCounted:
        """Return all that was counted."""
        results: Counter[CallResult] = Counter()
        for kind, count in self._kinds.items():
            if kind.result is not None:
                results[kind.result] += count
        return CallsCounted(
            calls=self.figures(),
            outcomes=dict(self._outcomes()),
            waits=spread_of(self._waits, WAIT_EDGES),
            talks=spread_of(self._talks, TALK_EDGES),
            results=dict(results),
        )

    def _outcomes(self) -> Counter[Outcome]:
        outcomes: Counter[Outcome] = Counter()
        for kind, count in self._kinds.items():
            outcomes[kind.outcome] += count
        return outcomes


def count_calls(records: Iterable[CallRecord]) -> CallFigures:
    """Count ``records``."""
    counting = CallCounter()
    for record in records:
        counting.add(record)
    return counting.figures()


def together(figures: Iterable[CallFigures]) -> CallFigures:
    """Return the figures of all these calls; none of them is counted twice."""
    parts = list(figures)
    return CallFigures(
        arrived=sum(each.arrived for each in parts),
        offered=sum(each.offered for each in parts),
        answered=sum(each.answered for each in parts),
        abandoned=sum(each.abandoned for each in parts),
        abandoned_at_once=sum(each.abandoned_at_once for each in parts),
        callbacks=sum(each.callbacks for each in parts),
        by_fallback=sum(each.by_fallback for each in parts),
        answered_wait_seconds=sum(each.answered_wait_seconds for each in parts),
        longest_wait_seconds=max((each.longest_wait_seconds for each in parts), default=0.0),
        answered_within={
            limit: sum(each.answered_within.get(limit, 0) for each in parts)
            for limit in SERVICE_LEVELS
        },
        abandoned_within={
            limit: sum(each.abandoned_within.get(limit, 0) for each in parts)
            for limit in SERVICE_LEVELS
        },
    )
