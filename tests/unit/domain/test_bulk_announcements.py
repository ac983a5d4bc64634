"""Bulk announcements are heard before anything else, by those whom they concern, until they end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain import events as on
from ivr.domain.announcement import Announcement
from ivr.domain.county import Menu
from ivr.domain.ids import AnnouncementId, CallId, DepartmentId
from ivr.domain.live import Phase
from ivr.domain.rules import QueueRules
from tests.examples import DIDS, JUGEND, UMWELT, VERKEHR, county
from tests.unit.domain.driver import SUNDAY_NOON, Driver

HOUR = timedelta(hours=1)
OPTIONS = "menu-for department-umwelt menu-press 1 menu-anything menu-press 0"


def announce(
    d: Driver, name: str, departments: set[DepartmentId] | None = None, lasts: timedelta = HOUR
) -> None:
    only = None if departments is None else frozenset(departments)
    announcement = Announcement(AnnouncementId(name), name, d.now, d.now + lasts, only)
    d.feed(on.AnnouncementMade(announcement))


def heard(d: Driver, call: str, dialled: str) -> list[str]:
    """Tell what a caller hears from the first word to the queue."""
    d.caller_arrives(call, dialled)
    words = d.said
    while d.call(call).phase is Phase.GREETING:
        d.prompt_ends(call)
        words = words + d.said
    return words


@pytest.fixture
def with_menu() -> Driver:
    keys = {"8": "en"}
    return Driver(replace(county(), menu=Menu({"1": UMWELT, "0": None}), language_keys=keys))


def test_everybody_hears_it_before_the_greeting(d: Driver) -> None:
    announce(d, "flood")
    assert heard(d, "anna", DIDS[UMWELT]) == ["flood", "greeting", "please-wait"]


def test_only_the_departments_it_concerns_hear_it(d: Driver) -> None:
    announce(d, "closed-office", {UMWELT, JUGEND})
    assert heard(d, "anna", DIDS[UMWELT]) == ["closed-office", "greeting", "please-wait"]
    assert heard(d, "bert", DIDS[VERKEHR]) == ["greeting", "please-wait"]


def test_the_oldest_is_heard_first_also_after_it_was_replaced(d: Driver) -> None:
    announce(d, "second")
    announce(d, "first", lasts=timedelta(minutes=30))
    d.feed(
        on.AnnouncementMade(
            Announcement(AnnouncementId("first"), "new-first", d.now - HOUR, d.now + HOUR)
        )
    )
    assert heard(d, "anna", DIDS[UMWELT])[:2] == ["new-first", "second"]


def test_it_ends_by_itself(d: Driver) -> None:
    announce(d, "flood", lasts=timedelta(minutes=5))
    d.wait(5 * 60)
    assert heard(d, "anna", DIDS[UMWELT]) == ["greeting", "please-wait"]


def test_it_can_be_withdrawn(d: Driver) -> None:
    announce(d, "flood")
    d.feed(on.AnnouncementWithdrawn(AnnouncementId("flood")))
    d.feed(on.AnnouncementWithdrawn(AnnouncementId("flood")))
    assert heard(d, "anna", DIDS[UMWELT]) == ["greeting", "please-wait"]


def test_a_closed_service_says_it_before_its_own_words() -> None:
    d = Driver(at=SUNDAY_NOON)
    announce(d, "flood")
    d.caller_arrives("anna")
    assert d.said == ["flood"]
    d.prompt_ends("anna")
    assert d.said == ["closed open-again tomorrow from 07:00 closed-callback-offer"]


def test_a_callback_may_be_asked_for_meanwhile(d: Driver) -> None:
    announce(d, "flood")
    d.caller_arrives("anna")
    d.presses("anna", "1")
    d.fails_to_store("anna")
    assert d.said == ["callback-unavailable place-kept"]
    d.prompt_ends("anna")
    assert d.said == []
    assert d.call("anna").phase is Phase.WAITING


def test_an_announcement_whose_end_got_lost_is_over_after_a_minute(d: Driver) -> None:
    announce(d, "flood")
    d.caller_arrives("anna")
    d.wait(60)
    assert d.said == ["greeting"]


def test_a_caller_who_is_taken_out_hears_no_more_of_them(d: Driver) -> None:
    announce(d, "flood")
    announce(d, "strike")
    d.caller_arrives("anna")
    d.feed(on.CallerTakenOut(CallId("anna")))
    assert d.said == ["taken-out goodbye"]
    d.prompt_ends("anna")
    assert d.outcomes() == {"anna": "overflowed"}


# -- with a menu ---------------------------------------------------------------------------------


def test_what_concerns_only_the_chosen_department_is_said_after_the_choice(
    with_menu: Driver,
) -> None:
    announce(with_menu, "flood")
    announce(with_menu, "closed-office", {UMWELT})
    assert heard(with_menu, "anna", "+4944619197777") == [
        "flood",
        "greeting en:language-offer en:8",
        OPTIONS,
    ]
    with_menu.presses("anna", "1")
    assert with_menu.said == ["closed-office"]
    with_menu.prompt_ends("anna")
    assert with_menu.said == ["please-wait"]


def test_a_right_key_skips_an_announcement_and_a_wrong_one_does_not(with_menu: Driver) -> None:
    announce(with_menu, "flood")
    with_menu.caller_arrives("anna")
    with_menu.presses("anna", "5")
    assert with_menu.step == []
    with_menu.presses("anna", "0")
    assert with_menu.said == ["please-wait"]


def test_it_is_not_said_again_in_a_language_it_does_not_have(with_menu: Driver) -> None:
    announce(with_menu, "flood")
    announce(with_menu, "strike")
    with_menu.caller_arrives("anna")
    with_menu.presses("anna", "8")
    assert with_menu.step == []
    with_menu.prompt_ends("anna")
    assert with_menu.said == ["de:strike"]
    with_menu.prompt_ends("anna")
    assert with_menu.said == ["greeting"]


def test_a_key_for_a_callback_after_the_choice_means_that_again() -> None:
    d = Driver(replace(county(QueueRules(callback_key="5")), menu=Menu({"1": UMWELT})))
    announce(d, "closed-office", {UMWELT})
    d.caller_is_greeted("anna")
    d.presses("anna", "1")
    d.presses("anna", "5")
    assert d.requested[0].department == UMWELT
