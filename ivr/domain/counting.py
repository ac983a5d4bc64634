"""Counting finished calls one by one; the formulas over the counts are :mod:`figures`'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.figures import SERVICE_LEVELS, SHORT_ABANDON, CallFigures


@dataclass(slots=True)
class CallCounter:
    """Counts what ``CallFigures`` tell."""

    _arrived: int = 0
    _offered: int = 0
    _answered: int = 0
    _abandoned: int = 0
    _abandoned_at_once: int = 0
    _callbacks: int = 0
    _by_fallback: int = 0
    _answered_wait: float = 0.0
    _longest_wait: float = 0.0
    _within: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SERVICE_LEVELS, 0))

    def add(self, record: CallRecord) -> None:
        """Count a call."""
        self._arrived += 1
        self._callbacks += record.outcome is Outcome.CALLBACK
        self._by_fallback += record.by_fallback
        wait = record.waited_seconds
        if wait is None:
            return
        self._offered += 1
        self._longest_wait = max(self._longest_wait, wait)
        if record.answered_at is not None:
            self._answered += 1
            self._answered_wait += wait
            for limit in SERVICE_LEVELS:
                self._within[limit] += wait <= limit
        if record.outcome is Outcome.ABANDONED:
            self._abandoned += 1
            self._abandoned_at_once += wait <= SHORT_ABANDON

    def figures(self) -> CallFigures:
        """Return what was counted so far."""
        return CallFigures(
            arrived=self._arrived,
            offered=self._offered,
            answered=self._answered,
            abandoned=self._abandoned,
            abandoned_at_once=self._abandoned_at_once,
            callbacks=self._callbacks,
            by_fallback=self._by_fallback,
            answered_wait_seconds=self._answered_wait,
            longest_wait_seconds=self._longest_wait,
            answered_within=dict(self._within),
        )


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
    )
