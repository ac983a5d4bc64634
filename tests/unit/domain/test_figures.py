"""The formulas over counted calls."""

from __future__ import annotations

from ivr.domain.figures import CallFigures


def test_average_speed_of_answer_counts_answered_calls_only() -> None:
    assert CallFigures(offered=3, answered=2, answered_wait_seconds=26.0).asa_seconds == 13.0
    assert CallFigures(offered=3).asa_seconds is None


def test_who_left_at_once_does_not_count_against_the_service_level() -> None:
    figures = CallFigures(
        offered=10, answered=8, abandoned=2, abandoned_at_once=2, answered_within={20: 6, 30: 8}
    )
    assert figures.service_level(20) == 0.75
    assert figures.service_level(30) == 1.0


def test_no_service_level_without_calls() -> None:
    figures = CallFigures(offered=1, abandoned=1, abandoned_at_once=1, answered_within={20: 0})
    assert figures.service_level(20) is None
