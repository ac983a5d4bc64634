"""The number to call back is read back before it is stored, and may be another."""

from dataclasses import replace

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.county import Topic
from ivr.domain.ids import CallId, TopicId
from ivr.domain.live import Phase
from ivr.domain.rules import QueueRules, SpokenMessages
from tests.examples import ALL_ROUND, DIDS, UMWELT, county
from tests.unit.domain.driver import SUNDAY_NOON, Driver

READ_BACK = "callback-number 01713920001 callback-number-change 2"
READ_BACK_KEYED = "callback-number 03023125001 callback-number-change 2"
KEYED = "03023125001"
DUE = "callback-due on-day Wednesday by 14:00"
PROMISE = f"callback-promised {DUE} goodbye"


@pytest.fixture
def d() -> Driver:
    return Driver(county(reads_numbers_back=True))


@pytest.fixture
def hearing(d: Driver) -> Driver:
    """Anna, who waits, asks for a callback and hears the number she calls from."""
    d.caller_waits("anna", DIDS[UMWELT])
    d.presses("anna", "1")
    return d


@pytest.fixture
def keying(hearing: Driver) -> Driver:
    """Anna wants to be called on another number."""
    hearing.presses("anna", "2")
    return hearing


def test_the_number_is_read_back_before_anything_is_stored(hearing: Driver) -> None:
    assert hearing.said == [READ_BACK]
    assert hearing.requested == []


def test_a_pause_after_it_counts_as_right(hearing: Driver) -> None:
    hearing.prompt_ends("anna")
    hearing.wait(2.9)
    assert hearing.requested == []
    hearing.wait(0.1)
    assert hearing.requested[0].caller_number == "+491713920001"


def test_the_promise_need_not_repeat_the_number(hearing: Driver) -> None:
    hearing.presses("anna", "1")
    hearing.stores("anna")
    assert hearing.said == [PROMISE]
    hearing.prompt_ends("anna")
    assert hearing.outcomes() == {"anna": "callback"}


@pytest.mark.parametrize("key", ["1", "#", "5"])
def test_who_does_not_want_to_wait_presses_any_other_key(hearing: Driver, key: str) -> None:
    hearing.presses("anna", key)
    assert hearing.did(do.StopPlaying)
    assert len(hearing.requested) == 1


def test_a_key_in_the_pause_after_it_counts_as_well(hearing: Driver) -> None:
    hearing.prompt_ends("anna")
    hearing.presses("anna", "#")
    assert len(hearing.requested) == 1
    hearing.wait(3)
    assert hearing.requested == []


def test_hanging_up_counts_as_right(hearing: Driver) -> None:
    hearing.hangs_up("anna")
    assert hearing.requested[0].caller_number == "+491713920001"
    hearing.stores("anna")
    assert hearing.outcomes() == {"anna": "callback"}


def test_a_read_back_whose_end_got_lost_counts_as_heard(hearing: Driver) -> None:
    hearing.wait(63)
    assert len(hearing.requested) == 1


def test_another_number_is_keyed_in_and_read_back_too(keying: Driver) -> None:
    assert keying.said == ["callback-number-other"]
    keying.presses("anna", KEYED + "#")
    assert keying.said == [READ_BACK_KEYED]
    keying.presses("anna", "#")
    assert keying.requested[0].caller_number == "+493023125001"
    keying.stores("anna")
    assert keying.said == [PROMISE]


def test_another_number_may_be_asked_for_in_the_pause(hearing: Driver) -> None:
    hearing.prompt_ends("anna")
    hearing.presses("anna", "2")
    assert hearing.said == ["callback-number-other"]
    hearing.wait(3)
    assert hearing.requested == []


def test_a_number_keyed_in_wrongly_is_keyed_in_again(keying: Driver) -> None:
    keying.presses("anna", "01713920009#")
    keying.presses("anna", "2")
    keying.presses("anna", KEYED + "#")
    assert keying.said == [READ_BACK_KEYED]
    keying.hangs_up("anna")
    assert keying.requested[0].caller_number == "+493023125001"


