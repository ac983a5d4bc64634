"""Who owns a callback: the plan, absences, shares, deputies, the head; and who gets it next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.county import Caseworker, County, Department, Topic
from ivr.domain.ids import CallbackId, CaseworkerId, TopicId
from ivr.domain.opening import END_OF_DAY, OpeningHours, Span
from ivr.domain.responsibility import Absence, Duty, Plan, chosen
from tests.examples import BERLIN, DIDS, JUGEND, UMWELT, county
from tests.plans import PEOPLE, PLANS, SOMEBODY, WASTE, WELLS

ANNA, BEKE, CARL, DORA, EMMA, FOKKO = PEOPLE

MONDAY = datetime(2026, 11, 23, 9, tzinfo=BERLIN)
ONE = CallbackId("one")


def department(
    *duties: Duty,
    on_duty: tuple[CaseworkerId, ...] = (),
    deputies: Mapping[CaseworkerId, CaseworkerId] | None = None,
    head: CaseworkerId | None = None,
    away: tuple[CaseworkerId, ...] = (),
) -> County:
    """The county, in which these rules hold for Umwelt; ``away`` are absent on the Monday."""
    deputies = deputies or {}
    umwelt = Department(
        id=UMWELT,
        name="Umwelt",
        dids=(DIDS[UMWELT],),
        caseworkers=tuple(Caseworker(who, who, deputy=deputies.get(who)) for who in PEOPLE),
        on_duty=on_duty,
        head=head,
        duties=duties,
        absences=tuple(Absence(who, MONDAY.date(), MONDAY.date()) for who in away),
    )
    whole = county()
    return replace(whole, departments={**whole.departments, UMWELT: umwelt})


def duty(
    *who: CaseworkerId,
    topics: tuple[TopicId, ...] | None = None,
    weekly: Mapping[int, tuple[Span, ...]] | None = None,
) -> Duty:
    return Duty(dict.fromkeys(who, 1), None if topics is None else frozenset(topics), weekly=weekly)


def owner(
    where: County, topic: TopicId | None = None, at: datetime = MONDAY, callback: CallbackId = ONE
) -> CaseworkerId:
    return where.responsible(UMWELT, topic, at, callback)


# --- The plan -----------------------------------------------------------------------------------


def test_the_first_entry_that_holds_decides() -> None:
    assert owner(department(duty(ANNA), duty(BEKE), on_duty=(CARL,))) == ANNA


def test_an_entry_for_the_topic_comes_before_those_for_everything_else() -> None:
    where = department(duty(ANNA), duty(BEKE, topics=(WELLS,)), on_duty=(CARL,))
    assert owner(where, WELLS) == BEKE
    assert owner(where, WASTE) == ANNA
    assert owner(where, None) == ANNA


def test_an_entry_for_other_topics_says_nothing() -> None:
    where = department(duty(BEKE, topics=(WELLS,)), on_duty=(CARL,))
    assert owner(where, WASTE) == CARL
    assert owner(where, None) == CARL


def test_what_no_entry_of_the_topic_takes_goes_to_those_for_everything_else() -> None:
    tuesday = {1: (Span(time.min, END_OF_DAY),)}
    where = department(duty(BEKE, topics=(WELLS,), weekly=tuesday), duty(ANNA))
    assert owner(where, WELLS) == ANNA
    assert owner(where, WELLS, MONDAY + timedelta(days=1)) == BEKE


MORNING = {0: (Span(time(8), time(12)), Span(time(13), END_OF_DAY))}


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-11-23 07:59:59", BEKE),
        ("2026-11-23 08:00", ANNA),
        ("2026-11-23 11:59:59.999999", ANNA),
        ("2026-11-23 12:00", BEKE),
        ("2026-11-23 23:59:59.999999", ANNA),
        ("2026-11-24 00:00", BEKE),
        ("2026-11-24 09:00", BEKE),
    ],
)
def test_an_entry_holds_from_the_first_to_just_before_the_last_minute(
    at: str, who: CaseworkerId
) -> None:
    where = department(duty(ANNA, weekly=MORNING), on_duty=(BEKE,))
    assert owner(where, at=datetime.fromisoformat(at).replace(tzinfo=BERLIN)) == who


@pytest.mark.parametrize("hour", [6, 7])
def test_the_plan_is_in_civil_time(hour: int) -> None:
    """8 o'clock is 6 UTC in summer and 7 UTC in winter."""
    where = department(duty(ANNA, weekly={0: (Span(time(8), time(9)),)}), on_duty=(BEKE,))
    winter, summer = (2026, 10, 26), (2026, 10, 19)
    at = datetime(*(summer if hour == 6 else winter), hour, tzinfo=UTC)
    assert owner(where, at=at) == ANNA
    assert owner(where, at=at - timedelta(seconds=1)) == BEKE
    assert owner(where, at=at + timedelta(hours=1)) == BEKE


