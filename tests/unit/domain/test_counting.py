"""Finished calls counted one by one, as the store counts them in SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.counting import CallCounter, together
from ivr.domain.figures import CallFigures
from ivr.domain.ids import CallId
from tests import examples
from tests.unit.domain.driver import MONDAY_NOON


def call(outcome: Outcome, waited: float | None, *, answered: bool = False) -> CallRecord:
    queued = None if waited is None else MONDAY_NOON
    left = MONDAY_NOON + timedelta(seconds=waited or 0)
    return CallRecord(
        id=CallId("c"),
        outcome=outcome,
        dialled=examples.COMMON_NUMBER,
        department=None,
        caller_number=None,
        arrived_at=MONDAY_NOON,
        queued_at=queued,
        answered_at=left if answered else None,
        ended_at=left + timedelta(seconds=100) if answered else left,
        agent=None,
        offers=0,
    )


def counted(*records: CallRecord) -> CallFigures:
    counter = CallCounter()
    for record in records:
        counter.add(record)
    return counter.figures()


def test_each_call_counts_where_it_belongs() -> None:
    figures = counted(
        call(Outcome.COMPLETED, 10, answered=True),
        call(Outcome.COMPLETED, 25, answered=True),
        call(Outcome.COMPLETED, 40, answered=True),
        call(Outcome.ABANDONED, 5),
        call(Outcome.ABANDONED, 90),
        call(Outcome.CALLBACK, 60),
        call(Outcome.CLOSED, None),
        call(Outcome.ABANDONED, None),
        replace(call(Outcome.FAILED, 3, answered=True), by_fallback=True),
    )
    assert figures == CallFigures(
        arrived=9,
        offered=7,
        answered=4,
        abandoned=2,
        abandoned_at_once=1,
        callbacks=1,
        by_fallback=1,
        answered_wait_seconds=78,
        longest_wait_seconds=90,
        answered_within={20: 2, 30: 3},
        abandoned_within={20: 1, 30: 1},
    )
    assert figures.asa_seconds == pytest.approx(19.5)
    assert figures.service_level(20) == pytest.approx(2 / 6)


def test_parts_add_up() -> None:
    first = call(Outcome.COMPLETED, 10, answered=True)
    second = call(Outcome.ABANDONED, 50)
    assert together([counted(first), counted(second)]) == counted(first, second)
    assert together([]) == counted()
