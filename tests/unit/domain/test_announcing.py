"""What a caller hears while waiting: the place, how long it takes, and what else there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain.announcing import estimate_words, position_words
from ivr.domain.county import County
from ivr.domain.ids import CallId
from ivr.domain.rules import Announcing, QueueRules
from tests.examples import ALL_ROUND, DIDS, UMWELT, county
from tests.unit.domain.driver import Driver
from tests.unit.domain.test_estimating import ONE, experienced

QUIET = timedelta(0)


def announcing(rules: Announcing) -> Driver:
    return Driver(county(QueueRules(announcing=rules)))


def with_rules(rules: Announcing) -> County:
    """One agent, and these announcements."""
    return replace(ONE, rules=replace(ONE.rules, announcing=rules))


# -- when ----------------------------------------------------------------------------------------


def test_a_caller_hears_the_place_and_then_music_again(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(29)
    assert d.said == []
    d.wait(1)
    assert d.said == ["position-next"]
    assert d.step[0] == do.StopMusic(CallId("anna"))
    d.prompt_ends("anna")
    assert d.step == [do.StartMusic(CallId("anna"))]


def test_the_rhythm_does_not_depend_on_how_long_it_takes_to_say(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(30)
    d.wait(10)
    d.prompt_ends("anna")
    d.wait(49)
    assert d.said == []
    d.wait(1)
    assert d.said == ["position-next"]


def test_words_are_not_interrupted(d: Driver) -> None:
    d.caller_is_greeted("anna")  # still being asked to wait
    d.wait(30)
    assert d.step == []
    d.prompt_ends("anna")
    d.wait(60)
    assert d.said == ["position-next"]


def test_a_request_for_a_callback_is_not_interrupted_and_the_rhythm_goes_on(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(25)
    d.presses("anna", "1")
    d.wait(9)
    assert d.said == []
    d.fails_to_store("anna")
    d.prompt_ends("anna")
    d.wait(55)
    assert d.said == []
    d.wait(1)
    assert d.said == ["position-next"]


def test_an_announcement_ends_when_the_agent_picks_up(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(25)
    d.agent_ready(ALL_ROUND)
    d.wait(5)
    assert d.said == ["position-next estimate estimate-under-a-minute"]
    d.answers("anna")
    assert [type(command) for command in d.step] == [
        do.StopPlaying,
        do.StopMusic,
        do.ConnectCall,
    ]


def test_a_talk_is_not_interrupted(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.wait(200)
    assert d.said == []


def test_announcements_can_be_switched_off() -> None:
    d = announcing(Announcing(after=QUIET))
    d.caller_waits("anna")
    d.wait(600)
    assert d.step == []


def test_there_may_be_just_one() -> None:
    d = announcing(Announcing(every=QUIET))
    d.caller_waits("anna")
    d.wait(30)
    assert d.said == ["position-next"]
    d.prompt_ends("anna")
    d.wait(600)
    assert d.step == []


# -- what ----------------------------------------------------------------------------------------


def test_nothing_to_say_interrupts_no_music() -> None:
    d = announcing(Announcing(position=False))
    d.caller_waits("anna")
    d.wait(600)
    assert d.step == []


def test_callers_behind_hear_their_number(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(1)
    d.caller_waits("bert")
    d.wait(30)
    assert d.said == ["position-next", "position 2"]


def test_nobody_counts_to_a_hundred() -> None:
    assert len(position_words(99)) == 2
    assert position_words(100) == ()


def test_the_estimate_is_said_when_it_is_known() -> None:
    d = experienced(ONE)
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(30)
    assert d.said == ["position-next estimate 2 estimate-minutes"]


def test_the_estimate_may_be_left_out() -> None:
    d = experienced(with_rules(Announcing(estimate=False)))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(30)
    assert d.said == ["position-next"]


def test_a_callback_is_offered_where_it_takes_long() -> None:
    d = experienced(with_rules(Announcing(position=False)))
    d.caller_waits("anna", DIDS[UMWELT])
    d.caller_waits("bert", DIDS[UMWELT])
    d.wait(30)
    assert d.said == [
        "estimate 2 estimate-minutes",
        "estimate 3 estimate-minutes callback-offer",
    ]


def test_a_callback_need_not_be_offered() -> None:
    d = experienced(with_rules(Announcing(position=False, offer_callback_above=QUIET)))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(30)
    assert d.said == ["estimate 2 estimate-minutes"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "estimate-under-a-minute"),
        (59, "estimate-under-a-minute"),
        (60, "estimate-a-minute"),
        (89, "estimate-a-minute"),
        (91, "2"),
        (270, "4"),
        (271, "5"),
        (600, "10"),
        (629, "10"),
        (631, "10"),
        (720, "10"),
        (780, "15"),
        (1500, "25"),
        (1900, "30"),
        (1949, "30"),
        (1960, "estimate-long"),
        (7200, "estimate-long"),
    ],
)
def test_times_are_rounded_as_people_do(seconds: int, said: str) -> None:
    [begin, phrase, *rest] = estimate_words(timedelta(seconds=seconds))
    assert "estimate" in str(begin)
    assert said in str(phrase)
    assert bool(rest) == said.isdigit()
