"""Waiting longer each time, never all at the same moment."""

from __future__ import annotations

from ivr.application.backoff import Backoff


def test_doubles_up_to_the_longest() -> None:
    backoff = Backoff(1, 10, jitter=lambda: 0.0)
    assert [backoff.next() for _ in range(6)] == [1, 2, 4, 8, 10, 10]


def test_one_that_grows_slowly_waits_a_tenth_of_what_it_has_waited() -> None:
    backoff = Backoff(0.1, 2, grows=1.1, jitter=lambda: 0.0)
    waits = [backoff.next() for _ in range(40)]
    for tries in range(1, 30):
        assert abs(waits[tries] - 0.1 - sum(waits[:tries]) / 10) < 0.001
    assert waits[-1] == 2


def test_starts_again_after_a_success() -> None:
    backoff = Backoff(1, 10, jitter=lambda: 0.0)
    for _ in range(5):
        backoff.next()
    backoff.reset()
    assert backoff.next() == 1


def test_chance_takes_up_to_half_off_and_does_not_add_up() -> None:
    backoff = Backoff(4, 64, jitter=lambda: 1.0)
    assert [backoff.next() for _ in range(3)] == [2, 4, 8]


def test_two_programs_do_not_come_back_together() -> None:
    waits = {Backoff(4, 64).next() for _ in range(50)}
    assert len(waits) > 40
    assert all(2 <= wait <= 4 for wait in waits)
