"""What agents choose, and what that means while they ring, talk or wrap up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import AgentState, Presence
from ivr.domain.ids import AgentId, VisitId
from ivr.domain.rules import QueueRules
from tests.examples import ALL_ROUND, ONLY_UMWELT, county
from tests.unit.domain.driver import Driver


@pytest.fixture
def talking(d: Driver) -> Driver:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    return d


@pytest.fixture
def wrapping_up(talking: Driver) -> Driver:
    talking.hangs_up("anna")
    return talking


def dial(d: Driver, code: str, agent: AgentId = ALL_ROUND) -> None:
    d.feed(on.FeatureCodeDialled(VisitId("visit"), agent, code))


# -- presence ------------------------------------------------------------------------------------


def test_everybody_starts_logged_out(d: Driver) -> None:
    d.caller_waits("anna")
    assert d.state(ALL_ROUND) == "logged_out"
    assert d.offered == []


def test_an_agent_without_a_phone_gets_no_calls(d: Driver) -> None:
    d.chooses(ALL_ROUND, Presence.READY)
    d.caller_waits("anna")
    assert d.offered == []
    d.feed(on.PhoneReachable(ALL_ROUND))
    assert d.offered == [("anna", ALL_ROUND)]


def test_an_agent_whose_phone_went_away_gets_no_calls(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.feed(on.PhoneUnreachable(ALL_ROUND))
    d.caller_waits("anna")
    assert d.offered == []
    assert d.agent(ALL_ROUND).reachable is False


def test_a_pause_has_the_reason_it_was_chosen_for(d: Driver) -> None:
    d.feed(on.PresenceChosen(ALL_ROUND, Presence.PAUSED, "lunch"))
    assert d.state(ALL_ROUND) == "paused lunch"
    d.chooses(ALL_ROUND, Presence.READY)
    assert d.agent(ALL_ROUND).reason == ""


@pytest.mark.parametrize("presence", [Presence.PAUSED, Presence.LOGGED_OUT])
def test_an_agent_who_leaves_while_ringing_stops_ringing(d: Driver, presence: Presence) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.agent_ready(ONLY_UMWELT)
    d.chooses(ALL_ROUND, presence)
    [withdrawn] = d.did(do.WithdrawOffer)
    assert withdrawn.why is do.Withdrawal.ELSEWHERE
    assert d.state(ALL_ROUND) == presence.value
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_an_agent_who_is_ready_already_goes_on_ringing(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.chooses(ALL_ROUND, Presence.READY)
    assert d.step == []
    assert d.state(ALL_ROUND) == "offered"


@pytest.mark.parametrize("presence", [Presence.PAUSED, Presence.LOGGED_OUT])
def test_an_agent_who_leaves_while_talking_finishes_the_talk_and_the_wrap_up(
    talking: Driver, presence: Presence
) -> None:
    talking.chooses(ALL_ROUND, presence)
    assert talking.step == []
    assert talking.state(ALL_ROUND) == "on_call"
    talking.hangs_up("anna")
    assert talking.agent(ALL_ROUND).state.value == "wrap_up"
    talking.wait(10)
    assert talking.state(ALL_ROUND) == presence.value


def test_a_phone_that_goes_away_does_not_end_the_talk(talking: Driver) -> None:
    talking.feed(on.PhoneUnreachable(ALL_ROUND))
    assert talking.step == []
    assert talking.state(ALL_ROUND) == "on_call"


def test_facts_about_unknown_agents_change_nothing(d: Driver) -> None:
    d.feed(on.PhoneReachable(AgentId("9999")), on.WrapUpEnded(AgentId("9999")))
    assert d.ever == []


# -- wrap-up -------------------------------------------------------------------------------------


def test_wrap_up_lasts_ten_seconds(wrapping_up: Driver) -> None:
    wrapping_up.caller_waits("bert")
    wrapping_up.wait(9)
    assert wrapping_up.offered == []
    wrapping_up.wait(1)
    assert wrapping_up.offered == [("bert", ALL_ROUND)]


def test_wrap_up_begins_a_new_turn(wrapping_up: Driver) -> None:
    wrapping_up.agent_ready(ONLY_UMWELT)
    wrapping_up.wait(10)
    wrapping_up.caller_waits("bert")
    assert wrapping_up.offered == [("bert", ONLY_UMWELT)]


def test_an_agent_may_end_the_wrap_up(wrapping_up: Driver) -> None:
    wrapping_up.feed(on.WrapUpEnded(ALL_ROUND))
    assert wrapping_up.state(ALL_ROUND) == "ready"
    assert wrapping_up.engine.next_deadline() is None


def test_choosing_ready_ends_the_wrap_up(wrapping_up: Driver) -> None:
    wrapping_up.chooses(ALL_ROUND, Presence.READY)
    assert wrapping_up.state(ALL_ROUND) == "ready"
    assert wrapping_up.engine.next_deadline() is None


def test_ending_a_wrap_up_that_is_over_changes_nothing(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    since = d.agent(ALL_ROUND).idle_since
    d.wait(1)
    d.feed(on.WrapUpEnded(ALL_ROUND))
    assert d.agent(ALL_ROUND).idle_since == since


def test_without_wrap_up_the_next_call_rings_at_once() -> None:
    d = Driver(county(QueueRules(wrap_up=timedelta())))
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.caller_waits("bert")
    d.hangs_up("anna")
    assert d.offered == [("bert", ALL_ROUND)]


def test_without_wrap_up_a_talk_begins_a_new_turn_too() -> None:
    d = Driver(county(QueueRules(wrap_up=timedelta())))
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.wait(1)
    d.agent_ready(ONLY_UMWELT)
    d.wait(1)
    d.hangs_up("anna")
    d.caller_waits("bert")
    assert d.offered == [("bert", ONLY_UMWELT)]


def test_an_agent_may_have_an_own_wrap_up() -> None:
    plain = county()
    slow = replace(plain.agents[ALL_ROUND], wrap_up=timedelta(seconds=45))
    d = Driver(replace(plain, agents={**plain.agents, ALL_ROUND: slow}))
    for agent in (ALL_ROUND, ONLY_UMWELT):
        d.agent_ready(agent)
    d.caller_waits("anna")
    d.caller_waits("bert")
    d.talks("anna")
    d.talks("bert")
    d.hangs_up("anna")
    d.hangs_up("bert")
    d.wait(10)
    assert d.state(ONLY_UMWELT) == "ready"
    d.wait(34)
    assert d.state(ALL_ROUND) == "wrap_up"
    d.wait(1)
    assert d.state(ALL_ROUND) == "ready"


def test_an_own_wrap_up_may_be_none_at_all() -> None:
    plain = county()
    quick = replace(plain.agents[ALL_ROUND], wrap_up=timedelta(0))
    d = Driver(replace(plain, agents={**plain.agents, ALL_ROUND: quick}))
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.hangs_up("anna")
    assert d.state(ALL_ROUND) == "ready"


def test_an_extension_is_added_to_what_is_left(wrapping_up: Driver) -> None:
    ends_at = wrapping_up.now + timedelta(seconds=10 + 60)
    wrapping_up.wait(4)
    wrapping_up.feed(on.WrapUpExtended(ALL_ROUND))
    assert wrapping_up.agent(ALL_ROUND).until == ends_at
    wrapping_up.wait(65)
    assert wrapping_up.state(ALL_ROUND) == "wrap_up"
    wrapping_up.wait(1)
    assert wrapping_up.state(ALL_ROUND) == "ready"
    assert wrapping_up.agent(ALL_ROUND).until is None


def test_an_extension_outside_wrap_up_changes_nothing(talking: Driver) -> None:
    before = talking.agent(ALL_ROUND)
    talking.feed(on.WrapUpExtended(ALL_ROUND))
    assert talking.agent(ALL_ROUND) == before


# -- last call -----------------------------------------------------------------------------------


def test_after_the_last_call_and_its_wrap_up_the_agent_is_logged_out(talking: Driver) -> None:
    talking.feed(on.LastCallChosen(ALL_ROUND))
    assert talking.agent(ALL_ROUND).last_call
    talking.hangs_up("anna")
    assert talking.agent(ALL_ROUND).state is AgentState.WRAP_UP
    talking.wait(10)
    assert talking.state(ALL_ROUND) == "logged_out"
    assert not talking.agent(ALL_ROUND).last_call


def test_a_ready_agent_still_gets_one_call(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.feed(on.LastCallChosen(ALL_ROUND))
    assert d.state(ALL_ROUND) == "ready"
    d.caller_waits("anna")
    assert d.offered == [("anna", ALL_ROUND)]
    d.talks("anna")
    d.hangs_up("anna")
    d.wait(10)
    assert d.state(ALL_ROUND) == "logged_out"


def test_an_offer_that_comes_to_nothing_is_not_the_last_call(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.feed(on.LastCallChosen(ALL_ROUND))
    d.hangs_up("anna")
    assert d.state(ALL_ROUND) == "ready"
    assert d.agent(ALL_ROUND).last_call


@pytest.mark.parametrize("presence", list(Presence))
def test_any_presence_chosen_cancels_the_last_call(talking: Driver, presence: Presence) -> None:
    talking.feed(on.LastCallChosen(ALL_ROUND))
    talking.chooses(ALL_ROUND, presence)
    assert not talking.agent(ALL_ROUND).last_call
    talking.hangs_up("anna")
    talking.wait(10)
    assert talking.state(ALL_ROUND) == presence.value


def test_one_who_pauses_after_this_talk_may_choose_to_log_out_instead(talking: Driver) -> None:
    talking.chooses(ALL_ROUND, Presence.PAUSED)
    talking.feed(on.LastCallChosen(ALL_ROUND))
    talking.hangs_up("anna")
    talking.wait(10)
    assert talking.state(ALL_ROUND) == "logged_out"


@pytest.mark.parametrize("presence", [Presence.PAUSED, Presence.LOGGED_OUT])
def test_one_who_gets_no_calls_has_no_last_call(d: Driver, presence: Presence) -> None:
    d.chooses(ALL_ROUND, presence)
    d.feed(on.LastCallChosen(ALL_ROUND))
    assert not d.agent(ALL_ROUND).last_call


# -- missed offers -------------------------------------------------------------------------------


def missed(d: Driver) -> None:
    """The agent's phone rings for nothing."""
    d.caller_waits("missed")
    d.feed(on.OfferFailed(d.offer_of("missed"), on.FailureCause.NO_ANSWER))