def test_the_hour_that_comes_twice_is_covered_twice() -> None:
    where = department(duty(ANNA, weekly={6: (Span(time(2), time(3)),)}), on_duty=(BEKE,))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half past two, in summer time
    assert [owner(where, at=first + timedelta(hours=n)) for n in range(-1, 3)] == [
        *(BEKE, ANNA, ANNA, BEKE)
    ]


def test_the_zone_is_that_of_the_department() -> None:
    where = department(duty(ANNA, weekly={0: (Span(time(8), time(9)),)}), on_duty=(BEKE,))
    umwelt = replace(where.departments[UMWELT], hours=OpeningHours(UTC, {}))
    where = replace(where, departments={UMWELT: umwelt})
    assert owner(where, at=datetime(2026, 11, 23, 8, tzinfo=UTC)) == ANNA


# --- Absences, deputies, the head ---------------------------------------------------------------


def test_an_absence_holds_from_the_first_day_to_the_last() -> None:
    away = Absence(ANNA, date(2026, 11, 23), date(2026, 11, 24))
    where = department(duty(ANNA, BEKE))
    umwelt = replace(where.departments[UMWELT], duties=(duty(ANNA),), on_duty=(BEKE,))
    where = replace(where, departments={UMWELT: replace(umwelt, absences=(away,))})
    last_second = datetime(2026, 11, 22, 23, 59, 59, tzinfo=BERLIN)
    assert owner(where, at=last_second) == ANNA
    assert owner(where, at=last_second + timedelta(seconds=1)) == BEKE
    assert owner(where, at=last_second + timedelta(days=2)) == BEKE
    assert owner(where, at=last_second + timedelta(days=2, seconds=1)) == ANNA


def test_the_present_one_of_an_entry_comes_before_the_deputy_of_an_absent_one() -> None:
    where = department(duty(ANNA, BEKE), deputies={ANNA: CARL}, away=(ANNA,))
    assert owner(where) == BEKE


def test_where_all_of_an_entry_are_absent_their_deputies_have_it() -> None:
    where = department(duty(ANNA), duty(DORA), deputies={ANNA: CARL}, away=(ANNA,), on_duty=(EMMA,))
    assert owner(where) == CARL


def test_deputies_have_the_shares_of_all_they_stand_in_for() -> None:
    plan = Plan(
        deputies={ANNA: DORA, BEKE: DORA, CARL: EMMA, DORA: None, EMMA: None},
        duties=(Duty({ANNA: 1, BEKE: 2, CARL: 4}),),
        absences=tuple(Absence(who, date.min, date.max) for who in (ANNA, BEKE, CARL)),
        on_duty=(),
        head=None,
    )
    assert plan.candidates(None, MONDAY) == {DORA: 3, EMMA: 4}


def test_where_their_deputies_are_absent_the_next_entry_decides() -> None:
    where = department(
        duty(ANNA), duty(DORA), deputies={ANNA: CARL}, away=(ANNA, CARL), on_duty=(EMMA,)
    )
    assert owner(where) == DORA


