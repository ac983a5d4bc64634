"""Who asks for a callback where nobody would ask what it is about may say it."""

from datetime import timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.ids import CallId, RecordingId
from ivr.domain.rules import Limits, QueueRules, SpokenMessages
from tests.examples import DIDS, UMWELT, county
from tests.unit.domain.driver import SUNDAY_NOON, Driver

MESSAGES = SpokenMessages(longest=timedelta(seconds=90), silence=timedelta(seconds=4))
RULES = QueueRules(spoken_messages=MESSAGES)
RECORDING = RecordingId("cb-anna-r1-1")
DUE_OF_SUNDAY = "callback-due on-day Wednesday by 09:00"
PROMISE = f"callback-confirmed 01713920001 {DUE_OF_SUNDAY} goodbye"


@pytest.fixture
def asked() -> Driver:
    """Anna asked the closed service for a callback and is asked for a message."""
    d = Driver(county(RULES), SUNDAY_NOON)
    d.caller_arrives("anna", DIDS[UMWELT])
    d.presses("anna", "1")
    return d


@pytest.fixture
def speaking(asked: Driver) -> Driver:
    """Anna hears the tone and speaks."""
    asked.prompt_ends("anna")
    return asked


@pytest.fixture
def storing(speaking: Driver) -> Driver:
    """Anna said something, and the callback is being stored with it."""
    speaking.message_ends("anna", 3.5)
    return speaking


def test_the_caller_is_asked_and_then_recorded(asked: Driver) -> None:
    assert asked.did(do.StopPlaying)
    assert asked.said == ["message-offer"]
    assert asked.requested == []
    asked.prompt_ends("anna")
    assert asked.step == [
        do.RecordMessage(CallId("anna"), RECORDING, MESSAGES.longest, MESSAGES.silence)
    ]


def test_the_callback_is_stored_with_the_message(storing: Driver) -> None:
    [callback] = storing.requested
    assert callback.id == "cb-anna-r1-1"
    assert callback.message == RECORDING
    assert callback.source.value == "out_of_hours"
    storing.stores("anna")
    assert storing.said == [f"message-kept {PROMISE}"]
    storing.prompt_ends("anna")
    assert storing.outcomes() == {"anna": "callback"}


def test_an_empty_message_is_none(speaking: Driver) -> None:
    speaking.message_ends("anna", 0)
    assert speaking.requested[0].message is None
    speaking.stores("anna")
    assert speaking.said == [PROMISE]


def test_who_has_nothing_to_say_need_not_wait_for_the_tone(asked: Driver) -> None:
    asked.presses("anna", "5")
    assert asked.step == []
    asked.presses("anna", "#")
    assert asked.did(do.StopPlaying)
    assert asked.requested[0].message is None


def test_keys_while_speaking_are_for_the_recording(speaking: Driver) -> None:
    speaking.presses("anna", "1#")
    assert speaking.step == []


def test_a_withheld_number_is_asked_for_first() -> None:
    d = Driver(county(RULES), SUNDAY_NOON)
    d.caller_arrives("anna", caller=None)
    d.presses("anna", "1")
    assert d.said == ["callback-key-number"]
    d.presses("anna", "03023125001#")
    assert d.said == ["message-offer"]
    d.prompt_ends("anna")
    d.message_ends("anna", 2)
    assert d.requested[0].caller_number == "+493023125001"


def test_a_question_whose_end_got_lost_is_followed_by_the_tone(asked: Driver) -> None:
    asked.wait(60)
    assert asked.did(do.RecordMessage)


def test_while_the_service_is_open_nobody_is_asked() -> None:
    d = Driver(county(RULES))
    d.caller_waits("anna")
    d.presses("anna", "1")
    assert len(d.requested) == 1