def test_an_agent_may_miss_some_offers_in_a_row() -> None:
    d = Driver(county(QueueRules(pause_after_missed=2)))
    d.agent_ready(ALL_ROUND)
    missed(d)
    assert d.offered == [("missed", ALL_ROUND)]
    d.wait(20)
    assert d.state(ALL_ROUND) == "paused missed"


def test_an_answer_ends_the_row() -> None:
    d = Driver(county(QueueRules(pause_after_missed=2, wrap_up=timedelta())))
    d.agent_ready(ALL_ROUND)
    missed(d)
    d.talks("missed")
    d.hangs_up("missed")
    missed(d)
    assert d.state(ALL_ROUND) == "offered"


def test_a_choice_to_be_ready_ends_the_row() -> None:
    d = Driver(county(QueueRules(pause_after_missed=2)))
    d.agent_ready(ALL_ROUND)
    missed(d)
    d.chooses(ALL_ROUND, Presence.READY)
    missed(d)
    assert d.state(ALL_ROUND) == "offered"


def test_a_rejection_pauses_at_once_however_many_may_be_missed() -> None:
    d = Driver(county(QueueRules(pause_after_missed=5)))
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.offer_fails("anna", on.FailureCause.REJECTED)
    assert d.state(ALL_ROUND) == "paused rejected"


