"""What agents choose, and what that means while they ring, talk or wrap up."""

from datetime import timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
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