def test_on_the_way_out_of_the_queue_the_caller_is_asked() -> None:
    d = Driver(county(QueueRules(spoken_messages=MESSAGES, limits=Limits(max_waiting=0))))
    d.caller_is_greeted("anna")
    d.presses("anna", "1")
    assert d.said == ["message-offer"]
    d.prompt_ends("anna")
    d.message_ends("anna", 2)
    assert d.requested[0].source.value == "caller_dtmf"
    d.stores("anna")
    assert d.said == [f"message-kept {PROMISE}".replace("09:00", "14:00")]


def test_without_the_rule_nobody_is_asked() -> None:
    d = Driver(at=SUNDAY_NOON)
    d.caller_arrives("anna")
    d.presses("anna", "1")
    assert len(d.requested) == 1


def test_a_rule_that_is_switched_off_meanwhile_records_nobody(asked: Driver) -> None:
    asked.feed(on.CountyChanged(county()))
    asked.prompt_ends("anna")
    assert asked.did(do.RecordMessage) == []
    assert asked.requested[0].message is None


# -- the caller leaves ---------------------------------------------------------------------------


def test_who_hangs_up_instead_of_speaking_gets_the_callback(asked: Driver) -> None:
    asked.hangs_up("anna")
    assert asked.requested[0].message is None
    asked.stores("anna")
    assert asked.said == []
    assert asked.outcomes() == {"anna": "callback"}


def test_who_hangs_up_while_speaking_gets_it_with_what_was_said(speaking: Driver) -> None:
    speaking.hangs_up("anna")
    assert speaking.step == []
    assert speaking.records == []
    speaking.message_ends("anna", 1.5)
    assert speaking.requested[0].message == RECORDING
    speaking.stores("anna")
    assert speaking.outcomes() == {"anna": "callback"}


def test_who_hangs_up_while_it_is_stored_gets_it(storing: Driver) -> None:
    storing.hangs_up("anna")
    storing.stores("anna")
    assert storing.outcomes() == {"anna": "callback"}


# -- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [False, True])
def test_a_message_whose_end_got_lost_does_not_cost_the_callback(
    speaking: Driver, *, gone: bool
) -> None:
    if gone:
        speaking.hangs_up("anna")
    speaking.wait(99)
    assert speaking.requested == []
    speaking.wait(1)
    assert speaking.did(do.DiscardMessage) == [do.DiscardMessage(CallId("anna"), RECORDING)]
    assert speaking.requested[0].message is None


def test_a_message_that_comes_after_that_changes_nothing(speaking: Driver) -> None:
    speaking.wait(100)
    speaking.message_ends("anna", 3)
    assert speaking.step == []


def test_the_end_of_another_message_changes_nothing(speaking: Driver) -> None:
    speaking.feed(on.MessageRecorded(CallId("anna"), RecordingId("another"), 3))
    assert speaking.step == []


def test_a_message_told_of_twice_is_stored_once(storing: Driver) -> None:
    storing.message_ends("anna", 3.5)
    assert storing.step == []


def test_a_message_nobody_spoke_changes_nothing(asked: Driver) -> None:
    asked.feed(on.MessageRecorded(CallId("anna"), RECORDING, 3))
    assert asked.step == []


def test_a_message_whose_callback_was_not_stored_is_deleted(storing: Driver) -> None:
    storing.fails_to_store("anna")
    assert storing.did(do.DiscardMessage) == [do.DiscardMessage(CallId("anna"), RECORDING)]
    assert storing.said == ["callback-unavailable goodbye"]


def test_a_message_whose_callback_may_be_stored_is_not_deleted(storing: Driver) -> None:
    storing.wait(10)
    assert storing.did(do.DiscardMessage) == []
    assert storing.said == ["callback-unavailable goodbye"]


def test_without_a_message_there_is_nothing_to_delete(speaking: Driver) -> None:
    speaking.message_ends("anna", 0)
    speaking.fails_to_store("anna")
    assert speaking.did(do.DiscardMessage) == []


def test_a_supervisor_takes_nobody_out_whose_callback_is_on_its_way(asked: Driver) -> None:
    asked.feed(on.CallerTakenOut(CallId("anna")))
    assert asked.step == []
