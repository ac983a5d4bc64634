from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.adapters.system.clock import SystemClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Machine:
    """A machine whose wall clock can be set, and whose time goes by when told to."""

    def __init__(self) -> None:
        self.wall = NOON
        self.uptime = 1000.0
        self.clock = SystemClock(lambda: self.wall, lambda: self.uptime)

    def later(self, seconds: float) -> timedelta:
        """Return what the clock tells that many seconds later, since noon."""
        self.wall += timedelta(seconds=seconds)
        self.uptime += seconds
        return self.clock.now() - NOON

    def set(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_it_tells_the_time(machine: Machine) -> None:
    assert [machine.later(1.5), machine.later(0), machine.later(10)] == [
        seconds(1.5),
        seconds(1.5),
        seconds(11.5),
    ]


def test_it_is_right_at_once_when_the_machine_is_set_forward(machine: Machine) -> None:
    machine.set(3600)
    assert machine.later(1) == seconds(3601)


def test_it_goes_on_slowly_when_the_machine_is_set_back_until_it_is_right(
    machine: Machine,
) -> None:
    machine.later(100)
    machine.set(-10)
    told = [machine.later(5) for _ in range(6)]
    assert told == [seconds(s) for s in (102.5, 105, 107.5, 110, 115, 120)]


def test_it_never_goes_back(machine: Machine) -> None:
    machine.later(100)
    machine.set(-50)
    assert machine.later(0) == seconds(100)


def test_it_is_the_machine_s_by_default() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC
