"""An agent requests a callback for the caller by pressing ``*7`` in the call."""

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.live import Phase
from ivr.domain.rules import FeatureCodes, QueueRules
from tests.examples import ALL_ROUND, DIDS, UMWELT, county
from tests.unit.domain.driver import Driver

KEYED = "03023125001"
DUE = "callback-due on-day Wednesday by 14:00"


@pytest.fixture
def talking(d: Driver) -> Driver:
    return in_a_talk(d)


@pytest.fixture
def storing(talking: Driver) -> Driver:
    """The agent asked for a callback to the number Anna calls from."""
    talking.agent_presses("anna", "*7")
    return talking


@pytest.fixture
def keying(d: Driver) -> Driver:
    """The agent asked for a callback; Anna withholds her number and is asked for one."""
    in_a_talk(d, caller=None)
    d.agent_presses("anna", "*7")
    return d


def in_a_talk(d: Driver, caller: str | None = "01713920001") -> Driver:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna", DIDS[UMWELT], caller)
    d.talks("anna")
    return d


# -- the code ------------------------------------------------------------------------------------


def test_star_seven_requests_a_callback(storing: Driver) -> None:
    [callback] = storing.requested
    assert callback.source.value == "agent_dtmf"
    assert callback.caseworker == "umwelt.1"
    assert callback.caller_number == "+491713920001"


def test_both_hear_that_it_is_stored_and_by_when_and_go_on_talking(storing: Driver) -> None:
    storing.stores("anna")
    [play] = storing.did(do.PlayToBoth)
    assert play.offer == storing.offer_of("anna")
    assert storing.said == [f"callback-noted {DUE}"]
    storing.prompt_ends("anna")
    assert storing.step == []
    assert storing.call("anna").phase is Phase.TALKING


@pytest.mark.parametrize("keys", ["5*7", "**7", "*5*7", "*57*7"])
def test_wrong_keys_before_the_code_do_not_matter(talking: Driver, keys: str) -> None:
    talking.agent_presses("anna", keys)
    assert len(talking.requested) == 1


@pytest.mark.parametrize("keys", ["7", "*", "*57", "7*", "*17"])
def test_other_keys_are_not_the_code(talking: Driver, keys: str) -> None:
    talking.agent_presses("anna", keys)
    assert talking.step == []


@pytest.mark.parametrize(("code", "keys"), [("*7", "*7"), ("**7", "***7"), ("*1*7", "*1*1*7")])
def test_a_code_is_found_wherever_it_begins(code: str, keys: str) -> None:
    d = in_a_talk(Driver(county(QueueRules(codes=FeatureCodes(callback=code)))))
    d.agent_presses("anna", keys)
    assert len(d.requested) == 1


def test_a_code_with_a_long_pause_in_it_is_none(talking: Driver) -> None:
    talking.agent_presses("anna", "*")
    talking.wait(3)
    talking.agent_presses("anna", "7")
    assert talking.requested == []


def test_a_code_pressed_slowly_is_one(talking: Driver) -> None:
    talking.agent_presses("anna", "*")
    talking.wait(2.9)
    talking.agent_presses("anna", "7")
    assert len(talking.requested) == 1
    assert talking.did(do.StoreCallback)


