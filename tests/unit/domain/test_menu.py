"""On the common number a caller chooses a department by key, or none; nobody is lost there."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.county import County, Menu
from ivr.domain.ids import CallId
from ivr.domain.live import Phase
from ivr.domain.opening import OpeningHours, Span
from tests.examples import (
    ALL_ROUND,
    BERLIN,
    COMMON_NUMBER,
    DIDS,
    JUGEND,
    ONLY_UMWELT,
    UMWELT,
    VERKEHR,
    county,
)
from tests.unit.domain.driver import MONDAY_NOON, SUNDAY_NOON, Driver

MENU = Menu({"1": UMWELT, "2": JUGEND, "0": None}, pause=timedelta(seconds=5), tries=2)
OPTIONS = (
    "menu-for department-umwelt menu-press 1 "
    "menu-for department-jugend menu-press 2 "
    "menu-anything menu-press 0"
)


def with_menu(menu: Menu | None = MENU, umwelt_hours: OpeningHours | None = None) -> County:
    plain = county()
    umwelt = replace(plain.departments[UMWELT], hours=umwelt_hours, greeting="greeting-umwelt")
    return replace(plain, menu=menu, departments={**plain.departments, UMWELT: umwelt})


def mornings() -> OpeningHours:
    """Return hours from 8 to 12 on every day."""
    return OpeningHours(BERLIN, dict.fromkeys(range(7), (Span(time(8), time(12)),)))


@pytest.fixture
def d() -> Driver:
    return Driver(with_menu())


@pytest.fixture
def reading(d: Driver) -> Driver:
    """Anna was greeted and hears the menu."""
    d.caller_is_greeted("anna")
    return d


def test_the_menu_follows_the_greeting(d: Driver) -> None:
    d.caller_arrives("anna")
    assert d.said == ["greeting"]
    d.prompt_ends("anna")
    assert d.said == [OPTIONS]
    assert d.call("anna").phase is Phase.MENU


def test_a_key_leads_to_the_department_s_queue(reading: Driver) -> None:
    reading.presses("anna", "1")
    assert reading.did(do.StopPlaying)
    assert reading.said == ["please-wait"]
    assert reading.call("anna").department == UMWELT
    assert reading.call("anna").queued_at == reading.now
    reading.agent_ready(ONLY_UMWELT)
    assert reading.offered == [("anna", ONLY_UMWELT)]


def test_keys_work_from_the_first_moment(d: Driver) -> None:
    d.caller_arrives("anna")
    d.presses("anna", "2")
    assert d.did(do.StopPlaying)
    assert d.said == ["please-wait"]
    assert d.call("anna").department == JUGEND


def test_a_key_may_stand_for_anything(reading: Driver) -> None:
    reading.presses("anna", "0")
    assert reading.said == ["please-wait"]
    assert reading.call("anna").department is None


def test_nobody_is_offered_in_the_menu(reading: Driver) -> None:
    reading.agent_ready(ALL_ROUND)
    assert reading.offered == []
    assert reading.call("anna").queued_at is None


def test_the_callback_key_means_what_the_menu_says(reading: Driver) -> None:
    reading.presses("anna", "1")
    assert reading.requested == []
    reading.presses("anna", "1")
    assert len(reading.requested) == 1


def test_the_callback_key_means_nothing_else_in_the_greeting_either() -> None:
    d = Driver(with_menu(Menu({"5": UMWELT})))
    d.caller_arrives("anna")
    d.presses("anna", "1")
    assert d.requested == []
    assert d.said == ["menu-invalid menu-for department-umwelt menu-press 5"]


def test_a_wrong_key_is_told_and_the_menu_read_again(reading: Driver) -> None:
    reading.presses("anna", "7")
    assert reading.said == [f"menu-invalid {OPTIONS}"]
    reading.presses("anna", "1")
    assert reading.call("anna").department == UMWELT


def test_who_presses_wrong_keys_again_and_again_waits_without_a_department(
    reading: Driver,
) -> None:
    reading.presses("anna", "7")
    reading.presses("anna", "*")
    assert reading.said == ["please-wait"]
    assert reading.call("anna").phase is Phase.WAITING
    assert reading.call("anna").department is None


def test_who_presses_nothing_hears_the_menu_again_and_then_waits(reading: Driver) -> None:
    reading.prompt_ends("anna")
    reading.wait(4)
    assert reading.said == []
    reading.wait(1)
    assert reading.said == [OPTIONS]
    reading.prompt_ends("anna")
    reading.wait(5)
    assert reading.said == ["please-wait"]
    assert reading.call("anna").department is None
    reading.agent_ready(ALL_ROUND)
    assert reading.offered == [("anna", ALL_ROUND)]


def test_a_key_in_the_pause_counts(reading: Driver) -> None:
    reading.prompt_ends("anna")
    reading.wait(3)
    reading.presses("anna", "2")
    assert reading.call("anna").department == JUGEND
    reading.wait(60)
    assert OPTIONS not in reading.said


def test_a_menu_whose_end_got_lost_ends_all_the_same(reading: Driver) -> None:
    reading.wait(2 * (60 + 5))
    assert reading.call("anna").phase is Phase.WAITING


def test_a_caller_who_leaves_in_the_menu_never_waited(reading: Driver) -> None:
    reading.prompt_ends("anna")
    reading.hangs_up("anna")
    assert reading.outcomes() == {"anna": "abandoned"}
    assert reading.records[0].queued_at is None
    assert reading.engine.next_deadline() is None


def test_a_department_s_own_number_has_no_menu_but_its_greeting(d: Driver) -> None:
    d.caller_arrives("anna", DIDS[UMWELT])
    assert d.said == ["greeting-umwelt"]
    d.prompt_ends("anna")
    assert d.said == ["please-wait"]


def test_a_department_without_words_of_its_own_greets_with_the_common_ones(d: Driver) -> None:
    d.caller_arrives("anna", DIDS[VERKEHR])
    assert d.said == ["greeting"]


def test_a_call_diverted_from_a_department_s_number_has_no_menu(d: Driver) -> None:
    d.caller_arrives("anna", COMMON_NUMBER, diverted_from=(DIDS[UMWELT],))
    d.prompt_ends("anna")
    assert d.said == ["please-wait"]


# -- a department that is closed now -------------------------------------------------------------


def test_a_chosen_department_may_be_closed_now() -> None:
    d = Driver(with_menu(umwelt_hours=mornings()))
    d.caller_is_greeted("anna")
    d.presses("anna", "1")
    assert d.said == ["closed-now open-again tomorrow from 08:00 closed-callback-offer"]
    assert d.call("anna").phase is Phase.CLOSED
    d.presses("anna", "1")
    assert d.requested[0].source.value == "out_of_hours"
    assert d.requested[0].department == UMWELT


def test_who_came_before_the_department_closed_is_served() -> None:
    d = Driver(with_menu(umwelt_hours=mornings()), MONDAY_NOON - timedelta(seconds=1))
    d.caller_is_greeted("anna")
    d.wait(2)
    d.presses("anna", "1")
    assert d.said == ["please-wait"]


def test_who_chooses_a_department_that_has_opened_meanwhile_is_served() -> None:
    d = Driver(
        with_menu(umwelt_hours=mornings()), MONDAY_NOON.replace(hour=7, minute=59, second=59)
    )
    d.caller_is_greeted("anna")
    d.wait(2)
    d.presses("anna", "1")
    assert d.said == ["please-wait"]


def test_who_is_in_the_menu_at_closing_time_still_enters() -> None:
    d = Driver(with_menu(), MONDAY_NOON.replace(hour=17, minute=59, second=59))
    d.caller_is_greeted("anna")
    d.wait(2)
    d.presses("anna", "1")
    assert d.said == ["please-wait"]


def test_a_closed_service_has_no_menu() -> None:
    d = Driver(with_menu(), SUNDAY_NOON)
    d.caller_arrives("anna")
    assert d.said == ["closed open-again tomorrow from 07:00 closed-callback-offer"]


# -- a menu that changes -------------------------------------------------------------------------


@pytest.mark.parametrize("after", ["a key", "silence"])
def test_a_menu_that_is_taken_away_lets_the_caller_through(reading: Driver, after: str) -> None:
    reading.feed(on.CountyChanged(with_menu(None)))
    if after == "a key":
        reading.presses("anna", "1")
    else:
        reading.prompt_ends("anna")
        reading.wait(0)
    assert reading.said == ["please-wait"]


# -- a supervisor --------------------------------------------------------------------------------


def test_a_supervisor_may_take_a_caller_out_of_the_menu(reading: Driver) -> None:
    reading.prompt_ends("anna")
    reading.feed(on.CallerTakenOut(CallId("anna")))
    assert reading.said == ["taken-out goodbye"]
    reading.wait(10)
    assert reading.said == []
