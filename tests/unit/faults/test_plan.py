from __future__ import annotations

import pytest

from testbed.faults.plan import Kind, chosen, draw

GAP = (1.0, 2.0)


def test_the_same_seed_is_the_same_plan() -> None:
    assert draw(7, 50, tuple(Kind), gap=GAP) == draw(7, 50, tuple(Kind), gap=GAP)
    assert draw(7, 50, tuple(Kind), gap=GAP) != draw(8, 50, tuple(Kind), gap=GAP)


def test_only_what_was_chosen_is_drawn() -> None:
    plan = draw(1, 200, chosen(["broker", "app-killed"]), gap=GAP)

    kinds = {fault.kind for fault in plan}
    assert kinds == {Kind.BROKER_KILLED, Kind.BROKER_FROZEN, Kind.APP_KILLED}
    assert all(1.0 <= fault.after <= 2.0 for fault in plan)


def test_everything_is_chosen_by_default() -> None:
    assert chosen([]) == frozenset(Kind)


def test_what_is_no_fault_is_named() -> None:
    with pytest.raises(ValueError, match="earthquake"):
        chosen(["app", "earthquake"])
