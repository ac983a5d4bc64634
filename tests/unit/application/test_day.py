from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.application.day import Day
from tests.examples import BERLIN, county
from tests.fakes.callbacks import a_call
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore


async def test_a_day_is_the_county_s_also_when_the_clocks_change() -> None:
    store = FakeStore()
    noon = datetime(2026, 10, 25, 12, 0, tzinfo=BERLIN)
    midnight = datetime(2026, 10, 25, 0, 0, tzinfo=BERLIN)
    async with store.transaction() as transaction:
        for name, at in (
            ("before", midnight - timedelta(seconds=1)),
            ("first", midnight),
            ("last", datetime(2026, 10, 25, 23, 59, 59, tzinfo=BERLIN)),
            ("after", datetime(2026, 10, 26, 0, 0, tzinfo=BERLIN)),
        ):
            await transaction.add_call(replace(a_call(name), arrived_at=at))
    day = await Day(store, FakeClock(noon), county).figures()
    assert day is not None
    assert (day.since, day.figures.arrived) == (midnight, 2)


async def test_many_who_ask_make_one_count() -> None:
    store, clock = FakeStore(), FakeClock()
    day = Day(store, clock, county)
    first = await day.figures()
    async with store.transaction() as transaction:
        await transaction.add_call(a_call())
    assert await day.figures() is first
    clock.advance(timedelta(seconds=2))
    counted = await day.figures()
    assert counted is not None
    assert counted.figures.arrived == 1


async def test_without_the_store_there_are_no_figures() -> None:
    store, clock = FakeStore(), FakeClock()
    store.down = True
    day = Day(store, clock, county)
    assert await day.figures() is None
    store.down = False
    clock.advance(timedelta(seconds=2))
    assert await day.figures() is not None
