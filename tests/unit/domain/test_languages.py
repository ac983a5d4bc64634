"""A caller changes the language by key, and hears again what was being said."""

from dataclasses import replace

import pytest

from ivr.domain import commands as do
from ivr.domain.county import Menu
from ivr.domain.live import Phase
from tests.examples import ALL_ROUND, ONLY_JUGEND, UMWELT, county
from tests.unit.domain.driver import SUNDAY_NOON, Driver

LANGUAGES = {"8": "en", "9": "de", "7": "nl"}
GREETING = "greeting en:language-offer en:8 nl:language-offer nl:7"
GREETING_IN_ENGLISH = "greeting de:language-offer de:9 nl:language-offer nl:7"
OPTIONS = "menu-for department-umwelt menu-press 1"


@pytest.fixture
def d() -> Driver:
    """A service in which one agent speaks English as well."""
    agents = dict(county().agents)
    agents[ALL_ROUND] = replace(agents[ALL_ROUND], languages={"de": 1, "en": 1})
    return Driver(replace(county(), language_keys=LANGUAGES, agents=agents))


@pytest.fixture
def with_menu() -> Driver:
    return Driver(replace(county(), language_keys=LANGUAGES, menu=Menu({"1": UMWELT})))


def languages(d: Driver) -> list[str]:
    """Name the languages of what was said in the last step."""
    return [play.language for play in d.did(do.Play)]


def test_every_other_language_is_offered_in_itself_after_the_greeting(d: Driver) -> None:
    d.caller_arrives("anna")
    assert d.said == [GREETING]
    assert languages(d) == ["de"]


def test_the_greeting_begins_again_in_the_chosen_language(d: Driver) -> None:
    d.caller_arrives("anna")
    d.presses("anna", "8")
    assert d.did(do.StopPlaying)
    assert d.said == [GREETING_IN_ENGLISH]
    assert languages(d) == ["en"]
    d.prompt_ends("anna")
    assert d.said == ["please-wait"]
    assert languages(d) == ["en"]
    assert d.call("anna").language == "en"


def test_a_caller_may_change_back(d: Driver) -> None:
    d.caller_arrives("anna")
    d.presses("anna", "89")
    assert d.said == [GREETING_IN_ENGLISH, GREETING]
    assert languages(d) == ["en", "de"]


def test_choosing_the_language_one_has_changes_nothing(d: Driver) -> None:
    d.caller_arrives("anna")
    d.presses("anna", "9")
    assert d.step == []


def test_languages_are_offered_before_the_menu_which_is_said_again_alone(
    with_menu: Driver,
) -> None:
    with_menu.caller_arrives("anna")
    assert with_menu.said == [GREETING]
    with_menu.prompt_ends("anna")
    assert with_menu.said == [OPTIONS]
    with_menu.presses("anna", "8")
    assert with_menu.said == [OPTIONS]
    assert languages(with_menu) == ["en"]


def test_a_menu_that_was_not_understood_is_not_counted(with_menu: Driver) -> None:
    with_menu.caller_is_greeted("anna")
    with_menu.prompt_ends("anna")
    with_menu.presses("anna", "8")
    for _ in range(2):
        assert with_menu.said == [OPTIONS]
        with_menu.prompt_ends("anna")
        with_menu.wait(5)
    assert with_menu.said == ["please-wait"]


def test_who_waits_is_asked_to_wait_again_and_keeps_the_place(d: Driver) -> None:
    d.caller_waits("anna")
    d.prompt_ends("anna")
    d.wait(10)
    d.caller_waits("bert")
    d.presses("anna", "8")
    assert d.did(do.StopMusic)
    assert d.said == ["please-wait"]
    assert languages(d) == ["en"]
    d.prompt_ends("anna")
    assert d.did(do.StartMusic)
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("anna", ALL_ROUND)]


def test_the_phone_of_an_agent_who_speaks_it_rings_on(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.presses("anna", "8")
    assert d.did(do.WithdrawOffer) == []
    d.talks("anna")
    assert d.state(ALL_ROUND) == "on_call"


def test_the_phone_of_an_agent_who_does_not_speak_it_falls_silent(d: Driver) -> None:
    d.agent_ready(ONLY_JUGEND)
    d.caller_waits("anna")
    d.presses("anna", "8")
    [withdrawn] = d.did(do.WithdrawOffer)
    assert withdrawn.why is do.Withdrawal.ELSEWHERE
    assert d.state(ONLY_JUGEND) == "ready"
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("anna", ALL_ROUND)]


def test_whose_agent_picked_up_chooses_too_late(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.answers("anna")
    d.presses("anna", "8")
    assert d.step == []
    assert d.call("anna").language == "de"


def test_the_closed_service_can_be_understood_too() -> None:
    d = Driver(replace(county(), language_keys=LANGUAGES), SUNDAY_NOON)
    d.caller_arrives("anna")
    closed = "closed open-again tomorrow from 07:00 closed-callback-offer"
    assert d.said == [f"{closed} en:language-offer en:8 nl:language-offer nl:7"]
    d.prompt_ends("anna")
    d.wait(3)
    d.presses("anna", "8")
    assert d.said == [f"{closed} de:language-offer de:9 nl:language-offer nl:7"]
    assert languages(d) == ["en"]
    d.wait(5)
    assert d.said == []


def test_in_the_last_words_there_is_nothing_to_choose(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.stores("anna")
    assert d.call("anna").phase is Phase.LEAVING
    d.presses("anna", "8")
    assert d.step == []


def test_digits_of_a_number_choose_no_language(d: Driver) -> None:
    d.caller_waits("anna", caller=None)
    d.presses("anna", "1")
    d.presses("anna", "8")
    assert d.said == []
    assert d.call("anna").language == "de"
