"""Deadlines by key: one each, earliest first, honoured when moved or cancelled."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.timers import Timers

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
def timers() -> Timers[str]:
    return Timers()


def test_without_a_deadline_nothing_is_due(timers: Timers[str]) -> None:
    assert timers.next() is None
    assert list(timers.due(START)) == []


def test_keys_fall_due_earliest_first(timers: Timers[str]) -> None:
    for key, seconds in (("late", 30), ("early", 10), ("middle", 20), ("future", 31)):
        timers.set(key, after(seconds))
    assert timers.next() == after(10)
    assert list(timers.due(after(30))) == ["early", "middle", "late"]
    assert timers.next() == after(31)


def test_keys_of_the_same_instant_fall_due_in_the_order_they_were_set(
    timers: Timers[str],
) -> None:
    for key in ("b", "a", "c"):
        timers.set(key, after(1))
    assert list(timers.due(after(1))) == ["b", "a", "c"]


@pytest.mark.parametrize("moved_to", [5, 15])
def test_setting_a_key_again_moves_its_deadline(timers: Timers[str], moved_to: int) -> None:
    timers.set("key", after(10))
    timers.set("key", after(moved_to))
    assert timers.next() == after(moved_to)
    assert list(timers.due(after(20))) == ["key"]


def test_a_cancelled_key_does_not_fall_due(timers: Timers[str]) -> None:
    timers.set("key", after(10))
    timers.cancel("key")
    timers.cancel("key")
    assert timers.next() is None
    assert list(timers.due(after(20))) == []


def test_a_key_cancelled_and_set_again_falls_due_once(timers: Timers[str]) -> None:
    timers.set("key", after(10))
    timers.cancel("key")
    timers.set("key", after(10))
    assert list(timers.due(after(20))) == ["key"]


def test_what_is_changed_while_others_fall_due_is_honoured(timers: Timers[str]) -> None:
    timers.set("first", after(1))
    timers.set("cancelled", after(2))
    timers.set("moved", after(3))
    fallen = []
    for key in timers.due(after(10)):
        fallen.append(key)
        if key == "first":
            timers.cancel("cancelled")
            timers.set("moved", after(11))
            timers.set("added", after(4))
    assert fallen == ["first", "added"]
    assert timers.next() == after(11)
