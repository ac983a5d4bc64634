"""Between an agent's answer and the talk: the whisper to the agent, a word to the caller."""

from __future__ import annotations

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.ids import CallId
from ivr.domain.live import Phase
from ivr.domain.rules import QueueRules
from ivr.domain.speech import Named
from tests.examples import ALL_ROUND, DIDS, UMWELT, county
from tests.unit.domain.driver import Driver

ANNA = CallId("anna")


def answered(rules: QueueRules, dialled: str = DIDS[UMWELT]) -> Driver:
    """Anna hears music when an agent picks up."""
    d = Driver(county(rules))
    d.caller_waits("anna", dialled)
    d.agent_ready(ALL_ROUND)
    d.answers("anna")
    return d


@pytest.fixture
def whispering() -> Driver:
    return answered(QueueRules(whisper=True))


@pytest.fixture
def announcing() -> Driver:
    return answered(QueueRules(connect_announcement=True))


@pytest.fixture
def both() -> Driver:
    return answered(QueueRules(whisper=True, connect_announcement=True))


def whisper_ends(d: Driver) -> None:
    d.feed(on.WhisperFinished(d.offer_of("anna")))


def is_joined(d: Driver) -> bool:
    """Whether caller and agent were joined in the last step, the caller hearing nothing else."""
    return d.step[-2:] == [do.StopMusic(ANNA), do.ConnectCall(ANNA, d.offer_of("anna"))]


# -- the whisper ---------------------------------------------------------------------------------


def test_the_agent_hears_the_department_while_the_caller_hears_music(whispering: Driver) -> None:
    offer = whispering.offer_of("anna")
    assert whispering.step == [do.PlayToAgent(ANNA, offer, (Named("department-umwelt"),), "de")]
    assert whispering.call("anna").phase is Phase.WAITING
    assert whispering.call("anna").position is None


def test_on_the_common_number_the_agent_hears_that() -> None:
    d = answered(QueueRules(whisper=True), county().common_number)
    [play] = d.did(do.PlayToAgent)
    assert play.utterance == (Named("department-common"),)


def test_after_the_whisper_they_are_joined(whispering: Driver) -> None:
    whisper_ends(whispering)
    assert is_joined(whispering)
    whispering.feed(on.CallConnected(whispering.offer_of("anna")))
    assert whispering.call("anna").phase is Phase.TALKING


def test_the_wait_ended_with_the_answer_not_with_the_whisper(whispering: Driver) -> None:
    picked_up_at = whispering.now
    whispering.wait(2)
    whisper_ends(whispering)
    whispering.feed(on.CallConnected(whispering.offer_of("anna")))
    assert whispering.call("anna").answered_at == picked_up_at


def test_a_whisper_whose_end_got_lost_is_over_after_ten_seconds(whispering: Driver) -> None:
    whispering.wait(9.9)
    assert whispering.step == []
    whispering.wait(0.1)
    assert is_joined(whispering)


def test_a_second_end_of_the_whisper_changes_nothing(whispering: Driver) -> None:
    whisper_ends(whispering)
    whisper_ends(whispering)
    assert whispering.step == []


@pytest.mark.parametrize("event", [on.CallConnected, on.ConnectFailed])
def test_nothing_is_joined_during_the_whisper(
    whispering: Driver, event: type[on.CallConnected | on.ConnectFailed]
) -> None:
    whispering.feed(event(whispering.offer_of("anna")))
    assert whispering.step == []
    assert whispering.state(ALL_ROUND) == "offered"


def test_the_caller_can_t_ask_for_a_callback_any_more(whispering: Driver) -> None:
    whispering.presses("anna", "1")
    assert whispering.step == []


def test_the_caller_hangs_up_during_the_whisper(whispering: Driver) -> None:
    whispering.hangs_up("anna")
    [withdrawn] = whispering.did(do.WithdrawOffer)
    assert withdrawn.why is do.Withdrawal.CALLER_GONE
    assert whispering.outcomes() == {"anna": "abandoned"}
    assert whispering.state(ALL_ROUND) == "ready"
    whispering.wait(180)  # the time in which she could have had her place back
    assert whispering.step == []
    assert whispering.engine.next_deadline() is None


def test_an_agent_who_hangs_up_during_the_whisper_has_rejected(whispering: Driver) -> None:
    whispering.agent_hangs_up("anna")
    assert whispering.state(ALL_ROUND) == "paused rejected"
    assert whispering.did(do.StartMusic) == [do.StartMusic(ANNA)]
    assert whispering.call("anna").position == 1
    whispering.wait(10)
    assert whispering.did(do.ConnectCall) == []


def test_an_agent_may_choose_a_pause_during_the_whisper(whispering: Driver) -> None:
    whispering.chooses(ALL_ROUND, Presence.PAUSED)
    whisper_ends(whispering)
    assert is_joined(whispering)


def test_a_prompt_that_ends_during_the_whisper_is_followed_by_music() -> None:
    d = Driver(county(QueueRules(whisper=True)))
    d.agent_ready(ALL_ROUND)
    d.caller_is_greeted("anna")  # and hears that she has to wait
    d.answers("anna")
    assert d.did(do.StopPlaying) == []
    d.prompt_ends("anna")
    assert d.step == [do.StartMusic(ANNA)]


# -- the announcement ----------------------------------------------------------------------------


def test_the_caller_hears_that_somebody_answers(announcing: Driver) -> None:
    assert announcing.said == ["connecting"]
    assert announcing.did(do.StopMusic) == [do.StopMusic(ANNA)]
    assert announcing.did(do.ConnectCall) == []


def test_after_the_announcement_they_are_joined(announcing: Driver) -> None:
    announcing.prompt_ends("anna")
    assert is_joined(announcing)


def test_an_announcement_whose_end_got_lost_is_over_after_ten_seconds(announcing: Driver) -> None:
    announcing.wait(10)
    assert len(announcing.did(do.StopPlaying)) == 1
    assert is_joined(announcing)


def test_an_agent_who_leaves_during_the_announcement_gives_the_music_back(
    announcing: Driver,
) -> None:
    announcing.agent_hangs_up("anna")
    assert len(announcing.did(do.StopPlaying)) == 1
    assert announcing.did(do.StartMusic) == [do.StartMusic(ANNA)]
    announcing.prompt_ends("anna")
    assert announcing.step == []


# -- both ----------------------------------------------------------------------------------------


def test_both_are_said_at_the_same_time(both: Driver) -> None:
    assert both.said == ["connecting"]
    assert len(both.did(do.PlayToAgent)) == 1


def test_a_short_whisper_does_not_cut_the_announcement(both: Driver) -> None:
    whisper_ends(both)
    assert both.step == []
    both.prompt_ends("anna")
    assert is_joined(both)


def test_a_long_whisper_lets_the_caller_hear_music_again(both: Driver) -> None:
    both.prompt_ends("anna")
    assert both.step == [do.StartMusic(ANNA)]
    whisper_ends(both)
    assert is_joined(both)


def test_without_either_they_are_joined_at_once() -> None:
    assert is_joined(answered(QueueRules()))
