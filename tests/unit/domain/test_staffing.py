"""What a week of calls needs."""

from __future__ import annotations

import math
from datetime import time

import pytest

from ivr.domain.erlang import Target
from ivr.domain.staffing import Terms, add_up, by_time, meet, needs
from ivr.domain.week import Expected, Interval, Week

TERMS = Terms(handling=190, patience=180, target=Target(asa=13))
NINE = Interval(0, time(9), 3600)
HALF_PAST_TWELVE = Interval(0, time(12), 1800)
TUESDAY_NINE = Interval(1, time(9), 3600)


def a_week(**more: float) -> Week:
    return Week(
        {
            NINE: Expected.counted(120, 20, 0.1),
            HALF_PAST_TWELVE: Expected(10),
            TUESDAY_NINE: Expected.counted(0.4, 3, 0.1),
        },
        variation=more.get("variation", 0.1),
    )


def test_an_hour() -> None:
    need = needs(a_week(), TERMS)[0]
    assert need.interval == NINE
    assert need.with_patience == need.usual
    # 120 calls of 190 s are 6.33 Erlang; some callers give up, and need nobody.
    assert (need.patient.agents, need.usual.agents) == (10, 8)
    assert need.patient.waits.asa == pytest.approx(6.97, abs=0.01)
    assert 10 < need.usual.waits.asa <= 13
    assert need.usual.waits.abandoned > 0.05
    assert need.busy.calls == 141
    assert need.busy.agents > need.usual.agents
    assert need.busy.waits.asa <= 13 < need.busy_waits.asa
    assert need.quiet_waits.asa < need.usual.waits.asa
    assert need.quiet_calls == 100


def test_without_patience_only_erlang_c() -> None:
    need = needs(a_week(), TERMS.patient())[0]
    assert need.with_patience is None
    assert need.usual == need.patient
    assert need.usual.waits.abandoned == 0
    assert (TERMS.model, TERMS.patient().model) == ("erlang_a", "erlang_c")


def test_somebody_is_always_there() -> None:
    need = needs(a_week(), TERMS)[-1]
    assert need.interval == TUESDAY_NINE
    assert (need.usual.agents, need.busy.agents) == (1, 1)
    none = needs(Week({NINE: Expected(0)}, 0.0), TERMS)[0]
    assert (none.usual.agents, none.patient.agents, none.busy.agents) == (1, 1, 1)
    assert none.usual.waits.asa == 0


def test_a_busy_day_never_needs_fewer() -> None:
    """Half a call on average is none on most days."""
    week = Week({NINE: Expected(0.09)}, 0.0)
    need = needs(week, Terms(handling=600, patience=None, target=Target(asa=1)))[0]
    assert (need.busy.calls, need.usual.agents, need.busy.agents) == (0, 2, 2)


def test_the_roster_has_more() -> None:
    terms = Terms(handling=190, patience=180, target=Target(asa=13), shrinkage=0.1)
    assert [terms.rostered(agents) for agents in (0, 1, 9, 10)] == [0, 2, 10, 12]
    assert TERMS.rostered(7) == 7
    need = needs(a_week(), terms)[0]
    assert (need.rostered, need.busy_rostered) == (9, terms.rostered(need.busy.agents))


def test_sums() -> None:
    found = needs(a_week(), TERMS)
    total = add_up(found)
    nine, twelve, tuesday = (need.usual.agents for need in found)
    assert total.calls == pytest.approx(130.4)
    assert total.hours == nine + twelve / 2 + tuesday
    assert total.rostered_hours == total.hours
    assert total.busy_hours > total.hours
    assert total.most_agents == nine
    assert total.thin == 1
    assert total.waits.asa <= 13
    assert total.waits.asa == pytest.approx(found[0].usual.waits.asa, abs=1)
    assert 0.6 < total.waits.occupancy < 0.8
    assert total.waits.within > 0.7
    assert total.waits.abandoned > 0


def test_sums_of_nothing() -> None:
    for week in (Week({}, 0.0), Week({NINE: Expected(0)}, 0.0)):
        total = add_up(needs(week, TERMS))
        assert (total.calls, total.waits.asa, total.waits.within) == (0, 0, 1)


def test_a_day_too_busy_for_erlang_c() -> None:
    terms = TERMS.patient()
    assert math.isinf(meet(300, 3600, 9, terms).waits.asa)
    assert meet(300, 3600, 9, TERMS).waits.asa < 200


def test_rows_of_a_table() -> None:
    rows = by_time(needs(a_week(), TERMS))
    assert list(rows) == [time(9), time(12)]
    assert list(rows[time(9)]) == [0, 1]
    assert list(rows[time(12)]) == [0]