# -- a call of somebody else's -------------------------------------------------------------------


def test_a_busy_phone_is_not_offered_a_call(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.feed(on.PhoneBusy(ALL_ROUND))
    d.caller_waits("anna")
    assert d.offered == []
    assert d.state(ALL_ROUND) == "ready"
    assert d.agent(ALL_ROUND).busy
    d.feed(on.PhoneFree(ALL_ROUND))
    assert d.offered == [("anna", ALL_ROUND)]
    assert not d.agent(ALL_ROUND).busy


def test_a_phone_that_gets_busy_while_ringing_goes_on_ringing(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.feed(on.PhoneBusy(ALL_ROUND))
    assert d.step == []
    assert d.state(ALL_ROUND) == "offered"


def test_a_busy_phone_keeps_the_agent_s_turn(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.wait(1)
    d.agent_ready(ONLY_UMWELT)
    d.feed(on.PhoneBusy(ALL_ROUND))
    d.wait(1)
    d.feed(on.PhoneFree(ALL_ROUND))
    d.caller_waits("anna")
    assert d.offered == [("anna", ALL_ROUND)]


# -- since when ----------------------------------------------------------------------------------


def test_the_view_says_since_when_the_state_lasts(d: Driver) -> None:
    seen = [d.agent(ALL_ROUND).since]

    def after_a_second() -> None:
        d.wait(1)
        seen.append(d.agent(ALL_ROUND).since)

    d.agent_ready(ALL_ROUND)
    after_a_second()  # ready
    d.caller_waits("anna")
    after_a_second()  # offered
    d.talks("anna")
    after_a_second()  # on call
    d.hangs_up("anna")
    after_a_second()  # wrap-up
    d.wait(20)
    after_a_second()  # ready again, since the wrap-up ended
    started = d.now - timedelta(seconds=25)
    assert seen[0] is None
    assert [at - started for at in seen[1:] if at is not None] == [
        timedelta(seconds=seconds) for seconds in (0, 1, 2, 3, 13)
    ]


def test_choosing_the_same_again_does_not_begin_a_new_state(d: Driver) -> None:
    d.feed(on.PresenceChosen(ALL_ROUND, Presence.PAUSED, "lunch"))
    since = d.agent(ALL_ROUND).since
    d.wait(1)
    d.feed(on.PresenceChosen(ALL_ROUND, Presence.PAUSED, "lunch"))
    assert d.agent(ALL_ROUND).since == since
    d.feed(on.PresenceChosen(ALL_ROUND, Presence.PAUSED, "training"))
    assert d.agent(ALL_ROUND).since == d.now


# -- feature codes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        ("*11", "agent-ready", "ready"),
        ("*12", "agent-paused", "paused"),
        ("*13", "agent-logged-out", "logged_out"),
        ("*14", "agent-wrap-up-ended", "logged_out"),
        ("*99", "agent-code-unknown", "logged_out"),
        ("*7", "agent-code-unknown", "logged_out"),
    ],
)
def test_a_feature_code_does_what_it_says(d: Driver, code: str, said: str, state: str) -> None:
    d.feed(on.PhoneReachable(ALL_ROUND))
    dial(d, code)
    assert d.said == [said]
    assert d.state(ALL_ROUND) == state


def test_a_feature_code_of_somebody_else_is_refused(d: Driver) -> None:
    dial(d, "*11", AgentId("9999"))
    assert d.said == ["agent-unknown"]


def test_star_14_ends_the_wrap_up(wrapping_up: Driver) -> None:
    dial(wrapping_up, "*14")
    assert wrapping_up.state(ALL_ROUND) == "ready"


def test_star_15_extends_the_wrap_up(wrapping_up: Driver) -> None:
    dial(wrapping_up, "*15")
    assert wrapping_up.said == ["agent-wrap-up-extended"]
    wrapping_up.wait(69)
    assert wrapping_up.state(ALL_ROUND) == "wrap_up"


def test_star_15_outside_wrap_up_says_how_things_stand(d: Driver) -> None:
    dial(d, "*15")
    assert d.said == ["agent-logged-out"]


def test_star_16_asks_for_the_last_call(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    dial(d, "*16")
    assert d.said == ["agent-last-call"]
    assert d.agent(ALL_ROUND).last_call


def test_star_16_of_one_who_gets_no_calls_says_how_things_stand(d: Driver) -> None:
    d.chooses(ALL_ROUND, Presence.PAUSED)
    dial(d, "*16")
    assert d.said == ["agent-paused"]


@pytest.fixture
def with_reasons() -> Driver:
    d = Driver(county(QueueRules(pause_reasons={"1": "lunch", "2": "training"})))
    d.agent_ready(ALL_ROUND)
    return d


def test_the_key_behind_the_code_for_a_pause_is_its_reason(with_reasons: Driver) -> None:
    dial(with_reasons, "*122")
    assert with_reasons.said == ["agent-paused"]
    assert with_reasons.state(ALL_ROUND) == "paused training"


def test_a_pause_needs_no_reason(with_reasons: Driver) -> None:
    dial(with_reasons, "*12")
    assert with_reasons.state(ALL_ROUND) == "paused"


def test_a_key_that_is_no_reason_is_no_pause(with_reasons: Driver) -> None:
    dial(with_reasons, "*129")
    assert with_reasons.said == ["agent-code-unknown"]
    assert with_reasons.state(ALL_ROUND) == "ready"
