from __future__ import annotations

import asyncio

from ivr.application.lanes import Lanes


async def test_a_lane_is_there_while_it_has_work() -> None:
    done: list[str] = []
    gate = asyncio.Event()

    async def carry_out(work: str) -> None:
        await gate.wait()
        done.append(work)

    async with asyncio.TaskGroup() as tasks:
        lanes = Lanes(tasks, carry_out)
        for lane, work in (("a", "a1"), ("b", "b1"), ("a", "a2")):
            lanes.put(lane, work)
        assert len(lanes) == 2
        gate.set()
    assert len(lanes) == 0
    assert sorted(done) == ["a1", "a2", "b1"]
    assert done.index("a1") < done.index("a2")


async def test_a_lane_can_be_used_again() -> None:
    done: list[int] = []

    async def carry_out(work: int) -> None:
        done.append(work)

    async with asyncio.TaskGroup() as tasks:
        lanes = Lanes(tasks, carry_out)
        for work in range(3):
            lanes.put("a", work)
            while len(lanes):  # noqa: ASYNC110 - a turn of the loop is all it takes
                await asyncio.sleep(0)
    assert done == [0, 1, 2]


async def test_work_put_by_work_waits_its_turn() -> None:
    done: list[str] = []

    async def carry_out(work: str) -> None:
        if work == "first":
            lanes.put("a", "last")
        await asyncio.sleep(0)
        done.append(work)

    async with asyncio.TaskGroup() as tasks:
        lanes = Lanes(tasks, carry_out)
        for work in ("first", "second"):
            lanes.put("a", work)
    assert done == ["first", "second", "last"]