def test_silence_repeats_the_same_question(keying: Driver) -> None:
    keying.prompt_ends("anna")
    keying.wait(8)
    assert keying.said == ["callback-number-other"]


def test_who_finds_no_number_in_three_tries_keeps_the_place(keying: Driver) -> None:
    keying.presses("anna", "1#1#1#")
    assert keying.said[-1] == "callback-cancelled place-kept"
    assert keying.call("anna").phase is Phase.WAITING


def test_who_finds_no_right_number_in_three_tries_keeps_the_place(keying: Driver) -> None:
    for _ in range(3):
        keying.presses("anna", KEYED + "#2")
    assert keying.said[-1] == "callback-cancelled place-kept"


def test_who_leaves_while_keying_another_number_is_not_called_on_the_wrong_one(
    keying: Driver,
) -> None:
    keying.presses("anna", "030")
    keying.hangs_up("anna")
    assert keying.requested == []
    assert keying.outcomes() == {"anna": "abandoned"}


def test_a_withheld_number_is_read_back_when_it_was_keyed_in(d: Driver) -> None:
    d.caller_waits("anna", caller=None)
    d.presses("anna", "1")
    d.presses("anna", KEYED + "#")
    assert d.said == [READ_BACK_KEYED]
    d.prompt_ends("anna")
    d.wait(3)
    d.stores("anna")
    assert d.said == [PROMISE]


def test_out_of_hours_the_number_comes_before_the_message() -> None:
    rules = QueueRules(spoken_messages=SpokenMessages())
    d = Driver(county(rules, reads_numbers_back=True), SUNDAY_NOON)
    d.caller_arrives("anna")
    d.presses("anna", "1")
    assert d.said == [READ_BACK]
    d.prompt_ends("anna")
    d.wait(3)
    assert d.said == ["message-offer"]
    d.prompt_ends("anna")
    d.message_ends("anna", 2)
    d.stores("anna")
    assert d.said == [
        "message-kept callback-promised callback-due on-day Wednesday by 09:00 goodbye"
    ]


def test_a_supervisor_takes_nobody_out_who_hears_the_number(hearing: Driver) -> None:
    hearing.feed(on.CallerTakenOut(CallId("anna")))
    assert hearing.step == []


# -- in a talk -----------------------------------------------------------------------------------


def in_a_talk(d: Driver, caller: str | None) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna", caller=caller)
    d.talks("anna")
    d.agent_presses("anna", "*7")


def test_an_agent_need_not_hear_the_number_the_call_came_from(d: Driver) -> None:
    in_a_talk(d, "01713920001")
    assert len(d.requested) == 1


def test_a_number_keyed_in_during_a_talk_is_heard_by_both(d: Driver) -> None:
    in_a_talk(d, None)
    d.presses("anna", KEYED + "#")
    assert d.did(do.PlayToBoth)
    assert d.said == [READ_BACK_KEYED]
    d.prompt_ends("anna")
    d.wait(3)
    assert len(d.requested) == 1
    d.stores("anna")
    assert d.said == [f"callback-noted {DUE}"]


# -- what else the callback says -----------------------------------------------------------------


def test_the_callback_has_the_language_of_the_call() -> None:
    d = Driver(replace(county(), language_keys={"8": "en"}))
    d.caller_arrives("anna", DIDS[UMWELT])
    d.presses("anna", "8")
    d.presses("anna", "1")
    assert d.requested[0].language == "en"


def with_a_topic() -> Driver:
    plain = county()
    waste = Topic(TopicId("waste"), "Abfall", frozenset({DIDS[UMWELT]}))
    umwelt = replace(plain.departments[UMWELT], topics=(waste,))
    return Driver(replace(plain, departments={**plain.departments, UMWELT: umwelt}))


def test_the_dialled_number_tells_the_topic() -> None:
    d = with_a_topic()
    d.caller_waits("anna", DIDS[UMWELT])
    d.presses("anna", "1")
    assert d.requested[0].topic == "waste"


def test_other_numbers_tell_none() -> None:
    d = with_a_topic()
    d.caller_waits("anna")
    d.presses("anna", "1")
    assert d.requested[0].topic is None
