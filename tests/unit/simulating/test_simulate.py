from __future__ import annotations

import gc
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest

from ivr.application.simulating.arriving import Days
from ivr.application.simulating.habits import Habits
from ivr.application.simulating.scenario import Scenario, simulate
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.county import County, Menu
from ivr.domain.errors import Refused
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.rules import (
    Announcing,
    AtClosing,
    KeepingPlace,
    Limits,
    QueueRules,
    SpokenMessages,
    Strategy,
    WayOut,
    Widening,
)
from ivr.domain.week import Expected, Week, intervals
from tests import examples

MONDAY = date(2026, 11, 23)
ONE_DAY = Days(MONDAY, MONDAY)
A_WEEK = Days(MONDAY, date(2026, 11, 29))


@dataclass
class Hours:
    ready: float = 0.0
    busy: float = 0.0

    def there(self, since: datetime, seconds: float) -> None:
        del since
        self.ready += seconds / 3600

    def occupied(self, since: datetime, seconds: float) -> None:
        del since
        self.busy += seconds / 3600


def county() -> County:
    return examples.county()


def even_week() -> Week:
    """As many calls in each open hour, day after day."""
    pieces = intervals(county().hours.weekly, 60)
    return Week({piece: Expected(1) for piece in pieces}, variation=0.0)


def scenario(
    *, agents: int = 3, calls: int = 300, days: Days = ONE_DAY, habits: Habits | None = None
) -> Scenario:
    return Scenario(
        county(), days, calls, even_week(), lambda _at: agents, habits=habits or Habits()
    )


def records(wanted: Scenario, seed: int = 1) -> list[CallRecord]:
    ended: list[CallRecord] = []
    simulate(wanted, seed, ended.append, Hours())
    return ended


def outcomes(ended: list[CallRecord]) -> Counter[Outcome]:
    return Counter(record.outcome for record in ended)


@pytest.mark.parametrize("agents", [0, 1, 3, 10])
def test_every_caller_has_one_outcome(agents: int) -> None:
    ended = records(scenario(agents=agents))
    assert len(ended) == 300
    assert len({record.id for record in ended}) == 300


def test_the_same_seed_gives_the_same_calls() -> None:
    assert records(scenario()) == records(scenario())
    assert records(scenario()) != records(scenario(), seed=2)


def test_the_same_callers_come_however_many_agents_there_are() -> None:
    few = sorted((each.arrived_at, each.dialled) for each in records(scenario(agents=1)))
    many = sorted((each.arrived_at, each.dialled) for each in records(scenario(agents=9)))
    assert few == many


def test_more_agents_let_fewer_callers_give_up() -> None:
    few, many = (outcomes(records(scenario(agents=agents))) for agents in (1, 6))
    assert few[Outcome.ABANDONED] > many[Outcome.ABANDONED]
    assert many[Outcome.COMPLETED] > 290


def test_nobody_calls_while_the_service_is_closed() -> None:
    opening = county().hours
    ended = records(scenario(agents=9, days=A_WEEK))
    assert all(opening.is_open(record.arrived_at) for record in ended)
    assert Outcome.CLOSED not in outcomes(ended)


def test_a_period_without_opening_hours_is_refused() -> None:
    sunday = Days(date(2026, 11, 29), date(2026, 11, 29))
    with pytest.raises(Refused, match="not open"):
        records(scenario(days=sunday))


def test_who_gives_up_may_ask_for_a_callback_by_key() -> None:
    asking = Habits(callback_instead=1.0, patience=20.0)
    ended = outcomes(records(scenario(agents=1, habits=asking)))
    assert ended[Outcome.CALLBACK] > 100
    assert not ended[Outcome.ABANDONED]


def test_agents_are_on_duty_as_long_as_wanted_less_breaks() -> None:
    hours = Hours()
    punctual = Habits(no_show=0, missed=0, break_each_hour=360)
    simulate(scenario(agents=4, calls=50, habits=punctual), 1, lambda _record: None, hours)
    assert hours.ready == pytest.approx(11 * 4 * 0.9, rel=0.01)


def test_who_does_not_come_is_missing_all_day() -> None:
    hours = Hours()
    nobody = Habits(no_show=1, patience=60)
    simulate(scenario(agents=4, habits=nobody), 1, lambda _record: None, hours)
    assert hours.ready == hours.busy == 0


def test_an_offer_nobody_notices_goes_to_the_next_agent() -> None:
    ended = records(scenario(agents=5, habits=Habits(missed=0.5, patience=None)))
    assert max(record.offers for record in ended) > 2
    assert outcomes(ended) == {Outcome.COMPLETED: 300}


@pytest.mark.parametrize("way_out", [WayOut.CALLBACK, WayOut.ANNOUNCEMENT, WayOut.NUMBER])
def test_callers_who_find_no_room_have_an_outcome(way_out: WayOut) -> None:
    limits = Limits(max_waiting=1, way_out=way_out, number=examples.county().common_number)
    full = county()
    full = replace(full, rules=replace(full.rules, limits=limits))
    ended = records(replace(scenario(agents=1), county=full))
    assert len(ended) == 300
    assert outcomes(ended)[Outcome.OVERFLOWED] > 50


EVERYTHING = QueueRules(
    strategy=Strategy.RING_SEVERAL,
    pause_after_missed=3,
    whisper=True,
    connect_announcement=True,
    at_closing=AtClosing.OFFER_CALLBACK,
    announcing=Announcing(offer_callback_above=timedelta(seconds=10)),
    limits=Limits(max_wait=timedelta(minutes=2), leave_when_empty=True, join_empty=False),
    keeping_place=KeepingPlace(),
    spoken_messages=SpokenMessages(),
    widening=Widening(language=timedelta(seconds=30), everyone=timedelta(seconds=60)),
)


@pytest.mark.parametrize(
    "rules",
    [
        EVERYTHING,
        replace(EVERYTHING, strategy=Strategy.BY_LEVEL, limits=Limits(max_waiting=2)),
        replace(EVERYTHING, strategy=Strategy.FEWEST_CALLS, wrap_up=timedelta(0)),
    ],
)
def test_with_every_rule_in_use_nobody_is_lost(rules: QueueRules) -> None:
    plain = examples.county(rules, reads_numbers_back=True)
    mornings = {day: (Span(time(8), time(12)),) for day in range(5)}
    umwelt = replace(
        plain.departments[examples.UMWELT], hours=OpeningHours(examples.BERLIN, mornings)
    )
    menu = Menu({"1": examples.UMWELT, "0": None})
    full = replace(plain, departments={**plain.departments, examples.UMWELT: umwelt}, menu=menu)
    busy = Habits(callback_instead=0.5, callback_taken=0.5, missed=0.2, break_each_hour=900)
    ended = records(
        replace(scenario(agents=3, calls=400, habits=busy), county=full, departments_each=1)
    )
    assert len({record.id for record in ended}) == 400
    assert outcomes(ended).keys() >= {Outcome.COMPLETED, Outcome.CALLBACK, Outcome.CLOSED}


def test_no_call_leaves_what_python_would_have_to_look_for() -> None:
    def left_by(calls: int) -> int:
        gc.collect()
        simulate(scenario(calls=calls), 1, lambda _record: None, Hours())
        assert gc.isenabled()
        return gc.collect()

    assert left_by(600) - left_by(100) < 100
