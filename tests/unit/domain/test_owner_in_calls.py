"""The plan decides in calls too: by the number that was dialled and the time of the request."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from ivr.domain import events as on
from ivr.domain.county import County, Topic
from ivr.domain.ids import CaseworkerId, TopicId
from ivr.domain.opening import Span
from ivr.domain.responsibility import Absence, Duty
from ivr.domain.rules import CallbackRules, QueueRules
from tests.examples import DIDS, UMWELT, county
from tests.unit.domain.driver import MONDAY_NOON, Driver

FIRST, SECOND = CaseworkerId("umwelt.1"), CaseworkerId("umwelt.2")
WELLS = TopicId("wells")
RULES = QueueRules(callbacks=CallbackRules(confirm_number=False))


def planned(*duties: Duty, absences: tuple[Absence, ...] = ()) -> County:
    """The county, with these duties in Umwelt; its number stands for a topic."""
    whole = county(RULES)
    umwelt = replace(
        whole.departments[UMWELT],
        topics=(Topic(WELLS, "Brunnen", frozenset({DIDS[UMWELT]})),),
        duties=duties,
        absences=absences,
    )
    return replace(whole, departments={**whole.departments, UMWELT: umwelt})


def owner(d: Driver, caller: str) -> CaseworkerId:
    """A caller asks for a callback: whose is it?"""
    d.caller_waits(caller, DIDS[UMWELT])
    d.presses(caller, "1")
    [callback] = d.requested
    return callback.caseworker


def test_the_number_s_topic_decides_who_owns_the_callback() -> None:
    d = Driver(planned(Duty({FIRST: 1}), Duty({SECOND: 1}, frozenset({WELLS}))))
    assert owner(d, "anna") == SECOND
    assert d.requested[0].topic == WELLS


def test_the_time_of_the_request_decides() -> None:
    from_one = {MONDAY_NOON.weekday(): (Span(time(13), time(18)),)}
    d = Driver(planned(Duty({SECOND: 1}, weekly=from_one)))
    assert owner(d, "anna") == FIRST
    d.wait(60 * 60)
    assert owner(d, "bert") == SECOND


def test_a_changed_plan_holds_from_the_next_request_on() -> None:
    d = Driver(planned())
    assert owner(d, "anna") == FIRST
    away = Absence(FIRST, MONDAY_NOON.date(), MONDAY_NOON.date() + timedelta(days=1))
    d.feed(on.CountyChanged(planned(absences=(away,))))
    assert owner(d, "bert") == SECOND