def test_keys_before_the_talk_mean_nothing(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.answers("anna")
    d.agent_presses("anna", "*7")
    assert d.step == []


# -- once per call -------------------------------------------------------------------------------


def test_the_code_pressed_again_while_storing_changes_nothing(storing: Driver) -> None:
    storing.agent_presses("anna", "*7")
    assert storing.step == []


def test_the_code_pressed_again_tells_that_it_is_noted(storing: Driver) -> None:
    storing.stores("anna")
    storing.agent_presses("anna", "*7")
    assert storing.requested == []
    assert storing.said == ["callback-noted"]


def test_the_code_pressed_again_after_a_failure_tries_again(storing: Driver) -> None:
    storing.fails_to_store("anna")
    assert storing.said == ["callback-unavailable"]
    storing.agent_presses("anna", "*7")
    assert len(storing.requested) == 1


def test_a_store_that_does_not_answer_leaves_them_talking(storing: Driver) -> None:
    storing.wait(10)
    assert storing.said == ["callback-unavailable"]
    assert storing.call("anna").phase is Phase.TALKING
    storing.agent_hangs_up("anna")
    assert storing.outcomes() == {"anna": "completed"}


# -- the number ----------------------------------------------------------------------------------


def test_both_hear_that_a_number_is_needed(keying: Driver) -> None:
    assert keying.did(do.PlayToBoth)
    assert keying.said == ["callback-key-number"]


def test_the_caller_keys_in_the_number_while_they_talk(keying: Driver) -> None:
    keying.presses("anna", KEYED + "#")
    assert keying.requested[0].caller_number == "+493023125001"
    keying.stores("anna")
    assert keying.said == [f"callback-noted {DUE}"]


def test_a_caller_who_keys_in_no_number_goes_on_talking(keying: Driver) -> None:
    keying.presses("anna", "1#1#1#")
    assert keying.said[-1] == "callback-cancelled"
    assert keying.call("anna").phase is Phase.TALKING


# -- somebody leaves -----------------------------------------------------------------------------


def test_the_caller_may_finish_keying_after_the_agent_left(keying: Driver) -> None:
    keying.agent_hangs_up("anna")
    assert keying.did(do.ReleaseAgent)
    assert keying.did(do.HangUpCall) == []
    assert keying.state(ALL_ROUND) == "wrap_up"
    keying.presses("anna", KEYED + "#")
    keying.stores("anna")
    assert keying.did(do.Play)
    assert keying.said == [f"callback-confirmed 03023125001 {DUE} goodbye"]
    keying.prompt_ends("anna")
    assert keying.outcomes() == {"anna": "completed"}


def test_the_caller_who_keys_nothing_after_the_agent_left_hears_goodbye(keying: Driver) -> None:
    keying.agent_hangs_up("anna")
    keying.presses("anna", "1#1#1#")
    assert keying.said[-1] == "callback-cancelled goodbye"
    keying.prompt_ends("anna")
    assert keying.outcomes() == {"anna": "completed"}


def test_the_caller_who_leaves_after_the_agent_completes_the_call(keying: Driver) -> None:
    keying.agent_hangs_up("anna")
    keying.hangs_up("anna")
    assert keying.outcomes() == {"anna": "completed"}


def test_the_caller_hears_the_promise_when_the_agent_left_while_storing(storing: Driver) -> None:
    storing.agent_hangs_up("anna")
    storing.stores("anna")
    assert storing.said == [f"callback-confirmed 01713920001 {DUE} goodbye"]


def test_the_caller_hears_of_a_failure_when_the_agent_left_while_storing(storing: Driver) -> None:
    storing.agent_hangs_up("anna")
    storing.fails_to_store("anna")
    assert storing.said == ["callback-unavailable goodbye"]


@pytest.mark.parametrize("stored", [True, False])
def test_a_call_whose_caller_leaves_while_storing_is_completed(
    storing: Driver, *, stored: bool
) -> None:
    storing.hangs_up("anna")
    assert storing.state(ALL_ROUND) == "wrap_up"
    assert storing.records == []
    if stored:
        storing.stores("anna")
    else:
        storing.fails_to_store("anna")
    assert storing.outcomes() == {"anna": "completed"}
    assert storing.records[0].agent == ALL_ROUND


def test_keys_of_an_agent_who_left_mean_nothing(keying: Driver) -> None:
    keying.agent_hangs_up("anna")
    keying.agent_presses("anna", "*7")
    assert keying.step == []


def test_an_unfinished_code_is_forgotten_with_the_talk(talking: Driver) -> None:
    talking.agent_presses("anna", "*")
    talking.agent_hangs_up("anna")
    talking.feed(on.WrapUpEnded(ALL_ROUND))
    assert talking.engine.next_deadline() is None