def test_who_is_on_duty_comes_after_the_plan_in_order_present_ones_first() -> None:
    where = department(duty(ANNA), on_duty=(BEKE, CARL, DORA), deputies={BEKE: EMMA}, away=(ANNA,))
    assert owner(where) == BEKE
    where = department(on_duty=(BEKE, CARL, DORA), deputies={BEKE: EMMA}, away=(BEKE,))
    assert owner(where) == CARL


def test_then_the_deputies_of_those_on_duty_then_the_head_then_the_head_s_deputy() -> None:
    deputies = {ANNA: BEKE, EMMA: FOKKO}
    away: tuple[CaseworkerId, ...] = ()
    for expected in (ANNA, BEKE, EMMA, FOKKO):
        where = department(on_duty=(ANNA,), deputies=deputies, head=EMMA, away=away)
        assert owner(where) == expected
        away = (*away, expected)


def test_a_head_is_enough() -> None:
    assert owner(department(head=EMMA)) == EMMA


def test_where_nobody_is_there_it_is_the_first_who_would_have_been() -> None:
    assert owner(department(duty(ANNA), on_duty=(BEKE,), head=EMMA, away=PEOPLE)) == ANNA
    assert owner(department(on_duty=(BEKE, CARL), head=EMMA, away=PEOPLE)) == BEKE
    assert owner(department(head=EMMA, away=PEOPLE)) == EMMA
    assert owner(department(away=PEOPLE)) in PEOPLE
    assert department(away=PEOPLE).departments[UMWELT].plan.candidates(None, MONDAY) == {}


def test_everybody_who_would_be_responsible_is_named_once_in_order() -> None:
    plan = department(
        duty(ANNA, topics=(WELLS,)), duty(BEKE, ANNA), on_duty=(CARL, ANNA), head=EMMA,
        deputies={ANNA: DORA, EMMA: FOKKO},
    ).departments[UMWELT].plan  # fmt: skip
    assert plan.named(WELLS, MONDAY) == (ANNA, DORA, BEKE, CARL, EMMA, FOKKO)


# --- Shares -------------------------------------------------------------------------------------

MANY = [CallbackId(f"1763885{n:06}.{n % 89}") for n in range(6000)]


def test_the_same_request_has_the_same_owner_in_every_process() -> None:
    """Written down: a change of the algorithm would give every retry another owner."""
    shares = {ANNA: 1, BEKE: 2, CARL: 3}
    reverse = dict(reversed(shares.items()))
    callbacks = [CallbackId(f"callback-{n}") for n in range(20, 32)]
    assert [chosen(shares, callback) for callback in callbacks] == OWNERS
    assert [chosen(reverse, callback) for callback in callbacks] == OWNERS


OWNERS = [CARL, BEKE, CARL, BEKE, CARL, BEKE, CARL, CARL, CARL, CARL, CARL, BEKE]


@given(st.dictionaries(st.sampled_from(PEOPLE), st.integers(1, 9), min_size=2))
def test_shares_hold(shares: dict[CaseworkerId, int]) -> None:
    """Within five standard deviations of a binomial distribution, for ids like those of calls."""
    counted = Counter(chosen(shares, callback) for callback in MANY[:2000])
    for who, share in shares.items():
        expected = share / sum(shares.values())
        deviation = (2000 * expected * (1 - expected)) ** 0.5
        assert abs(counted[who] - 2000 * expected) <= 5 * deviation


@given(st.dictionaries(st.sampled_from(PEOPLE), st.integers(1, 9), min_size=2), st.data())
def test_one_person_s_absence_moves_only_that_person_s_callbacks(
    shares: dict[CaseworkerId, int], data: st.DataObject
) -> None:
    away = data.draw(st.sampled_from(sorted(shares)))
    entry, callbacks = Duty(shares), MANY[:100]
    before = [owner(department(entry), callback=callback) for callback in callbacks]
    after = [owner(department(entry, away=(away,)), callback=callback) for callback in callbacks]
    assert away not in after
    moved = {was for was, is_ in zip(before, after, strict=True) if was != is_}
    assert moved <= {away}


