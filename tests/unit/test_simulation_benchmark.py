"""What is measured of simulations: whether they agree, and where the time goes."""

from __future__ import annotations

from benchmarks.simulation import simulation_speed
from benchmarks.simulations import Compared, Run


def test_what_differs_by_more_than_chance_does_not_agree() -> None:
    fast = Compared("fast", [Run(10, asa, 0.1, 1.0) for asa in (4.0, 4.1, 4.2, 4.3, 4.4)])
    slow = Compared("slow", [Run(10, asa, 0.1, 1.0) for asa in (8.0, 8.1, 8.2, 8.3, 8.4)])
    assert fast.agrees_with(fast)
    assert not fast.agrees_with(slow)
    assert fast.microseconds == 100_000


def test_the_engine_is_told_all_that_happens() -> None:
    speed = simulation_speed(300)
    assert speed.calls == 300
    assert speed.steps > 7 * 300
    assert speed.seconds > 0
    assert speed.engine_seconds > 0