# --- Always -------------------------------------------------------------------------------------

_TOPICS = st.sampled_from([None, WELLS, WASTE])
_TIMES = st.integers(-72, 120).map(lambda hours: MONDAY + timedelta(hours=hours))


@given(PLANS, _TOPICS, _TIMES, st.text())
def test_somebody_is_always_named_and_present_if_anybody_is(
    plan: Plan, topic: TopicId | None, at: datetime, callback: str
) -> None:
    who = plan.owner(topic, at, CallbackId(callback))
    assert who in PEOPLE
    named = plan.named(topic, at)
    assert who in named or not named
    assert plan.is_present(who, at) == any(plan.is_present(one, at) for one in named) or not named
    assert bool(plan.candidates(topic, at)) == any(plan.is_present(one, at) for one in named)


@given(PLANS, _TIMES, SOMEBODY, st.integers(0, 3))
def test_it_escalates_to_somebody_else_who_is_there(
    plan: Plan, at: datetime, who: CaseworkerId, escalations: int
) -> None:
    next_one = plan.escalates_to(who, at, escalations)
    assert next_one != who
    if next_one is not None:
        assert plan.is_present(next_one, at)
        assert who != plan.head


# --- Escalation ---------------------------------------------------------------------------------

CHAIN = {ANNA: BEKE, BEKE: ANNA, EMMA: FOKKO}


def escalated(where: County, who: CaseworkerId, escalations: int = 0) -> CaseworkerId | None:
    return where.escalates_to(UMWELT, who, MONDAY, escalations)


def test_it_escalates_to_the_deputy_then_to_the_head_who_keeps_it() -> None:
    where = department(on_duty=(ANNA,), deputies=CHAIN, head=EMMA)
    assert escalated(where, ANNA) == BEKE
    assert escalated(where, BEKE, 1) == EMMA
    assert escalated(where, EMMA, 2) is None


@pytest.mark.parametrize(
    ("away", "who", "expected"),
    [
        ((BEKE,), ANNA, EMMA),
        ((BEKE, EMMA), ANNA, FOKKO),
        ((BEKE, EMMA, FOKKO), ANNA, None),
        ((), CARL, EMMA),
        ((EMMA,), CARL, FOKKO),
        ((EMMA,), FOKKO, None),
        ((), FOKKO, EMMA),
        ((FOKKO,), EMMA, None),
    ],
)
def test_who_is_absent_is_passed_over(
    away: tuple[CaseworkerId, ...], who: CaseworkerId, expected: CaseworkerId | None
) -> None:
    assert escalated(department(deputies=CHAIN, head=EMMA, away=away), who) == expected


def test_without_a_head_it_ends_with_the_deputy() -> None:
    where = department(deputies=CHAIN)
    assert escalated(where, ANNA) == BEKE
    assert escalated(where, BEKE, 1) is None
    assert escalated(where, CARL) is None


def test_who_is_not_there_any_more_is_followed_by_the_head() -> None:
    where = department(head=EMMA)
    assert escalated(where, CaseworkerId("gone")) == EMMA
    without = replace(where, departments={})
    assert without.escalates_to(UMWELT, ANNA, MONDAY) is None


# --- Topics by number ---------------------------------------------------------------------------


def test_a_number_may_stand_for_a_topic() -> None:
    whole = county()
    topics = (Topic(WASTE, "Abfall"), Topic(WELLS, "Brunnen", frozenset({DIDS[UMWELT]})))
    umwelt = replace(whole.departments[UMWELT], topics=topics)
    whole = replace(whole, departments={**whole.departments, UMWELT: umwelt})
    assert whole.topic_of(DIDS[UMWELT]) == WELLS
    assert whole.topic_of(DIDS[JUGEND]) is None
